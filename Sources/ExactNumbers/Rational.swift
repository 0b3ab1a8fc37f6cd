/// An exact rational number, always in lowest terms with a positive denominator.
///
/// A numerator and a denominator that fit in `Int` are held inline; arithmetic on them allocates nothing and passes to
/// ``BigInteger`` only where it would overflow.
public struct Rational: Sendable {
    /// Canonical: `large` only where a part does not fit in `-Int.max...Int.max`.
    enum Storage: Sendable {
        case small(Int, Int)
        case large(Parts)
    }

    final class Parts: Sendable {
        let numerator: BigInteger
        let denominator: BigInteger

        init(_ numerator: BigInteger, _ denominator: BigInteger) {
            self.numerator = numerator
            self.denominator = denominator
        }
    }

    let storage: Storage

    public static let zero = Rational(0)
    public static let one = Rational(1)
    public static let half = Rational(1, 2)

    @inline(__always)
    init(small numerator: Int, _ denominator: Int) { storage = .small(numerator, denominator) }

    /// Parts already in lowest terms, with a positive denominator.
    init(reduced numerator: BigInteger, _ denominator: BigInteger) {
        if let n = numerator.asInt, n != .min, let d = denominator.asInt {
            storage = .small(n, d)
        } else {
            storage = .large(Parts(numerator, denominator))
        }
    }

    public init(_ value: Int) {
        if value == .min {
            self.init(reduced: BigInteger(value), .one)
        } else {
            self.init(small: value, 1)
        }
    }

    /// The quotient of two integers.
    ///
    /// - Precondition: the denominator is not zero. Where it comes from input, use the failing initializer.
    public init(_ numerator: Int, _ denominator: Int) {
        precondition(denominator != 0, "the denominator of a rational number is zero")
        if numerator == .min || denominator == .min {
            self = Rational(BigInteger(numerator), BigInteger(denominator)) ?? .zero
            return
        }
        let divisor = Int(BigInteger.gcd(numerator.magnitude, denominator.magnitude))
        let sign = denominator < 0 ? -1 : 1
        self.init(small: sign * numerator / divisor, sign * denominator / divisor)
    }

    public init(_ value: BigInteger) { self.init(reduced: value, .one) }

    /// The quotient of two integers; nil for a zero denominator.
    public init?(_ numerator: BigInteger, _ denominator: BigInteger) {
        let gcd = BigInteger.gcd(numerator, denominator)
        let divisor = denominator.isNegative ? -gcd : gcd
        guard !denominator.isZero, let n = numerator.exactQuotient(divisor), let d = denominator.exactQuotient(divisor)
        else { return nil }
        self.init(reduced: n, d)
    }

    public var numerator: BigInteger {
        switch storage {
        case .small(let n, _): return BigInteger(n)
        case .large(let parts): return parts.numerator
        }
    }

    public var denominator: BigInteger {
        switch storage {
        case .small(_, let d): return BigInteger(d)
        case .large(let parts): return parts.denominator
        }
    }

    public var isZero: Bool {
        if case .small(0, _) = storage { return true }
        return false
    }

    public var isOne: Bool {
        if case .small(1, 1) = storage { return true }
        return false
    }

    public var isInteger: Bool {
        switch storage {
        case .small(_, let d): return d == 1
        case .large(let parts): return parts.denominator.isOne
        }
    }

    /// -1, 0 or 1.
    public var sign: Int {
        switch storage {
        case .small(let n, _): return n.signum()
        case .large(let parts): return parts.numerator.sign
        }
    }

    public var isPositive: Bool { sign > 0 }
    public var isNegative: Bool { sign < 0 }

    /// The value, where it is an integer that fits.
    public var asInt: Int? {
        switch storage {
        case .small(let n, let d): return d == 1 ? n : nil
        case .large(let parts): return parts.denominator.isOne ? parts.numerator.asInt : nil
        }
    }

    /// The number of bits of the larger of the two parts.
    public var bitWidth: Int { max(numerator.bitWidth, denominator.bitWidth) }

    /// A hash that is the same in every process.
    public var stableHash: UInt64 {
        switch storage {
        case .small(let n, let d):
            var hash = (0xcbf2_9ce4_8422_2325 ^ UInt64(bitPattern: Int64(n))) &* 0x100_0000_01b3
            hash = (hash ^ (hash >> 29) ^ UInt64(d)) &* 0x100_0000_01b3
            return hash ^ (hash >> 32)
        case .large(let parts):
            return (parts.numerator.stableHash ^ (parts.denominator.stableHash >> 7)) &* 0x100_0000_01b3
        }
    }
}

extension Rational: Hashable {
    public static func == (a: Rational, b: Rational) -> Bool {
        switch (a.storage, b.storage) {
        case (.small(let m, let p), .small(let n, let q)): return m == n && p == q
        case (.large(let x), .large(let y)):
            return x === y || (x.numerator == y.numerator && x.denominator == y.denominator)
        default: return false
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(stableHash) }
}

extension Rational: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self.init(value) }
}

extension Rational: Comparable {
    public static func < (a: Rational, b: Rational) -> Bool {
        if case .small(let m, let p) = a.storage, case .small(let n, let q) = b.storage {
            if p == q { return m < n }
            let (x, y) = (m.multipliedFullWidth(by: q), n.multipliedFullWidth(by: p))
            return x.high != y.high ? x.high < y.high : x.low < y.low
        }
        return a.numerator * b.denominator < b.numerator * a.denominator
    }
}
