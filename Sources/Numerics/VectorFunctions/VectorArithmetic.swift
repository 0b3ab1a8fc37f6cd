/// Arithmetic on many numbers at once; operands are lanes, or one number for all of them. The target may be an operand.
///
/// The loops stand in this module, where they are compiled to vector instructions; a caller pays one call for a block.
package enum VectorArithmetic {
    package typealias Source = UnsafePointer<Double>
    package typealias Target = UnsafeMutablePointer<Double>

    /// a + b.
    package static func add(_ a: Source, _ b: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, into: target, count) { $0 + $1 }
    }

    package static func add(_ a: Source, _ b: Double, into target: Target, _ count: Int) {
        VectorLoop.map(a, into: target, count) { $0 + b }
    }

    /// a - b.
    package static func subtract(_ a: Source, _ b: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, into: target, count) { $0 - $1 }
    }

    package static func subtract(_ a: Double, _ b: Source, into target: Target, _ count: Int) {
        VectorLoop.map(b, into: target, count) { a - $0 }
    }

    /// a b.
    package static func multiply(_ a: Source, _ b: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, into: target, count) { $0 * $1 }
    }

    package static func multiply(_ a: Source, _ b: Double, into target: Target, _ count: Int) {
        VectorLoop.map(a, into: target, count) { $0 * b }
    }

    /// a/b.
    package static func divide(_ a: Source, _ b: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, into: target, count) { $0 / $1 }
    }

    package static func divide(_ a: Double, _ b: Source, into target: Target, _ count: Int) {
        VectorLoop.map(b, into: target, count) { a / $0 }
    }

    /// a b + c.
    package static func multiplyAdd(_ a: Source, _ b: Source, _ c: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, c, into: target, count) { $0 * $1 + $2 }
    }

    package static func multiplyAdd(_ a: Source, _ b: Source, _ c: Double, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, into: target, count) { $0 * $1 + c }
    }

    package static func multiplyAdd(_ a: Source, _ b: Double, _ c: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, c, into: target, count) { $0 * b + $1 }
    }

    package static func multiplyAdd(_ a: Source, _ b: Double, _ c: Double, into target: Target, _ count: Int) {
        VectorLoop.map(a, into: target, count) { $0 * b + c }
    }

    /// a b - c.
    package static func multiplySubtract(_ a: Source, _ b: Source, _ c: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, c, into: target, count) { $0 * $1 - $2 }
    }

    package static func multiplySubtract(_ a: Source, _ b: Double, _ c: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, c, into: target, count) { $0 * b - $1 }
    }

    /// Adds a^2 b to the target.
    package static func addSquare(_ a: Source, times b: Double, to target: Target, _ count: Int) {
        VectorLoop.map(a, UnsafePointer(target), into: target, count) { $0 * $0 * b + $1 }
    }

    /// a - b c.
    package static func subtractProduct(_ a: Source, _ b: Source, _ c: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, c, into: target, count) { $0 - $1 * $2 }
    }

    package static func subtractProduct(_ a: Source, _ b: Source, _ c: Double, into target: Target, _ count: Int) {
        VectorLoop.map(a, b, into: target, count) { $0 - $1 * c }
    }

    /// -a.
    package static func negate(_ a: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, into: target, count) { -$0 }
    }

    /// a (2 - a).
    package static func complementOfSquare(_ a: Source, into target: Target, _ count: Int) {
        VectorLoop.map(a, into: target, count) { $0 * (2 - $0) }
    }
}
