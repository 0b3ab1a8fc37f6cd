import Algebra

extension Table {
    /// A table of HTML; cells of mathematics hold the inside of a `math` element.
    public var html: String {
        let head = columns.map { "<th>\(MathMLRenderer.escaped($0.title))</th>" }.joined()
        let body = rows.map { row in
            let cells = zip(columns, row).map { column, cell in
                let isPlain = !column.isMathematics || cell.isEmpty
                let content = isPlain ? MathMLRenderer.escaped(cell) : "<math displaystyle=\"true\">\(cell)</math>"
                return "<td\(column.alignment == .right ? " class=\"number\"" : "")>\(content)</td>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return "<table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body.joined())</tbody>\n</table>\n"
    }
}
