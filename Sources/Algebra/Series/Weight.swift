import ExactNumbers

/// The size of a quantity as the step size goes to zero: `eta^(a + b zeta)`, for every grading exponent zeta in (0, 1).
///
/// Weights are partially ordered: one is at least another where it is so for every zeta, which an affine function shows
/// at the two ends of the interval.
public struct Weight: Hashable, Sendable {
    /// The weight at zeta = 0.
    public let constant: Rational
    /// The coefficient of zeta.
    public let slope: Rational

    /// The grading exponent as a symbol of expressions.
    public static let zeta = Symbol("zeta", bounds: .openUnit)
    public static let zero = Weight(0)
    /// Less than any two weights that occur differ by: beside a bound it takes in what is of the bound itself.
    public static let sliver = Weight(Rational(1, 1024))

    public init(_ constant: Rational, slope: Rational = .zero) {
        self.constant = constant
        self.slope = slope
    }

    /// The weight that an exponent stands for: a rational number, or an affine function of zeta with rational
    /// coefficients; nil for any other expression.
    public init?(_ exponent: Expression) {
        if let number = exponent.number {
            self.init(number)
        } else if exponent.symbol == Weight.zeta {
            self.init(0, slope: 1)
        } else if case .sum(let constant, let terms) = exponent.content, terms.count == 1,
            terms[0].expression.symbol == Weight.zeta
        {
            self.init(constant, slope: terms[0].coefficient)
        } else if case .product(let coefficient, let factors) = exponent.content, factors.count == 1,
            factors[0].base.symbol == Weight.zeta, factors[0].exponent.isOne
        {
            self.init(0, slope: coefficient)
        } else {
            return nil
        }
    }

    /// The weight with zeta put to 1.
    var atOne: Rational { constant + slope }

    /// The weight as an exponent.
    public var expression: Expression { Expression(constant) + Expression(slope) * Expression(Weight.zeta) }

    /// Whether the weight is a whole number, whatever zeta is.
    public var isInteger: Bool { slope.isZero && constant.isInteger }

    public var isZero: Bool { constant.isZero && slope.isZero }

    /// The value at one zeta.
    public func value(at zeta: Rational) -> Rational { constant + slope * zeta }

    /// Whether the weight is positive for every zeta in the open interval.
    public var isPositive: Bool { !constant.isNegative && !atOne.isNegative && !isZero }
    /// Whether the weight is negative for every zeta in the open interval.
    public var isNegative: Bool { !constant.isPositive && !atOne.isPositive && !isZero }

    /// Whether the weight is at least another one for every zeta.
    public func isAtLeast(_ other: Weight) -> Bool {
        constant >= other.constant && atOne >= other.atOne
    }

    /// The largest weight that is at most both.
    public func meet(_ other: Weight) -> Weight {
        let start = min(constant, other.constant)
        return Weight(start, slope: min(atOne, other.atOne) - start)
    }

    public static func + (a: Weight, b: Weight) -> Weight {
        Weight(a.constant + b.constant, slope: a.slope + b.slope)
    }
    public static func - (a: Weight, b: Weight) -> Weight {
        Weight(a.constant - b.constant, slope: a.slope - b.slope)
    }
    public static func * (factor: Rational, a: Weight) -> Weight {
        Weight(factor * a.constant, slope: factor * a.slope)
    }
}

extension Weight {
    /// For which zeta in (0, 1) a statement about orders holds.
    public enum Range: Hashable, Sendable {
        case always
        case never
        /// Only for zeta up to the number, that one included.
        case upTo(Rational)
        /// Only for zeta from the number on, that one included.
        case from(Rational)
    }

    /// For which zeta the weight is at least the threshold, so that a term of this weight is `O(eta^threshold)`.
    public func holds(atLeast threshold: Weight) -> Range {
        let difference = self - threshold
        let (start, end) = (difference.constant, difference.atOne)
        if !start.isNegative && !end.isNegative { return .always }
        if !start.isPositive && !end.isPositive { return .never }
        guard let root = (-start).dividing(by: difference.slope) else { return .never }
        return start.isPositive ? .upTo(root) : .from(root)
    }
}

extension Weight: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self.init(Rational(value)) }
}

extension Weight: CustomStringConvertible {
    /// The affine function: `2`, `3 - 2 zeta`, `zeta/2`.
    public var description: String {
        if slope.isZero { return constant.description }
        let magnitude = slope.magnitude
        let scale = magnitude.numerator.isOne ? "" : "\(magnitude.numerator) "
        let term = scale + "zeta" + (magnitude.isInteger ? "" : "/\(magnitude.denominator)")
        if constant.isZero { return (slope.isNegative ? "-" : "") + term }
        return "\(constant) \(slope.isNegative ? "-" : "+") \(term)"
    }
}

extension Weight {
    /// An order in which series list their terms: by the value at zeta = 1/2, ties by that at 0.
    package static func precedes(_ a: Weight, _ b: Weight) -> Bool {
        let (x, y) = (a.constant + a.atOne, b.constant + b.atOne)
        return x != y ? x < y : a.constant < b.constant
    }
}
