import BuiltInRules
import Compilation
import Matching
import Numerics
import Testing

import func Foundation.cos
import func Foundation.exp
import func Foundation.log2
import func Foundation.sin

@testable import Simulation

/// The orders of the schemes, by expectations on grids that no sampling error blurs, against exact solutions.
struct IntegrationSchemeTests {
    /// A model with linear coefficients: every column multiplies the states of a coordinate by a matrix.
    private func multiplicative(
        states: Int, drift: DenseMatrix, columns: [DenseMatrix], form: ModelForm, growth: Double = 0
    ) -> ClosureDiffusion {
        ClosureDiffusion(stepSize: 1, dimension: 1, stateCount: states, columnCount: columns.count, form: form) {
            block, time, b, s in
            let scale = 1 + growth * time
            for lane in 0..<block.lanes {
                for a in 0..<states {
                    b[a][lane] = (0..<states).reduce(0) { $0 + scale * drift[a, $1] * block[$1][lane] }
                    for (column, matrix) in columns.enumerated() {
                        s[a * columns.count + column][lane] =
                            (0..<states).reduce(0) { $0 + scale * matrix[a, $1] * block[$1][lane] }
                    }
                }
            }
        }
    }

    private func errors(
        _ scheme: IntegrationScheme, of model: any DiffusionKernel, start: [Double], test: Quantity, exact: Double,
        nodes: Int = 6, steps: [Int] = [4, 8, 16]
    ) throws -> [Double] {
        try steps.map { count in
            let chain = try StepChain(scheme, of: model, steps: count, horizon: 1)
            let values = TensorSolver(nodes: nodes, threads: 1).expectations(
                of: [test], chain: chain, start: start, steps: count, endTime: 1, cancellation: nil)
            return try #require(values)[0] - exact
        }
    }

    /// The order between the last two, each half the step of the one before.
    private func order(_ errors: [Double]) -> Double {
        log2((errors[errors.count - 2] / errors[errors.count - 1]).magnitude)
    }

    private static let square = Quantity("x^2") { states, _, values in
        for lane in values.indices { values[lane] = states[0][lane] * states[0][lane] }
    }

    @Test func `one state, drift and noise that grow with time: Euler and Milstein have weak order 1, Platen 2`() throws
    {
        let form = ModelForm(noise: .local, commutes: true, isLinear: false)
        let model = multiplicative(
            states: 1, drift: DenseMatrix([[-1]]), columns: [DenseMatrix([[1]])], form: form, growth: 1)
        // E X^2 = exp(int -2 (1 + t) + (1 + t)^2 dt), from 0 to 1.
        let exact = exp(-3 + 7.0 / 3)
        for (scheme, expected) in [(IntegrationScheme.euler, 1.0), (.milstein, 1), (.platen, 2)] {
            let errors = try errors(scheme, of: model, start: [1], test: Self.square, exact: exact, steps: [8, 16, 32])
            #expect(abs(order(errors) - expected) < 0.2, "\(scheme): \(errors)")
        }
    }

    @Test func `a nonlinear state agrees with the grid solver, at the same orders`() throws {
        let form = ModelForm(noise: .local, commutes: true, isLinear: false)
        let model = ClosureDiffusion(stepSize: 0.25, dimension: 1, stateCount: 1, columnCount: 1, form: form) {
            states, _, b, s in
            for lane in 0..<states.lanes {
                b[0][lane] = -sin(states[0][lane])
                s[0][lane] = 1 + 0.5 * cos(states[0][lane])
            }
        }
        let scalar = ScalarDiffusion(
            stepSize: 0.25, drift: { x, _ in -sin(x) },
            covariance: { x, _ in (1 + 0.5 * cos(x)) * (1 + 0.5 * cos(x)) })
        let exact = try DeterministicSolver(tolerance: 1e-9).expectation(
            of: { sin($0) }, model: scalar, start: 1, horizon: 1)
        let test = Quantity("sin(x)") { states, _, values in
            for lane in values.indices { values[lane] = sin(states[0][lane]) }
        }
        for (scheme, expected) in [(IntegrationScheme.euler, 1.0), (.milstein, 1), (.platen, 2)] {
            let errors = try errors(
                scheme, of: model, start: [1], test: test, exact: exact.value, nodes: 40, steps: [4, 8, 16])
            #expect(abs(order(errors) - expected) < 0.2, "\(scheme): \(errors)")
        }
    }

    @Test func `two motions that do not commute: Platen's scheme has weak order 2`() throws {
        let drift = DenseMatrix([[-1, 0.5], [-0.3, -0.7]])
        let columns = [DenseMatrix([[0.5, 0.2], [0, 0.4]]), DenseMatrix([[0, -0.6], [0.5, 0.1]])]
        let model = multiplicative(states: 2, drift: drift, columns: columns, form: .general)
        // The second moments obey M' = A M + M A^T + sum_j B_j M B_j^T.
        var generator = DenseMatrix(rows: 4, columns: 4)
        for (i, k) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            for (j, l) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                generator[2 * i + j, 2 * k + l] =
                    (j == l ? drift[i, k] : 0) + (i == k ? drift[j, l] : 0)
                    + columns.reduce(0) { $0 + $1[i, k] * $1[j, l] }
            }
        }
        let exact = try generator.exponential()[0, 0...3].reduce(0, +)
        let euler = try errors(.euler, of: model, start: [1, 1], test: Self.square, exact: exact)
        let platen = try errors(.platen, of: model, start: [1, 1], test: Self.square, exact: exact)
        #expect(abs(order(euler) - 1) < 0.2, "\(euler)")
        #expect(abs(order(platen) - 2) < 0.2, "\(platen)")
        #expect(throws: SimulationError.self) { try IntegrationScheme.milstein.step(of: model, length: 0.1) }
    }

    @Test func `coordinates that move each other's noise: Platen's scheme has weak order 2`() throws {
        let model = ClosureDiffusion(stepSize: 1, dimension: 2, stateCount: 1, columnCount: 1) { states, _, b, s in
            for lane in 0..<states.lanes {
                b[0][lane] = -states[0][lane]
                b[1][lane] = -0.5 * states[1][lane]
                s[0][lane] = 0.8 * states[1][lane]
                s[1][lane] = 0.5 * states[0][lane]
            }
        }
        // (E X1^2)' = -2 E X1^2 + 0.64 E X2^2 and (E X2^2)' = -E X2^2 + 0.25 E X1^2.
        let exact = try DenseMatrix([[-2, 0.64], [0.25, -1]]).exponential()[0, 0...1].reduce(0, +)
        let platen = try errors(.platen, of: model, start: [1, 1], test: Self.square, exact: exact)
        #expect(abs(order(platen) - 2) < 0.2, "\(platen)")
    }

    @Test func `motions of several coordinates at once give what one after the other gives`() throws {
        func model(_ form: ModelForm) -> ClosureDiffusion {
            ClosureDiffusion(stepSize: 0.5, dimension: 2, stateCount: 1, columnCount: 2, form: form) { x, _, b, s in
                for i in 0..<2 {
                    for lane in 0..<x.lanes {
                        b[i][lane] = -sin(x[i][lane])
                        s[i][lane] = cos(x[i][lane])
                        s[2 + i][lane] = 0.3 * x[i][lane]
                    }
                }
            }
        }
        let local = PlatenStep(model(ModelForm(noise: .local, commutes: false, isLinear: false)))
        let general = PlatenStep(model(.general))
        #expect(local.evaluationCount == 10)
        #expect(general.evaluationCount == 18)
        let lanes = 5
        func result(_ step: PlatenStep, areas: [Int]) -> [Double] {
            let states = LaneStorage(repeating: [0.7, -0.4], lanes: lanes)
            let normals = LaneStorage(variables: 4 + step.auxiliaryCount, lanes: lanes)
            for lane in 0..<lanes {
                for motion in 0..<4 {
                    normals.block[motion][lane] = 0.3 * Double(lane - 2) + 0.4 * Double(motion) - 0.5
                }
                for (number, sign) in areas.enumerated() { normals.block[4 + number][lane] = Double(sign) }
            }
            let scratch = LaneStorage(variables: step.scratchCount, lanes: lanes)
            step.advance(states.block, normals: normals.block, time: 0, by: 0.1, scratch: scratch.block)
            return Array(states.block.values)
        }
        // The motions in order are (0, 1), (0, 2), (1, 1), (1, 2): pairs of one coordinate are the second and the fifth.
        for (a, b) in zip(result(local, areas: [1, -1]), result(general, areas: [-1, 1, -1, 1, -1, -1])) {
            #expect(abs(a - b) < 1e-14)
        }
    }

    @Test func `Milstein's scheme has strong order 1 where Euler's has 1/2`() throws {
        let (drift, noise, eta) = (0.2, 0.8, 1.0)
        let form = ModelForm(noise: .local, commutes: true, isLinear: false)
        let model = ClosureDiffusion(stepSize: eta, dimension: 1, stateCount: 1, columnCount: 1, form: form) {
            states, _, b, s in
            for lane in 0..<states.lanes {
                b[0][lane] = -drift * states[0][lane]
                s[0][lane] = noise * states[0][lane]
            }
        }
        let (steps, paths, seed) = (1, 4000, UInt64(11))
        let stream = RandomStream(seed: seed)
        let exact = (0..<paths).map { path in
            let motion = (0..<steps).reduce(0.0) { $0 + stream.normal(path: path, step: $1, component: 0) }
            let time = Double(steps) * eta
            return exp((-drift - eta * noise * noise / 2) * time + eta * noise * motion)
        }
        func strongErrors(_ scheme: IntegrationScheme) throws -> [Double] {
            try [4, 8, 16].map { substeps in
                let process = try ModelProcess(model, scheme: scheme, substeps: substeps, seed: seed, coupling: [1])
                var ensemble = try Ensemble(process, start: [1], paths: 0..<paths)
                _ = try ensemble.advance(steps: steps, cancellation: nil)
                let values = ensemble.values(of: .variable(0, named: "x"))
                return (zip(values, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(paths))
                    .squareRoot()
            }
        }
        let (euler, milstein) = (try strongErrors(.euler), try strongErrors(.milstein))
        #expect(abs(order(milstein) - 1) < 0.1, "\(milstein)")
        #expect(abs(order(euler) - 0.5) < 0.1, "\(euler)")
    }
}

/// The exact step of linear equations.
struct LinearStepTests {
    private static let drift = DenseMatrix([[-1, 0.7], [-2, -0.5]])
    private static let noise = DenseMatrix([[0.5, 0.1], [0, 0.8]])
    private static let constant = [0.3, -0.2]
    private static let eta = 0.5

    private static let model = ClosureDiffusion(
        stepSize: eta, dimension: 1, stateCount: 2, columnCount: 2,
        form: ModelForm(noise: .additive, commutes: true, isLinear: true)
    ) { states, _, b, s in
        for lane in 0..<states.lanes {
            for a in 0..<2 {
                b[a][lane] = constant[a] + drift[a, 0] * states[0][lane] + drift[a, 1] * states[1][lane]
                for c in 0..<2 { s[2 * a + c][lane] = noise[a, c] }
            }
        }
    }

    @Test func `means and second moments are exact with a single step`() throws {
        // Means and covariances (P00, P01, P11) by their own differential equations.
        let solution = DormandPrince(tolerance: 1e-12).solve([1, -1, 0, 0, 0], from: 0, to: 1) { _, y in
            let (a, g) = (Self.drift, Self.noise)
            let q = { (i: Int, j: Int) in Self.eta * (g[i, 0] * g[j, 0] + g[i, 1] * g[j, 1]) }
            return [
                Self.constant[0] + a[0, 0] * y[0] + a[0, 1] * y[1], Self.constant[1] + a[1, 0] * y[0] + a[1, 1] * y[1],
                2 * (a[0, 0] * y[2] + a[0, 1] * y[3]) + q(0, 0),
                a[0, 0] * y[3] + a[0, 1] * y[4] + a[1, 0] * y[2] + a[1, 1] * y[3] + q(0, 1),
                2 * (a[1, 0] * y[3] + a[1, 1] * y[4]) + q(1, 1),
            ]
        }
        let exact = try #require(solution)
        let tests = [(0, 0), (0, 1), (1, 1)].map { i, j in
            Quantity("product") { states, _, values in
                for lane in values.indices { values[lane] = states[i][lane] * states[j][lane] }
            }
        }
        let moments = [exact[2] + exact[0] * exact[0], exact[3] + exact[0] * exact[1], exact[4] + exact[1] * exact[1]]
        for steps in [1, 3] {
            let chain = try StepChain(.linear, of: Self.model, steps: steps, horizon: 1)
            let values = TensorSolver(nodes: 4, threads: 1).expectations(
                of: tests + [.variable(0, named: "x"), .variable(1, named: "v")], chain: chain, start: [1, -1],
                steps: steps, endTime: 1, cancellation: nil)
            for (value, expected) in zip(try #require(values), moments + exact.prefix(2)) {
                #expect(abs(value - expected) < 1e-10)
            }
        }
    }

    @Test func `its paths follow the Brownian motion: Euler's come near at strong order 1`() throws {
        func distance(_ substeps: Int) throws -> Double {
            let values = try [IntegrationScheme.linear, .euler].map { scheme in
                let process = try ModelProcess(Self.model, scheme: scheme, substeps: substeps, seed: 4)
                var ensemble = try Ensemble(process, start: [1, -1], paths: 0..<2000)
                _ = try ensemble.advance(steps: 4, cancellation: nil)
                return ensemble.values(of: .variable(0, named: "x"))
            }
            return (zip(values[0], values[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2000).squareRoot()
        }
        let distances = try [8, 16, 32].map(distance)
        #expect(abs(log2(distances[1] / distances[2]) - 1) < 0.1, "\(distances)")
    }

    @Test func `a model that is not linear, or whose coordinates share noise, is refused`() throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: "signsgd"))
        let model = try derivation.sde.compiled(
            on: .quadratic([1]), parameters: ["eta": 0.1, "sigma": 0.5], draw: derivation.draw)
        #expect(IntegrationScheme.linear.objection(to: model)?.contains("affine") == true)
        #expect(IntegrationScheme.platen.objection(to: model) == nil)
        #expect(IntegrationScheme.platen.objection(to: model, jumps: true)?.contains("jumps") == true)
        let correlated = try Derivation(
            of: BuiltInRules.rule(named: "sgd"), options: DerivationOptions(correlatesNoise: true))
        let coupled = try correlated.sde.compiled(
            on: .quadratic([1, 2]), parameters: ["eta": 0.1, "sigma": 0.5, "r": 0.5], draw: correlated.draw)
        for scheme in IntegrationScheme.allCases where scheme != .euler {
            #expect(scheme.objection(to: coupled)?.contains("share noise") == true)
        }
    }
}

extension DenseMatrix {
    fileprivate subscript(row: Int, columns: ClosedRange<Int>) -> [Double] { columns.map { self[row, $0] } }
}
