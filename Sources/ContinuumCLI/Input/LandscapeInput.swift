import Algebra
import Compilation

/// The landscape that a command works on, and expressions in its coordinates.
enum LandscapeInput {
    static let landscape = Option(
        "landscape", "LOSS", "quadratic(a1,a2,...), saddle, or a loss in x1, x2, ... such as 'x1^4/4 + x1*x2'")

    static func landscape(_ text: String) throws(Failure) -> Landscape {
        let name = text.filter { !$0.isWhitespace }.lowercased()
        if name == "saddle" { return try compiled { () throws(CompilationError) in try Landscape.saddle() } }
        if name.hasPrefix("quadratic("), name.hasSuffix(")") {
            var curvatures: [Double] = []
            for part in String(name.dropFirst("quadratic(".count).dropLast()).splitAtCommas {
                curvatures.append(try NumberInput.value(part, of: "--landscape"))
            }
            return try compiled { () throws(CompilationError) in try Landscape.quadratic(curvatures) }
        }
        let loss = try expression(text, of: "--landscape")
        guard !loss.symbols.isEmpty else {
            throw Failure("--landscape: '\(text)' contains no coordinate x1, x2, ...\nWrite the loss in x1, x2, ...")
        }
        return try compiled { () throws(CompilationError) in try Landscape(loss) }
    }

    /// An expression in the coordinates, and in the other states by name and number.
    static func expression(
        _ text: String, of place: String, states: [String] = ["x"], symbols: [Symbol] = []
    ) throws(Failure) -> Expression {
        var scope = Scope()
        for state in states {
            scope.declare(Symbol(state, role: .position, indices: [.free("i")]))
            // In one dimension the number may be left out.
            scope.define(state, as: Expression(Symbol(state, role: .position, indices: [.coordinate(1)])))
        }
        for symbol in symbols { scope.declare(symbol) }
        do { return try Expression(parsing: text, in: scope, file: place) } catch { throw Failure(error) }
    }

    private static func compiled(_ make: () throws(CompilationError) -> Landscape) throws(Failure) -> Landscape {
        do { return try make() } catch { throw Failure("--landscape: \(error)") }
    }
}
