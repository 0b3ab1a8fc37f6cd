import Algebra
import Analysis
import Matching
import Numerics
import Testing

import func Foundation.erfc
import func Foundation.pow

/// Laws of the model against exact stationary laws of the optimizers themselves.
struct ExactOptimizerTests {
    /// The variance of the chain `x' = x -+ eta` with `P(down) = Phi(lambda x/sigma)`, by detailed balance on `eta Z`.
    static func signVariance(eta: Double, lambda: Double, sigma: Double) -> Double {
        func down(_ x: Double) -> Double { 0.5 * erfc(-lambda * x / (sigma * 2.0.squareRoot())) }
        var (weight, total, second) = (1.0, 1.0, 0.0)
        var n = 0.0
        while weight > 1e-30 {
            weight *= (1 - down(n * eta)) / down((n + 1) * eta)
            n += 1
            total += 2 * weight
            second += 2 * weight * n * n * eta * eta
        }
        return second / total
    }

    /// Exact: `Var = (eta/2a)(1 + (pi/8) a eta + ...)` with `a = sqrt(2/pi) lambda/sigma`; Lemma 3.7's own next term is
    /// `-(1/2) a eta`, so that only the leading term is a statement about the optimizer.
    @Test func `the leading term of SignSGD's law is exact and its next one is not the model's to tell`() throws {
        let law = try Model.law("signsgd")
        let (lambda, sigma) = (1.0, 0.1)
        let a = (2 / Double.pi).squareRoot() * lambda / sigma
        for eta in [1e-3, 1e-4] {
            let exact = Self.signVariance(eta: eta, lambda: lambda, sigma: sigma)
            let values = ["eta": eta, "lambda": lambda, "sigma": sigma]
            let leading = Model.value(law.leadingVariance, values)
            let next = (exact / leading - 1) / (a * eta)
            #expect((next - Double.pi / 8).magnitude < 0.02)
            let printed = (Model.value(law.variance, values) / leading - 1) / (a * eta)
            #expect((printed + 0.5).magnitude < 0.01)
        }
    }

    /// `x' = (1 - eta gamma) x - eta m'/sigma`, `m' = beta m + (1 - beta)(lambda x + sigma Z)` with v held at sigma^2:
    /// P = A P A^T + Q, solved as a linear system.
    private func adamVariance(eta: Double, beta: Double, gamma: Double) throws -> Double {
        let a = DenseMatrix([[1 - eta * gamma - eta * (1 - beta), -eta * beta], [1 - beta, beta]])
        let noise = [-eta * (1 - beta), 1 - beta]
        var system = DenseMatrix.identity(4)
        for i in 0..<2 {
            for j in 0..<2 {
                for k in 0..<2 {
                    for l in 0..<2 { system[2 * i + j, 2 * k + l] -= a[i, k] * a[j, l] }
                }
            }
        }
        let right = (0..<4).map { noise[$0 / 2] * noise[$0 % 2] }
        return try system.solve(right)[0]
    }

    @Test func `AdamW settles where the law with rho1/(rho1 + gamma) says, away from Lemma 3.14`() throws {
        let (eta, gamma) = (1e-3, 4.0)
        let law = try Model.law("adamw")
        let printed = eta / 2 / (1 + gamma)
        for (beta, exactRatio, lawRatio) in [(0.9, 0.9654, 0.9615), (0.99, 0.7163, 0.7143), (0.999, 0.2002, 0.2000)] {
            let values = ["eta": eta, "gamma": gamma, "lambda": 1, "sigma": 1, "rho1": (1 - beta) / eta]
            let exact = try adamVariance(eta: eta, beta: beta, gamma: gamma)
            #expect((exact / printed - exactRatio).magnitude < 1e-4)
            #expect((Model.value(law.leadingVariance, values) / printed - lawRatio).magnitude < 1e-4)
        }
    }

    /// The linear model with quadratic noise has the density `(1 - a^2 x^2)^(1/(eta a) - 1)` on `|x| < 1/a` (a Jacobi
    /// diffusion); its variance by the trapezoidal rule.
    @Test func `the small-ratio model of SignSGD settles as its Jacobi density does`() throws {
        let (eta, lambda, sigma) = (0.01, 1.0, 0.1)
        let a = (2 / Double.pi).squareRoot() * lambda / sigma
        let count = 20_000
        var (total, second) = (0.0, 0.0)
        for n in -count...count {
            let x = Double(n) / Double(count) / a
            let weight = pow(max(0, 1 - a * a * x * x), 1 / (eta * a) - 1)
            total += weight
            second += weight * x * x
        }
        let law = try Model.law("signsgd")
        let variance = Model.value(law.variance, ["eta": eta, "lambda": lambda, "sigma": sigma])
        #expect((second / total / variance - 1).magnitude < 1e-10)
    }

    /// The matched form of a graded rule has logarithms of 1 - kappa in its coefficients.
    @Test(arguments: [0.9, 0.99])
    func `Adam's matched model settles where the optimizer does`(beta: Double) throws {
        let (eta, rho) = (1e-3, (1 - beta) / 1e-3)
        let law = try Model.law("adam", DerivationOptions(grading: .matched))
        #expect(law.leadingVariance.equals(Model.eta * Model.sigma / (2 * Model.lambda)) == .zero)
        #expect(law.gradedVariance == nil)
        let values = ["eta": eta, "lambda": 1, "sigma": 1, "rho1": rho]
        let exact = try adamVariance(eta: eta, beta: beta, gamma: 0)
        #expect((Model.value(law.variance, values) / exact - 1).magnitude < 2e-3)
    }

    @Test func `Adam's law with all noise is exact to the order of the model, the published one is not`() throws {
        let (eta, beta) = (1e-3, 0.9)
        let values = ["eta": eta, "lambda": 1, "sigma": 1, "rho1": (1 - beta) / eta]
        let exact = try adamVariance(eta: eta, beta: beta, gamma: 0)
        let full = try Model.law("adam")
        let published = try Model.law("adam", DerivationOptions(diffusion: .declared))
        #expect((Model.value(full.variance, values) / exact - 1).magnitude < 2e-3)
        #expect((Model.value(published.variance, values) / exact - 0.8092).magnitude < 1e-3)
    }
}
