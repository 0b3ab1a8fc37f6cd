import Foundation

/// Numbers with a set number of digits, for tables that people read.
enum FixedPoint {
    /// With `decimals` digits after the point.
    static func text(_ value: Double, decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }

    /// With `significant` digits; an exponent where the number is very small or large.
    static func text(_ value: Double, significant: Int) -> String {
        String(format: "%.\(significant)g", value)
    }

    /// The power of ten that a magnitude does not exceed: what can be said of a number whose digits are rounding errors.
    static func bound(_ value: Double) -> String {
        value == 0 ? "0" : text(pow(10, log10(value.magnitude).rounded(.up)), significant: 1)
    }

    /// A whole number without a point.
    static func trimmed(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }
}
