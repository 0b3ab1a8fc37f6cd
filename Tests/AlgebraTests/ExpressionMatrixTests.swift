import ExactNumbers
import Testing

@testable import Algebra

@Suite struct ExpressionMatrixTests {
    private let rho = Expression(Symbol("rho", bounds: .positive))
    private let sigma = Expression(Symbol("sigma", bounds: .positive))
    private let epsilon = Expression(Symbol("epsilon", bounds: .positive))
    private let f = Expression(Symbol("f"))
    private let v = Expression(Symbol("v", bounds: .nonnegative))
    private let lambda = Expression(Symbol("lambda", bounds: .positive))
    private let t = Expression(Symbol("t", bounds: .nonnegative))
    private let eta = Expression(Symbol("eta", bounds: .positive))

    private func entries(_ size: Int) -> ExpressionMatrix {
        ExpressionMatrix(rowCount: size, columnCount: size) { row, column in
            Expression(Symbol("a", indices: [.coordinate(row), .coordinate(column)]))
        }
    }

    private func expectZero(_ matrix: ExpressionMatrix) {
        for entry in matrix.rows.flatMap({ $0 }) { #expect(entry.isZeroTest() == .zero, "\(entry)") }
    }

    @Test(arguments: [1, 2, 3]) func `The inverse of a general matrix times the matrix is the identity`(size: Int)
        throws
    {
        let matrix = entries(size)
        let product = try matrix.multiplied(by: matrix.inverse())
        expectZero(try product.adding(ExpressionMatrix.identity(size).map { -$0 }))
    }

    @Test func `The determinant of a Vandermonde matrix is the product of differences`() throws {
        let nodes = ["a", "b", "c", "d"].map { Expression(Symbol($0)) }
        let matrix = ExpressionMatrix(rowCount: 4, columnCount: 4) { nodes[$0] ** $1 }
        var product = Expression.one
        for i in 0..<4 { for j in (i + 1)..<4 { product = product * (nodes[j] - nodes[i]) } }
        #expect(try matrix.determinant().equals(product) == .zero)
        let singular = ExpressionMatrix(rowCount: 3, columnCount: 3) { Expression(3 * $0 + $1) }
        #expect(try singular.determinant() == .zero)
        #expect(throws: MatrixError.singular) { try singular.inverse() }
    }

    @Test func `The Cholesky factor of the covariance of RMSprop is in closed form`() throws {
        // Var g = sigma^2, Cov(g, g^2) = 2 f sigma^2, Var g^2 = 4 f^2 sigma^2 + 2 sigma^4 for Gaussian g.
        let scale = sqrt(v) + epsilon
        let cross = -2 * rho * f * sigma ** 2 / scale
        let covariance = try ExpressionMatrix([
            [sigma ** 2 / scale ** 2, cross],
            [cross, rho ** 2 * (4 * f ** 2 * sigma ** 2 + 2 * sigma ** 4)],
        ])
        let factor = try covariance.choleskyFactor()
        let expected = try ExpressionMatrix([
            [sigma / scale, .zero],
            [-2 * rho * f * sigma, sqrt(2) * rho * sigma ** 2],
        ])
        #expect(factor == expected)
    }

    @Test func `The diffusion of Adam with bias corrections comes in the published form`() throws {
        let decay = 1 - exp(-rho * t)
        let scale = sqrt(v) / sqrt(decay) + epsilon
        let factor = try ExpressionMatrix([[sigma ** 2 / scale ** 2]]).choleskyFactor()
        #expect(factor[0, 0] == sigma * sqrt(decay) / (sqrt(v) + epsilon * sqrt(decay)))
    }

    @Test func `A variance that fades is not divided by`() throws {
        let (u, rate) = (Expression(Symbol("u")), Expression(Symbol("rho", bounds: .positive)))
        let covariance = try ExpressionMatrix([
            [1 - erf(u) ** 2, -rate * exp(-u ** 2) / 2], [-rate * exp(-u ** 2) / 2, rate ** 2],
        ])
        let factor = try covariance.choleskyFactor()
        expectZero(try factor.multiplied(by: factor.transposed).adding(covariance.map { -$0 }))
        #expect(factor[1, 0] == rate)
        #expect(factor[1, 1].isZero)
        #expect(factor[0, 0] == -exp(-u ** 2) / 2)
    }

    @Test func `A covariance of lower rank gives a factor with as many columns`() throws {
        let column = [-sigma / (sqrt(v) + epsilon), .zero, rho * sigma]
        let covariance = ExpressionMatrix(rowCount: 3, columnCount: 3) { column[$0] * column[$1] }
        let factor = try covariance.choleskyFactor()
        #expect(factor.columnCount == 1)
        expectZero(try factor.multiplied(by: factor.transposed).adding(covariance.map { -$0 }))
        #expect(try ExpressionMatrix([[.zero]]).choleskyFactor().columnCount == 0)
        let single = try ExpressionMatrix([[1 - erf(f / sigma) ** 2]]).choleskyFactor()
        #expect(single[0, 0] == sqrt(1 - erf(f / sigma) ** 2))
    }

    @Test func `A matrix that is not semidefinite is refused`() throws {
        #expect(throws: MatrixError.notSemidefinite(row: 0)) {
            try ExpressionMatrix([[-(sigma ** 2)]]).choleskyFactor()
        }
        #expect(throws: MatrixError.notSemidefinite(row: 0)) {
            try ExpressionMatrix([[.zero, sigma], [sigma, .one]]).choleskyFactor()
        }
        #expect(throws: MatrixError.notSemidefinite(row: 1)) {
            try ExpressionMatrix([[.one, 2], [2, .one]]).choleskyFactor()
        }
        #expect(throws: MatrixError.self) { try ExpressionMatrix([[.one], [.one, .one]]) }
    }

    @Test func `The stationary covariance of SGD with momentum is the known one`() throws {
        // dX = M dt, dM = -(lambda X + rho M) dt + sqrt(eta) sigma dW: P = diag(1/lambda, 1) eta sigma^2 / (2 rho).
        let drift = try ExpressionMatrix([[.zero, .one], [-lambda, -rho]])
        let noise = ExpressionMatrix.diagonal([.zero, eta * sigma ** 2])
        let covariance = try drift.lyapunovSolution(noise)
        let velocity = eta * sigma ** 2 / (2 * rho)
        #expect(covariance == ExpressionMatrix.diagonal([velocity / lambda, velocity]))
    }

    @Test func `A Lyapunov solution with three states satisfies its equation`() throws {
        let drift = try ExpressionMatrix([
            [-lambda, -1 / (rho + 1), .zero], [rho * lambda, -rho, .zero], [.one, f, -2 * lambda],
        ])
        let source = try ExpressionMatrix([
            [sigma ** 2, .zero, f], [.zero, rho ** 2, .zero], [f, .zero, .one],
        ])
        let solution = try drift.lyapunovSolution(source)
        let half = try drift.multiplied(by: solution)
        expectZero(try half.adding(half.transposed).adding(source))
        #expect(solution == solution.transposed)
    }
}
