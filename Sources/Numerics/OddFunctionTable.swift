import Foundation

/// An odd function as polynomials, for many arguments each of which would cost the solution of an equation.
///
/// In each sixty-fourth of the range, f(z)/z is the polynomial in |z| through its values at eight Chebyshev points. Where points
/// between them show it to be further off than 1e-13, as at a sharp bend, and beyond the range, the function itself is
/// called. Making it costs about 900 calls for each unit of the range.
/// Unlike a ``LazyInterpolant``, it is made whole, so that a value is found without a lock.
package struct OddFunctionTable: Sendable {
    private static let count = 8
    private static let panelsPerUnit = 64.0

    private let function: @Sendable (Double) -> Double
    /// For each panel the coefficients from the constant up, in -1...1; NaN where the polynomial does not do.
    private let coefficients: [Double]
    private let panelCount: Int

    /// - Parameters:
    ///   - function: an odd function, known at z to a relative error of 4e-16 (1 + 1/|z|).
    ///   - bound: the end of the range, positive.
    package init(of function: @escaping @Sendable (Double) -> Double, below bound: Double) {
        self.function = function
        panelCount = Int((bound * Self.panelsPerUnit).rounded(.up))
        coefficients = (0..<panelCount).flatMap { Self.polynomial(of: function, panel: $0) }
    }

    /// The value at z.
    package func callAsFunction(_ z: Double) -> Double {
        var result = z
        withUnsafeMutablePointer(to: &result) { apply(to: UnsafeMutableBufferPointer(start: $0, count: 1)) }
        return result
    }

    /// Replaces arguments by values.
    package func apply(to values: UnsafeMutableBufferPointer<Double>) {
        coefficients.withUnsafeBufferPointer { coefficients in
            for index in values.indices {
                let z = values[index]
                let position = z.magnitude * Self.panelsPerUnit
                guard position < Double(panelCount) else {
                    values[index] = function(z)
                    continue
                }
                let panel = Int(position)
                let u = 2 * (position - Double(panel)) - 1
                var ratio = coefficients[panel * Self.count + Self.count - 1]
                for k in (0..<Self.count - 1).reversed() { ratio = ratio * u + coefficients[panel * Self.count + k] }
                values[index] = ratio.isNaN ? function(z) : ratio * z
            }
        }
    }

    private static func polynomial(of function: (Double) -> Double, panel: Int) -> [Double] {
        func argument(_ u: Double) -> Double { (Double(panel) + 0.5 * (u + 1)) / panelsPerUnit }
        let points = (0..<count).map { cos((Double($0) + 0.5) * .pi / Double(count)) }
        let values = points.map { function(argument($0)) / argument($0) }
        // Chebyshev coefficients of the interpolant, then its powers by T(k + 1) = 2 u T(k) - T(k - 1).
        var result = [Double](repeating: 0, count: count)
        var (polynomial, next) = ([1.0], [0.0, 1.0])
        for k in 0..<count {
            let sum = zip(points, values).reduce(0.0) { $0 + $1.1 * cos(Double(k) * acos($1.0)) }
            let coefficient = sum * (k == 0 ? 1 : 2) / Double(count)
            for (power, factor) in polynomial.enumerated() { result[power] += coefficient * factor }
            var afterNext = [0.0] + next.map { 2 * $0 }
            for (power, factor) in polynomial.enumerated() { afterNext[power] -= factor }
            (polynomial, next) = (next, afterNext)
        }
        let isClose = [-1, -0.9, -0.35, 0.1, 0.7, 1].allSatisfy { u in
            let z = argument(u)
            guard z > 0 else { return true }
            let exact = function(z) / z
            let value = result.reversed().reduce(0) { $0 * u + $1 }
            return (value - exact).magnitude <= (1e-13 + 4e-15 / z) * exact.magnitude
        }
        return isClose ? result : [Double](repeating: .nan, count: count)
    }
}
