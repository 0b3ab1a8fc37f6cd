import Algebra
import ExactNumbers
import Numerics
import Testing

@testable import Probability

/// The mean of a minibatch drawn from a finite sample.
struct SampleLawTests {
    private static let symbol = Symbol("g", role: .noise), mean = Symbol("mu")
    private static let scale = Symbol("sigma", bounds: .positive)
    private let g = Expression(Self.symbol)
    private let values: [Rational] = [-1, 0, Rational(1, 2), 3]
    private let point: [Symbol: Double] = [Self.mean: 0.3, Self.scale: 0.7]

    private func law(batch: Int) throws -> NoiseLaw { try #require(NoiseLaw(sample: values, batch: batch)) }

    private func expectation(_ body: Expression, batch: Int) throws -> Double {
        let draw = GradientDraw(
            symbol: Self.symbol, mean: Expression(Self.mean), scale: Expression(Self.scale), law: try law(batch: batch))
        return try draw.expectation(of: body).evaluated(at: point)
    }

    /// The mean over all batches, drawn one by one.
    private func enumeration(batch: Int, _ body: (Double) -> Double) -> Double {
        let centred = values.map { $0.doubleValue - 0.625 }
        var sums = [0.0]
        for _ in 0..<batch { sums = sums.flatMap { sum in centred.map { sum + $0 } } }
        return sums.reduce(0) { $0 + body(0.3 + 0.7 * $1 / Double(batch)) } / Double(sums.count)
    }

    @Test func `the mean of the sample is subtracted, as the gradient is the mean`() throws {
        #expect(try law(batch: 1).description == "sample(-13/8, -5/8, -1/8, 19/8)")
        #expect(try law(batch: 4).description == "sample(-13/8, -5/8, -1/8, 19/8) batch 4")
        #expect(try law(batch: 3).moment(1) == .zero)
        #expect(NoiseLaw(sample: [1, 1]) == nil)
        #expect(NoiseLaw(sample: [1]) == nil)
        #expect(NoiseLaw(sample: [0, 1], batch: 0) == nil)
    }

    @Test(arguments: [1, 2, 3, 5]) func `closed forms are the sums over all batches`(batch: Int) throws {
        let cases: [(Expression, @Sendable (Double) -> Double)] = [
            (sign(g), { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }), (abs(g), { $0.magnitude }), (g * g * g, { $0 * $0 * $0 }),
            (clip(g, -1, 1), { min(max($0, -1), 1) }), (g * sign(g) * g, { $0 * $0.magnitude }),
        ]
        for (body, function) in cases {
            let sum = enumeration(batch: batch, function)
            #expect(abs(try expectation(body, batch: batch) - sum) < 1e-13)
        }
    }

    @Test func `moments are exact at any batch size`() throws {
        // Var = s^2/B and the third central moment m3/B^2, with s^2 = 139/64 and m3 = 567/256 of the four values.
        let large = try law(batch: 1000)
        #expect(try large.moment(2) == Expression(Rational(139, 64000)))
        #expect(try large.moment(3) == Expression(Rational(567, 256_000_000)))
        // E mean^4 = 3 s^4/B^2 + (m4 - 3 s^4)/B^3 with m4 = 68241/8192 + ... computed from the values.
        let fourth =
            [-13, -5, -1, 19].reduce(Rational.zero) { $0 + (Rational($1, 8).power(4) ?? .zero) } * Rational(1, 4)
        let square = Rational(139 * 139, 64 * 64)
        let expected = 3 * square * Rational(1, 1_000_000) + (fourth - 3 * square) * Rational(1, 1_000_000_000)
        #expect(try large.moment(4) == Expression(expected))
    }

    @Test func `too many values are refused where a function is no polynomial`() throws {
        #expect(throws: ProbabilityError.self) { try expectation(sign(g), batch: 40) }
        #expect(try expectation(g * g, batch: 40) > 0)
    }

    @Test func `the law is sampled with its probabilities`() throws {
        let law = try NumericNoiseLaw(law(batch: 2))
        let atoms = law.atoms
        #expect(abs(atoms.reduce(0) { $0 + $1.probability } - 1) < 1e-15)
        #expect(abs(atoms.reduce(0) { $0 + $1.probability * $1.value }) < 1e-15)
        for (value, _) in atoms {
            #expect(law.quantile(law.distribution(value)) == value)
            #expect(law.distribution(value.nextDown) < law.distribution(value))
        }
        // Draws coupled to a normal number have the moments of the law: midpoints of 10^5 equal probabilities.
        let count = 100_000
        var second = 0.0
        for k in 0..<count {
            let z = law.draw(coupledTo: SpecialFunctions.normalQuantile((Double(k) + 0.5) / Double(count)))
            second += z * z / Double(count)
        }
        #expect(abs(second - 139.0 / 128) < 1e-3)
        #expect(law.jumps.count == atoms.count - 1)
        #expect(law.draw(coupledTo: -9) == law.support.lower && law.draw(coupledTo: 9) == law.support.upper)
    }
}
