extension Table {
    /// A `tabular` environment with the rules of the booktabs package.
    public var latex: String {
        let specification = columns.map(\.alignment.latexColumn).joined()
        let titles = columns.map { Table.latexEscaped($0.title) }.joined(separator: " & ")
        let lines = rows.map { row in
            let cells = zip(columns, row).map { column, cell in
                column.isMathematics && !cell.isEmpty ? "$\(cell)$" : Table.latexEscaped(cell)
            }
            return "\(cells.joined(separator: " & ")) \\\\\n"
        }
        return """
            \\begin{tabular}{\(specification)}
            \\toprule
            \(titles) \\\\
            \\midrule
            \(lines.joined())\\bottomrule
            \\end{tabular}

            """
    }

    /// Text with what LaTeX reads as its own escaped, and letters and signs of mathematics in its words.
    static func latexEscaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "\n", "\r\n": result += " "
            default:
                guard let sign = inMathematics[character] else {
                    result.append(character)
                    break
                }
                let continues = result.last == "$" && !result.hasSuffix("\\$")
                if continues { result.removeLast() }
                // A power or an index of what stands before it.
                let isAttached = continues && sign.hasPrefix("{}")
                result += (isAttached ? String(sign.dropFirst(2)) : (continues ? " " : "$") + sign) + "$"
            }
        }
    }

    private static let inMathematics: [Character: String] = [
        "β": "\\beta", "γ": "\\gamma", "ε": "\\epsilon", "ζ": "\\zeta", "η": "\\eta", "κ": "\\kappa", "μ": "\\mu",
        "ν": "\\nu", "ρ": "\\rho", "σ": "\\sigma", "Δ": "\\Delta", "Σ": "\\Sigma", "∂": "\\partial", "√": "\\surd",
        "·": "\\cdot", "≤": "\\le", "≥": "\\ge", "≠": "\\ne", "→": "\\to", "ᵀ": "{}^T", "²": "{}^2", "³": "{}^3",
        "⁴": "{}^4", "⁶": "{}^6", "⁸": "{}^8", "₁": "{}_1", "₂": "{}_2", "₃": "{}_3",
    ]
}

extension Table.Alignment {
    fileprivate var latexColumn: String {
        switch self {
        case .left: "l"
        case .right: "r"
        case .center: "c"
        }
    }
}
