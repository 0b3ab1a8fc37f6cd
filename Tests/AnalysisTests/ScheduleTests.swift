import Algebra
import Analysis
import Matching
import Probability
import Rules
import Testing

import func Foundation.exp
import func Foundation.log
import func Foundation.pow

struct ScheduleTests {
    private func schedule(_ name: String, _ formula: Expression?) throws -> ScheduleAnalysis {
        let law = try StationaryLaw(of: QuadraticModel(of: Model.analysis(name)))
        return try ScheduleAnalysis(of: ReducedDynamics(of: law), schedule: formula)
    }

    private func power(_ exponent: Expression) -> Expression { Expression.power(1 + Model.time, -exponent) }

    /// Lemma 3.9: (L_tau sigma/(4 mu)) sqrt(pi/2) eta s(t).
    @Test func `the quasi-static level of SignSGD is that of Lemma 3.9`() throws {
        let analysis = try schedule("signsgd", nil)
        let s = Expression.function(.unnamed("s", derivatives: [0]), [Model.time])
        let expected = Model.eta * Model.sigma / (2 * Model.lambda) * sqrt(.pi / 2) * s
        #expect(analysis.level.equals(expected) == .zero)
        let rate = 2 * sqrt(2 / .pi) * Model.lambda / Model.sigma
        #expect(analysis.rate.equals(rate) == .zero)
        let derivative = Expression.function(.unnamed("s", derivatives: [1]), [Model.time])
        #expect(analysis.lag.equals(derivative / (rate * (s ** 2))) == .zero)
        #expect(analysis.verdict == nil)
    }

    @Test func `slow powers are quasi-static, 1/t lags, and faster ones freeze`() throws {
        #expect(try schedule("signsgd", power(Expression(1) / 10)).verdict == .quasiStatic)
        #expect(try schedule("signsgd", power(.half)).verdict == .quasiStatic)
        #expect(try schedule("signsgd", power(1)).verdict == .lagging(1))
        #expect(try schedule("signsgd", power(Expression(3) / 2)).verdict == .freezes)
        #expect(try schedule("signsgd", exp(-Model.time)).verdict == .freezes)
        #expect(try schedule("signsgd", .half + power(1)).verdict == .doesNotVanish)
        #expect(throws: AnalysisError.self) { try schedule("signsgd", Model.time) }
    }

    /// `q' = -k s q + s^2` integrated in log(1 + t) by the classical Runge-Kutta method, over the claimed level `s/k`.
    private func ratio(exponent: Double, k: Double) -> Double {
        func rate(_ u: Double, _ q: Double) -> Double {
            let s = exp(-exponent * u)
            return exp(u) * (-k * s * q + s * s)
        }
        var q = 1.0
        var u = 0.0
        let end = exponent < 1 ? 14.0 : 20.0
        while u < end {
            // The relaxation speeds up with the time.
            let h = min(0.01, 0.5 / (k * exp((1 - exponent) * u)))
            let k1 = rate(u, q)
            let k2 = rate(u + h / 2, q + h / 2 * k1)
            let k3 = rate(u + h / 2, q + h / 2 * k2)
            q += h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(u + h, q + h * k3))
            u += h
        }
        return q * k / exp(-exponent * u)
    }

    @Test func `numbers settle where the level holds`() {
        #expect((ratio(exponent: 0.5, k: 2) - 1).magnitude < 1e-3)
        // k/(k - 1) for s = 1/(1 + t).
        #expect((ratio(exponent: 1, k: 5) - 1.25).magnitude < 1e-3)
        #expect((ratio(exponent: 1, k: 2) - 2).magnitude < 1e-3)
        // k < 1: the quotient grows without bound, as t^(1 - k).
        #expect(ratio(exponent: 1, k: 0.5) > 1e3)
    }
}

struct MagnitudeTests {
    /// Lemma C.17 and Theorem D.2: (grad f)^2 leaves dV.
    @Test func `small gradients give RMSprop the model of Malladi`() throws {
        let analysis = try Model.analysis("rmsprop", DerivationOptions(diffusion: .declared))
        let reduction = try MagnitudeReduction(of: analysis)
        let (v, rho) = (Expression(analysis.sde.states[1]), Model.parameter("rho"))
        let gradient = Expression(ModelAnalysis.gradient)
        #expect(reduction.drift[0].equals(-gradient / sqrt(v)) == .zero)
        #expect(reduction.drift[1].equals(rho * ((Model.sigma ** 2) - v)) == .zero)
        #expect(reduction.omissions.map(\.name) == ["b_v"])
        #expect(reduction.omissions[0].weight == 1)
        #expect(reduction.omissions[0].expression.equals(rho * (gradient ** 2)) == .zero)
    }

    /// Theorem D.5: eta rho1 (grad f - M) leaves dX too.
    @Test func `small gradients and a rate of order 1 give Adam the model of Malladi`() throws {
        var options = DerivationOptions(diffusion: .declared)
        options.sizes["rho1"] = .zero
        let analysis = try Model.analysis("adam", options)
        let reduction = try MagnitudeReduction(of: analysis)
        let (m, v) = (Expression(analysis.sde.states[1]), Expression(analysis.sde.states[2]))
        #expect(reduction.drift[0].equals(-m / sqrt(v)) == .zero)
        #expect(reduction.drift[2].equals(Model.parameter("rho2") * ((Model.sigma ** 2) - v)) == .zero)
        #expect(reduction.omissions.map(\.name) == ["b_v"])
    }
}

struct RescalingTests {
    /// D.1 and D.2: t = eta tau, V = sigma^2 u.
    @Test func `RMSprop's equation in steps is Malladi's`() throws {
        let sde = try Model.analysis("rmsprop").sde
        let v = sde.states[1]
        let steps = sde.rescalingTime(by: Model.eta).rescaling(v, by: Model.sigma ** 2)
        let gradient = Expression(ModelAnalysis.gradient)
        let u = Expression(v)
        let (eta, sigma, rho) = (Model.eta, Model.sigma, Model.parameter("rho"))
        #expect(steps.drift[0].equals(-eta * gradient / (sigma * sqrt(u))) == .zero)
        #expect(steps.drift[1].equals(eta * rho * ((gradient ** 2) / (sigma ** 2) + 1 - u)) == .zero)
        #expect(steps.covariance[0][0].equals(eta / u) == .zero)
        let product = steps.diffusion[0][0] * steps.diffusion[0][0]
        #expect(product.equals(steps.covariance[0][0]) == .zero)
    }

    /// A change of the time alone leaves the stationary law alone.
    @Test(arguments: ["sgd", "signsgd", "rmspropw", "adamw"])
    func `the stationary law does not depend on the clock`(name: String) throws {
        let analysis = try Model.analysis(name)
        let clock = Expression(Symbol("c", bounds: .positive))
        let moved = ModelAnalysis(of: analysis.sde.rescalingTime(by: clock), sizes: analysis.sizes)
        let law = try StationaryLaw(of: QuadraticModel(of: analysis))
        let other = try StationaryLaw(of: QuadraticModel(of: moved))
        #expect(other.variance.equals(law.variance) == .zero)
    }
}
