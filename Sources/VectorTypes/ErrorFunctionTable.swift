/// Polynomials for erf and erfc around the multiples of 1/64 from 0 to 4.
///
/// Row j belongs to c = j/64 and to |h| <= 1/128. It holds a and the seven coefficients of p, one cache line, in
/// erf(c + h) = a + (h + h p(h)) before ``complementRow``, and in erfc(c + h) = a + h p(h) from there on.
///
/// Public, since only then are its constants inlined in the loops of other modules.
public enum ErrorFunctionTable {
    @inlinable public static var rowLength: Int { 8 }
    /// The first row of erfc.
    @inlinable public static var complementRow: Int { 48 }
    /// The edge between the last row of erf and the first of erfc.
    @inlinable public static var nearBound: Double { (Double(complementRow) - 0.5) / 64 }
    private static let rowCount = 257
    private static let width = 1.0 / 64

    /// The rows, one after the other, which are never freed.
    package nonisolated(unsafe) static let rows: UnsafePointer<Double> = {
        let rows = UnsafeMutablePointer<Double>.allocate(capacity: rowCount * rowLength)
        let twoOverRootOfPi = DoubleDouble(0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56)
        // The factors of exp(-c^2) from row to row: exp(-(2 j + 1)/4096), each exp(-1/2048) times the last.
        var decay = DoubleDouble(0x1.ffe000fffaaacp-1, -0x1.110e38ea0e93fp-67)
        let decayOfDecay = DoubleDouble(0x1.ffc003ffd556bp-1, -0x1.57776c16f56e8p-55)
        var value = DoubleDouble(0)
        var density = twoOverRootOfPi
        for row in 0..<rowCount {
            let isComplement = row >= complementRow
            if row == complementRow { value = DoubleDouble(1) - value }
            let series = taylorSeries(
                at: Double(row) * width, value: value, derivative: isComplement ? -density : density)
            var polynomial = shortened(series, to: rowLength, within: width / 2)
            if !isComplement { polynomial[1] = polynomial[1] - DoubleDouble(1) }
            for (k, coefficient) in polynomial.enumerated() { rows[row * rowLength + k] = coefficient.high }
            value = series.reversed().reduce(DoubleDouble(0)) { $0 * DoubleDouble(width) + $1 }
            density = density * decay
            decay = decay * decayOfDecay
        }
        return UnsafePointer(rows)
    }()

    /// The series in h of a function with the given value at c and a derivative proportional to exp(-(c + h)^2).
    private static func taylorSeries(at c: Double, value: DoubleDouble, derivative: DoubleDouble) -> [DoubleDouble] {
        // The derivative d has d' = -2 (c + h) d.
        var derivatives = [derivative, DoubleDouble(-2 * c) * derivative]
        for k in 2..<20 {
            let sum = DoubleDouble(c) * derivatives[k - 1] + derivatives[k - 2]
            derivatives.append(DoubleDouble(-2) * sum / DoubleDouble(Double(k)))
        }
        return [value] + derivatives.enumerated().map { $1 / DoubleDouble(Double($0 + 1)) }
    }

    /// The polynomial without its highest powers, each replaced by the lower powers of the multiple of a Chebyshev
    /// polynomial that has it, which is smallest within the radius (Lanczos 1938).
    private static func shortened(
        _ polynomial: [DoubleDouble], to count: Int, within radius: Double
    ) -> [DoubleDouble] {
        var chebyshev: [[Double]] = [[1], [0, 1]]
        for k in 2..<polynomial.count {
            var next = [0] + chebyshev[k - 1].map { 2 * $0 }
            for (i, coefficient) in chebyshev[k - 2].enumerated() { next[i] -= coefficient }
            chebyshev.append(next)
        }
        var result = polynomial
        for k in (count..<polynomial.count).reversed() {
            let highest = result.removeLast()
            // The radius and the leading coefficient are powers of two.
            var factor = 1 / chebyshev[k][k]
            for i in (0..<k).reversed() {
                factor *= radius
                if chebyshev[k][i] != 0 { result[i] = result[i] - DoubleDouble(chebyshev[k][i] * factor) * highest }
            }
        }
        return result
    }
}
