import Algebra
import Numerics

/// A loss function of d coordinates with its gradient and Hessian.
public struct Landscape: Sendable {
    public let dimension: Int
    let kernels: Kernels
    /// The scale of the gradient noise, where it depends on the position.
    public private(set) var noiseScale: NoiseScale?
    /// Makes the kernel of `sum_j d_ijj f w_j` at positions and weights, which few models need; `nil` where it is zero.
    let curvatureDerivative: @Sendable () throws(CompilationError) -> Program?
    /// Makes the kernel of `sum_jk d_ijk f u_j w_k` at positions and two directions; `nil` where it is zero.
    let thirdDerivative: @Sendable () throws(CompilationError) -> Program?
    /// Whether every component of the gradient is seen to depend on its own coordinate alone.
    public let isSeparable: Bool
    /// Whether the gradient is seen to be affine.
    public let isQuadratic: Bool

    /// Behind a reference, since a landscape is handed on at every step.
    indirect enum Kernels: Sendable {
        /// Compiled formulas; the Hessian is missing where the loss has a kink.
        case compiled(
            value: Program, gradient: Program, product: Result<Program, CompilationError>,
            diagonal: Result<Program, CompilationError>)
        /// a1 x1^2/2 + a2 x2^2/2 + ..., by its curvatures.
        case quadratic([Double])
        case closures(value: Value, gradient: Gradient, product: HessianProduct)
    }

    /// The loss at a point.
    public typealias Value = @Sendable (_ point: [Double]) -> Double
    /// The gradient at a point.
    public typealias Gradient = @Sendable (_ point: [Double]) -> [Double]
    /// The Hessian at a point times a direction.
    public typealias HessianProduct = @Sendable (_ point: [Double], _ direction: [Double]) -> [Double]

    static let largestDimension = 1_000_000

    /// A landscape from the formula of its loss in `x1`, `x2`, ...; gradient and Hessian come from the algebra.
    ///
    /// - Parameters:
    ///   - loss: the formula; its coordinates are symbols `x` with a coordinate index, or plain symbols `x1`, `x2`, ...
    ///   - dimension: the number of coordinates, at least the largest that occurs, which is the default.
    ///   - parameters: values for the other symbols.
    /// - Throws: ``CompilationError`` for a symbol without a value or a function without a kernel.
    public init(
        _ loss: Expression, dimension: Int? = nil, parameters: [String: Double] = [:]
    ) throws(CompilationError) {
        var coordinates: [Symbol: Int] = [:]
        var constants: [Symbol: Double] = [:]
        for symbol in loss.symbols {
            if let coordinate = Self.coordinate(of: symbol) {
                coordinates[symbol] = coordinate
            } else if let value = parameters[symbol.name] {
                constants[symbol] = value
            }
        }
        let largest = coordinates.values.max() ?? 0
        let count = dimension ?? largest
        guard count >= max(1, largest), count <= Self.largestDimension else { throw .invalidDimension(count) }
        let positions = (1...count).map { Symbol("x\($0)") }
        let formula = loss.substituting(coordinates.mapValues { Expression(positions[$0 - 1]) })
        let gradient = positions.map { formula.derivative(by: $0) }
        try self.init(formula, gradient, positions, constants)
    }

    private init(
        _ formula: Expression, _ gradient: [Expression], _ positions: [Symbol], _ constants: [Symbol: Double]
    ) throws(CompilationError) {
        dimension = positions.count
        let directions = (1...positions.count).map { Symbol("w\($0)") }
        let directionOf = Dictionary(uniqueKeysWithValues: zip(positions, directions))
        // Only the coordinates that occur in a component of the gradient have an entry in its row of the Hessian.
        @Sendable func sum(
            over entries: [Symbol: Symbol], of component: Expression, _ coefficient: (Symbol) -> Expression
        ) -> Expression {
            Expression.sum(
                of: component.symbols.sorted().compactMap { symbol in
                    entries[symbol].map { coefficient(symbol) * Expression($0) }
                })
        }
        let product = gradient.map { component in
            sum(over: directionOf, of: component) { component.derivative(by: $0) }
        }
        let diagonal = zip(gradient, positions).map { $0.derivative(by: $1) }
        isSeparable = zip(gradient, positions).allSatisfy { component, position in
            component.symbols.allSatisfy { $0 == position || directionOf[$0] == nil }
        }
        isQuadratic = product.allSatisfy { row in row.symbols.allSatisfy { directionOf[$0] == nil } }
        func compiled(_ outputs: [Expression], _ inputs: [Symbol]) -> Result<Program, CompilationError> {
            Result { () throws(CompilationError) in try Program(outputs, inputs: inputs, constants: constants) }
        }
        @Sendable func unlessZero(_ sums: [Expression], _ inputs: [Symbol]) throws(CompilationError) -> Program? {
            sums.allSatisfy(\.isZero) ? nil : try Program(sums, inputs: inputs, constants: constants)
        }
        curvatureDerivative = { () throws(CompilationError) in
            let sums = gradient.map { component in
                sum(over: directionOf, of: component) { component.derivative(by: $0).derivative(by: $0) }
            }
            return try unlessZero(sums, positions + directions)
        }
        thirdDerivative = { () throws(CompilationError) in
            let seconds = (1...positions.count).map { Symbol("u\($0)") }
            let secondOf = Dictionary(uniqueKeysWithValues: zip(positions, seconds))
            let sums = product.map { row in sum(over: secondOf, of: row) { row.derivative(by: $0) } }
            return try unlessZero(sums, positions + directions + seconds)
        }
        kernels = .compiled(
            value: try Program([formula], inputs: positions, constants: constants),
            gradient: try Program(gradient, inputs: positions, constants: constants),
            product: compiled(product, positions + directions), diagonal: compiled(diagonal, positions))
    }

    /// A landscape from functions.
    ///
    /// - Throws: ``CompilationError/invalidDimension(_:)``.
    public init(
        dimension: Int, value: @escaping Value, gradient: @escaping Gradient, hessianProduct: @escaping HessianProduct
    ) throws(CompilationError) {
        guard dimension >= 1, dimension <= Self.largestDimension else { throw .invalidDimension(dimension) }
        self.dimension = dimension
        isSeparable = dimension == 1
        isQuadratic = false
        curvatureDerivative = { () throws(CompilationError) in throw .noThirdDerivative }
        thirdDerivative = { () throws(CompilationError) in throw .noThirdDerivative }
        kernels = .closures(value: value, gradient: gradient, product: hessianProduct)
    }

    private init(_ curvatures: [Double]) {
        dimension = curvatures.count
        kernels = .quadratic(curvatures)
        curvatureDerivative = { () throws(CompilationError) in nil }
        thirdDerivative = { () throws(CompilationError) in nil }
        isSeparable = true
        isQuadratic = true
    }

    /// The landscape with gradients whose noise scale depends on the position.
    public func with(noiseScale: NoiseScale) -> Landscape {
        var result = self
        result.noiseScale = noiseScale
        return result
    }

    static func coordinate(of symbol: Symbol) -> Int? {
        if symbol.name == "x", symbol.derivatives.isEmpty, case .coordinate(let k)? = symbol.indices.first,
            symbol.indices.count == 1, k >= 1
        {
            return k
        }
        guard symbol.indices.isEmpty, symbol.name.first == "x", let k = Int(symbol.name.dropFirst()), k >= 1 else {
            return nil
        }
        return k
    }
}

extension Landscape {
    /// The quadratic a1 x1^2/2 + a2 x2^2/2 + ...
    ///
    /// - Throws: ``CompilationError/undefined`` for a curvature that is not finite, or
    ///   ``CompilationError/invalidDimension(_:)``.
    public static func quadratic(_ curvatures: [Double]) throws(CompilationError) -> Landscape {
        guard !curvatures.isEmpty, curvatures.count <= largestDimension else {
            throw .invalidDimension(curvatures.count)
        }
        guard curvatures.allSatisfy(\.isFinite) else { throw .undefined }
        return Landscape(curvatures)
    }

    /// The seed paper's saddle x'Hx/2 + (lambda/4) sum x_i^4 - (xi/3) sum x_i^3 with H = diag(-1, 2), lambda = 1, xi = 0.1.
    public static func saddle() throws(CompilationError) -> Landscape {
        let (x, y) = (Expression(Symbol("x1")), Expression(Symbol("x2")))
        let quadratic = (2 * y ** 2 - x ** 2) / 2
        return try Landscape(quadratic + (x ** 4 + y ** 4) / 4 - (x ** 3 + y ** 3) / 30)
    }
}
