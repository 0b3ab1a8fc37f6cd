import ExactNumbers
import Foundation

/// A number as the unevaluated sum of two doubles, about 32 digits; constants are folded in this precision.
///
/// Source: Dekker, "A floating-point technique for extending the available precision", 1971.
struct DoubleDouble: Hashable {
    var high: Double
    var low: Double

    init(_ high: Double, _ low: Double = 0) {
        self.high = high
        self.low = low
    }

    init(_ value: Rational) {
        high = value.doubleValue
        low = 0
        if high.isFinite, let head = Rational(exactly: high) { low = (value - head).doubleValue }
    }

    /// high + low = a + b, the sum rounded and its error.
    static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
        let s = a + b
        return DoubleDouble(s, sumError(a, b, s))
    }

    @inline(__always)
    static func sumError(_ a: Double, _ b: Double, _ s: Double) -> Double {
        let t = s - a
        return (a - (s - t)) + (b - t)
    }

    /// a b - fl(a b), exact where nothing over- or underflows; NaN where the splitting overflows.
    @inline(__always)
    static func productError(_ a: Double, _ b: Double) -> Double {
        let (u, v) = (134_217_729 * a, 134_217_729 * b)
        let (aHigh, bHigh) = (u - (u - a), v - (v - b))
        let (aLow, bLow) = (a - aHigh, b - bHigh)
        return ((aHigh * bHigh - a * b) + aHigh * bLow + aLow * bHigh) + aLow * bLow
    }

    private func renormalized() -> DoubleDouble {
        guard low.isFinite else { return DoubleDouble(high) }
        let s = high + low
        return DoubleDouble(s, low - (s - high))
    }

    static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, -a.low) }

    static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let s = sum(a.high, b.high)
        return DoubleDouble(s.high, s.low + a.low + b.low).renormalized()
    }

    static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + (-b) }

    static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let p = a.high * b.high
        return DoubleDouble(p, productError(a.high, b.high) + a.high * b.low + a.low * b.high).renormalized()
    }

    static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let q = a.high / b.high
        let rest = a - b * DoubleDouble(q)
        return DoubleDouble(q, rest.high / b.high).renormalized()
    }

    func squareRoot() -> DoubleDouble {
        let root = high.squareRoot()
        guard root > 0 else { return DoubleDouble(root) }
        let rest = self - DoubleDouble(root) * DoubleDouble(root)
        return DoubleDouble(root, rest.high / (2 * root)).renormalized()
    }
}
