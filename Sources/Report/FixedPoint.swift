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

    /// A whole number without a point.
    static func trimmed(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }
}
