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

    static func latexEscaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "\n", "\r\n": result += " "
            default: result.append(character)
            }
        }
    }
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
