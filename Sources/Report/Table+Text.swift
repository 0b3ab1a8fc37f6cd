extension Table {
    /// Lines with aligned columns, two spaces between them, below the titles and a rule.
    ///
    /// - Parameter indent: spaces before each line.
    public func text(indent: Int = 0) -> String {
        let widths = columns.indices.map { column in
            rows.reduce(columns[column].title.count) { max($0, $1[column].count) }
        }
        let margin = String(repeating: " ", count: indent)
        func line(_ cells: [String]) -> String {
            let padded = zip(zip(columns, widths), cells).map { $0.0.alignment.padding($1, to: $0.1) }
            let text = margin + padded.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let titles = line(columns.map(\.title))
        let rule = margin + widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([titles, rule] + rows.map(line)).map { $0 + "\n" }.joined()
    }
}

extension Table.Alignment {
    fileprivate func padding(_ text: String, to width: Int) -> String {
        let missing = max(0, width - text.count)
        let before =
            switch self {
            case .left: 0
            case .right: missing
            case .center: missing / 2
            }
        return String(repeating: " ", count: before) + text + String(repeating: " ", count: missing - before)
    }
}
