/// Swift, a value with the parameters and the landscape.
struct SwiftDialect: Dialect {
    var target: SourceTarget { .swift }
    var pi: String { "Double.pi" }
    /// Longer expressions take the type checker long.
    var length: SharedSubexpressions.Length { .init(size: 16, width: 4) }

    func root(_ radicand: String, isNumber: Bool) -> String {
        let isName = radicand.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        return isName ? "\(radicand).squareRoot()" : "(\(radicand)).squareRoot()"
    }
    func power(_ base: String, _ exponent: String, isNumber: Bool) -> String { "pow(\(base), \(exponent))" }
    func power(_ base: String, _ exponent: Int) -> String { "pow(\(base), \(exponent).0)" }

    func function(_ name: String, isNumber: Bool) -> String? {
        switch name {
        case "exp", "log", "sin", "cos", "tanh", "atan", "asin", "erf", "abs", "max", "min": name
        case "Gamma": "tgamma"
        case "sign", "clip": name
        case "one_minus_erf_squared": "oneMinusErfSquared"
        default: nil
        }
    }

    private static let helpers: [(name: String, source: String)] = [
        ("sign", "    private func sign(_ u: Double) -> Double { u > 0 ? 1 : u < 0 ? -1 : 0 }\n"),
        (
            "clip",
            """
                private func clip(_ u: Double, _ lower: Double, _ upper: Double) -> Double { max(lower, min(u, upper)) }

            """
        ),
        (
            "oneMinusErfSquared",
            """
                private func oneMinusErfSquared(_ u: Double) -> Double {
                    let tail = erfc(abs(u))
                    return tail * (2 - tail)
                }

            """
        ),
    ]

    func source(of model: SourceModel) throws(EmissionError) -> String {
        let writer = SwiftWriter(model: model, renderer: SourceRenderer(self, for: model))
        let functions = try writer.functions()
        let helpers = Self.helpers.filter { functions.calls($0.name) }.map { "\n" + $0.source }
        return writer.declarations + functions + helpers.joined() + "}\n"
    }
}

/// Writes the type of one model.
private struct SwiftWriter {
    let model: SourceModel
    let renderer: SourceRenderer

    // MARK: Declarations

    var declarations: String {
        """
        import Foundation

        \(model.comment.map { "/// \($0)" }.joined(separator: "\n///\n"))
        public struct \(model.identifier)Model: Sendable {
            /// The states of a coordinate, in the order of a state.
            public static let states = [\(model.states.map { "\"\($0)\"" }.joined(separator: ", "))]
            /// The number of Brownian motions of a coordinate.
            public static let motionCount = \(model.motionCount)

        \(properties)

            public init(
                \(parameters)
            ) {
        \(assignments)
            }


        """
    }

    /// Names, types and what they are, those with a default last but for functions.
    private var members: [(name: String, type: String, defaultValue: String?, comment: String?)] {
        var members = model.parameters.map { parameter in
            (
                name: parameter.name, type: parameter.differsByCoordinate ? "[Double]" : "Double",
                defaultValue: parameter.defaultValue.map { "\($0)" },
                comment: parameter.differsByCoordinate ? "A value for each coordinate." : nil
            )
        }
        for function in model.functions {
            members.append((function, "@Sendable (_ time: Double) -> Double", nil, "A function of the time."))
        }
        for supply in model.supplies {
            let type =
                switch supply {
                case .gradient, .hessianDiagonal: "(_ x: [Double]) -> [Double]"
                case .hessianProduct, .scaleDerivative: "(_ x: [Double], _ w: [Double]) -> [Double]"
                case .loss: "(_ x: [Double]) -> Double"
                }
            members.append(
                (
                    supply.camelName, "@Sendable \(type)", nil,
                    supply.meaning.prefix(1).uppercased() + supply.meaning.dropFirst() + "."
                ))
        }
        return members
    }

    private var properties: String {
        members.map { ($0.comment.map { "    /// \($0)\n" } ?? "") + "    public var \($0.name): \($0.type)" }
            .joined(separator: "\n")
    }

    private var parameters: String {
        members.map { member in
            let escaping = member.type.hasPrefix("@") ? "@escaping " : ""
            return "\(member.name): \(escaping)\(member.type)" + (member.defaultValue.map { " = \($0)" } ?? "")
        }.joined(separator: ",\n        ")
    }

    private var assignments: String {
        members.map { "        self.\($0.name) = \($0.name)" }.joined(separator: "\n")
    }

    // MARK: Functions

    func functions() throws(EmissionError) -> String {
        let drift = try function(
            "drift", "The drift b, a row for each state, as the state itself has one.", "[[Double]]", model.drift)
        let diffusion = try function(
            "diffusion", "The diffusion s: for each state, for each Brownian motion, a value for each coordinate.",
            "[[[Double]]]", model.diffusion)
        return drift + "\n" + diffusion + "\n" + step
    }

    private func function(
        _ name: String, _ summary: String, _ type: String, _ body: SourceModel.Body
    ) throws(EmissionError) -> String {
        let x = "state[0]"
        var lines = ["    /// \(summary)", "    public func \(name)(_ state: [[Double]], at t: Double) -> \(type) {"]
        lines.append("        let count = \(x).count")
        if body.reads.contains(SourceModel.dimension) { lines.append("        let d = Double(count)") }
        if body.reads.contains(SourceModel.loss) { lines.append("        let f = loss(\(x))") }
        if body.supplies.contains(.gradient) { lines.append("        let gradients = gradient(\(x))") }
        if body.supplies.contains(.hessianDiagonal) { lines.append("        let diagonal = hessianDiagonal(\(x))") }
        for section in body.sections { lines += try loop(section, body, name) }
        lines += ["        return result", "    }"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func loop(
        _ section: SourceModel.Section, _ body: SourceModel.Body, _ function: String
    ) throws(EmissionError) -> [String] {
        let row = "[Double](repeating: 0, count: count)"
        var lines: [String] = []
        switch section.result {
        case .outputs:
            let rows = "repeating: \(row), count: \(body.isMatrix ? model.motionCount : model.states.count)"
            lines.append(
                body.isMatrix
                    ? "        var result = [[[Double]]](repeating: [[Double]](\(rows)), count: \(model.states.count))"
                    : "        var result = [[Double]](\(rows))")
        case .sum(let result): lines.append("        var \(result) = 0.0")
        case .hessianProduct(let result), .scaleDerivative(let result):
            lines.append("        var \(result)Operand = \(row)")
        }
        lines.append("        for i in 0..<count {")
        for (a, state) in model.states.enumerated() where section.reads.contains(state) {
            lines.append("            let \(state) = state[\(a)][i]")
        }
        for parameter in model.parameters
        where parameter.differsByCoordinate && section.reads.contains(parameter.name) {
            lines.append("            let \(parameter.name) = self.\(parameter.name)[i]")
        }
        if section.reads.contains(SourceModel.gradient) { lines.append("            let df = gradients[i]") }
        if section.reads.contains(SourceModel.hessianDiagonal) { lines.append("            let d2f = diagonal[i]") }
        for result in body.sections.compactMap(\.vectorResult) where section.reads.contains(result) {
            lines.append("            let \(result) = \(result)Values[i]")
        }
        for (name, value) in section.definitions {
            lines.append("            let \(name): Double = \(try renderer.text(value))")
        }
        for (position, value) in section.values.enumerated() {
            let target: String
            switch section.result {
            case .outputs where body.isMatrix:
                target = "result[\(position / model.motionCount)][\(position % model.motionCount)][i] ="
            case .outputs: target = "result[\(position)][i] ="
            case .sum(let result): target = "\(result) +="
            case .hessianProduct(let result), .scaleDerivative(let result): target = "\(result)Operand[i] ="
            }
            lines.append("            \(target) \(try renderer.text(value))")
        }
        lines.append("        }")
        switch section.result {
        case .hessianProduct(let result):
            lines.append("        let \(result)Values = hessianProduct(state[0], \(result)Operand)")
        case .scaleDerivative(let result):
            lines.append("        let \(result)Values = scaleDerivative(state[0], \(result)Operand)")
        case .outputs, .sum: break
        }
        return lines
    }

    private var step: String {
        """
            /// One step of Euler and Maruyama's scheme.
            ///
            /// - Parameter normals: standard normal numbers, a row for each Brownian motion.
            public func step(_ state: [[Double]], at t: Double, by dt: Double, normals: [[Double]]) -> [[Double]] {
                let rates = drift(state, at: t)
                let rows = diffusion(state, at: t)
                let scale = (self.\(model.stepSize) * dt).squareRoot()
                var next = state
                for a in state.indices {
                    for i in state[a].indices {
                        var noise = 0.0
                        for q in normals.indices { noise += rows[a][q][i] * normals[q][i] }
                        next[a][i] += dt * rates[a][i] + scale * noise
                    }
                }
                return next
            }

        """
    }
}
