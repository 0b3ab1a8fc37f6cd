import Algebra
import ExactNumbers
import Matching
import Numerics
import Probability
import Testing

@testable import Compilation

struct CompiledModelTests {
    private static let i = Index.free("i")
    private let eta = Symbol("eta", bounds: .positive), t = Symbol("t", bounds: .nonnegative)
    private let x = Symbol("x", role: .position, indices: [i]), v = Symbol("v", indices: [i], bounds: .nonnegative)
    private let sigma = Symbol("sigma", indices: [i], bounds: .positive)
    private let rho = Symbol("rho", bounds: .positive), epsilon = Symbol("epsilon", bounds: .nonnegative)
    private let loss = Symbol("f", role: .field)
    private var gradient: Expression { Expression(loss.differentiated(by: Self.i)) }

    private func signSGD() -> SDE {
        let mean = -erf(gradient / (sqrt(2) * Expression(sigma)))
        let variance = 1 - mean ** 2
        return SDE(
            stepSize: eta, time: t, states: [x], drift: [mean], covariance: [[variance]],
            diffusion: [[sqrt(variance)]])
    }

    /// Drift (-f'/(sqrt v + eps), rho (f'^2 + sigma^2 - v)), the covariance of (g, g^2).
    private func rmsprop() -> SDE {
        let (g, s, r, v) = (gradient, Expression(sigma), Expression(rho), Expression(v))
        let p = sqrt(v) + Expression(epsilon)
        let cross = -2 * r * g * s ** 2 / p
        let diffusion: [[Expression]] = [[s / p, 0], [-2 * r * g * s, sqrt(2) * r * s ** 2]]
        return SDE(
            stepSize: eta, time: t, states: [x, self.v], drift: [-g / p, r * (g ** 2 + s ** 2 - v)],
            covariance: [[s ** 2 / p ** 2, cross], [cross, r ** 2 * (4 * g ** 2 * s ** 2 + 2 * s ** 4)]],
            diffusion: diffusion)
    }

    @Test func `SignSGD in two coordinates with two noise scales`() throws {
        let model = try signSGD().compiled(
            on: .quadratic([1, 3]), parameters: ["eta": 0.1, "sigma1": 0.5, "sigma2": 2])
        let drift = model.drift([0.8, -0.4], 0)
        // erf(1.6/sqrt 2) and erf(0.6/sqrt 2) by mpmath.
        #expect(relativeError(drift[0], -0.890401416600884032) < 1e-13)
        #expect(relativeError(drift[1], 0.451493764499852862) < 1e-13)
        let (s, covariance) = (model.diffusion([0.8, -0.4], 0), model.covariance([0.8, -0.4], 0))
        #expect((s * s.transposed - covariance).infinityNorm < 1e-15)
        #expect(covariance[0, 1] == 0)
    }

    @Test func `RMSprop's diffusion squares to its covariance`() throws {
        let model = try rmsprop().compiled(
            on: .saddle(), parameters: ["eta": 0.01, "rho": 2, "epsilon": 0.001, "sigma": 0.5])
        let state = [0.7, -0.2, 0.3, 0.9]
        let (s, covariance) = (model.diffusion(state, 0.5), model.covariance(state, 0.5))
        #expect(s.rows == 4 && s.columns == 4)
        #expect((s * s.transposed - covariance).infinityNorm < 1e-14)
        let gradient = model.landscape.gradient(at: [0.7, -0.2])
        #expect(relativeError(model.drift(state, 0.5)[1], -gradient[1] / (0.9.squareRoot() + 0.001)) < 1e-14)
        #expect(relativeError(covariance[0, 2], -4 * gradient[0] * 0.25 / (0.3.squareRoot() + 0.001)) < 1e-14)
        #expect(model.isFinite(at: state, time: 0))
        #expect(
            !(try rmsprop().compiled(
                on: .saddle(), parameters: ["eta": 0.01, "rho": 2, "epsilon": 0, "sigma": 0.5]
            )
            .isFinite(at: [0.7, -0.2, 0, 0.9], time: 0)))
    }

    @Test func `a variance that cancels to rounding has no noise, and a negative one no root`() throws {
        // (1 + p)^q - 1 - 2 p - p^2 at q = 2, plus an offset: the algebra does not know that it cancels.
        let p = Expression(Symbol("p", bounds: .positive))
        let c = Expression(Symbol("c"))
        let variance = (1 + p) ** Expression(Symbol("q")) - 1 - 2 * p - p ** 2 + c
        let model = SDE(
            stepSize: eta, time: t, states: [x], drift: [0], covariance: [[variance]], diffusion: [[sqrt(variance)]])
        func noise(_ offset: Double) throws -> Double {
            try model.compiled(
                on: .quadratic([1]), parameters: ["eta": 0.1, "p": 1.0 / 3, "q": 2, "c": offset]
            ).diffusion([1], 0)[0, 0]
        }
        for offset in [0, -1e-15, 1e-15] { #expect(try noise(offset).magnitude < 1e-7) }
        #expect(try abs(noise(0.25) - 0.5) < 1e-12)
        #expect(try noise(-1e-9).isNaN)
    }

    /// In one piece, where the lanes of coordinates follow each other, and in two.
    @Test(arguments: [200, 700]) func `a step of many paths is that of each path`(count: Int) throws {
        let model = try rmsprop().compiled(
            on: .saddle(), parameters: ["eta": 0.01, "rho": 2, "epsilon": 0.001, "sigma": 0.5])
        var numbers = Numbers(seed: 3)
        let length = 0.0025
        let states = (0..<4).map { row in (0..<count).map { _ in numbers.next(in: row < 2 ? -1...1 : 0.1...1) } }
        let normals = (0..<4).map { _ in (0..<count).map { _ in numbers.next(in: -2...2) } }
        var results = [[Double]](repeating: [Double](repeating: 0, count: count), count: 4 + 6 + 4)
        try withTables(states + normals, &results) { rows, result in
            model.advance(
                states: rows, normals: rows.dropping(rows: 4), time: 0.5, by: length, into: result, count: count)
            model.evaluate(
                states: rows, time: 0.5, drift: result.dropping(rows: 4), diffusion: result.dropping(rows: 8),
                count: count)
        }
        for lane in stride(from: 0, to: count, by: 37) {
            let state = states.map { $0[lane] }
            let (drift, s) = (model.drift(state, 0.5), model.diffusion(state, 0.5))
            let noise = s * normals.map { $0[lane] }
            for r in 0..<4 {
                let expected = state[r] + length * drift[r] + (0.01 * length).squareRoot() * noise[r]
                #expect((results[r][lane] - expected).magnitude < 1e-14)
                #expect(results[4 + r][lane] == drift[r])
            }
            for (k, entry) in model.diffusionEntries.enumerated() {
                for i in 0..<2 {
                    #expect(results[8 + 2 * k + i][lane] == s[entry.state * 2 + i, entry.noise * 2 + i])
                }
            }
        }
    }

    @Test func `a sum over the Hessian is a product with it`() throws {
        // SGD at order 2: b = -(f_i + (eta/2) sum_j f_ij f_j).
        let product = Expression.indexSum(
            body: Expression(loss.differentiated(by: Self.i).differentiated(by: .bound(0)))
                * Expression(loss.differentiated(by: .bound(0))))
        let sum = Expression.indexSum(body: Expression(loss.differentiated(by: .bound(0))) ** 2)
        let sde = SDE(
            stepSize: eta, time: t, states: [x],
            drift: [-gradient - Expression(eta) * product / 2 + sum * Expression(x)],
            covariance: [[Expression(sigma) ** 2]], diffusion: [[Expression(sigma)]])
        let landscape = try Landscape(Expression(parsing: "x1^2*x2^2/2 + x1*x2*x3 + x3^2"))
        let model = try sde.compiled(on: landscape, parameters: ["eta": 0.5, "sigma": 1])
        let point = [0.7, -1.3, 0.4]
        let gradient = landscape.gradient(at: point)
        let correction = try landscape.hessian(at: point) * gradient
        let square = gradient.reduce(0) { $0 + $1 * $1 }
        for (i, value) in model.drift(point, 0).enumerated() {
            #expect(relativeError(value, -gradient[i] - 0.25 * correction[i] + square * point[i]) < 1e-13)
        }
    }

    /// E[g/(|g| + eps)] by mpmath with 40 digits, g = mu + sigma Z with Z normal or of Student's law.
    @Test func `a named expectation is integrated over the noise`() throws {
        let draw = Symbol("g", role: .noise, indices: [Self.i])
        let body = Expression(draw) / (abs(Expression(draw)) + Expression(epsilon))
        func drift(_ mean: Double, _ scale: Double, _ epsilon: Double, _ law: NoiseLaw) throws -> Double {
            let draw = GradientDraw(symbol: draw, mean: gradient, scale: Expression(sigma), law: law)
            let expectation: Expression = law == .any ? .expectation(of: body) : try draw.expectation(of: body)
            let sde = SDE(
                stepSize: eta, time: t, states: [x], drift: [-expectation], covariance: [[1]], diffusion: [[1]])
            let model = try sde.compiled(
                on: .quadratic([1]), parameters: ["eta": 0.1, "sigma": scale, "epsilon": epsilon],
                draw: draw)
            return -model.drift([mean], 0)[0]
        }
        #expect(relativeError(try drift(0.3, 0.5, 0.01, .gaussian), 0.44148379187678161) < 1e-12)
        #expect(relativeError(try drift(-1.2, 0.5, 0.1, .gaussian), -0.89372975599294238) < 1e-12)
        #expect(try drift(0, 0.5, 0.1, .gaussian).magnitude < 1e-15)
        #expect(relativeError(try drift(0.3, 0.5, 0.1, .student(nu: 3)), 0.33994906665613613) < 1e-12)
        let error = #expect(throws: CompilationError.self) { try drift(0.3, 0.5, 0.1, .any) }
        #expect(error == .unsupportedExpectation(Expression.expectation(of: body).text))
    }

    /// 1 - E[eps/(g^2 + eps)], whose integrand is a peak of width sqrt(eps); mpmath with 40 digits, cut at the peak.
    @Test func `a bend that is sharp and smooth is not missed`() throws {
        let draw = Symbol("g", role: .noise, indices: [Self.i])
        let own = GradientDraw(symbol: draw, mean: gradient, scale: Expression(sigma), law: .gaussian)
        let square = Expression(draw) ** 2
        let expectation = try own.expectation(of: Expression(epsilon) / (square + Expression(epsilon)))
        let sde = SDE(stepSize: eta, time: t, states: [x], drift: [expectation], covariance: [[1]], diffusion: [[1]])
        let model = try sde.compiled(
            on: .quadratic([1]), parameters: ["eta": 0.1, "sigma": 0.5, "epsilon": 1e-8], draw: own)
        #expect(relativeError(model.drift([0.3], 0)[0], 0.000209343985833044427) < 1e-12)
    }

    @Test func `a parameter that is missing, unknown or out of range is a typed error`() throws {
        let sde = rmsprop()
        func compile(_ parameters: [String: Double]) throws -> CompiledModel {
            try sde.compiled(on: .quadratic([1]), parameters: parameters)
        }
        #expect(throws: CompilationError.missingParameter("rho", given: ["epsilon", "eta", "sigma"])) {
            try compile(["eta": 0.1, "epsilon": 0.1, "sigma": 1])
        }
        #expect(
            throws: CompilationError.unknownParameter(
                "sgima", nearest: "sigma", known: ["B", "epsilon", "eta", "rho", "sigma"])
        ) {
            try compile(["eta": 0.1, "rho": 2, "epsilon": 0.1, "sgima": 1])
        }
        #expect(throws: CompilationError.parameterOutOfRange("sigma", value: -1, range: "positive")) {
            try compile(["eta": 0.1, "rho": 2, "epsilon": 0.1, "sigma": -1])
        }
    }

    @Test func `an optimizer's update is compiled for many paths`() throws {
        let g = Symbol("g", role: .noise, indices: [Self.i])
        let k = Symbol("k", bounds: .positive)
        let next = Expression(rho) * Expression(v) + (1 - Expression(rho)) * Expression(g) ** 2
        let updates = [
            Expression(x) - Expression(eta) * Expression(g) / sqrt(next / (1 - Expression(rho) ** Expression(k))), next,
        ]
        let update = try CompiledUpdate(
            updates, states: [x, v], draws: [g], stepIndex: k, on: .quadratic([1, 2]),
            parameters: ["eta": 0.1, "rho": 0.9])
        let state = update.next([1, -2, 0.5, 0.25], draws: [0.3, -0.4], step: 3)
        for i in 0..<2 {
            let (x, v, g) = ([1.0, -2][i], [0.5, 0.25][i], [0.3, -0.4][i])
            let next = 0.9 * v + (1 - 0.9) * g * g
            #expect(relativeError(state[2 + i], next) < 1e-14)
            #expect(relativeError(state[i], x - 0.1 * g / (next / (1 - 0.9 * 0.9 * 0.9)).squareRoot()) < 1e-14)
        }
    }
}

/// Calls the body with tables of the inputs and the outputs.
func withTables(_ inputs: [[Double]], _ outputs: inout [[Double]], _ body: (LaneRows, LaneRows) throws -> Void) throws {
    let count = outputs[0].count
    var memory = (inputs + outputs).flatMap { $0 }
    try memory.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        try body(LaneRows(base, stride: count), LaneRows(base + inputs.count * count, stride: count))
    }
    for k in outputs.indices { outputs[k] = Array(memory[(inputs.count + k) * count..<(inputs.count + k + 1) * count]) }
}
