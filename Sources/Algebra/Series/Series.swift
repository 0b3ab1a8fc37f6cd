import ExactNumbers

/// The expansion of an expression in a small positive parameter, with rational and graded exponents.
///
/// The sum over terms of `coefficient * parameter^weight` differs from the expression by `O(parameter^remainder)`. A
/// symbol that was declared `O(parameter^w)` counts with weight w, and stands in the coefficients for its value divided
/// by `parameter^w`; ``expression`` has it written out. Coefficients are right wherever they are defined: a root of a
/// state known to be nonnegative is expanded as at a positive value, a sign of a state as away from its zero.
public struct Series: Sendable {
    public struct Term: Hashable, Sendable {
        /// The exponent of the parameter.
        public let weight: Weight
        public let coefficient: Expression
    }

    /// The order by which expansions may be carried further than asked, to make up for cancellation and division.
    private static let largestDetour: Rational = 16

    /// The small parameter.
    public let parameter: Symbol
    /// The declared sizes of symbols, as powers of the parameter.
    public let sizes: [Symbol: Weight]
    /// The terms, larger ones first.
    public let terms: [Term]
    /// The weight of what is left out; nil where the sum is the expression itself.
    public let remainder: Weight?

    /// Expands an expression as the parameter goes to zero from above.
    ///
    /// Sums, products, powers with any exponent, exponentials and logarithms are expanded by the arithmetic of series,
    /// other functions by Taylor's formula. Index sums and expectations are expanded term by term.
    ///
    /// - Parameters:
    ///   - sizes: symbols that are small or large with the parameter.
    ///   - order: every term that is not of this weight or a larger one, for every zeta, is kept.
    /// - Throws: ``SeriesError``, with the place, where there is no such series or it needs more than a fixed number of terms.
    public init(
        of expression: Expression, in parameter: Symbol, sizes: [Symbol: Weight] = [:], upTo order: Weight
    ) throws(SeriesError) {
        self.parameter = parameter
        self.sizes = sizes
        if expression.isUndefined { throw .singular(in: expression) }
        var detour = Rational.zero
        var lastMissing: Rational?
        while true {
            let builder = SeriesBuilder(parameter: parameter, sizes: sizes, order: order + Weight(detour))
            do throws(SeriesBuilder.Failure) {
                let expansion = try builder.expand(expression).truncated(to: order)
                let missing = expansion.remainder.map { Series.deficit(of: $0, to: order) } ?? .zero
                if !missing.isPositive {
                    terms = expansion.terms.map { Term(weight: $0.weight, coefficient: $0.coefficient) }
                    remainder = expansion.remainder
                    return
                }
                // A higher order that brings nothing never will.
                if let obstacle = builder.obstacle, let lastMissing, missing >= lastMissing {
                    throw .series(obstacle)
                }
                lastMissing = missing
                detour = detour + missing
            } catch {
                if case .series(let reason) = error { throw reason }
                detour = detour + 1
            }
            if detour > Series.largestDetour {
                throw builder.obstacle ?? .tooManyTerms(limit: SeriesBuilder.largestDegree, in: expression)
            }
        }
    }

    /// By how much a weight falls short of an order, at worst.
    private static func deficit(of weight: Weight, to order: Weight) -> Rational {
        max(order.constant - weight.constant, order.atOne - weight.atOne)
    }

    /// The coefficient of a power of the parameter; zero where there is no such term.
    public func coefficient(of weight: Weight) -> Expression {
        terms.first { $0.weight == weight }?.coefficient ?? .zero
    }

    /// The first term.
    public var leading: Term? { terms.first }

    /// A term written out: its coefficient, with every graded symbol for itself, times the power of the parameter.
    public func expression(of term: Term) -> Expression {
        let base = Expression(parameter)
        let graded = sizes.filter { !$0.value.isZero && term.coefficient.contains($0.key) }
        let power = Expression.power(base, term.weight.expression)
        if graded.isEmpty { return term.coefficient * power }
        let values = graded.reduce(into: [Symbol: Expression]()) { result, size in
            result[size.key] =
                Expression(size.key) * Expression.power(base, (Weight.zero - size.value).expression)
        }
        let coefficient = (try? term.coefficient.expanded()) ?? term.coefficient
        // Each summand has the powers of its own symbols; they meet that of the term one by one.
        return Expression.sum(of: coefficient.summands.map { power * $0.substituting(values) })
    }

    /// The sum of the terms, written out.
    public var expression: Expression { Expression.sum(of: terms.map { expression(of: $0) }) }

    /// The same terms with their coefficients transformed; those that become zero are left out.
    public func mapCoefficients(_ transform: (Expression) -> Expression) -> Series {
        let mapped = terms.map { Term(weight: $0.weight, coefficient: transform($0.coefficient)) }
        return Series(
            parameter: parameter, sizes: sizes, terms: mapped.filter { !$0.coefficient.isZero }, remainder: remainder)
    }

    private init(parameter: Symbol, sizes: [Symbol: Weight], terms: [Term], remainder: Weight?) {
        self.parameter = parameter
        self.sizes = sizes
        self.terms = terms
        self.remainder = remainder
    }
}
