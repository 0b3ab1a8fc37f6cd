import Algebra
import Matching
import Numerics
import Probability
import Testing

@testable import Compilation

/// Noise that coordinates share.
struct CouplingTests {
    private static let i = Index.free("i")
    private let eta = Symbol("eta", bounds: .positive), t = Symbol("t", bounds: .nonnegative)
    private let x = Symbol("x", role: .position, indices: [i]), m = Symbol("m", indices: [i])
    private let sigma = Symbol("sigma", indices: [i], bounds: .positive)
    private let r = Symbol("r", indices: [i, SDE.otherIndex])
    private let gradient = Expression(Symbol("f", role: .field, derivatives: [i]))

    private func other(_ expression: Expression) -> Expression { expression.exchangingCoordinates }

    /// States x and m that share one motion, with a correlation between coordinates.
    private func momentum() -> SDE {
        let s = Expression(sigma)
        let own = [[s ** 2, -2 * s ** 2], [-2 * s ** 2, 4 * s ** 2]]
        let pair = Expression(r) * s * other(s)
        return SDE(
            stepSize: eta, time: t, states: [x, m], drift: [-Expression(m), gradient], covariance: own,
            diffusion: [[s], [-2 * s]], crossCovariance: [[pair, -2 * pair], [-2 * pair, 4 * pair]])
    }

    private let values = ["eta": 0.1, "sigma1": 0.5, "sigma2": 2, "sigma3": 1, "r1_2": 0.6, "r1_3": -0.2, "r2_3": 0.3]

    @Test func `the covariance has the entries of every pair of coordinates`() throws {
        let model = try momentum().compiled(on: .quadratic([1, 3, 2]), parameters: values)
        let s = model.covariance([1, 1, 1, 0, 0, 0], 0)
        #expect(s == s.transposed)
        #expect(abs(s[0, 1] - 0.6) < 1e-15)
        #expect(abs(s[0, 2] + 0.1) < 1e-15)
        #expect(abs(s[1, 2] - 0.6) < 1e-15)
        #expect(abs(s[0, 4] + 1.2) < 1e-15)
        #expect(abs(s[3, 1] + 1.2) < 1e-15)
        #expect(abs(s[4, 5] - 2.4) < 1e-15)
        #expect(s[0, 0] == 0.25)
    }

    @Test func `the diffusion squares to the whole covariance, singular as it is`() throws {
        let model = try momentum().compiled(on: .quadratic([1, 3, 2]), parameters: values)
        let state = [1.0, 1, 1, 0, 0, 0]
        let (s, covariance) = (model.diffusion(state, 0), model.covariance(state, 0))
        #expect((s * s.transposed - covariance).infinityNorm < 1e-14)
        #expect(s.columns == 6)
    }

    @Test func `values of one coordinate are read at both coordinates of a pair`() throws {
        // -d_i f d_j f / |grad f|^2 with the sum over all coordinates, as where a gradient is divided by its norm.
        let square = Expression.indexSum(body: Expression(Symbol("f", role: .field, derivatives: [.bound(0)])) ** 2)
        let pair = -gradient * other(gradient) * Expression(x) * other(Expression(x)) / square
        let sde = SDE(
            stepSize: eta, time: t, states: [x], drift: [-gradient], covariance: [[1 + square]],
            diffusion: [[sqrt(1 + square)]], crossCovariance: [[pair]])
        let model = try sde.compiled(on: .quadratic([1, 3]), parameters: ["eta": 0.1])
        let s = model.covariance([0.8, -0.4], 0)
        let (g1, g2) = (0.8, -1.2)
        #expect(abs(s[0, 1] - g1 * g2 * 0.32 / (g1 * g1 + g2 * g2)) < 1e-15)
    }

    @Test func `a covariance that no noise has gives NaN, and one coordinate has no pairs`() throws {
        var wrong = values
        (wrong["r1_2"], wrong["r1_3"], wrong["r2_3"]) = (0.9, 0.9, -0.9)
        let model = try momentum().compiled(on: .quadratic([1, 3, 2]), parameters: wrong)
        #expect(model.diffusion([1, 1, 1, 0, 0, 0], 0)[0, 0].isNaN)
        let single = try momentum().compiled(on: .quadratic([1]), parameters: ["eta": 0.1, "sigma": 0.5, "r": 0.5])
        #expect(!single.couplesCoordinates && single.noiseCount == 1)
    }

    @Test func `a correlation is given for all pairs or for one, and only for pairs that exist`() throws {
        let sde = momentum()
        let model = try sde.compiled(on: .quadratic([1, 3]), parameters: ["eta": 0.1, "sigma": 1, "r": 0.25])
        #expect(model.covariance([1, 1, 0, 0], 0)[0, 1] == 0.25)
        #expect(throws: CompilationError.self) {
            try sde.compiled(on: .quadratic([1, 3]), parameters: ["eta": 0.1, "sigma": 1, "r": 0.2, "r1_3": 0.1])
        }
        #expect(throws: CompilationError.missingParameter("r1_2", given: ["eta", "sigma"])) {
            try sde.compiled(on: .quadratic([1, 3]), parameters: ["eta": 0.1, "sigma": 1])
        }
    }

    @Test func `exchanging coordinates leaves the correlation of a pair`() {
        let pair = Expression(r) * gradient * gradient * other(gradient)
        #expect(other(pair) == Expression(r) * other(gradient) * other(gradient) * gradient)
        #expect(other(other(pair)) == pair)
    }
}
