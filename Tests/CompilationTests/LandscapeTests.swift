import Algebra
import Numerics
import Testing

@testable import Compilation

struct LandscapeTests {
    /// x1^2 x2^2/2 + x1 sin(x2), whose derivatives are written out below.
    private static func coupled() throws -> Landscape {
        try Landscape(Expression(parsing: "x1^2*x2^2/2 + x1*sin(x2)"))
    }

    @Test func `gradient and Hessian come from the formula of the loss`() throws {
        let landscape = try Self.coupled()
        #expect(landscape.dimension == 2)
        let (x, y) = (0.7, -1.3)
        let (sine, cosine) = (-0.963558185417192977, 0.267498828624587364)
        #expect(relativeError(landscape.value(at: [x, y]), x * x * y * y / 2 + x * sine) < 1e-14)
        let gradient = landscape.gradient(at: [x, y])
        #expect(relativeError(gradient[0], x * y * y + sine) < 1e-14)
        #expect(relativeError(gradient[1], x * x * y + x * cosine) < 1e-14)
        let hessian = try landscape.hessian(at: [x, y])
        let expected = [y * y, 2 * x * y + cosine, 2 * x * y + cosine, x * x - x * sine]
        for (entry, value) in zip(hessian.entries, expected) { #expect(relativeError(entry, value) < 1e-14) }
    }

    @Test func `a quadratic and the saddle of the seed paper`() throws {
        let quadratic = try Landscape.quadratic([10, 2])
        #expect(quadratic.value(at: [1, -3]) == 14)
        #expect(quadratic.gradient(at: [1, -3]) == [10, -6])
        #expect(try quadratic.hessian(at: [1, -3]) == DenseMatrix([[10, 0], [0, 2]]))
        let saddle = try Landscape.saddle()
        // x'Hx/2 = -1/2 + 4, sum x^4/4 = 17/4, (0.1/3) sum x^3 = 0.7/3 at (1, -2) with x2^3 = -8.
        #expect(relativeError(saddle.value(at: [1, -2]), 3.5 + 4.25 + 0.7 / 3) < 1e-15)
        #expect(relativeError(saddle.gradient(at: [1, -2])[0], -1 + 1 - 0.1) < 1e-14)
        #expect(relativeError(saddle.gradient(at: [1, -2])[1], -4 - 8 - 0.4) < 1e-14)
        #expect(relativeError(try saddle.hessian(at: [1, -2])[0, 0], -1 + 3 - 0.2) < 1e-14)
        #expect(
            try Landscape.quadratic([Double](repeating: 1, count: 300)).gradient(
                at: [Double](repeating: 2, count: 300))[299] == 2)
    }

    @Test func `many points at once give what single points give, from formulas, curvatures and functions`() throws {
        let coupled = try Self.coupled()
        let closures = try Landscape(
            dimension: 2, value: { coupled.value(at: $0) }, gradient: { coupled.gradient(at: $0) },
            hessianProduct: { (try? coupled.hessianProduct(at: $0, $1)) ?? [] })
        var numbers = Numbers(seed: 2)
        let count = 300
        var memory = (0..<4 * count).map { _ in numbers.next(in: -2...2) } + [Double](repeating: 0, count: 7 * count)
        for landscape in [coupled, closures, try .quadratic([10, 2])] {
            memory.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                let rows = LaneRows(base, stride: count)
                landscape.gradient(at: rows, into: rows.dropping(rows: 4), count: count)
                landscape.hessianProduct(
                    at: rows, rows.dropping(rows: 2), into: rows.dropping(rows: 6), count: count)
                landscape.value(at: rows, into: rows[8], count: count)
                landscape.hessianDiagonal(
                    at: rows, coordinates: 0..<landscape.dimension, into: rows.dropping(rows: 9), count: count)
            }
            for lane in 0..<count {
                func row(_ r: Int) -> Double { memory[r * count + lane] }
                let point = [row(0), row(1)]
                #expect(landscape.gradient(at: point) == [row(4), row(5)])
                #expect(try landscape.hessianProduct(at: point, [row(2), row(3)]) == [row(6), row(7)])
                #expect(landscape.value(at: point) == row(8))
                let hessian = try landscape.hessian(at: point)
                #expect(relativeError(row(9), hessian[0, 0]) < 1e-14 && relativeError(row(10), hessian[1, 1]) < 1e-14)
            }
        }
    }

    @Test func `a quadratic has the values of its formula`() throws {
        let formula = try Landscape(Expression(parsing: "10*x1^2/2 + 2*x2^2/2"))
        let quadratic = try Landscape.quadratic([10, 2])
        let point = [0.7, -1.3]
        #expect(relativeError(quadratic.value(at: point), formula.value(at: point)) < 1e-15)
        #expect(quadratic.gradient(at: point) == formula.gradient(at: point))
        #expect(quadratic.isSeparable == formula.isSeparable && quadratic.isQuadratic == formula.isQuadratic)
    }

    @Test func `a landscape that cannot be is a typed error`() throws {
        #expect(throws: CompilationError.unboundSymbol("a", nearest: nil)) {
            try Landscape(Expression(parsing: "a*x1^2"))
        }
        #expect(throws: CompilationError.invalidDimension(0)) { try Landscape(Expression(parsing: "3")) }
        #expect(throws: CompilationError.invalidDimension(0)) { try Landscape.quadratic([]) }
        #expect(throws: CompilationError.undefined) { try Landscape.quadratic([1, .infinity]) }
        let kinked = try Landscape(Expression(parsing: "abs(x1)"))
        #expect(kinked.gradient(at: [-2]) == [-1])
        #expect(throws: CompilationError.self) { try kinked.hessian(at: [1]) }
        #expect(try Landscape(Expression(parsing: "a*x1^2"), parameters: ["a": 3]).value(at: [2]) == 12)
    }
}
