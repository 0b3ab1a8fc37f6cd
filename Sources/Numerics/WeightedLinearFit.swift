/// The weighted least-squares line y = intercept + slope x, with the uncertainty of its coefficients.
public struct WeightedLinearFit: Hashable, Sendable {
    public let intercept: Double
    public let slope: Double
    public let interceptVariance: Double
    public let slopeVariance: Double
    public let covariance: Double
    /// The weighted sum of squared residuals.
    public let residualSum: Double
    /// The number of points less two.
    public let degrees: Int
    private let law: Law

    /// What is known of the variances of the points.
    public enum Law: Hashable, Sendable {
        /// The weights are 1/variance: intervals use the normal law.
        case knownVariances
        /// The weights are 1/variance up to one factor, estimated from the residuals: intervals use Student's law.
        case unknownScale
    }

    /// - Returns: nil with fewer than two distinct abscissas of positive weight, or, where the scale is estimated, fewer
    ///   than three points, or numbers that are not finite.
    public init?(x: [Double], y: [Double], weights: [Double], law: Law) {
        guard x.count == y.count, x.count == weights.count, (x + y + weights).allSatisfy(\.isFinite),
            weights.allSatisfy({ $0 >= 0 })
        else { return nil }
        let count = weights.count { $0 > 0 }
        guard count >= (law == .unknownScale ? 3 : 2) else { return nil }
        let total = weights.reduce(0, +)
        let meanX = zip(x, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        let meanY = zip(y, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        var (sxx, sxy) = (0.0, 0.0)
        for k in x.indices {
            sxx += weights[k] * (x[k] - meanX) * (x[k] - meanX)
            sxy += weights[k] * (x[k] - meanX) * (y[k] - meanY)
        }
        guard sxx > 0 else { return nil }
        let slope = sxy / sxx
        let intercept = meanY - slope * meanX
        let residuals = x.indices.reduce(0.0) { sum, k in
            let residual = y[k] - intercept - slope * x[k]
            return sum + weights[k] * residual * residual
        }
        let scale = law == .unknownScale ? residuals / Double(count - 2) : 1
        self.slope = slope
        self.intercept = intercept
        self.law = law
        degrees = count - 2
        residualSum = residuals
        slopeVariance = scale / sxx
        interceptVariance = scale * (1 / total + meanX * meanX / sxx)
        covariance = -scale * meanX / sxx
    }

    /// The 95% interval of the slope, by the law the fit was made with.
    public var slopeInterval95: ClosedRange<Double> { interval(slope, slopeVariance) }

    /// The 95% interval of the intercept.
    public var interceptInterval95: ClosedRange<Double> { interval(intercept, interceptVariance) }

    private func interval(_ value: Double, _ variance: Double) -> ClosedRange<Double> {
        let quantile =
            switch law {
            case .knownVariances: SpecialFunctions.normalQuantile(0.975)
            case .unknownScale: SpecialFunctions.studentQuantile(0.975, degrees: Double(degrees))
            }
        let halfwidth = quantile * variance.squareRoot()
        return value - halfwidth...value + halfwidth
    }
}
