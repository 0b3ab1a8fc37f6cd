import Algebra
import Matching

/// A certificate in print: the conditions with what is left of each moment, and what they rest on.
public struct CertificateReport: Sendable {
    public let certificate: Certificate
    /// Whether residuals are shown however long they are; otherwise those of more than a line or two are left out.
    public let showsLongResiduals: Bool

    public init(_ certificate: Certificate, showsLongResiduals: Bool = false) {
        self.certificate = certificate
        self.showsLongResiduals = showsLongResiduals
    }

    private static let longestText = 160
    private static let longestLaTeX = 400

    /// The verdict in a line.
    public var summary: String {
        let level = "\(certificate.level.rawValue): \(certificate.meaning)"
        let conditions = certificate.conditions.map { "\($0.number) \($0.range)" }.joined(separator: ", ")
        return "\(level)\nconditions: \(conditions)\n\(certificate.verdict)\n"
    }

    /// Lines of Unicode mathematics.
    public var text: String {
        var text = "\(certificate.level.rawValue): \(certificate.meaning)\n"
        let residuals = certificate.conditions.flatMap(\.residuals)
        let width = residuals.map(\.moment.count).max() ?? 0
        let sizeWidth = residuals.map { CertificateReport.size($0.weight).count }.max() ?? 0
        for condition in certificate.conditions {
            text += "\(condition.number). \(condition.statement): \(condition.range)\n"
            for residual in condition.residuals {
                let size = CertificateReport.size(residual.weight)
                let moment = residual.moment.padded(to: width)
                text += "   \(moment)  \(size.padded(to: sizeWidth))  \(residual.range)"
                if let expression = residual.expression, !expression.isZero {
                    let formula = expression.text
                    let isShown = showsLongResiduals || formula.count <= CertificateReport.longestText
                    text += isShown ? ", leaves \(formula)" : ", leaves a long expression (--steps shows it)"
                }
                text += "\n"
            }
        }
        for moment in certificate.requiredMoments { text += "needs \(CertificateReport.line(moment))\n" }
        for point in certificate.nonsmoothPoints {
            text += "\(CertificateReport.failing(point)) where \(point.vanishing) = 0: \(point.coefficient)\n"
        }
        for note in certificate.notes { text += "note: \(note)\n" }
        return text + "\(certificate.verdict)\n"
    }

    private static let eta = Symbol("eta", bounds: .positive)

    /// `O(η²)`, `O(η^(3 - 2ζ))`.
    static func size(_ weight: Weight) -> String { "O(\((Expression(eta) ** weight.expression).text))" }

    static func sizeInMathML(_ weight: Weight) -> String {
        let power = Expression(eta) ** weight.expression
        return "<mi>O</mi>" + MathMLRenderer().brackets(power.mathML)
    }

    private static func failing(_ point: Certificate.NonsmoothPoint) -> String {
        point.isDiscontinuous ? "jumps" : "not smooth"
    }

    private static func line(_ moment: Certificate.RequiredMoment) -> String {
        let exists =
            switch moment.exists {
            case true?: "exists"
            case false?: "does not exist"
            case nil: moment.requirement ?? "depends on the law"
            }
        return "E|Z|^\(moment.order) for \(moment.purpose): \(exists)"
    }

    /// A table of the conditions in Markdown, and lists of what they rest on.
    public var markdown: String {
        let table = conditionsTable(formula, size: { "O(\\eta^{\($0.expression.latex)})" })
        var text = "Matching \(certificate.level.rawValue): \(certificate.meaning).\n\n\(table.markdown)\n"
        let items = foundations(formula: { "$\($0.latex)$" }, equation: { "$\($0.latex) = 0$" }, plain: { $0 })
        for item in items { text += "- \(item)\n" }
        return text + (items.isEmpty ? "" : "\n") + "Verdict: \(certificate.verdict).\n"
    }

    /// The same for a LaTeX document.
    public var latex: String {
        let table = conditionsTable(formula, size: { "O(\\eta^{\($0.expression.latex)})" })
        let plain = Table.latexEscaped
        var text = "Matching \(certificate.level.rawValue): \(plain(certificate.meaning)).\n\n\(table.latex)\n"
        let items = foundations(formula: { "$\($0.latex)$" }, equation: { "$\($0.latex) = 0$" }, plain: plain)
        if !items.isEmpty {
            text += "\\begin{itemize}\n\(items.map { "\\item \($0)\n" }.joined())\\end{itemize}\n"
        }
        return text + "Verdict: \(plain(certificate.verdict)).\n"
    }

    /// The same as HTML with MathML.
    var html: String {
        let table = conditionsTable(
            { expression in
                let isShown = showsLongResiduals || expression.latex.count <= CertificateReport.longestLaTeX
                return isShown ? expression.mathML : "<mo>…</mo>"
            },
            size: CertificateReport.sizeInMathML)
        let items = foundations(
            formula: { "<math>\($0.mathML)</math>" }, equation: { "<math>\($0.mathML)<mo>=</mo><mn>0</mn></math>" },
            plain: MathMLRenderer.escaped)
        var text = HTML.paragraph("Matching \(certificate.level.rawValue): \(certificate.meaning).") + table.html
        if !items.isEmpty { text += "<ul>\n\(items.map { "<li>\($0)</li>\n" }.joined())</ul>\n" }
        return text + HTML.paragraph("Verdict: \(certificate.verdict).")
    }

    private func conditionsTable(_ spell: (Expression) -> String, size: (Weight) -> String) -> Table {
        var table = Table([
            Table.Column("condition"), Table.Column("moment"), Table.Column("leading residual", isMathematics: true),
            Table.Column("size", isMathematics: true), Table.Column("verdict"),
        ])
        for condition in certificate.conditions {
            for residual in condition.residuals {
                table.append([
                    "\(condition.number)", residual.moment, residual.expression.map(spell) ?? "", size(residual.weight),
                    "\(residual.range)",
                ])
            }
        }
        return table
    }

    /// What the conditions rest on: moments of the noise, smoothness, and notes.
    private func foundations(
        formula: (Expression) -> String, equation: (Expression) -> String, plain: (String) -> String
    ) -> [String] {
        certificate.requiredMoments.map { plain("needs \(CertificateReport.line($0))") }
            + certificate.nonsmoothPoints.map {
                "\(CertificateReport.failing($0)) where \(equation($0.vanishing)): \(formula($0.coefficient))"
            } + certificate.notes.map(plain)
    }

    private func formula(_ expression: Expression) -> String {
        let latex = expression.latex
        return showsLongResiduals || latex.count <= CertificateReport.longestLaTeX ? latex : "\\ldots"
    }

    public var json: JSONValue {
        [
            "order": .integer(certificate.order), "level": .string(certificate.level.rawValue),
            "meaning": .string(certificate.meaning), "holds": .boolean(certificate.holds),
            "verdict": .string(certificate.verdict),
            "conditions": .array(certificate.conditions.map(CertificateReport.json)),
            "dropped": .array(certificate.droppedCovariances.map { DroppedCovarianceReport.json($0) }),
            "requiredMoments": .array(
                certificate.requiredMoments.map { moment in
                    [
                        "order": .integer(moment.order), "purpose": .string(moment.purpose),
                        "exists": moment.exists.map(JSONValue.boolean) ?? .null,
                        "requirement": moment.requirement.map(JSONValue.string) ?? .null,
                    ]
                }),
            "nonsmooth": .array(
                certificate.nonsmoothPoints.map { point in
                    ["coefficient": .string(point.coefficient.text), "vanishing": .string(point.vanishing.text)]
                }),
            "notes": .array(certificate.notes.map(JSONValue.string)),
        ]
    }

    private static func json(_ condition: Certificate.Condition) -> JSONValue {
        [
            "number": .integer(condition.number), "statement": .string(condition.statement),
            "verdict": .string("\(condition.range)"),
            "residuals": .array(
                condition.residuals.map { residual in
                    [
                        "moment": .string(residual.moment),
                        "text": residual.expression.map { .string($0.text) } ?? .null,
                        "latex": residual.expression.map { .string($0.latex) } ?? .null,
                        "weight": .string("\(residual.weight)"), "verdict": .string("\(residual.range)"),
                    ]
                }),
        ]
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Certificate: CustomStringConvertible {
    /// The conditions, a line for each moment.
    public var description: String { CertificateReport(self).text }
}
