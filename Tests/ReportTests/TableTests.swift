import Report
import Testing

@Suite struct TableTests {
    static let table = Table(
        [Table.Column("η", .right), Table.Column("error"), Table.Column("formula", isMathematics: true)],
        rows: [["0.2", "a|b", "x_1"], ["0.025", "50%, \"so\""]])

    @Test func `Columns of text are aligned and lines have no spaces at their end`() {
        #expect(
            Self.table.text(indent: 1) == """
                     η  error      formula
                 ─────  ─────────  ───────
                   0.2  a|b        x_1
                 0.025  50%, "so"

                """)
    }

    @Test func `Markdown escapes its marks and sets mathematics between dollars`() {
        #expect(
            Self.table.markdown == """
                | η | error | formula |
                | --: | --- | --- |
                | 0.2 | a\\|b | $x_1$ |
                | 0.025 | 50%, "so" |  |

                """)
    }

    @Test func `LaTeX escapes its marks and sets mathematics between dollars`() {
        #expect(
            Self.table.latex == """
                \\begin{tabular}{rll}
                \\toprule
                $\\eta$ & error & formula \\\\
                \\midrule
                0.2 & a|b & $x_1$ \\\\
                0.025 & 50\\%, "so" &  \\\\
                \\bottomrule
                \\end{tabular}

                """)
    }

    @Test func `Fields with commas, quotation marks and line breaks are quoted`() {
        #expect(Self.table.csv() == "η,error,formula\r\n0.2,a|b,x_1\r\n0.025,\"50%, \"\"so\"\"\",\r\n")
        var writer = CSVWriter(lineEnding: "\n")
        writer.append(["two\nlines", "", "carriage\rreturn"])
        #expect(writer.text == "\"two\nlines\",,\"carriage\rreturn\"\n")
    }

    @Test func `A row has as many cells as there are columns`() {
        var table = Table([Table.Column("a"), Table.Column("b")])
        table.append(["1"])
        table.append(["1", "2", "3"])
        #expect(table.rows == [["1", ""], ["1", "2"]])
    }
}
