import ExactNumbers

/// The limit of an expression in one symbol.
public enum Limit: Hashable, Sendable {
    case finite(Expression)
    /// Growth without bound; the sign, -1 or 1, where it is known.
    case infinite(sign: Int?)

    /// Where a symbol goes.
    public enum Point: Hashable, Sendable {
        /// To a value, from above.
        case above(Expression)
        /// To a value, from below.
        case below(Expression)
        case infinity
        case minusInfinity
    }
}

extension Expression {
    /// The limit as a symbol goes to a point, from the leading term of the series there.
    ///
    /// - Throws: ``SeriesError`` where there is no series.
    public func limit(as symbol: Symbol, to point: Limit.Point) throws(SeriesError) -> Limit {
        let parameter = Symbol(" distance", bounds: .positive)
        let distance = Expression(parameter)
        let value: Expression
        switch point {
        case .above(let place): value = place + distance
        case .below(let place): value = place - distance
        case .infinity: value = 1 / distance
        case .minusInfinity: value = -1 / distance
        }
        // Any positive order includes the constant term and what grows.
        let series = try Series(
            of: substituting(symbol, by: value), in: parameter, upTo: .sliver)
        for term in series.terms where term.weight.isNegative {
            switch term.coefficient.isZeroTest() {
            case .zero: continue
            case .nonzero: return .infinite(sign: term.coefficient.bounds.sign)
            case .unknown: throw .undecidedCoefficient(term.coefficient, in: self)
            }
        }
        return .finite(series.coefficient(of: .zero))
    }
}
