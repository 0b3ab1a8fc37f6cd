import Algebra
import Matching

/// Entries of the covariance that a model, or the literature, leaves out: each with its order, and whether the second
/// Mil'shtein condition tolerates the loss.
public struct DroppedCovarianceReport: Sendable {
    public let entries: [Certificate.DroppedCovariance]

    public init(_ entries: [Certificate.DroppedCovariance]) { self.entries = entries }

    public var text: String {
        entries.map { entry in
            "S[\(DroppedCovarianceReport.name(entry))] = \(entry.expression)\n"
                + "  η² S is \(CertificateReport.size(entry.weight)), condition 2 without it \(entry.tolerated)\n"
        }.joined()
    }

    public var markdown: String { tableInLaTeX.markdown }

    /// The table for a LaTeX document.
    public var latex: String { tableInLaTeX.latex }

    private var tableInLaTeX: Table { table({ $0.latex }, size: { "O(\\eta^{\($0.expression.latex)})" }) }

    /// The table as HTML with MathML.
    var html: String { table({ $0.mathML }, size: CertificateReport.sizeInMathML).html }

    private func table(_ spell: (Expression) -> String, size: (Weight) -> String) -> Table {
        var table = Table([
            Table.Column("states"), Table.Column("S", isMathematics: true),
            Table.Column("order of its second moment", isMathematics: true), Table.Column("condition 2 without it"),
        ])
        for entry in entries {
            table.append([
                DroppedCovarianceReport.name(entry), spell(entry.expression), size(entry.weight), "\(entry.tolerated)",
            ])
        }
        return table
    }

    static func json(_ entry: Certificate.DroppedCovariance) -> JSONValue {
        [
            "states": .array(entry.states.map { .string($0.name) }), "entry": .string(name(entry)),
            "text": .string(entry.expression.text),
            "latex": .string(entry.expression.latex), "weight": .string("\(entry.weight)"),
            "condition2": .string("\(entry.tolerated)"),
        ]
    }

    private static func name(_ entry: Certificate.DroppedCovariance) -> String {
        let isOfOneCoordinate = Set(entry.states.flatMap(\.indices)).count <= 1
        return entry.states.map { isOfOneCoordinate ? $0.name : "\($0)" }.joined(separator: ",")
    }
}
