import Foundation
import Testing

@testable import Numerics

struct StatisticsTests {
    private let sample = (0..<1001).map { 1e6 + RandomStream(seed: 8).normal(path: $0, step: 0, component: 0) }

    @Test func `streaming moments agree with two passes, merged or not`() {
        var total = CompensatedSum()
        for value in sample { total.add(value) }
        let mean = total.value / 1001
        let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1000
        var merged = StreamingMoments(sample[..<300])
        merged.merge(StreamingMoments())
        merged.merge(StreamingMoments(sample[300...]))
        for moments in [StreamingMoments(sample), merged] {
            #expect(moments.count == 1001)
            #expect(relativeError(moments.mean, mean) < 4e-15)
            #expect(relativeError(moments.variance, variance) < 1e-9)
        }
        #expect(StreamingMoments([1]).variance.isNaN)
    }

    @Test func `quantiles interpolate between order statistics`() {
        #expect(Quantiles.quantiles([0, 0.25, 0.5, 0.9, 1], of: [4, 1, 3, 2]) == [1, 1.75, 2.5, 3.7, 4])
        #expect(Quantiles.quantile(0.5, of: []).isNaN)
    }

    @Test func `a compensated sum keeps what cancellation would lose`() {
        var sum = CompensatedSum()
        for term in [1, 1e100, 1, -1e100] { sum.add(term) }
        #expect(sum.value == 2)
    }

    /// Weighted fit and intervals against numpy.polyfit(x, y, 1, w=sqrt(weights), cov=...) and scipy.stats.t.ppf.
    @Test func `a weighted line has the textbook coefficients and intervals`() throws {
        let (x, y, weights) = ([0.0, 1, 2, 3], [1.0, 3.1, 4.9, 7.2], [1.0, 2, 2, 1])
        let fit = try #require(WeightedLinearFit(x: x, y: y, weights: weights, law: .unknownScale))
        #expect(relativeError(fit.slope, 2.018181818181818) < 1e-14)
        #expect(relativeError(fit.intercept, 1.006060606060607) < 1e-13)
        #expect(relativeError(fit.slopeVariance, fit.residualSum / 2 / 5.5) < 1e-14)
        let halfwidth = SpecialFunctions.studentQuantile(0.975, degrees: 2) * fit.slopeVariance.squareRoot()
        #expect(relativeError(fit.slopeInterval95.upperBound, fit.slope + halfwidth) < 1e-14)
        let known = try #require(WeightedLinearFit(x: x, y: y, weights: weights, law: .knownVariances))
        #expect(relativeError(known.slopeVariance, 1 / 5.5) < 1e-14)
        #expect(WeightedLinearFit(x: [1, 1, 1], y: [1, 2, 3], weights: [1, 1, 1], law: .unknownScale) == nil)
    }
}
