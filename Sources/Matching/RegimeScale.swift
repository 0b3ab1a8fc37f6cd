import Algebra
import ExactNumbers

/// Sorts the terms of expressions by their powers of the step size, given the sizes of the quantities in them.
struct RegimeScale {
    /// An end of the range of the grading exponent: what is kept is decided at zeta = 1, where a graded rate times eta is
    /// of order 1 and is not expanded in, and the time of a step at zeta = 0.
    enum End { case ungraded, graded }

    struct Term {
        let weight: Rational
        let expression: Expression
    }

    let stepSize: Symbol
    /// The quantities that are not O(1), the step size aside.
    let sizes: [Symbol: Weight]

    private func sizes(_ end: End) -> [Symbol: Rational] {
        sizes.mapValues { $0.value(at: end == .graded ? 1 : 0) }
    }

    /// The weights of all symbols, the step size and the summands of index sums among them.
    var weights: [Symbol: Weight] {
        var result = sizes
        result[stepSize] = 1
        for (symbol, size) in sizes where !symbol.indices.isEmpty {
            for level in 0..<3 { result[symbol.mapIndices { _ in .bound(level) }] = size }
        }
        return result
    }

    /// The terms of an expression up to a weight, that one included, larger ones first; symbols stand for themselves.
    ///
    /// - Throws: where the expression has no series.
    func terms(of expression: Expression, _ end: End, upTo weight: Rational) throws(SeriesError) -> [Term] {
        let sorted = try SortedTerms(of: expression, end, in: self, upTo: weight)
        return sorted.weights.compactMap(sorted.term)
    }

    /// The largest of the terms, without writing out the others.
    func leadingTerm(of expression: Expression, _ end: End, upTo weight: Rational) throws(SeriesError) -> Term? {
        let sorted = try SortedTerms(of: expression, end, in: self, upTo: weight)
        return sorted.weights.lazy.compactMap(sorted.term).first
    }

    /// The summands of an expression and the terms of its series by their weights.
    private struct SortedTerms {
        private var summands: [Rational: [Expression]] = [:]
        private var series: Series?
        /// Those up to the weight asked for, larger terms first.
        private(set) var weights: [Rational] = []

        init(
            of expression: Expression, _ end: End, in scale: RegimeScale, upTo weight: Rational
        ) throws(SeriesError) {
            let known = scale.sizes(end)
            let byName = Dictionary(known.map { ($0.key.name, $0.value) }) { first, _ in first }
            func size(_ symbol: Symbol) -> Rational {
                if symbol == scale.stepSize { return 1 }
                if symbol.role == .field, symbol.name != "sigma" { return .zero }
                return byName[symbol.name] ?? .zero
            }
            var others: [Expression] = []
            for summand in ((try? expression.expanded()) ?? expression).summands {
                if let uniform = summand.uniformSize(size) {
                    summands[uniform, default: []].append(summand)
                } else {
                    others.append(summand)
                }
            }
            if !others.isEmpty {
                series = try Series(
                    of: scale.normalized(Expression.sum(of: others), size), in: scale.stepSize,
                    sizes: known.filter { !$0.value.isZero }.mapValues { Weight($0) },
                    upTo: Weight(weight) + .sliver)
            }
            let all = Set(summands.keys).union(series?.terms.map(\.weight.constant) ?? [])
            weights = all.filter { $0 <= weight }.sorted()
        }

        /// What is of a weight, written out; nil where it adds up to zero.
        func term(_ weight: Rational) -> Term? {
            let expanded = series.map { series in
                series.terms.filter { $0.weight.constant == weight }.map { series.expression(of: $0).sumsFactored }
            }
            let sum = Expression.sum(of: (summands[weight] ?? []) + (expanded ?? []))
            return sum.isZero || sum.isZeroTest() == .zero ? nil : Term(weight: weight, expression: sum)
        }
    }
}

extension RegimeScale {
    /// The expression with the arguments of signs and maxima divided by their size: `sign(a/eta + b) = sign(a + eta b)`.
    private func normalized(_ expression: Expression, _ size: (Symbol) -> Rational) -> Expression {
        func leading(_ arguments: [Expression]) -> Rational? {
            let sizes = arguments.flatMap { ((try? $0.expanded()) ?? $0).summands }.map { $0.uniformSize(size) }
            let known = sizes.compactMap { $0 }
            return known.count == sizes.count ? known.min() : nil
        }
        func divided(_ argument: Expression, _ exponent: Rational) -> Expression {
            let whole = argument * Expression.power(Expression(stepSize), Expression(-exponent))
            return (try? whole.expanded()) ?? whole
        }
        return expression.replacingFromInside { node in
            guard case .function(let function, let arguments) = node.content, function == .sign || function == .max,
                let exponent = leading(arguments), !exponent.isZero
            else { return nil }
            let inner = Expression.function(function, arguments.map { divided($0, exponent) })
            return function == .sign ? inner : inner * Expression.power(Expression(stepSize), Expression(exponent))
        }
    }
}

extension Expression {
    /// The expression with the common factors of every sum taken out of it.
    var sumsFactored: Expression {
        replacingFromInside { node in
            guard case .sum = node.content else { return nil }
            return node.commonFactored
        }
    }
}
