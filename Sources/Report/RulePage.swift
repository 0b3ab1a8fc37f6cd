import Matching
import Simulation

/// A page of HTML about a rule that stands alone: its SDE, the certificate, and what numbers say of it.
public struct RulePage: Sendable {
    public let derivation: DerivationReport
    /// The evidence for the model.
    public let finding: EvidenceReport.Finding

    public init(_ derivation: DerivationReport, _ finding: EvidenceReport.Finding) {
        self.derivation = derivation
        self.finding = finding
    }

    /// The page: formulas in MathML and plots in SVG, without scripts or anything from elsewhere.
    public var html: String {
        let rule = derivation.derivation.rule
        let evidence = HTML.heading("Evidence") + EvidenceReport([(rule.name, finding)]).html
        return HTML.page(title: "\(rule.name): its stochastic differential equation", derivation.html + evidence)
    }
}
