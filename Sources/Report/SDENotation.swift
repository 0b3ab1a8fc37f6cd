import Algebra

/// How the parts of a stochastic differential equation are spelled and put together.
struct SDENotation {
    enum Language {
        case unicode, ascii, latex, mathML
    }

    let form: SDEReport.Form
    let language: Language
    let vectors: VectorForm

    /// `dx_i`, or `dX`.
    func differential(of state: Symbol) -> String { differential + spell(vector(Expression(state)), atLeast: .atom) }

    /// The drift times dt and the diffusion times the Brownian motions.
    func right(
        drift: Expression, diffusion: [Expression], stepSize: Symbol, time: Symbol, isNumbered: Bool
    ) -> String {
        var terms: [(isNegative: Bool, text: String)] = []
        if !drift.isZero {
            let (isNegative, magnitude) = vector(drift).signed
            let factor = magnitude == .one || magnitude == Self.ones ? "" : spell(magnitude, atLeast: .product) + space
            terms.append((isNegative, factor + differential + Expression(time).spelled(in: language)))
        }
        if let noise = noise(diffusion, isNumbered: isNumbered) {
            terms.append((noise.isNegative, sqrt(Expression(stepSize)).spelled(in: language) + gap + noise.text))
        }
        return terms.isEmpty ? Expression.zero.spelled(in: language) : sum(terms)
    }

    /// The diffusion times the Brownian motions, in brackets where there are several.
    private func noise(_ diffusion: [Expression], isNumbered: Bool) -> (isNegative: Bool, text: String)? {
        let entries = diffusion.enumerated().filter { !$0.element.isZero }
        let terms = entries.map { column, entry in
            let (isNegative, magnitude) = matrix(entry).signed
            let motion = brownianMotion(isNumbered ? column + 1 : nil)
            if magnitude == .one || magnitude == Self.identity { return (isNegative, motion) }
            // A quotient on one line would seem to divide the Brownian motion.
            let isQuotient = if case .fraction = magnitude { language == .unicode || language == .ascii } else { false }
            return (isNegative, spell(magnitude, atLeast: isQuotient ? .atom : .product) + space + motion)
        }
        guard let first = terms.first else { return nil }
        if terms.count == 1 { return first }
        let inside = sum(terms)
        switch language {
        case .latex: return (false, "\\left(\(inside)\\right)")
        case .mathML: return (false, MathMLRenderer().brackets(inside))
        case .unicode, .ascii: return (false, "(\(inside))")
        }
    }

    private func sum(_ terms: [(isNegative: Bool, text: String)]) -> String {
        let (minus, plus) = language == .mathML ? ("<mo>−</mo>", "<mo>+</mo>") : (" - ", " + ")
        return terms.enumerated().map { position, term in
            let sign =
                position > 0 ? (term.isNegative ? minus : plus) : term.isNegative ? minus.filter { $0 != " " } : ""
            return sign + term.text
        }.joined()
    }

    private var differential: String { language == .mathML ? "<mi mathvariant=\"normal\">d</mi>" : "d" }

    /// What stands between factors, and before a differential.
    private var gap: String { language == .mathML ? "<mspace width=\"0.2em\"/>" : " " }
    private var space: String { language == .latex ? " \\, " : gap }

    private static let ones = VectorForm().layout(drift: .one)
    private static let identity = VectorForm().layout(diffusion: .one)

    private func brownianMotion(_ number: Int?) -> String {
        let motion = Expression(Symbol(number.map { "W\($0)" } ?? "W", indices: form == .vectors ? [] : [.free("i")]))
        return differential + motion.spelled(in: language)
    }

    private func vector(_ expression: Expression) -> Layout {
        form == .vectors ? vectors.layout(drift: expression) : expression.layout
    }

    private func matrix(_ expression: Expression) -> Layout {
        form == .vectors ? vectors.layout(diffusion: expression) : expression.layout
    }

    private func spell(_ layout: Layout, atLeast precedence: Layout.Precedence) -> String {
        switch (language, form) {
        case (.unicode, .coordinates): TextRenderer.unicode.text(layout, atLeast: precedence)
        case (.unicode, .vectors): TextRenderer.unicodeVectors.text(layout, atLeast: precedence)
        case (.ascii, .coordinates): TextRenderer.ascii.text(layout, atLeast: precedence)
        case (.ascii, .vectors): TextRenderer.asciiVectors.text(layout, atLeast: precedence)
        case (.latex, _): LaTeXRenderer().text(layout, atLeast: precedence)
        case (.mathML, _): MathMLRenderer().text(layout, atLeast: precedence)
        }
    }
}

extension Expression {
    fileprivate func spelled(in language: SDENotation.Language) -> String {
        switch language {
        case .unicode: text
        case .ascii: ascii
        case .latex: latex
        case .mathML: mathML
        }
    }
}
