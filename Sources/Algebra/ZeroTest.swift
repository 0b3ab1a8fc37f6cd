import ExactNumbers

/// What is known of whether an expression is zero wherever it is defined.
public enum ZeroVerdict: Hashable, Sendable {
    /// Proved: the expression is zero.
    case zero
    /// Proved, or seen at a point beyond any rounding error: it is not identically zero.
    case nonzero
    /// Neither.
    case unknown
}

extension Expression {
    /// Whether the expression is identically zero.
    ///
    /// The canonical form and a normal form (one fraction in function applications and roots as generators, with
    /// `sin(u)^2 + cos(u)^2 = 1`) prove that it is; bounds, and evaluation with an error bound at fixed pseudo-random
    /// points within the bounds of the symbols, prove that it is not.
    public func isZeroTest() -> ZeroVerdict {
        if isUndefined { return .unknown }
        if let number { return number.isZero ? .zero : .nonzero }
        if bounds.excludesZero || content.isAtomic { return .nonzero }
        if case .product(_, let factors) = content { return Expression.zeroTest(ofProduct: factors) }
        if Sampling(of: self).refutesZero() { return .nonzero }
        return (try? isZeroFraction()) == true ? .zero : .unknown
    }

    /// Whether the two expressions have the same value everywhere: ``ZeroVerdict/zero`` where they do.
    public func equals(_ other: Expression) -> ZeroVerdict {
        self == other ? .zero : (self - other).isZeroTest()
    }

    /// A product is zero with a base of positive exponent.
    private static func zeroTest(ofProduct factors: [Factor]) -> ZeroVerdict {
        var verdict = ZeroVerdict.nonzero
        for factor in factors where factor.base != .e {
            switch factor.base.isZeroTest() {
            case .nonzero: continue
            case .zero where factor.exponent.bounds.isPositive: return .zero
            case .zero, .unknown: verdict = .unknown
            }
        }
        return verdict
    }
}
