/// Python, on arrays of coordinates.
struct PythonDialect: Dialect {
    enum Library { case numpy, jax, pytorch }

    let library: Library

    var target: SourceTarget {
        switch library {
        case .numpy: .python
        case .jax: .jax
        case .pytorch: .pytorch
        }
    }

    private var module: String {
        switch library {
        case .numpy: "np"
        case .jax: "jnp"
        case .pytorch: "torch"
        }
    }

    private var special: String {
        switch library {
        case .numpy, .jax: "special"
        case .pytorch: "torch.special"
        }
    }

    var pi: String { "math.pi" }

    func root(_ radicand: String, isNumber: Bool) -> String { "\(isNumber ? "math" : module).sqrt(\(radicand))" }

    func power(_ base: String, _ exponent: String, isNumber: Bool) -> String { "(\(base)) ** (\(exponent))" }

    func power(_ base: String, _ exponent: Int) -> String { "\(base) ** \(exponent)" }

    func function(_ name: String, isNumber: Bool) -> String? {
        switch name {
        case "exp" where isNumber, "log" where isNumber, "sin" where isNumber, "cos" where isNumber,
            "tanh" where isNumber, "atan" where isNumber, "asin" where isNumber, "erf" where isNumber:
            "math.\(name)"
        case "Gamma" where isNumber: "math.gamma"
        case "sign", "exp", "log", "sin", "cos", "tanh", "abs": "\(module).\(name)"
        case "atan": library == .pytorch ? "torch.atan" : "\(module).arctan"
        case "asin": library == .pytorch ? "torch.asin" : "\(module).arcsin"
        case "max": library == .pytorch ? "_maximum" : "\(module).maximum"
        case "min": library == .pytorch ? "_minimum" : "\(module).minimum"
        case "clip": library == .pytorch ? "_clip" : "\(module).clip"
        case "erf", "digamma", "polygamma": "\(special).\(name)"
        case "Gamma": library == .pytorch ? "_gamma" : "\(special).gamma"
        case "1F1": library == .pytorch ? nil : "\(special).hyp1f1"
        case "2F1": library == .pytorch ? nil : "\(special).hyp2f1"
        case "one_minus_erf_squared": "_\(name)"
        default: nil
        }
    }

    private static func tuple(_ entries: [String]) -> String {
        entries.count == 1 ? "(\(entries[0]),)" : "(\(entries.joined(separator: ", ")))"
    }

    // MARK: Source

    func source(of model: SourceModel) throws(EmissionError) -> String {
        let functions = try [
            body("drift", "The drift b, an array for each state.", model.drift, model),
            body(
                "diffusion", "The diffusion s: a row for each state, an entry for each Brownian motion.",
                model.diffusion, model),
            step(model),
        ].joined(separator: "\n\n")
        let helpers = Self.helpers(module, special).filter { functions.calls($0.name) }.map(\.source)
        var text = "\"\"\"\(model.comment.joined(separator: "\n\n"))\n\n\(usage(model))\n\"\"\"\n\n"
        if functions.contains("math.") || functions.contains("_gamma(") { text += "import math\n\n" }
        switch library {
        case .numpy: text += "import numpy as np\n"
        case .jax: text += "import jax.numpy as jnp\n"
        case .pytorch: text += "import torch\n"
        }
        if (functions + helpers.joined()).contains(" special.") || functions.contains("(special.") {
            text += library == .jax ? "from jax.scipy import special\n" : "from scipy import special\n"
        }
        text += "\nSTATES = \(Self.tuple(model.states.map { "\"\($0)\"" }))\n"
        text += "BROWNIAN_MOTIONS = \(model.motionCount)\n\n\n"
        return text + (helpers + [functions]).joined(separator: "\n\n")
    }

    private static func helpers(_ module: String, _ special: String) -> [(name: String, source: String)] {
        let complement = """
            def _one_minus_erf_squared(u):
                tail = \(special).erfc(\(module).abs(u))
                return tail * (2.0 - tail)

            """
        func extremum(_ name: String) -> String {
            """
            def _\(name)(a, b):
                return torch.\(name)(*torch.broadcast_tensors(torch.as_tensor(a), torch.as_tensor(b)))

            """
        }
        let clip = """
            def _clip(u, lower, upper):
                return torch.clamp(u, torch.as_tensor(lower), torch.as_tensor(upper))

            """
        let gamma = """
            def _gamma(a):  # of positive numbers
                return torch.exp(torch.lgamma(torch.as_tensor(a)))

            """
        return [
            ("_one_minus_erf_squared", complement), ("_maximum", extremum("maximum")),
            ("_minimum", extremum("minimum")), ("_clip", clip), ("_gamma", gamma),
        ]
    }

    private func usage(_ model: SourceModel) -> String {
        var lines = ["state: an array of coordinates for each of STATES, in this order; t: the time."]
        for supply in model.supplies { lines.append("\(supply.snakeName): \(supply.meaning).") }
        for name in model.functions { lines.append("\(name): a function of the time.") }
        if model.parameters.contains(where: \.differsByCoordinate) {
            let names = model.parameters.filter(\.differsByCoordinate).map(\.name).joined(separator: ", ")
            lines.append("\(names): a number, or an array with one for each coordinate.")
        }
        if library == .jax { lines.append("Results have double precision where jax_enable_x64 is set.") }
        return lines.joined(separator: "\n")
    }

    /// What every function takes after the state and the time.
    private func arguments(_ model: SourceModel) -> String {
        let given = model.supplies.map(\.snakeName) + model.functions
        // Those without a default come first, as readers expect.
        let parameters =
            model.parameters.filter { $0.defaultValue == nil } + model.parameters.filter { $0.defaultValue != nil }
        let named = parameters.map { $0.name + ($0.defaultValue.map { "=\($0)" } ?? "") }
        return (given + ["*"] + named).joined(separator: ", ")
    }

    private func body(
        _ name: String, _ summary: String, _ body: SourceModel.Body, _ model: SourceModel
    ) throws(EmissionError) -> String {
        let renderer = SourceRenderer(self, for: model)
        let reads = body.reads
        var lines = ["def \(name)(state, t, \(arguments(model))):", "    \"\"\"\(summary)\"\"\""]
        lines.append("    \(Self.tuple(model.states)) = state")
        if library == .pytorch {
            let numbers = (model.parameters.map(\.name) + [SourceModel.time]).filter(reads.contains)
            for number in numbers {
                lines.append(
                    "    \(number) = torch.as_tensor(\(number), dtype=\(model.states[0]).dtype, device=\(model.states[0]).device)"
                )
            }
        }
        let x = model.states[0]
        if reads.contains(SourceModel.dimension) { lines.append("    d = \(x).shape[-1]") }
        if reads.contains(SourceModel.gradient) { lines.append("    df = gradient(\(x))") }
        if reads.contains(SourceModel.hessianDiagonal) { lines.append("    d2f = hessian_diagonal(\(x))") }
        if reads.contains(SourceModel.loss) { lines.append("    f = loss(\(x))") }
        for section in body.sections {
            for (name, value) in section.definitions { lines.append("    \(name) = \(try renderer.text(value))") }
            var values: [String] = []
            for value in section.values { values.append(try renderer.text(value)) }
            switch section.result {
            case .hessianProduct(let result): lines.append("    \(result) = hessian_product(\(x), \(values[0]))")
            case .scaleDerivative(let result): lines.append("    \(result) = scale_derivative(\(x), \(values[0]))")
            case .sum(let result):
                let axis = library == .pytorch ? "dim=-1, keepdim=True" : "axis=-1, keepdims=True"
                lines.append("    \(result) = \(module).sum(\(values[0]), \(axis))")
            case .outputs:
                lines.append("    return (")
                if body.isMatrix {
                    for row in 0..<model.states.count {
                        let entries = Array(values[row * model.motionCount..<(row + 1) * model.motionCount])
                        lines.append("        \(Self.tuple(entries)),")
                    }
                } else {
                    lines += values.map { "        \($0)," }
                }
                lines.append("    )")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func step(_ model: SourceModel) -> String {
        let given = model.supplies.map(\.snakeName) + model.functions
        let pass = (given + model.parameters.map { "\($0.name)=\($0.name)" }).joined(separator: ", ")
        let root = library == .pytorch ? "(\(model.stepSize) * dt) ** 0.5" : "\(module).sqrt(\(model.stepSize) * dt)"
        return """
            def step(state, t, dt, normals, \(arguments(model))):
                \"\"\"One step of Euler and Maruyama's scheme; normals: an array for each Brownian motion.\"\"\"
                rates = drift(state, t, \(pass))
                rows = diffusion(state, t, \(pass))
                scale = \(root)
                return tuple(
                    value + dt * rate + scale * sum(entry * normal for entry, normal in zip(row, normals))
                    for value, rate, row in zip(state, rates, rows)
                )

            """
    }
}
