import Simulation

/// What the row of a rule sums up: how the check of one step was made, and the tables of weak errors.
extension EvidenceReport {
    /// Paragraphs of Markdown.
    static func details(_ evidence: Evidence, rule: String) -> [String] {
        introduction(evidence)
            + evidence.weakErrors.map { landscape, result in
                "On \(landscape):\n\n\(WeakErrorReport(result, ruleName: rule).markdown)"
            }
    }

    /// How the numbers were had.
    static func introduction(_ evidence: Evidence) -> [String] {
        let check = evidence.oneStep
        let coordinates = check.dimension == 1 ? "one coordinate" : "\(check.dimension) coordinates"
        let limit = FixedPoint.text(OneStepCheck.tolerance, significant: 1)
        return [
            """
            One step: mean and covariance of the rule's own increments, by quadrature over the noise at \(check.stateCount) \
            states of \(coordinates) and extrapolated to small steps, against the drift b and the covariance S. The \
            \(check.entries.count) coefficients differ by less than \(FixedPoint.bound(check.largest)), relatively; \
            \(limit) counts as no difference.
            """,
            """
            Weak errors of the loss with \(evidence.settings.map(text).joined(separator: ", ")), from time 1 on for 0.5, \
            averages from 0.2 on or, where they are not negative, from 0.5.
            """,
        ]
    }

    /// `rho = 1`, `rho = 0.5*eta^(1/2)`.
    private static func text(_ setting: Evidence.Setting) -> String {
        let factor = FixedPoint.trimmed(setting.factor)
        let isPower = setting.size.slope.isZero && !setting.size.isZero
        return "\(setting.name) = \(factor)" + (isPower ? "*eta^(\(setting.size.constant))" : "")
    }
}
