import Algebra
import ExactNumbers
import Foundation
import Numerics
import Testing

@testable import Probability

struct NumericNoiseLawTests {
    static let laws: [NumericNoiseLaw] = {
        let symbolic: [NoiseLaw] = [
            .gaussian, .student(nu: 1), .student(nu: 2), .student(nu: 3), .student(nu: Expression(Rational(9, 2))),
            .student(nu: 30), .laplace, .uniform, .logistic, .rademacher,
            .mixture(weight: Expression(Rational(1, 4)), firstScale: 2, secondScale: Expression(Rational(1, 3))),
        ]
        return symbolic.compactMap { try? NumericNoiseLaw($0) }
    }()

    @Test func `every law with valid parameters resolves`() { #expect(Self.laws.count == 11) }

    @Test func `parameters take the values of their symbols`() throws {
        let nu = Symbol("nu", bounds: .positive)
        let law = try NumericNoiseLaw(.student(nu: Expression(nu) + 1), at: [nu: 2])
        #expect(law.density(0.7) == (try NumericNoiseLaw(.student(nu: 3))).density(0.7))
    }

    @Test(arguments: [
        NoiseLaw.student(nu: 0), .student(nu: -1), .student(nu: Expression(Symbol("nu"))), .any,
        .mixture(weight: Expression(Rational(5, 4)), firstScale: 1, secondScale: 1),
        .mixture(weight: -1, firstScale: 1, secondScale: 1), .mixture(weight: .half, firstScale: -1, secondScale: 1),
        .mixture(weight: .half, firstScale: 1, secondScale: 0),
    ])
    func `a parameter out of range is a typed error that names the law`(law: NoiseLaw) {
        #expect {
            try NumericNoiseLaw(law)
        } throws: { error in
            guard case ProbabilityError.invalidParameter(let named, let requirement) = error else { return false }
            return named == law && !requirement.isEmpty
        }
    }

    /// mpmath 1.3, 50 digits: (density, distribution) at z = -1.3 from the defining formulas.
    @Test(arguments: [
        (NoiseLaw.gaussian, 0.17136859204780736, 0.096800484585610333),
        (.student(nu: 1), 0.11833081270772887, 0.20871440016015274),
        (.student(nu: 3), 0.15038908590753599, 0.14223375436394790),
        (.student(nu: Expression(Rational(9, 2))), 0.15709267886280123, 0.12809804397201704),
        (.laplace, 0.11247197253878748, 0.079529694475603783),
        (.uniform, 0.28867513459481288, 0.12472232502674324),
        (.logistic, 0.14322752169801451, 0.08643678999670086),
        (
            .mixture(weight: Expression(Rational(1, 4)), firstScale: 2, secondScale: Expression(Rational(1, 3))),
            0.040818519769123023, 0.064497599959479383
        ),
    ])
    func `density and distribution have their known values`(
        law: NoiseLaw, density: Double, distribution: Double
    ) throws {
        let numeric = try NumericNoiseLaw(law)
        #expect((numeric.density(-1.3) / density - 1).magnitude < 1e-14)
        #expect((numeric.distribution(-1.3) / distribution - 1).magnitude < 1e-14)
        let symbolic = try #require(law.density(at: Expression(Rational(-13, 10))))
        #expect((symbolic.evaluated(at: [:]) / density - 1).magnitude < 1e-14)
    }

    @Test(arguments: laws) func `the quantile inverts the distribution`(law: NumericNoiseLaw) {
        for p in [1e-12, 1e-3, 0.1, 0.3, 0.49, 0.5, 0.7, 0.999] {
            let z = law.quantile(p)
            if law.atoms.isEmpty {
                #expect((law.distribution(z) - p).magnitude <= 1e-13 * p + resolution(of: law))
            } else {
                #expect(law.distribution(z) >= p && law.distribution(z.nextDown) < p)
            }
        }
        #expect(law.quantile(0) == law.support.lower && law.quantile(1) == law.support.upper)
        #expect(law.quantile(-0.1).isNaN && law.quantile(1.1).isNaN)
    }

    @Test(arguments: laws.filter(\.atoms.isEmpty))
    func `the density integrates to the distribution and to the moments`(law: NumericNoiseLaw) throws {
        let quadrature = AdaptiveQuadrature()
        let (lower, upper) = law.support
        for z in [-1.5, -0.2, 0.4] {
            let mass = try quadrature.integral(from: lower, to: z, breakpoints: law.kinks, of: law.density)
            #expect((mass / law.distribution(z) - 1).magnitude < 2e-13)
        }
        // The tail of a moment within 1 of the last one decays too slowly for plain quadrature.
        for n in 0...6 where (try? law.moment(n + 1)) != nil {
            guard let moment = try? law.moment(n) else { continue }
            let integral = try AdaptiveQuadrature(absoluteTolerance: 1e-12).integral(
                from: lower, to: upper, breakpoints: law.kinks
            ) { pow($0, Double(n)) * law.density($0) }
            #expect((integral - moment).magnitude < 1e-11 * max(1, moment))
        }
    }

    @Test func `moments that do not exist are refused`() throws {
        let law = try NumericNoiseLaw(.student(nu: 3))
        #expect(try law.moment(2) == 3)
        #expect(throws: ProbabilityError.missingMoment(order: 3, law: .student(nu: 3))) { try law.moment(3) }
        #expect(throws: ProbabilityError.degreeTooHigh(degree: 65, limit: 64)) {
            try NumericNoiseLaw.gaussian.moment(65)
        }
    }

    @Test(arguments: laws) func `samples follow the distribution`(law: NumericNoiseLaw) {
        let count = 20_000
        let stream = RandomStream(seed: 2024)
        var samples = [Double](repeating: 0, count: count)
        samples.withUnsafeMutableBufferPointer {
            law.fill($0, from: stream, firstPath: 3, step: 11, component: 4)
        }
        for path in [0, 1, 17, 4711] {
            #expect(samples[path] == law.sample(from: stream, path: path + 3, step: 11, component: 4))
        }
        samples.sort()
        var distance = 0.0
        if law.atoms.isEmpty {
            for (index, sample) in samples.enumerated() {
                let value = law.distribution(sample)
                distance = max(
                    distance, (value - Double(index) / Double(count)).magnitude,
                    (value - Double(index + 1) / Double(count)).magnitude)
            }
        } else {
            distance = (Double(samples.count { $0 < 0 }) / Double(count) - 0.5).magnitude
        }
        // Kolmogorov's distance of an exact sample exceeds 1.95/sqrt(n) once in a thousand seeds.
        #expect(distance < 1.95 / Double(count).squareRoot())
        guard let variance = try? law.moment(2), let fourth = try? law.moment(4) else { return }
        let mean = samples.reduce(0, +) / Double(count)
        let square = samples.reduce(0) { $0 + $1 * $1 } / Double(count)
        #expect(mean.magnitude < 4 * (variance / Double(count)).squareRoot())
        #expect((square - variance).magnitude <= 4 * ((fourth - variance * variance) / Double(count)).squareRoot())
    }

    @Test(arguments: laws) func `components of one address are independent draws`(law: NumericNoiseLaw) {
        let count = 20_000
        let stream = RandomStream(seed: 7)
        var columns = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
        for component in 0..<2 {
            columns[component].withUnsafeMutableBufferPointer {
                law.fill($0, from: stream, firstPath: 0, step: 0, component: component)
            }
        }
        // Signs and magnitudes, which have second moments for every law.
        for transform in [{ $0 < 0 ? -1.0 : 1.0 }, { $0.magnitude < 0.7 ? -1.0 : 1.0 }]
            as [@Sendable (Double) -> Double]
        {
            let sums = zip(columns[0], columns[1]).reduce(into: (x: 0.0, y: 0.0, xy: 0.0)) { sums, pair in
                let (x, y) = (transform(pair.0), transform(pair.1))
                sums = (sums.x + x, sums.y + y, sums.xy + x * y)
            }
            let n = Double(count)
            #expect((sums.xy / n - sums.x / n * sums.y / n).magnitude < 4 / n.squareRoot())
        }
    }

    @Test(arguments: laws) func `a coupled draw increases with its normal number and has the law`(law: NumericNoiseLaw)
    {
        let normals = stride(from: -8.0, through: 8, by: 0.37)
        let draws = normals.map { law.draw(coupledTo: $0) }
        #expect(zip(draws, draws.dropFirst()).allSatisfy { $0 <= $1 })
        guard law.atoms.isEmpty else { return }
        for (normal, draw) in zip(normals, draws) {
            let expected = SpecialFunctions.normalDistribution(-normal.magnitude)
            #expect(
                (law.distribution(-draw.magnitude) - expected).magnitude <= 1e-12 * expected + resolution(of: law))
        }
    }

    /// What the spacing of doubles at the edge of a bounded support allows.
    private func resolution(of law: NumericNoiseLaw) -> Double { law.support.lower.isFinite ? 0x1p-52 : 0 }
}
