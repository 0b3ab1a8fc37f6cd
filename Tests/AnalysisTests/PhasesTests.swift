import Algebra
import Analysis
import Matching
import Probability
import Testing

import func Foundation.pow

struct PhasesTests {
    private func phases(_ name: String, _ law: NoiseLaw = .gaussian) throws -> Phases {
        try Phases(of: Model.analysis(name, DerivationOptions(noise: law)))
    }

    /// Lemma 3.4.
    @Test func `SignSGD's limits are those of Lemma 3.4, with their errors`() throws {
        let phases = try phases("signsgd")
        let y = Expression(Phases.ratio)
        let drift = try #require(phases.limits.first { $0.name == "b_x" })
        #expect(drift.small?.equals(-2 * y / sqrt(.pi)) == .zero)
        #expect(drift.smallError?.equals(2 * (y ** 3) / (3 * sqrt(.pi))) == .zero)
        #expect(drift.large?.equals(-1) == .zero)
        #expect(drift.largeError?.equals(1 - erf(y)) == .zero)
        let covariance = try #require(phases.limits.first { $0.name == "S_xx" })
        #expect(covariance.small?.equals(1 - 4 * (y ** 2) / .pi) == .zero)
        #expect(covariance.smallError?.equals(8 * (y ** 4) / (3 * .pi)) == .zero)
        #expect(covariance.large?.isZero == true)
        #expect(phases.isSign)
        // The small-ratio square root is imaginary from here on, below the Y < 1 of the lemma.
        #expect(phases.smallEdge?.equals(sqrt(.pi) / 2) == .zero)
    }

    private static let brackets: [(NoiseLaw, Double, Double, Double)] = [
        // m, q1 and q2 of the distribution functions at 30 digits (mpmath), to the last digit of a double.
        (.gaussian, 0.24680870705119172, 0.59589208589852315, 0.61447787324329006),
        (.laplace, 0.1710964297374975, 0.69356828702588981, 0.7041165155012251),
        (.logistic, 0.20213699555949711, 0.65502579843386056, 0.66958867271597167),
        (.student(nu: 3), 0.25637686739589973, 0.49140763624859579, 0.5043283134596506),
        (.student(nu: 1), 0.22277750804612758, 0.38539593992326515, 0.39383070828362849),
    ]

    @Test(arguments: brackets)
    func `the lines of the middle phase are computed for every law`(
        law: NoiseLaw, slope: Double, lower: Double, upper: Double
    ) throws {
        let phases = try phases("signsgd", law)
        let bracket = try #require(phases.bracket)
        #expect((bracket.slope - slope).magnitude < 1e-14)
        #expect((bracket.lower - lower).magnitude < 1e-14)
        #expect((bracket.upper - upper).magnitude < 1e-14)
        let h = try #require(phases.saturating)
        for step in 0...100 {
            let y = 1 + 0.5 * Double(step) / 100
            let value = h.evaluated(at: [Phases.ratio: y])
            #expect(value >= bracket.slope * y + bracket.lower - 1e-14)
            #expect(value <= bracket.slope * y + bracket.upper + 1e-14)
        }
    }

    /// For two degrees of freedom h = Y/sqrt(1 + Y^2), tangent where (1 + Y^2)^(-3/2) = m.
    @Test func `two degrees of freedom have elementary lines`() throws {
        let phases = try phases("signsgd", .student(nu: 2))
        let bracket = try #require(phases.bracket)
        let m = 2 * (1.5 / 3.25.squareRoot() - 1 / 2.0.squareRoot())
        let y = (1 / pow(m, 2.0 / 3) - 1).squareRoot()
        #expect((bracket.slope - m).magnitude < 1e-14)
        #expect((bracket.touchesUpper - y).magnitude < 1e-12)
        #expect((bracket.upper - (y / (1 + y * y).squareRoot() - m * y)).magnitude < 1e-14)
        #expect((bracket.lower - (1 / 2.0.squareRoot() - m)).magnitude < 1e-14)
    }

    /// Corollary 3.11: the slopes at zero, 2 phi(0) per unit of d_i f/sigma.
    @Test(arguments: [(1, 0.63662), (2, 0.70711), (3, 0.73511), (5, 0.75921)])
    func `the small-ratio slope is twice the density at zero`(nu: Int, density: Double) throws {
        let phases = try phases("signsgd", .student(nu: Expression(nu)))
        let small = try #require(phases.limits.first?.small)
        let slope = -small.evaluated(at: [Phases.ratio: 1]) / 2.0.squareRoot()
        #expect((slope - density).magnitude < 1e-5)
    }

    @Test func `the second moment of RMSprop forgets the gradient for small ratios and the noise for large ones`()
        throws
    {
        let phases = try phases("rmsprop")
        let v = try #require(phases.limits.first { $0.name == "b_v" })
        let (y, sigma, rho) = (Expression(Phases.ratio), Model.sigma, Model.parameter("rho"))
        let second = Expression(try Model.analysis("rmsprop").sde.states[1])
        #expect(v.small?.equals(rho * ((sigma ** 2) - second)) == .zero)
        #expect(v.smallError?.equals(2 * rho * (sigma ** 2) * (y ** 2)) == .zero)
        #expect(v.large?.equals(2 * rho * (sigma ** 2) * (y ** 2)) == .zero)
        #expect(phases.saturating == nil)
    }

    @Test func `a rule that is linear in the gradient has no phases`() throws {
        #expect(throws: AnalysisError.self) { try phases("sgd") }
        #expect(throws: AnalysisError.unspecifiedLaw) { try phases("signsgd", .any) }
    }
}
