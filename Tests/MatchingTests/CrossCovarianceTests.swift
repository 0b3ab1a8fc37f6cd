import Algebra
import BuiltInRules
import Probability
import Rules
import Testing

@testable import Matching

/// The covariance between coordinates of derived models.
struct CrossCovarianceTests {
    private let sigma = Expression(UpdateRule.noiseScale), r = Expression(UpdateRule.correlation)
    private let slope = Expression(Symbol("f", role: .field, derivatives: [.free("i")]))
    private var pair: Expression { r * sigma * sigma.exchangingCoordinates }

    private func sde(_ name: String, _ options: DerivationOptions = .init(correlatesNoise: true)) throws -> SDE {
        try Derivation(of: BuiltInRules.rule(named: name), options: options).sde
    }

    private func isSame(_ a: Expression, _ b: Expression) -> Bool { a.equals(b) == .zero }

    @Test func `independent coordinates have none`() throws {
        #expect(try !sde("sgd", .init()).couplesCoordinates)
        #expect(try !sde("sgd", .init(noise: .gaussian)).couplesCoordinates)
    }

    @Test func `linear updates keep the covariance of the noise`() throws {
        #expect(isSame(try sde("sgd").crossCovariance[0][0], pair))
        #expect(isSame(try sde("sgdw").crossCovariance[0][0], pair))
        #expect(
            isSame(
                try sde("sgd", .init(correlatesNoise: true, usesBatch: true)).crossCovariance[0][0],
                pair / Expression(UpdateRule.batchSize)))
        // At order 2 the covariance is the same: what is of order eta^2 in the increments does not hold the noise.
        #expect(isSame(try sde("sgd", .init(correlatesNoise: true, order: 2)).crossCovariance[0][0], pair))
    }

    @Test func `sign updates have the covariance of signs`() throws {
        let expected = signCovariance(
            slope / sigma, (slope / sigma).exchangingCoordinates, correlation: r)
        #expect(try sde("signsgd").crossCovariance == [[expected]])
    }

    @Test func `RMSprop's entries are those of g and its square`() throws {
        let model = try sde("rmsprop")
        let rho = Expression(Symbol("rho", bounds: .positive))
        let root = sqrt(Expression(model.states[1])) + Expression(Symbol("epsilon", bounds: .nonnegative))
        let other = { (u: Expression) in u.exchangingCoordinates }
        let cross = model.crossCovariance
        #expect(isSame(cross[0][0], pair / (root * other(root))))
        #expect(isSame(cross[0][1], -2 * rho * other(slope) * pair / root))
        #expect(isSame(cross[1][0], -2 * rho * slope * pair / other(root)))
        #expect(isSame(cross[1][1], rho * rho * (2 * pair * pair + 4 * slope * other(slope) * pair)))
    }

    @Test func `Adam's noise is shared by x, m and v of both coordinates`() throws {
        let model = try sde("adam")
        for a in 0..<3 {
            for c in 0..<3 {
                #expect(!model.crossCovariance[a][c].isZero)
                #expect(model.crossCovariance[c][a] == model.crossCovariance[a][c].exchangingCoordinates)
            }
        }
        let declared = try sde("adam", .init(correlatesNoise: true, diffusion: .declared))
        #expect(declared.crossCovariance.joined().filter { !$0.isZero }.count < 9)
    }

    @Test func `what has no closed form, another law and the matched form are refused with a reason`() throws {
        func failure(_ text: String, _ options: DerivationOptions) -> String {
            do {
                _ = try Derivation(of: UpdateRule(parsing: text, file: "test"), options: options)
                return ""
            } catch { return "\(error)" }
        }
        let rule = "optimizer T\nstep eta\nstate x\ngradient g at x\nnoise gaussian correlated\nx' = x - eta*tanh(g)"
        #expect(failure(rule, .init()).contains("x_i and x_j has no closed form"))
        #expect(failure(rule, .init(noise: .laplace)) == "")
        #expect(failure(rule, .init(noise: .laplace, correlatesNoise: true)).contains("gaussian, not laplace"))
        #expect(failure(rule, .init(grading: .matched)).contains("matched form"))
        #expect(failure(rule, .init(sizes: ["sigma": -1])).contains("of order 1 only"))
    }
}
