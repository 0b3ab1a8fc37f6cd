import ExactNumbers
import VectorTypes

extension DoubleDouble {
    /// The two doubles nearest to a rational number; constants are folded in this precision.
    init(_ value: Rational) {
        self.init(value.doubleValue)
        if high.isFinite, let head = Rational(exactly: high) { low = (value - head).doubleValue }
    }
}
