/// Formulas as text.
extension Expression {
    /// How the expression is laid out in coordinate form.
    package var layout: Layout { LayoutBuilder(for: self).layout(self) }

    /// One line of Unicode mathematics, `-∂_i f/(√v_i + ε)`, which parses back to the same expression.
    public var text: String { TextRenderer.unicode.text(layout) }

    /// One line of ASCII, `-d_i f/(sqrt(v_i) + epsilon)`, which parses back to the same expression.
    public var ascii: String { TextRenderer.ascii.text(layout) }

    /// LaTeX for mathematics mode.
    public var latex: String { LaTeXRenderer().text(layout) }

    /// The inside of a `math` element of MathML.
    public var mathML: String { MathMLRenderer().text(layout) }
}

extension Expression: CustomStringConvertible {
    public var description: String { text }
}

extension Symbol: CustomStringConvertible {
    public var description: String { Expression(self).text }
}
