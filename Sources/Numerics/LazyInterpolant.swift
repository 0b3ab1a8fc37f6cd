import Foundation
import Synchronization

/// A function of one variable that is expensive, interpolated by Chebyshev polynomials on cells made as they are needed.
///
/// The cells depend on the function alone, and not on the order in which points are asked for.
public final class LazyInterpolant: Sendable {
    private let function: @Sendable (Double) -> Double
    /// The width of the cells before any is divided.
    private let width: Double
    /// The accuracy of the function, relative to the largest value in the neighbourhood.
    private let accuracy: Double
    private let cells = Mutex<[Cell: Polynomial]>([:])

    private struct Cell: Hashable {
        var number: Int
        var level: Int
    }

    private enum Polynomial {
        case coefficients([Double])
        /// The polynomial is not good enough: the cell has two halves.
        case divided
        /// Too small a cell to go on: the function itself.
        case direct
    }

    private static let degree = 20
    private static let deepest = 14

    /// - Parameters:
    ///   - width: the distance over which the function changes; positive.
    ///   - accuracy: how well the function is known, relative to the largest value in the neighbourhood: below that there
    ///     is nothing to resolve, and cells would be divided without end.
    public init(width: Double, accuracy: Double = 3e-13, _ function: @escaping @Sendable (Double) -> Double) {
        self.width = width
        self.accuracy = accuracy
        self.function = function
    }

    /// The value, to a few times the accuracy.
    public func callAsFunction(_ x: Double) -> Double {
        guard x.isFinite, (x / width).magnitude < 1e9 else { return function(x) }
        return cells.withLock { cells in
            var cell = Cell(number: Int((x / width).rounded(.down)), level: 0)
            while true {
                let size = width * exp2(-Double(cell.level))
                let start = Double(cell.number) * size
                if cells[cell] == nil { cells[cell] = polynomial(from: start, size, level: cell.level) }
                switch cells[cell] {
                case .coefficients(let coefficients): return Self.sum(coefficients, at: 2 * (x - start) / size - 1)
                case .divided:
                    let isUpper = x >= start + 0.5 * size
                    cell = Cell(number: 2 * cell.number + (isUpper ? 1 : 0), level: cell.level + 1)
                default: return function(x)
                }
            }
        }
    }

    private func polynomial(from start: Double, _ size: Double, level: Int) -> Polynomial {
        let n = Self.degree
        let angles: [Double] = (0...n).map { k in .pi * (Double(k) + 0.5) / Double(n + 1) }
        let values: [Double] = angles.map { angle in function(start + 0.5 * size * (1 + cos(angle))) }
        let coefficients: [Double] = (0...n).map { m in
            var sum = 0.0
            for k in 0...n { sum += values[k] * cos(Double(m) * angles[k]) }
            return sum * (m == 0 ? 1 : 2) / Double(n + 1)
        }
        let largest = coefficients.reduce(0) { max($0, $1.magnitude) }
        let tail = coefficients.suffix(3).reduce(0) { max($0, $1.magnitude) }
        // A function that is not finite is itself the answer.
        if !largest.isFinite { return level < Self.deepest ? .divided : .direct }
        if tail <= accuracy * largest { return .coefficients(coefficients) }
        return level < Self.deepest ? .divided : .direct
    }

    /// Clenshaw's recurrence.
    private static func sum(_ coefficients: [Double], at x: Double) -> Double {
        var (next, afterNext) = (0.0, 0.0)
        for c in coefficients.dropFirst().reversed() { (next, afterNext) = (c + 2 * x * next - afterNext, next) }
        return coefficients[0] + x * next - afterNext
    }
}
