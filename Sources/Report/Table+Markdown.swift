extension Table {
    /// A table of GitHub's Markdown.
    public var markdown: String {
        let titles = "| " + columns.map { Table.markdownEscaped($0.title) }.joined(separator: " | ") + " |"
        let rule = "|" + columns.map { " \($0.alignment.markdownRule) |" }.joined()
        let lines = rows.map { row in
            let cells = zip(columns, row).map { column, cell in
                if cell.isEmpty { return "" }
                return column.isMathematics ? "$\(cell.replacing("|", with: "\\vert "))$" : Table.markdownEscaped(cell)
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return ([titles, rule] + lines).map { $0 + "\n" }.joined()
    }

    private static func markdownEscaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "|", "*", "_", "`", "\\", "<", "$": result += "\\\(character)"
            case "\n", "\r\n": result += "<br>"
            default: result.append(character)
            }
        }
    }
}

extension Table.Alignment {
    fileprivate var markdownRule: String {
        switch self {
        case .left: "---"
        case .right: "--:"
        case .center: ":-:"
        }
    }
}
