/// A number as the unevaluated sum of two doubles, about 32 digits.
///
/// Source: Dekker, "A floating-point technique for extending the available precision", 1971.
package struct DoubleDouble: Hashable, Sendable {
    package var high: Double
    package var low: Double

    package init(_ high: Double, _ low: Double = 0) {
        self.high = high
        self.low = low
    }

    /// high + low = a + b, the sum rounded and its error.
    package static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
        DoubleDouble(a + b, sumError(a, b))
    }

    /// a + b - fl(a + b), exact (Knuth 1969).
    package static func sumError(_ a: Double, _ b: Double) -> Double {
        let s = a + b
        let t = s - a
        return (a - (s - t)) + (b - t)
    }

    /// a b - fl(a b), exact where nothing over- or underflows.
    package static func productError(_ a: Double, _ b: Double) -> Double { (-(a * b)).addingProduct(a, b) }

    private func renormalized() -> DoubleDouble {
        guard low.isFinite else { return DoubleDouble(high) }
        let s = high + low
        return DoubleDouble(s, low - (s - high))
    }

    package static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, -a.low) }

    package static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let s = sum(a.high, b.high)
        return DoubleDouble(s.high, s.low + a.low + b.low).renormalized()
    }

    package static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + (-b) }

    package static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let p = a.high * b.high
        return DoubleDouble(p, productError(a.high, b.high) + a.high * b.low + a.low * b.high).renormalized()
    }

    package static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
        let q = a.high / b.high
        let rest = a - b * DoubleDouble(q)
        return DoubleDouble(q, rest.high / b.high).renormalized()
    }

    package func squareRoot() -> DoubleDouble {
        let root = high.squareRoot()
        guard root > 0 else { return DoubleDouble(root) }
        let rest = self - DoubleDouble(root) * DoubleDouble(root)
        return DoubleDouble(root, rest.high / (2 * root)).renormalized()
    }
}
