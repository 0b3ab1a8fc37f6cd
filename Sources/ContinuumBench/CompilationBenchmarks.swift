import Continuum

/// The coefficients of stochastic differential equations as programs: compiling them, and evaluating them per state.
enum CompilationBenchmarks {
    /// A model of one coordinate: its quantities, its parameters, and drift and diffusion in ASCII.
    private struct Model {
        let name: String
        let states: [Symbol]
        let coefficients: [String]
    }

    private static let slope = Symbol("h")
    private static let time = Symbol("t", bounds: .nonnegative)
    private static let parameters: [Symbol: Double] = [
        Symbol("eta", bounds: .positive): 1e-3, Symbol("gamma", bounds: .nonnegative): 0.01,
        Symbol("epsilon", bounds: .positive): 1e-8, Symbol("rho1", bounds: .positive): 100,
        Symbol("rho2", bounds: .positive): 1, Symbol("sigma", bounds: .positive): 0.1,
    ]

    private static let models = [
        Model(
            name: "SignSGD", states: [Symbol("x")],
            coefficients: ["-erf(h/(sqrt(2)*sigma))", "sqrt(1 - erf(h/(sqrt(2)*sigma))^2)"]),
        Model(
            name: "AdamW", states: [Symbol("x"), Symbol("m"), Symbol("v", bounds: .nonnegative)],
            coefficients: [
                "-sqrt(1 - exp(-rho2*t))/(1 - exp(-rho1*t))*(m + eta*rho1*(h - m))/(sqrt(v) + epsilon*sqrt(1 - exp(-rho2*t)))"
                    + " - gamma*x", "rho1*(h - m)", "rho2*(h^2 + sigma^2 - v)", "rho1*sigma",
            ]),
    ]

    private static func formulas(_ model: Model) throws -> [Expression] {
        var scope = Scope()
        for symbol in model.states + [slope, time] + parameters.keys { scope.declare(symbol) }
        return try model.coefficients.map { try Expression(parsing: $0, in: scope) }
    }

    private static func program(_ model: Model) throws -> Program {
        try Program(formulas(model), inputs: model.states + [slope], uniforms: [time], constants: parameters)
    }

    private static func compilation(_ model: Model) -> Benchmark {
        Benchmark("compile \(model.name)") {
            let formulas = try formulas(model)
            return {
                let inputs = model.states + [slope]
                return try Program(formulas, inputs: inputs, uniforms: [time], constants: parameters).instructionCount
            }
        }
    }

    private static func evaluation(_ model: Model, states: Int) -> Benchmark {
        Benchmark("evaluate \(model.name), \(states) states at once", units: Double(states), "states") {
            let program = try program(model)
            let inputs = (0..<program.inputCount).map { input in
                (0..<states).map { 0.1 + Double($0 + input) / Double(states) }
            }
            return {
                let width = program.outputCount * states
                let sum = withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { outputs -> Double in
                    guard let base = outputs.baseAddress else { return 0 }
                    let targets = (0..<program.outputCount).map { base + $0 * states }
                    pointers(to: inputs[...], []) {
                        program.evaluate(inputs: $0, uniforms: [0.5], outputs: targets, count: states)
                    }
                    return outputs[width - 1]
                }
                return sum.isFinite ? program.instructionCount : -1
            }
        }
    }

    /// Calls the body with a pointer to each of the arrays.
    private static func pointers(
        to arrays: ArraySlice<[Double]>, _ known: [UnsafePointer<Double>], _ body: ([UnsafePointer<Double>]) -> Void
    ) {
        guard let first = arrays.first else { return body(known) }
        first.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            pointers(to: arrays.dropFirst(), known + [base], body)
        }
    }

    static let all: [Benchmark] =
        models.map(compilation) + models.map { evaluation($0, states: 1) } + models.map { evaluation($0, states: 4096) }
}
