import Algebra

/// Pieces of a page that stands alone.
enum HTML {
    static func heading(_ text: String, level: Int = 2) -> String {
        "<h\(level)>\(MathMLRenderer.escaped(text))</h\(level)>\n"
    }

    static func paragraph(_ text: String) -> String { "<p>\(MathMLRenderer.escaped(text))</p>\n" }

    /// Lines of text whose columns stand apart, as one paragraph.
    static func lines(_ lines: [String]) -> String {
        let texts = lines.map { line in
            let columns = line.split(separator: "  ").map { $0.trimmingPrefix(" ") }
            return MathMLRenderer.escaped(columns.joined(separator: ": "))
        }
        return "<p>\(texts.joined(separator: "<br>\n"))</p>\n"
    }

    static func preformatted(_ text: String) -> String { "<pre>\(MathMLRenderer.escaped(text))</pre>\n" }

    /// A formula on a line of its own.
    static func display(_ formula: String) -> String {
        "<div class=\"formula\"><math display=\"block\">\(formula)</math></div>\n"
    }

    /// The whole page.
    static func page(title: String, _ body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(MathMLRenderer.escaped(title))</title>
        <style>
        body { font: 16px/1.5 Georgia, serif; color: #1a1a1a; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        h1, h2, h3 { font-family: Helvetica, Arial, sans-serif; line-height: 1.2; }
        h2 { border-bottom: 1px solid #ddd; padding-bottom: 0.2rem; margin-top: 2.2rem; }
        pre { background: #f6f6f4; padding: 0.8rem 1rem; overflow-x: auto; font-size: 0.85rem; }
        .formula, .wide { overflow-x: auto; overflow-y: hidden; padding: 0.2rem 0; }
        table { border-collapse: collapse; display: block; overflow-x: auto; font-size: 0.9rem; margin: 0.8rem 0; }
        th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
        th { font-family: Helvetica, Arial, sans-serif; font-weight: 600; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        svg { max-width: 100%; height: auto; }
        </style>
        </head>
        <body>
        \(body)</body>
        </html>

        """
    }
}
