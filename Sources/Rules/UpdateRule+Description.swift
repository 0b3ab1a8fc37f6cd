import Algebra
import Probability

extension UpdateRule: CustomStringConvertible {
    /// The rule in the rule language, from which the same rule is read.
    public var description: String {
        var text: [String] = ["optimizer \(UpdateRule.isWord(name) ? name : UpdateRule.quoted(name))"]
        if !about.isEmpty { text.append("about     \(UpdateRule.quoted(about))") }
        if !source.isEmpty { text.append("source    \(UpdateRule.quoted(source))") }
        text += ["", "step      \(stepSize.name)"]
        text += parameters.map { "parameter \(statement($0))" }
        text += schedules.map { "schedule  \($0.name)(\(UpdateRule.time.name))" }
        text += states.map { "state     \(statement($0))" }
        text += lines.prefix(gradient.line).map(statement)
        text.append(statement(gradient))
        let arguments = noise.arguments.map(UpdateRule.ascii).joined(separator: ", ")
        let scale =
            noiseScale.isField
            ? ", scale \(noiseScale.name)(\(position.name))"
            : noiseScale.indices.isEmpty ? ", \(Scale.isotropic.rawValue)" : ""
        let correlated = correlatesNoise ? " correlated" : ""
        let batch = if case .sample(_, let size) = noise, size > 1 { " batch \(size)" } else { "" }
        text.append(
            "noise     \(noise.name)\(arguments.isEmpty ? "" : "(\(arguments))")\(batch)\(correlated)\(scale)")
        text.append("diffusion \(diffusion.map(\.name).joined(separator: ", "))")
        text.append("")
        var line = gradient.line
        for later in laterGradients {
            text += lines[line..<later.line].map(statement)
            text.append("\(statement(later)), \(later.sample.rawValue) sample")
            line = later.line
        }
        text += lines[line...].map(statement)
        return text.joined(separator: "\n") + "\n"
    }

    private func statement(_ gradient: Gradient) -> String {
        "gradient  \(gradient.symbol.name) at \(UpdateRule.ascii(gradient.written))"
    }

    private func statement(_ parameter: Parameter) -> String {
        var attributes = UpdateRule.attributes(of: parameter.symbol.bounds)
        if parameter.isInteger { attributes.append("integer") }
        if parameter.isOfCoordinate { attributes.append("each coordinate") }
        if !parameter.size.isZero {
            attributes.append("O(\(UpdateRule.ascii(Expression(stepSize) ** parameter.size.expression)))")
        }
        var text = parameter.symbol.name
        if !attributes.isEmpty { text += " : " + attributes.joined(separator: ", ") }
        if let value = parameter.defaultValue { text += " = \(value)" }
        return text
    }

    private func statement(_ state: State) -> String {
        var text = state.name
        let attributes = UpdateRule.attributes(of: state.symbol.bounds)
        if !attributes.isEmpty { text += " : " + attributes.joined(separator: ", ") }
        if !state.initialValue.isZero { text += " = \(UpdateRule.ascii(state.initialValue))" }
        return text
    }

    private func statement(_ line: Line) -> String {
        let expression = UpdateRule.ascii(line.expression)
        switch line.kind {
        case .definition: return "let       \(line.name) = \(expression)"
        case .update: return "\(line.name)' = \(expression)"
        }
    }

    private static func attributes(of bounds: Bounds) -> [String] {
        switch bounds {
        case .real: return []
        case .positive: return ["positive"]
        case .nonnegative: return ["nonnegative"]
        default:
            return ["in (\(decimal(bounds.lower)), \(decimal(bounds.upper)))"]
        }
    }

    /// The shortest decimal that is read as the same double.
    private static func decimal(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The expression as a rule writes it: without the index of the coordinate, which a name has by itself.
    static func ascii(_ expression: Expression) -> String {
        expression.replacingSymbols { symbol, _ in
            guard symbol.indices == [.free(index)] else { return nil }
            return Expression(Symbol(symbol.name, role: symbol.role, bounds: symbol.bounds))
        }.ascii
    }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// The text in quotation marks, on one line.
    private static func quoted(_ text: String) -> String {
        let line = text.map { $0.isNewline ? " " : String($0) }.joined()
        let escaped = line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
