import Algebra
import Probability
import Testing

/// Expectations of functions of the whole gradient under isotropic Gaussian noise.
@Suite struct NormExpectationTests {
    private static let g = Symbol("g", role: .noise, indices: [.free("i")])
    private static let sigma = Symbol("sigma", bounds: .positive)
    private static let mean = Symbol("mu", indices: [.free("i")])
    private static let sample = GradientSample([
        GradientDraw(symbol: g, mean: Expression(mean), scale: Expression(sigma), law: .gaussian)
    ])
    private static let norm = sqrt(Expression.indexSum(body: Expression(g.mapIndices { _ in .bound(0) }) ** 2))
    private static func draw(_ index: Index) -> Expression { Expression(g.mapIndices { _ in index }) }

    /// The value for mu = (0.8, -0.5, 0.3), sigma = 0.7: coordinate i is the first, j the second.
    private func value(_ body: Expression) throws -> Double {
        let mu = [0.8, -0.5, 0.3]
        let closed = try Self.sample.expectation(of: body)
        let square = mu.reduce(0) { $0 + $1 * $1 }
        let sum = Expression.indexSum(body: Expression(Self.mean.mapIndices { _ in .bound(0) }) ** 2)
        return closed.replacing { $0 == sum ? Expression(Symbol("square", bounds: .positive)) : nil }
            .evaluated { symbol in
                switch symbol.name {
                case "square": square
                case "sigma": 0.7
                case "d": 3
                default: symbol.indices == [.free("i")] ? mu[0] : mu[1]
                }
            }
    }

    // By quadrature in spherical coordinates with mpmath at 25 digits, the polar axis along mu.
    @Test func `directions, their products and moments of the length are closed`() throws {
        let (a, b) = (Self.draw(.free("i")), Self.draw(.free("j")))
        let references: [(Expression, Double)] = [
            (a / Self.norm, 0.5082312980305736700867045), (a ** 2 / Self.norm ** 2, 0.431527926784695058157247),
            (a * b / Self.norm ** 2, -0.1253548001506745423284005), (Self.norm, 1.456814563375886517864558),
            (1 / Self.norm, 0.8512563502943201755187199), (a ** 2 * Self.norm, 2.165300700802468934301388),
            (a ** 3 / Self.norm ** 3, 0.3103256585396551163567039),
        ]
        for (body, reference) in references {
            #expect(abs(try value(body) - reference) < 1e-9, "\(body)")
        }
    }
}
