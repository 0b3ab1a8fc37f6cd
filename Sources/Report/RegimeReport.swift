import Algebra
import ExactNumbers
import Matching

/// The sizes and the time scale of a model in print, and what it leaves out.
public struct RegimeReport: Sendable {
    public let regime: Regime

    public init(_ regime: Regime) { self.regime = regime }

    private static let longestText = 160

    /// `σ = O(η^(-1))`, with where the size comes from.
    static func line(_ quantity: Regime.Quantity) -> String {
        "\(Expression(quantity.symbol).text) = \(size(quantity.size))"
    }

    /// `O(1)`, `O(η²)`.
    static func size(_ weight: Weight) -> String { weight.isZero ? "O(1)" : CertificateReport.size(weight) }

    /// `η²`, the time of a step.
    static func stepTime(_ time: Rational) -> String { (Expression(eta) ** Expression(time)).text }

    private static let eta = Symbol("eta", bounds: .positive)

    /// The sizes by their origin, the time of a step and the terms left out, a line each.
    public var text: String {
        var text = ""
        let origins: [(Regime.Origin, String)] = [
            (.requested, "asked for"), (.declared, "declared by the rule"), (.balance, "by balance"),
        ]
        for (origin, name) in origins {
            let quantities = regime.quantities.filter { $0.origin == origin }
            if quantities.isEmpty { continue }
            text += "\(quantities.map(RegimeReport.line).joined(separator: ", ")) (\(name))\n"
        }
        text += "one step takes the time h = \(RegimeReport.stepTime(regime.stepTime)): "
        text += "the position moves by O(1) within 1/h steps, t = O(η/h)\n"
        for omission in regime.omissions {
            let formula = omission.expression.text
            let shown = formula.count <= RegimeReport.longestText ? formula : "a long expression (--format json has it)"
            let loss = omission.tolerated == .always ? "tolerated" : "order 1 \(omission.tolerated)"
            text +=
                "left out of \(omission.coefficient): \(shown), \(CertificateReport.size(omission.weight)), \(loss)\n"
        }
        return text
    }

    public var markdown: String {
        var table = Table([
            Table.Column("coefficient"), Table.Column("left out", isMathematics: true),
            Table.Column("size", isMathematics: true), Table.Column("order 1"),
        ])
        for omission in regime.omissions {
            table.append([
                omission.coefficient, omission.expression.latex,
                "O(\\eta^{\(omission.weight.expression.latex)})", "\(omission.tolerated)",
            ])
        }
        let sizes = regime.quantities.map {
            "$\(Expression($0.symbol).latex) = O(\\eta^{\($0.size.expression.latex)})$ (\($0.origin.rawValue))"
        }
        let step = "One step takes the time $h = \\eta^{\(Expression(regime.stepTime).latex)}$."
        return "\(sizes.joined(separator: ", ")). \(step)\n\n" + (regime.omissions.isEmpty ? "" : table.markdown + "\n")
    }

    public var json: JSONValue {
        [
            "sizes": .object(
                regime.quantities.map { quantity in
                    .init(
                        quantity.symbol.name,
                        ["size": .string("\(quantity.size)"), "origin": .string(quantity.origin.rawValue)])
                }),
            "stepTime": .string("\(regime.stepTime)"), "distinguished": .boolean(regime.isDistinguished),
            "omissions": .array(
                regime.omissions.map { omission in
                    [
                        "coefficient": .string(omission.coefficient), "text": .string(omission.expression.text),
                        "latex": .string(omission.expression.latex), "weight": .string("\(omission.weight)"),
                        "verdict": .string("\(omission.tolerated)"),
                    ]
                }),
        ]
    }
}
