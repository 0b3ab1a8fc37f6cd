/// A table of texts: titled columns and rows of cells.
///
/// A row that is short is filled with empty cells; cells beyond the last column are left out.
public struct Table: Hashable, Sendable {
    public enum Alignment: Hashable, Sendable {
        case left, right, center
    }

    public struct Column: Hashable, Sendable {
        public let title: String
        public let alignment: Alignment
        /// Whether the cells are LaTeX mathematics, which Markdown and LaTeX set between dollars instead of quoting it.
        public let isMathematics: Bool

        public init(_ title: String, _ alignment: Alignment = .left, isMathematics: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isMathematics = isMathematics
        }
    }

    public let columns: [Column]
    public private(set) var rows: [[String]]

    public init(_ columns: [Column], rows: [[String]] = []) {
        self.columns = columns
        self.rows = []
        for row in rows { append(row) }
    }

    public mutating func append(_ cells: [String]) {
        let missing = max(0, columns.count - cells.count)
        rows.append(Array(cells.prefix(columns.count)) + Array(repeating: "", count: missing))
    }
}
