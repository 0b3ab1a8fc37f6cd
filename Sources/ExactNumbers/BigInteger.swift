/// An integer of any size; it grows and never overflows.
///
/// A value that fits in `Int` is held inline and costs no allocation.
public struct BigInteger: Hashable, Sendable {
    /// Canonical: `large` only for what does not fit in `Int`.
    private enum Storage: Hashable, Sendable {
        case small(Int)
        case large(isNegative: Bool, Natural)
    }

    private let storage: Storage

    public static let zero = BigInteger(0)
    public static let one = BigInteger(1)

    public init(_ value: Int) { storage = .small(value) }

    init(isNegative: Bool, magnitude: Natural) {
        if let word = magnitude.asWord {
            if word <= UInt(Int.max) {
                storage = .small(isNegative ? -Int(word) : Int(word))
                return
            }
            if isNegative && word == Int.min.magnitude {
                storage = .small(.min)
                return
            }
        }
        storage = .large(isNegative: isNegative, magnitude)
    }

    /// The value, where it fits.
    public var asInt: Int? {
        if case .small(let value) = storage { return value }
        return nil
    }

    public var isZero: Bool { asInt == 0 }
    public var isOne: Bool { asInt == 1 }

    public var isNegative: Bool {
        switch storage {
        case .small(let value): return value < 0
        case .large(let isNegative, _): return isNegative
        }
    }

    public var isEven: Bool {
        switch storage {
        case .small(let value): return value & 1 == 0
        case .large(_, let natural): return !natural.isOdd
        }
    }

    /// -1, 0 or 1.
    public var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// The absolute value.
    public var magnitude: BigInteger { isNegative ? -self : self }

    /// The number of bits of the magnitude; 0 for zero.
    public var bitWidth: Int {
        switch storage {
        case .small(let value): return UInt.bitWidth - value.magnitude.leadingZeroBitCount
        case .large(_, let natural): return natural.bitWidth
        }
    }

    /// The magnitude as words.
    var natural: Natural {
        switch storage {
        case .small(let value): return Natural(value.magnitude)
        case .large(_, let natural): return natural
        }
    }

    /// A hash that is the same in every process (FNV-1a over words).
    public var stableHash: UInt64 {
        var hash: UInt64 = isNegative ? 0x84222325_cbf29ce4 : 0xcbf29ce4_84222325
        for word in natural.words { hash = (hash ^ UInt64(word)) &* 0x100_0000_01b3 }
        return hash
    }
}

extension BigInteger: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self.init(value) }
}

extension BigInteger: Comparable {
    public static func < (a: BigInteger, b: BigInteger) -> Bool {
        if let x = a.asInt, let y = b.asInt { return x < y }
        if a.isNegative != b.isNegative { return a.isNegative }
        return a.isNegative ? b.natural < a.natural : a.natural < b.natural
    }
}
