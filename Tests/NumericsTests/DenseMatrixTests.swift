import Foundation
import Testing

@testable import Numerics

struct DenseMatrixTests {
    private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix {
        let stream = RandomStream(seed: seed)
        return DenseMatrix(
            rows: rows, columns: columns,
            entries: (0..<rows * columns).map { stream.normal(path: $0, step: 0, component: 0) })
    }

    private func distance(_ a: DenseMatrix, _ b: DenseMatrix) -> Double { (a - b).infinityNorm }

    @Test(arguments: [1, 2, 5, 20])
    func `a solution satisfies its system`(n: Int) throws {
        let (a, x) = (Self.random(n, n, seed: 1), Self.random(n, 3, seed: 2))
        #expect(distance(try a.solve(a * x), x) < 1e-11)
        #expect(throws: DenseMatrixError.singular) { try DenseMatrix([[1, 2], [2, 4]]).solve([1, 1]) }
    }

    @Test func `a Cholesky factor squares to its matrix, singular or not`() throws {
        let root = Self.random(5, 3, seed: 3)
        for matrix in [root * root.transposed, DenseMatrix.identity(3), DenseMatrix(rows: 2, columns: 2)] {
            let factor = try matrix.choleskyFactor()
            #expect(distance(factor * factor.transposed, matrix) < 1e-12)
        }
        #expect(throws: DenseMatrixError.self) { try DenseMatrix([[1, 2], [2, 1]]).choleskyFactor() }
        #expect(throws: DenseMatrixError.self) { try DenseMatrix([[0, 1], [1, 1]]).choleskyFactor() }
    }

    @Test func `the exponential of a rotation, a nilpotent and a stiff matrix`() throws {
        let rotation = try DenseMatrix([[0, -30], [30, 0]]).exponential()
        #expect(distance(rotation, DenseMatrix([[cos(30), -sin(30)], [sin(30), cos(30)]])) < 2e-14)
        let nilpotent = try DenseMatrix([[0, 1, 2], [0, 0, 3], [0, 0, 0]]).exponential()
        #expect(distance(nilpotent, DenseMatrix([[1, 1, 3.5], [0, 1, 3], [0, 0, 1]])) < 1e-15)
        let stiff = try DenseMatrix([[-1000, 1], [0, -1]]).exponential()
        #expect(relativeError(stiff[0, 1], (exp(-1) - exp(-1000)) / 999) < 1e-12)
        #expect(throws: DenseMatrixError.notFinite) { try DenseMatrix([[1000]]).exponential() }
    }

    @Test(arguments: [1, 2, 3, 12])
    func `symmetric matrices are diagonalised`(n: Int) throws {
        let a = Self.random(n, n, seed: 5)
        let symmetric = a + a.transposed
        let (values, vectors) = try symmetric.symmetricEigenvalues()
        #expect(distance(symmetric * vectors, vectors * DenseMatrix.diagonal(values)) < 1e-12)
        #expect(distance(vectors.transposed * vectors, .identity(n)) < 1e-13)
        #expect(values == values.sorted())
    }
}
