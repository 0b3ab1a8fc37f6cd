/// A formula as it stands on paper, before an output language is chosen.
///
/// A layout knows what is a quotient, a root or a subscript, and which part binds how tightly; a renderer
/// (``TextRenderer``, ``LaTeXRenderer``) only spells it and puts brackets where the precedence asks for them.
package indirect enum Layout: Hashable, Sendable {
    /// A number that is not negative, in decimal digits.
    case digits(String)
    case symbol(Glyph, subscripts: [String])
    case negative(Layout)
    /// Terms to be added; a ``negative(_:)`` one is subtracted.
    case sum([Layout])
    case product([Layout])
    case fraction(Layout, Layout)
    case power(Layout, Layout)
    case root(Layout)
    /// e to the power of the argument.
    case exponential(Layout)
    case call(Glyph, [Layout])
    /// A call whose arguments fall into groups: 2F1(a, b; c; z).
    case groupedCall(Glyph, [[Layout]])
    case polygamma(order: String, Layout)
    case magnitude(Layout)
    /// The Euclidean norm of a vector.
    case norm(Layout)
    /// The partial derivative by some coordinates.
    case partial([String], Layout)
    /// The sum of a body over all values of a named index.
    case overIndex(String, Layout)
    case expectation(Layout)
    /// The probability that the argument is negative.
    case probabilityNegative(Layout)
    /// The first (gradient) or second (Hessian) derivative of a function at the point X.
    case nabla(order: Int, Layout, at: Layout)
    /// A component by the free index of an expression that has no vector form.
    case component(Layout, String)

    /// How tightly a layout holds together.
    package enum Precedence: Int, Comparable, Sendable {
        case sum, product, prefix, power, atom

        package static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
    }

    package var precedence: Precedence {
        switch self {
        case .sum, .negative: .sum
        case .product, .fraction: .product
        case .partial, .overIndex: .prefix
        case .power: .power
        default: .atom
        }
    }

    /// The layout without a leading minus, and whether it had one.
    package var signed: (isNegative: Bool, magnitude: Layout) {
        if case .negative(let magnitude) = self { return (true, magnitude) }
        return (false, self)
    }

    package static let zero = Layout.digits("0")
    package static let one = Layout.digits("1")

    /// The layout with its sign changed.
    package var negated: Layout {
        if case .negative(let magnitude) = self { return magnitude }
        return self == .zero ? self : .negative(self)
    }

    /// Factors side by side: nested products are joined, ones left out, and signs brought to the front.
    package static func joined(_ factors: [Layout]) -> Layout {
        var isNegative = false
        var flat: [Layout] = []
        for factor in factors {
            let (minus, magnitude) = factor.signed
            if minus { isNegative.toggle() }
            if case .product(let inner) = magnitude {
                flat += inner
            } else if magnitude != .one {
                flat.append(magnitude)
            }
        }
        let result = flat.isEmpty ? Layout.one : flat.count == 1 ? flat[0] : .product(flat)
        return isNegative ? result.negated : result
    }

    /// Terms added, a positive one first where there is one.
    package static func added(_ terms: [Layout]) -> Layout {
        guard terms.count != 1 else { return terms[0] }
        guard let first = terms.firstIndex(where: { !$0.signed.isNegative }) else {
            return terms.isEmpty ? .zero : .sum(terms)
        }
        return .sum([terms[first]] + terms[..<first] + terms[(first + 1)...])
    }
}
