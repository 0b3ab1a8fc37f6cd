/// Extrapolation to zero.
package enum Extrapolation {
    /// The value at zero of the polynomial through values at points, by Neville's scheme.
    ///
    /// - Precondition: as many distinct points as values, at least one.
    package static func limit(of values: [Double], at points: [Double]) -> Double {
        var column = values
        for width in 1..<values.count {
            for k in 0..<values.count - width {
                let (far, near) = (points[k], points[k + width])
                column[k] = (far * column[k + 1] - near * column[k]) / (far - near)
            }
        }
        return column[0]
    }
}
