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

    // By Gauss and Legendre's rule on forty intervals of the radius and in the cosine of an angle, and 120 equal angles.
    @Test func `products of draws with sums over all of them meet in vectors of weights`() throws {
        let weight = Symbol("c", indices: [.free("k")])
        let form = Expression.indexSum(over: "k", Expression(weight) * Self.draw(.free("k")))
        let (a, b) = (Self.draw(.free("i")), Self.draw(.free("j")))
        let (mu, c) = ([0.8, -0.5, 0.3], [0.4, 1.1, -0.6])
        let sums: [Expression: Double] = [
            Expression.indexSum(over: "k", Expression(weight) ** 2): zip(c, c).reduce(0) { $0 + $1.0 * $1.1 },
            Expression.indexSum(over: "k", Expression(weight) * Expression(Self.mean).moved(from: "i", to: .free("k"))):
                zip(c, mu).reduce(0) { $0 + $1.0 * $1.1 },
            Expression.indexSum(over: "i", Expression(Self.mean) ** 2): zip(mu, mu).reduce(0) { $0 + $1.0 * $1.1 },
        ]
        let references: [(Expression, Double)] = [
            (a * form ** 2 / Self.norm ** 3, 0.12478538882727833), (a * b * form / Self.norm, 0.25490578019553184),
        ]
        for (body, reference) in references {
            let radial = try #require(RadialExpectation(of: body, over: Self.sample.draws[0]))
            let closed = try #require(radial.closedForm)
            let symbols = Dictionary(
                uniqueKeysWithValues: sums.keys.enumerated().map { ($1, Symbol(" sum\($0)", bounds: .positive)) })
            let values = Dictionary(uniqueKeysWithValues: sums.map { (symbols[$0] ?? Self.sigma, $1) })
            let value = closed.replacing { symbols[$0].map { Expression($0) } }.evaluated { symbol in
                if let known = values[symbol] { return known }
                switch symbol.name {
                case "sigma": return 0.7
                case "d": return 3
                default:
                    let index = symbol.indices == [.free("i")] ? 0 : 1
                    return symbol.name == "c" ? c[index] : mu[index]
                }
            }
            #expect(abs(value - reference) < 1e-9, "\(body)")
        }
    }
}
