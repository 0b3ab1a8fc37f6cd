import Foundation

/// The sum of the covariances of two functions of standard normal numbers over pairs with given correlations r_j.
///
/// With the normalized Hermite polynomials `h_n` and `c_n = E[f(Z) h_n(Z)]` a covariance is `Cov(f(Z_0), g(Z_j)) =
/// sum over n >= 1 of c_n[f] c_n[g] r_j^n` (Mehler 1866), so that the sum over j needs only the sums of the powers of the
/// correlations. A piece on which a function is affine contributes to `c_n` by its ends alone; elsewhere panels of
/// Gauss-Legendre rules follow the oscillations of `h_n`.
public struct HermiteCovarianceSum: Sendable {
    private let correlations: [Double]
    /// The degree after which the powers of every correlation are negligible, or ``limit``.
    private let degree: Int
    private let isCutAtLimit: Bool

    /// The largest degree of a polynomial, and the largest number of correlations.
    public static let limit = 4_000_000

    /// - Returns: nil where a correlation is not between -1 and 1.
    public init?(correlations: [Double]) {
        // One gradient in both numbers makes them the same up to rounding.
        guard correlations.allSatisfy({ $0.magnitude <= 1 + 1e-12 }) else { return nil }
        self.correlations = correlations.map { max(-1, min(1, $0)) }
        let largest = self.correlations.map(\.magnitude).max() ?? 0
        let needed = largest == 0 ? 1 : largest == 1 ? .infinity : max(1, (-41.5 / log(largest)).rounded(.up))
        isCutAtLimit = !(needed <= Double(Self.limit))
        degree = isCutAtLimit ? Self.limit : Int(needed)
    }

    /// The sums over j of r_j^n and of |r_j|^n for n = 1, 2, ...
    private func powerSums(_ count: Int) -> (sums: [Double], bounds: [Double]) {
        var sums = [Double](repeating: 0, count: count)
        var bounds = sums
        sums.withUnsafeMutableBufferPointer { sums in
            bounds.withUnsafeMutableBufferPointer { bounds in
                for r in correlations {
                    var power = r
                    var n = 0
                    while power.magnitude > 1e-19, n < count {
                        sums[n] += power
                        bounds[n] += power.magnitude
                        power *= r
                        n += 1
                    }
                }
            }
        }
        return (sums, bounds)
    }

    /// r_j = row A^(j-1) column for j = 1, 2, ... until they have died out; nil where they do not.
    public static func correlations(row: [Double], matrix: DenseMatrix, column: [Double]) -> [Double]? {
        let norm = row.reduce(0) { $0 + $1.magnitude }
        var vector = column
        var result: [Double] = []
        while true {
            let size = vector.reduce(0) { max($0, $1.magnitude) } * max(norm, 1)
            guard size.isFinite, result.count <= limit else { return nil }
            if size < 1e-19 { return result }
            result.append(zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 })
            vector = matrix * vector
        }
    }

    /// A function of a standard normal number, with the points at which it is not smooth.
    public struct Integrand {
        public let value: (Double) -> Double
        public let breakpoints: [Double]

        public init(breakpoints: [Double], _ value: @escaping (Double) -> Double) {
            self.value = value
            self.breakpoints = breakpoints
        }
    }

    /// The sum for two functions, to 1e-13 of the product of their deviations; NaN where one is not finite, or where a
    /// correlation is so near 1 that the terms have not become negligible within ``limit`` degrees.
    ///
    /// - Complexity: up to 40/(1 - |r|) degrees, each a few operations where the functions are affine between breakpoints;
    ///   functions that are polynomials take as many degrees as they have.
    public func value(_ left: Integrand, _ right: Integrand) -> Double {
        var target = min(degree, 128)
        while true {
            if let sum = value(left, right, degrees: target) { return sum }
            if target == degree { return .nan }
            target = target < 1024 ? min(degree, 1024) : degree
        }
    }

    /// nil where the terms have not become negligible within so many degrees.
    private func value(_ left: Integrand, _ right: Integrand, degrees: Int) -> Double? {
        var first = HermiteCoefficients(left, degrees: degrees)
        var second = HermiteCoefficients(right, degrees: degrees)
        guard first.variance.isFinite, second.variance.isFinite else { return .nan }
        let (sums, bounds) = powerSums(degrees + 1)
        let scale = (first.variance * second.variance).squareRoot()
        var (restLeft, restRight) = (first.variance, second.variance)
        var total = CompensatedSum()
        for n in 0..<degrees {
            let (a, b) = (first.next(), second.next())
            total.add(a * b * sums[n])
            restLeft -= a * a
            restRight -= b * b
            let rest = (max(restLeft, 0) * max(restRight, 0)).squareRoot()
            if rest * bounds[n + 1] <= 1e-14 * scale * max(1, bounds[0]) { return total.value }
        }
        return degrees == degree && !isCutAtLimit ? total.value : nil
    }
}

/// The coefficients c_1, c_2, ... of a function in the normalized Hermite polynomials, one after the other.
private struct HermiteCoefficients {
    /// Var f(Z).
    let variance: Double
    /// What multiplies `h_n sqrt(density)` at each point, in c_n and by the formulas for ends of affine pieces.
    private var points: [Double] = []
    private var weights: [Double] = []
    /// The points after the first of these belong to ends of affine pieces.
    private var smoothCount = 0
    /// The jump of the value and of the slope at each end, left minus right, times sqrt(density).
    private var jumps: [Double] = []
    private var bends: [Double] = []
    /// The probability of each affine piece times its slope.
    private var meanSlope = 0.0
    /// h_n sqrt(density) at the points, for the last two n.
    private var current: [Double] = []
    private var previous: [Double] = []
    /// The same one degree before, at the ends only.
    private var degree = 0

    /// Beyond this the root of the normal density is below 1e-18.
    private static let edge = 13.0
    private static let rule = GaussRule.legendre(16)

    init(_ f: HermiteCovarianceSum.Integrand, degrees: Int) {
        let inner = Set(f.breakpoints.filter { $0.magnitude < Self.edge }).sorted()
        let edges = [-Self.edge] + inner + [Self.edge]
        let width = min(0.5, 6 / Double(degrees).squareRoot())
        var (mean, square) = (0.0, 0.0)
        var ends: [(z: Double, value: Double, slope: Double)] = []
        for (a, b) in zip(edges, edges.dropFirst()) where b > a {
            let slope = Self.slope(f.value, a, b)
            if let slope {
                let value = f.value(0.5 * (a + b))
                let centre = 0.5 * (a + b)
                ends.append((a, -(value + slope * (a - centre)), -slope))
                ends.append((b, value + slope * (b - centre), slope))
                meanSlope += slope * (SpecialFunctions.normalDistribution(b) - SpecialFunctions.normalDistribution(a))
            }
            let panels = max(1, Int(((b - a) / (slope == nil ? width : 0.5)).rounded(.up)))
            let half = 0.5 * (b - a) / Double(panels)
            for panel in 0..<panels {
                let centre = a + half * Double(2 * panel + 1)
                for (node, weight) in zip(Self.rule.nodes, Self.rule.weights) {
                    let z = centre + half * node
                    let value = f.value(z)
                    let density = weight * half * SpecialFunctions.normalDensity(z)
                    mean += density * value
                    square += density * value * value
                    guard slope == nil else { continue }
                    points.append(z)
                    weights.append(weight * half * value * Self.rootDensity(z))
                }
            }
        }
        variance = square - mean * mean
        smoothCount = points.count
        // Two pieces meet in one point.
        var merged: [Double: (value: Double, slope: Double)] = [:]
        for end in ends {
            let known = merged[end.z] ?? (0, 0)
            merged[end.z] = (known.value + end.value, known.slope + end.slope)
        }
        for (z, end) in merged.sorted(by: { $0.key < $1.key }) where z.magnitude < Self.edge {
            points.append(z)
            jumps.append(end.value * Self.rootDensity(z))
            bends.append(end.slope * Self.rootDensity(z))
        }
        current = points.map(Self.rootDensity)
        previous = points.map { _ in 0 }
    }

    private static func rootDensity(_ z: Double) -> Double { exp(-0.25 * z * z) * 0.631618777746065 }

    /// The slope of the function where it is affine on the interval.
    private static func slope(_ f: (Double) -> Double, _ a: Double, _ b: Double) -> Double? {
        let (left, right) = (a + 0.0173 * (b - a), a + 0.9791 * (b - a))
        let (low, high) = (f(left), f(right))
        let slope = (high - low) / (right - left)
        let scale = max(low.magnitude, high.magnitude)
        let isAffine = [0.117, 0.291, 0.5, 0.673, 0.887].allSatisfy { part in
            let z = a + part * (b - a)
            return (f(z) - low - slope * (z - left)).magnitude <= 1e-14 * max(scale, f(z).magnitude)
        }
        guard isAffine else { return nil }
        return slope.magnitude * (b - a) <= 1e-14 * scale ? 0 : slope
    }

    /// The next coefficient.
    mutating func next() -> Double {
        let n = Double(degree + 1)
        let root = n.squareRoot()
        var sum = 0.0
        // By parts: integrals of an affine function times density times h_n end in h_(n-1) and h_(n-2).
        let below = degree == 0 ? 0 : 1 / (Double(degree).squareRoot() * root)
        for k in jumps.indices {
            sum -= jumps[k] * current[smoothCount + k] / root
            sum -= bends[k] * previous[smoothCount + k] * below
        }
        if degree == 0 { sum += meanSlope }
        let lower = Double(degree).squareRoot()
        points.withUnsafeBufferPointer { points in
            current.withUnsafeMutableBufferPointer { current in
                previous.withUnsafeMutableBufferPointer { previous in
                    for k in 0..<points.count {
                        let next = (points[k] * current[k] - lower * previous[k]) / root
                        previous[k] = current[k]
                        current[k] = next
                    }
                }
            }
        }
        degree += 1
        for k in 0..<smoothCount { sum += weights[k] * current[k] }
        return sum
    }
}
