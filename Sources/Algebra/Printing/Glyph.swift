/// A name in the three spellings that the renderers use.
package struct Glyph: Hashable, Sendable {
    package let unicode: String
    package let ascii: String
    package let latex: String
    /// What LaTeX sets below the line: 1 for `rho1`.
    package let latexSubscript: String?
    /// Primes, which LaTeX sets above the line like an exponent.
    package let primes: Int

    package init(
        unicode: String, ascii: String, latex: String, latexSubscript: String? = nil, primes: Int = 0
    ) {
        self.unicode = unicode
        self.ascii = ascii
        self.latex = latex
        self.latexSubscript = latexSubscript
        self.primes = primes
    }

    /// The glyph of a symbol with an ASCII name: a Greek letter, a Latin one, or a word, with digits at its end set below
    /// the line and primes kept.
    package init(name: String) {
        if name.utf8.count == 1, name != "_" {
            self.init(unicode: name, ascii: name, latex: name)
            return
        }
        let primes = name.reversed().prefix { $0 == "'" }.count
        let word = name.dropLast(primes)
        let digits = String(word.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        let stem = String(word.dropLast(digits.count))
        let marks = String(repeating: "'", count: primes)
        let letter = GreekAlphabet.letter(named: stem).map { String(Character($0)) }
        let subscriptDigits = letter == nil && stem.count != 1 ? digits : Glyph.below(digits)
        self.init(
            unicode: (letter ?? stem) + subscriptDigits + marks, ascii: name,
            latex: letter == nil ? Glyph.latexWord(stem) : Glyph.latexGreek(stem),
            latexSubscript: digits.isEmpty ? nil : digits, primes: primes)
    }

    /// A function with a name of several letters, the same in text and upright in LaTeX.
    package init(operator name: String) {
        self.init(unicode: name, ascii: name, latex: "\\operatorname{\(Glyph.latexEscaped(name))}")
    }

    /// Whether the name begins with a Greek letter, as those of coefficients do.
    static func isGreek(_ name: String) -> Bool {
        // No Greek letter has a name of one letter.
        name.utf8.count > 1 && GreekAlphabet.letter(named: String(name.prefix { $0.isASCII && $0.isLetter })) != nil
    }

    private static func below(_ digits: String) -> String {
        String(digits.map { $0.wholeNumberValue.map { subscripts[$0] } ?? $0 })
    }

    private static let subscripts: [Character] = ["₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"]

    private static func latexWord(_ word: String) -> String {
        word.count == 1 ? latexEscaped(word) : "\\mathrm{\(latexEscaped(word))}"
    }

    private static func latexGreek(_ name: String) -> String {
        // Capitals that look like Latin ones have no command.
        let latin: [String: String] = [
            "Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I", "Kappa": "K", "Mu": "M",
            "Nu": "N", "Omicron": "O", "Rho": "P", "Tau": "T", "Chi": "X", "omicron": "o",
        ]
        return latin[name].map { "\\mathrm{\($0)}" } ?? "\\\(name)"
    }

    static func latexEscaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "_", "%", "&", "#", "$", "{", "}": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}

extension Glyph {
    package static let pi = Glyph(unicode: "π", ascii: "pi", latex: "\\pi")
    package static let e = Glyph(unicode: "e", ascii: "e", latex: "e")
    static let undefined = Glyph(unicode: "undefined", ascii: "undefined", latex: "\\mathrm{undefined}")
    static let sigmaMatrix = Glyph(unicode: "Σ", ascii: "Sigma", latex: "\\Sigma")
    static let identity = Glyph(unicode: "I", ascii: "I", latex: "I")
    /// The vector of ones.
    static let ones = Glyph(unicode: "𝟏", ascii: "1", latex: "\\mathbf{1}")
    static let diagonal = Glyph(operator: "diag")
    static let minimum = Glyph(unicode: "min", ascii: "min", latex: "\\min")
    static let clip = Glyph(operator: "clip")
}

extension Function {
    /// How the function is written where it has no notation of its own.
    var glyph: Glyph {
        switch self {
        case .sign: Glyph(operator: "sign")
        case .abs: Glyph(operator: "abs")
        case .max: Glyph(unicode: "max", ascii: "max", latex: "\\max")
        case .log: Glyph(unicode: "log", ascii: "log", latex: "\\log")
        case .erf: Glyph(operator: "erf")
        case .sin: Glyph(unicode: "sin", ascii: "sin", latex: "\\sin")
        case .cos: Glyph(unicode: "cos", ascii: "cos", latex: "\\cos")
        case .tanh: Glyph(unicode: "tanh", ascii: "tanh", latex: "\\tanh")
        case .atan: Glyph(unicode: "atan", ascii: "atan", latex: "\\arctan")
        case .asin: Glyph(unicode: "asin", ascii: "asin", latex: "\\arcsin")
        case .gamma: Glyph(unicode: "Γ", ascii: "Gamma", latex: "\\Gamma")
        case .polygamma(0): Glyph(unicode: "digamma", ascii: "digamma", latex: "\\psi")
        case .polygamma: Glyph(unicode: "polygamma", ascii: "polygamma", latex: "\\psi")
        case .hypergeometric2F1: Glyph(unicode: "₂F₁", ascii: "2F1", latex: "{}_2F_1")
        case .kummer: Glyph(unicode: "₁F₁", ascii: "1F1", latex: "{}_1F_1")
        case .dirac(let order):
            Glyph(
                unicode: "dirac" + Function.primes(order), ascii: "dirac" + Function.primes(order),
                latex: "\\delta" + Function.latexPrimes(order))
        case .signCovariance: Glyph(operator: "signCov")
        case .probabilityNegative: Glyph(unicode: "P", ascii: "P", latex: "\\mathbb{P}")
        case .unnamed(let name, let derivatives): Function.glyph(name, derivatives)
        }
    }

    private static func glyph(_ name: String, _ derivatives: [Int]) -> Glyph {
        let plain = Glyph(name: name)
        let stem = plain.latex + (plain.latexSubscript.map { "_{\($0)}" } ?? "")
        if derivatives.count == 1 {
            return Glyph(
                unicode: plain.unicode + primes(derivatives[0]), ascii: plain.ascii + primes(derivatives[0]),
                latex: stem + latexPrimes(derivatives[0]))
        }
        guard derivatives.contains(where: { $0 != 0 }) else {
            return Glyph(unicode: plain.unicode, ascii: plain.ascii, latex: stem)
        }
        let orders = derivatives.map(String.init).joined(separator: ",")
        return Glyph(
            unicode: "\(plain.unicode)^(\(orders))", ascii: "\(plain.ascii)^(\(orders))", latex: "\(stem)^{(\(orders))}"
        )
    }

    private static func primes(_ order: Int) -> String { String(repeating: "'", count: order) }

    private static func latexPrimes(_ order: Int) -> String {
        order <= 3 ? String(repeating: "'", count: order) : "^{(\(order))}"
    }
}
