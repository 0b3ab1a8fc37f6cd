import Algebra
import Matching
import Rules

/// A whole derivation in print: the rule, its SDE in coordinate and in vector form, the covariance, the certificate, and
/// what the literature leaves out.
public struct DerivationReport: Sendable {
    public let derivation: Derivation
    /// The entries of the full covariance that the rule's `diffusion` line leaves out, where the model keeps them.
    public let omittedByLiterature: [Certificate.DroppedCovariance]
    /// Whether the derivation is shown step by step.
    public let showsSteps: Bool

    public init(
        _ derivation: Derivation, omittedByLiterature: [Certificate.DroppedCovariance] = [], showsSteps: Bool = false
    ) {
        self.derivation = derivation
        self.omittedByLiterature = omittedByLiterature
        self.showsSteps = showsSteps
    }

    private var rule: UpdateRule { derivation.rule }
    private var sde: SDEReport { SDEReport(derivation.sde) }
    private var certificate: CertificateReport { CertificateReport(derivation.certificate) }
    private var dropped: [Certificate.DroppedCovariance] { derivation.certificate.droppedCovariances }

    private var settings: String {
        "noise \(derivation.draw.noise), order \(derivation.options.order), "
            + "diffusion \(derivation.options.diffusion.rawValue)"
    }

    private var keptNames: String { rule.diffusion.map(\.name).joined(separator: ", ") }

    // MARK: Text

    /// Unicode mathematics under headings.
    public var text: String {
        var text = rule.about.isEmpty ? "\(rule.name)\n" : "\(rule.name): \(rule.about)\n"
        if !rule.source.isEmpty { text += "\(rule.source)\n" }
        text += "\(settings)\n"
        text += DerivationReport.section("update rule", updateLines)
        if let regime = derivation.regime { text += DerivationReport.section("regime", RegimeReport(regime).text) }
        if showsSteps {
            for (number, step) in derivation.steps.enumerated() {
                text += DerivationReport.section("step \(number + 1): \(step.title.lowercased())", lines(of: step))
            }
        }
        text += DerivationReport.section("SDE for the coordinate i", sde.text(.coordinates))
        text += DerivationReport.section("SDE in vectors", sde.text(.vectors))
        let definitions = AveragesReport(derivation.sde).text
        if !definitions.isEmpty { text += DerivationReport.section("where", definitions) }
        text += DerivationReport.section("covariance S, without the factor η", sde.covarianceText)
        let certificate = CertificateReport(derivation.certificate, showsLongResiduals: showsSteps)
        text += DerivationReport.section("certificate", certificate.text)
        if !dropped.isEmpty {
            text += DerivationReport.section("dropped from the covariance", DroppedCovarianceReport(dropped).text)
        }
        if !omittedByLiterature.isEmpty {
            text += DerivationReport.section(
                "left out by the literature, which keeps the noise of \(keptNames) only",
                DroppedCovarianceReport(omittedByLiterature).text)
        }
        return text
    }

    private static func section(_ title: String, _ body: String) -> String {
        let lines = body.split(separator: "\n").map { "  \($0)\n" }.joined()
        return "\n\(title)\n\(lines)"
    }

    private var updateLines: String {
        rule.lines.map { line in
            let state = line.kind == .update ? rule.state(named: line.name)?.nextSymbol : nil
            return "\(state ?? Symbol(line.name)) = \(line.expression)\n"
        }.joined()
    }

    private func lines(of step: DerivationStep) -> String {
        "\(step.explanation)\n" + step.formulas.map { "  \($0.name) = \($0.expression)\n" }.joined()
    }

    // MARK: Markdown

    /// A page of Markdown with mathematics.
    public var markdown: String {
        var text = "# \(rule.name)\n\n"
        if !rule.about.isEmpty { text += "\(rule.about).\n\n" }
        if !rule.source.isEmpty { text += "Source: \(rule.source).\n\n" }
        text += "```\n\(rule.description.trimmedOfLines)\n```\n\n"
        if let regime = derivation.regime { text += "## Regime\n\n\(RegimeReport(regime).markdown)\n" }
        text += "## SDE\n\nModel: \(settings).\n\n\(sde.markdown)\n"
        text += AveragesReport(derivation.sde).markdown
        text += "## Certificate\n\n\(certificate.markdown)\n"
        if !dropped.isEmpty {
            text += "## Dropped from the covariance\n\n\(DroppedCovarianceReport(dropped).markdown)\n"
        }
        if !omittedByLiterature.isEmpty {
            text += "## What the literature leaves out\n\n"
            text += "Published models keep the noise of \(keptNames) only. They leave out these entries:\n\n"
            text += DroppedCovarianceReport(omittedByLiterature).markdown + "\n"
        }
        if showsSteps {
            text += "## Derivation\n\n"
            for (number, step) in derivation.steps.enumerated() {
                text += "### \(number + 1). \(step.title)\n\n\(step.explanation)\n\n"
                for formula in step.formulas {
                    text += "$$\(DerivationReport.latexName(formula.name)) = \(formula.expression.latex)$$\n\n"
                }
            }
        }
        return text
    }

    // MARK: HTML

    /// What a page says of the derivation, with formulas in MathML.
    var html: String {
        var text = HTML.heading(rule.name, level: 1)
        if !rule.about.isEmpty { text += HTML.paragraph("\(rule.about).") }
        if !rule.source.isEmpty { text += HTML.paragraph("Source: \(rule.source).") }
        text += HTML.preformatted(rule.description.trimmedOfLines)
        if let regime = derivation.regime {
            text += HTML.heading("Regime") + HTML.preformatted(RegimeReport(regime).text)
        }
        text += HTML.heading("SDE") + HTML.paragraph("Model: \(settings).") + sde.html
        let definitions = AveragesReport(derivation.sde).text
        if !definitions.isEmpty { text += HTML.paragraph("Where:") + HTML.preformatted(definitions) }
        text += HTML.heading("Certificate") + certificate.html
        if !dropped.isEmpty {
            text += HTML.heading("Dropped from the covariance") + DroppedCovarianceReport(dropped).html
        }
        if !omittedByLiterature.isEmpty {
            text += HTML.heading("What the literature leaves out")
            text += HTML.paragraph(
                "Published models keep the noise of \(keptNames) only. They leave out these entries:")
            text += DroppedCovarianceReport(omittedByLiterature).html
        }
        if showsSteps {
            text += HTML.heading("Derivation")
            for (number, step) in derivation.steps.enumerated() {
                text += HTML.heading("\(number + 1). \(step.title)", level: 3) + HTML.paragraph(step.explanation)
                for formula in step.formulas {
                    text += HTML.display(
                        DerivationReport.mathMLName(formula.name) + "<mo>=</mo>" + formula.expression.mathML)
                }
            }
        }
        return text
    }

    /// `b0_x` with `0,x` below the line.
    private static func mathMLName(_ name: String) -> String {
        let parts = name.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let letter = parts[0].first else { return "<mi>\(name)</mi>" }
        let number = parts[0].dropFirst()
        return "<msub><mi>\(letter)</mi><mrow><mi>\(number.isEmpty ? "" : "\(number),")\(parts[1])</mi></mrow></msub>"
    }

    // MARK: LaTeX

    /// The equations as a display for a LaTeX document, coordinate form after vector form, and the certificate.
    public var latex: String {
        var text = "% \(rule.name): \(settings)\n"
        if showsSteps {
            for step in derivation.steps {
                text += "% \(step.title): \(step.explanation)\n"
                let lines = step.formulas.map {
                    "\(DerivationReport.latexName($0.name)) &= \($0.expression.latex)"
                }
                text += DerivationReport.display(
                    "\\begin{aligned}\n\(lines.joined(separator: " \\\\\n"))\n\\end{aligned}\n")
            }
        }
        text += DerivationReport.display(sde.latex(.vectors)) + DerivationReport.display(sde.latex(.coordinates))
        text += "% certificate\n" + certificate.latex
        if !dropped.isEmpty {
            text += "\n% dropped from the covariance\n" + DroppedCovarianceReport(dropped).latex
        }
        if !omittedByLiterature.isEmpty {
            text += "\n% left out by the literature, which keeps the noise of \(keptNames) only\n"
            text += DroppedCovarianceReport(omittedByLiterature).latex
        }
        return text
    }

    private static func display(_ body: String) -> String { "\\[\n\(body)\\]\n" }

    /// `b0_x` as `b_{0,x}`, `S_xv` as `S_{xv}`.
    private static func latexName(_ name: String) -> String {
        let parts = name.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, let letter = parts[0].first else { return name }
        let number = parts[0].dropFirst()
        return "\(letter)_{\(number.isEmpty ? "" : "\(number),")\(parts[1])}"
    }

    // MARK: JSON

    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("rule", .string(rule.name)), .init("about", .string(rule.about)),
            .init("source", .string(rule.source)), .init("noise", .string("\(derivation.draw.noise)")),
            .init("order", .integer(derivation.options.order)),
            .init("diffusion", .string(derivation.options.diffusion.rawValue)),
            .init("sde", sde.json), .init("certificate", certificate.json),
            .init("omittedByLiterature", .array(omittedByLiterature.map { DroppedCovarianceReport.json($0) })),
        ]
        if let averages = AveragesReport(derivation.sde).json { members.append(.init("averages", averages)) }
        if let regime = derivation.regime { members.append(.init("regime", RegimeReport(regime).json)) }
        if showsSteps {
            let steps = derivation.steps.map { step -> JSONValue in
                [
                    "title": .string(step.title), "explanation": .string(step.explanation),
                    "formulas": .array(
                        step.formulas.map { formula in
                            [
                                "name": .string(formula.name), "text": .string(formula.expression.text),
                                "latex": .string(formula.expression.latex),
                            ]
                        }),
                ]
            }
            members.append(.init("steps", .array(steps)))
        }
        return .object(members)
    }
}

extension String {
    /// Without empty lines at the end.
    fileprivate var trimmedOfLines: String { String(reversed().drop { $0.isNewline }.reversed()) }
}
