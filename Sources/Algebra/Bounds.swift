/// The interval in which the value of an expression is known to lie.
///
/// Every node of an expression carries its bounds, computed once from those of its operands by interval arithmetic
/// rounded outward; they play the part that an assumption engine plays elsewhere. Only the comparison with zero is
/// ever used to rewrite an expression, so an endpoint that is off by a rounding error can cost a simplification but
/// never make a wrong one.
public struct Bounds: Hashable, Sendable {
    public let lower: Double
    public let upper: Double
    /// Whether the endpoints themselves are never taken.
    let lowerIsOpen: Bool
    let upperIsOpen: Bool
    /// Whether zero, though it may lie in the interval, is never taken.
    public let excludesZero: Bool

    init(
        _ lower: Double, _ upper: Double, lowerIsOpen: Bool = false, upperIsOpen: Bool = false,
        excludesZero: Bool = false
    ) {
        self.lower = lower
        self.upper = upper
        self.excludesZero =
            excludesZero || lower > 0 || upper < 0 || (lower == 0 && lowerIsOpen) || (upper == 0 && upperIsOpen)
        self.lowerIsOpen = lowerIsOpen || (lower == 0 && self.excludesZero)
        self.upperIsOpen = upperIsOpen || (upper == 0 && self.excludesZero)
    }

    public static let real = Bounds(-.infinity, .infinity)
    public static let nonzero = Bounds(-.infinity, .infinity, excludesZero: true)
    public static let positive = Bounds(0, .infinity, excludesZero: true)
    public static let nonnegative = Bounds(0, .infinity)
    public static let negative = Bounds(-.infinity, 0, excludesZero: true)
    public static let nonpositive = Bounds(-.infinity, 0)
    /// The open interval (0, 1), for averaging coefficients and probabilities.
    public static let openUnit = Bounds(0, 1, lowerIsOpen: true, upperIsOpen: true)
    package static let signed = Bounds(-1, 1)

    /// The bounds of a parameter declared to lie in the open interval (lower, upper).
    ///
    /// - Returns: nil unless `lower < upper`.
    public static func open(_ lower: Double, _ upper: Double) -> Bounds? {
        lower < upper ? Bounds(lower, upper, lowerIsOpen: true, upperIsOpen: true) : nil
    }

    public var isPositive: Bool { lower >= 0 && excludesZero }
    public var isNegative: Bool { upper <= 0 && excludesZero }
    public var isNonnegative: Bool { lower >= 0 }
    public var isNonpositive: Bool { upper <= 0 }
    public var isNonzero: Bool { excludesZero }

    private var isUnbounded: Bool { lower == -.infinity && upper == .infinity }

    /// -1, 0 or 1 where the sign is known.
    public var sign: Int? {
        if isPositive { return 1 }
        if isNegative { return -1 }
        return lower == 0 && upper == 0 ? 0 : nil
    }

    /// Whether `value` may be taken.
    public func contains(_ value: Double) -> Bool {
        if value == 0 && excludesZero { return false }
        return (lowerIsOpen ? value > lower : value >= lower) && (upperIsOpen ? value < upper : value <= upper)
    }

    static func exactly(_ value: Double) -> Bounds { Bounds(value, value) }

    static func + (a: Bounds, b: Bounds) -> Bounds {
        Bounds(
            roundedSum(a.lower, b.lower, toward: -.infinity), roundedSum(a.upper, b.upper, toward: .infinity),
            lowerIsOpen: a.lowerIsOpen || b.lowerIsOpen, upperIsOpen: a.upperIsOpen || b.upperIsOpen)
    }

    static func * (a: Bounds, b: Bounds) -> Bounds {
        if a.isUnbounded && b.isUnbounded { return a.excludesZero && b.excludesZero ? .nonzero : .real }
        var lower = (value: Double.infinity, isOpen: false)
        var upper = (value: -Double.infinity, isOpen: false)
        func include(_ x: Double, _ xIsOpen: Bool, _ y: Double, _ yIsOpen: Bool) {
            let product = x == 0 || y == 0 ? 0 : x * y
            let isExact = product == 0 || product.isInfinite || (isSmallInteger(x) && isSmallInteger(y))
            let isOpen = product != 0 && (xIsOpen || yIsOpen)
            let low = isExact ? product : product.nextDown
            let high = isExact ? product : product.nextUp
            if low < lower.value || (low == lower.value && !isOpen) { lower = (low, isOpen) }
            if high > upper.value || (high == upper.value && !isOpen) { upper = (high, isOpen) }
        }
        include(a.lower, a.lowerIsOpen, b.lower, b.lowerIsOpen)
        include(a.lower, a.lowerIsOpen, b.upper, b.upperIsOpen)
        include(a.upper, a.upperIsOpen, b.lower, b.lowerIsOpen)
        include(a.upper, a.upperIsOpen, b.upper, b.upperIsOpen)
        // A product of signed factors keeps its sign even where rounding outward crossed zero.
        if (a.isNonnegative && b.isNonnegative) || (a.isNonpositive && b.isNonpositive) {
            lower.value = max(lower.value, 0)
        }
        if (a.isNonnegative && b.isNonpositive) || (a.isNonpositive && b.isNonnegative) {
            upper.value = min(upper.value, 0)
        }
        return Bounds(
            lower.value, upper.value, lowerIsOpen: lower.isOpen, upperIsOpen: upper.isOpen,
            excludesZero: a.excludesZero && b.excludesZero)
    }

    /// The bounds of `base^exponent`.
    static func power(_ base: Bounds, _ exponent: Bounds, integerExponent: Int?) -> Bounds {
        if let n = integerExponent {
            if n > 0 && base.isUnbounded {
                return n.isMultiple(of: 2) ? Bounds(0, .infinity, excludesZero: base.excludesZero) : base
            }
            if n > 0 { return (n.isMultiple(of: 2) ? base.magnitude : base).monotone { pow($0, n) } }
            // One over what is nonnegative is positive wherever it is defined.
            if base.isNonnegative || n.isMultiple(of: 2) {
                let magnitude = base.magnitude
                let top = magnitude.lower > 0 ? pow(1 / magnitude.lower, -n).nextUp : .infinity
                let bottom = magnitude.upper.isInfinite ? 0 : pow(1 / magnitude.upper, -n).nextDown
                return Bounds(max(bottom, 0), top, excludesZero: true)
            }
            return base.isNonpositive ? .negative : .nonzero
        }
        // A power with another exponent is real only for a nonnegative base.
        let isStrict = base.excludesZero || exponent.isNegative
        if base.lower >= 0 && base.upper <= 1 && exponent.isNonnegative {
            let isBelowOne = (base.upper < 1 || base.upperIsOpen) && exponent.isPositive
            return Bounds(0, 1, upperIsOpen: isBelowOne, excludesZero: isStrict)
        }
        if base.lower >= 1 && exponent.isNonpositive {
            let isBelowOne = (base.lower > 1 || base.lowerIsOpen) && exponent.isNegative
            return Bounds(0, 1, lowerIsOpen: true, upperIsOpen: isBelowOne)
        }
        if base.lower >= 1 && exponent.isNonnegative {
            return Bounds(1, .infinity, lowerIsOpen: (base.lower > 1 || base.lowerIsOpen) && exponent.isPositive)
        }
        return Bounds(0, .infinity, excludesZero: isStrict)
    }

    /// The bounds of the absolute value.
    var magnitude: Bounds {
        if lower >= 0 { return self }
        if upper <= 0 {
            return Bounds(
                -upper, -lower, lowerIsOpen: upperIsOpen, upperIsOpen: lowerIsOpen, excludesZero: excludesZero)
        }
        let top = max(-lower, upper)
        let isOpen = (-lower < top || lowerIsOpen) && (upper < top || upperIsOpen)
        return Bounds(0, top, upperIsOpen: isOpen, excludesZero: excludesZero)
    }

    /// The image under a strictly increasing function that keeps the sign and is accurate to a few units in the last place.
    func monotone(_ function: (Double) -> Double) -> Bounds {
        let low = function(lower)
        let high = function(upper)
        let lowIsExact = low.isInfinite || (Bounds.isSmallInteger(low) && Bounds.isSmallInteger(lower))
        let highIsExact = high.isInfinite || (Bounds.isSmallInteger(high) && Bounds.isSmallInteger(upper))
        var bottom = lowIsExact ? low : low.nextDown.nextDown
        var top = highIsExact ? high : high.nextUp.nextUp
        if low >= 0 { bottom = max(bottom, 0) }
        if high <= 0 { top = min(top, 0) }
        return Bounds(bottom, top, lowerIsOpen: lowerIsOpen, upperIsOpen: upperIsOpen, excludesZero: excludesZero)
    }

    private static func pow(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var square = base
        var remaining = exponent
        while remaining > 0 {
            if remaining & 1 == 1 { result *= square }
            square *= square
            remaining >>= 1
        }
        return result
    }

    private static func isSmallInteger(_ x: Double) -> Bool {
        x.magnitude <= 0x1p26 && x == Double(Int(x))
    }

    private static func roundedSum(_ x: Double, _ y: Double, toward direction: Double) -> Double {
        let sum = x + y
        if sum.isNaN { return direction }
        if sum.isInfinite || x == 0 || y == 0 || (isSmallInteger(x) && isSmallInteger(y)) { return sum }
        return direction < 0 ? sum.nextDown : sum.nextUp
    }
}
