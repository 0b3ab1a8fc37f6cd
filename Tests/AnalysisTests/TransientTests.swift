import Algebra
import Analysis
import Matching
import Numerics
import Testing

/// Moments in time against closed forms, matrix exponentials and numerical integration.
struct TransientTests {
    private let eta = Model.eta
    private let lambda = Model.lambda
    private let sigma = Model.sigma
    private let time = Model.time
    private let start = Model.start

    private func transient(_ name: String, _ options: DerivationOptions = DerivationOptions()) throws -> Transient {
        try Transient(of: Model.law(name, options))
    }

    /// Lemma 3.8: Cov = (eta/2) H^(-1) Sigma (I - exp(-2 H t)).
    @Test func `SGD relaxes as Lemma 3.8 says`() throws {
        let sgd = try transient("sgd")
        #expect(sgd.mean.equals(start * exp(-lambda * time)) == .zero)
        let covariance = eta * (sigma ** 2) / (2 * lambda) * (1 - exp(-2 * lambda * time))
        #expect(sgd.covariance[0, 0].equals(covariance) == .zero)
    }

    /// Lemma 3.7 and C.12 with Sigma^(-1/2) restored, and the loss of Lemma C.13 as printed.
    @Test func `SignSGD relaxes as Lemma 3.7 corrected and Lemma C.13 printed say`() throws {
        let sign = try transient("signsgd")
        let root = sqrt(2 / .pi)
        let slow = exp(-2 * (root * lambda / sigma + eta / .pi * (lambda ** 2) / (sigma ** 2)) * time)
        let level = eta / 2 / (root + eta / .pi * lambda / sigma) * sigma / lambda
        let covariance = (slow - exp(-2 * root * lambda / sigma * time)) * (start ** 2) + level * (1 - slow)
        #expect(sign.mean.equals(start * exp(-root * lambda / sigma * time)) == .zero)
        #expect(sign.covariance[0, 0].equals(covariance) == .zero)
        let k = root / sigma + eta * lambda / (.pi * (sigma ** 2))
        let decay = exp(-2 * lambda * k * time)
        let loss = lambda * (start ** 2) / 2 * decay + eta / 4 / k * (1 - decay)
        #expect(sign.loss.equals(loss) == .zero)
    }

    /// `dq/dt = 2 J q + eta (S0 + S2 q)` by the classical Runge-Kutta method.
    @Test(arguments: ["sgd", "signsgd", "rmspropw", "clippedsgd", "adagrad"])
    func `the second moment solves its equation`(name: String) throws {
        let transient = try transient(name)
        let linearization = transient.law.linearization
        var values = ["eta": 0.05, "lambda": 1.4, "sigma": 0.5, "gamma": 0.3, "c": 0.4, "v": 0.8, "rho": 2]
        let slope = Model.value(linearization.blockJacobian[0, 0], values)
        let noise = Model.value(linearization.blockCovariance[0, 0], values)
        let x = linearization.blockStates[0]
        let curved = linearization.model.covariance[0][0].derivative(by: x).derivative(by: x)
            .substituting(linearization.equilibrium.values)
        let second = Model.value(curved, values) / 2
        func rate(_ q: Double) -> Double { 2 * slope * q + 0.05 * (noise + second * q) }
        var q = 0.64
        let h = 1e-3
        for _ in 0..<900 {
            let k1 = rate(q)
            let k2 = rate(q + h / 2 * k1)
            let k3 = rate(q + h / 2 * k2)
            q += h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(q + h * k3))
        }
        values["t"] = 0.9
        values["x0"] = 0.8
        #expect((Model.value(transient.secondMoment, values) - q).magnitude < 1e-10)
    }

    private static let pairs: [(String, Double)] = [
        ("heavyball", 5), ("heavyball", 0.5), ("adam", 12), ("adamw", 12), ("momentum", 3), ("qhm", 3), ("nesterov", 7),
    ]

    /// exp(J t) by scaling and squaring, and the covariance by integrating `J P + P J^T + eta S`.
    @Test(arguments: pairs)
    func `the propagator of two states is the exponential of J`(name: String, rho: Double) throws {
        let transient = try transient(name)
        let linearization = transient.law.linearization
        var values = [
            "eta": 0.01, "lambda": 1.4, "sigma": 0.5, "gamma": 0.3, "nu": 0.4, "rho": rho, "rho1": rho, "rho2": 2,
        ]
        values["t"] = 0.7
        values["x0"] = 1
        func numbers(_ matrix: ExpressionMatrix) -> DenseMatrix {
            DenseMatrix(matrix.rows.map { $0.map { Model.value($0, values) } })
        }
        let jacobian = numbers(linearization.blockJacobian)
        let exact = try (0.7 * jacobian).exponential()
        let discriminant = try #require(transient.discriminant)
        let oscillates = Model.value(discriminant, values) < 0
        let form = oscillates ? try #require(transient.oscillatingPropagator) : transient.propagator
        let propagator = numbers(form)
        for (a, b) in zip(propagator.entries, exact.entries) { #expect((a - b).magnitude < 1e-12) }
        if oscillates { return }

        let source = 0.01 * numbers(linearization.blockCovariance)
        var covariance = DenseMatrix(rows: 2, columns: 2)
        func rate(_ p: DenseMatrix) -> DenseMatrix {
            let product = jacobian * p
            return product + DenseMatrix([[product[0, 0], product[1, 0]], [product[0, 1], product[1, 1]]]) + source
        }
        let h = 0.7 / 2000
        for _ in 0..<2000 {
            let k1 = rate(covariance)
            let k2 = rate(covariance + (h / 2) * k1)
            let k3 = rate(covariance + (h / 2) * k2)
            let k4 = rate(covariance + h * k3)
            covariance = covariance + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4)
        }
        let closed = numbers(transient.covariance)
        for (a, b) in zip(closed.entries, covariance.entries) { #expect((a - b).magnitude < 1e-11) }
    }
}
