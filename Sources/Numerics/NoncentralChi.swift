import func Foundation.exp
import func Foundation.log

/// The law of the length of a standard normal vector about a mean, in any number of dimensions.
public struct NoncentralChi: Sendable {
    /// The number D of dimensions, positive.
    public let dimension: Double
    /// The length of the mean, not negative.
    public let noncentrality: Double

    public init(dimension: Double, noncentrality: Double) {
        self.dimension = dimension
        self.noncentrality = noncentrality
    }

    /// Where the law is concentrated: `sqrt(lambda^2 + D - 1)`, to about a unit.
    public var centre: Double { (noncentrality * noncentrality + max(dimension - 1, 0)).squareRoot() }

    /// The density at a positive length,
    /// `r (r/lambda)^nu exp(-(r^2 + lambda^2)/2) I_nu(lambda r)` with `nu = D/2 - 1`.
    ///
    /// Bessel's function is taken from Hankel's series for large arguments and from its power series, summed from its
    /// largest term on, elsewhere (Abramowitz and Stegun 9.7.1, 9.6.10).
    /// - Complexity: O(sqrt(lambda r)) where the power series is used.
    public func density(_ r: Double) -> Double {
        guard r > 0 else { return 0 }
        let order = 0.5 * dimension - 1
        let argument = noncentrality * r
        if argument > max(50, order * order) {
            let distance = r - noncentrality
            let exponent = (order + 1) * log(r) - order * log(noncentrality) - 0.5 * distance * distance
            return exp(exponent - 0.5 * log(2 * Double.pi * argument)) * Self.hankelSeries(order, argument)
        }
        let square = 0.25 * argument * argument
        // The terms square^k/(k! Gamma(order + 1 + k)) are largest where k (k + order) = square.
        let peak = (0.5 * ((order * order + 4 * square).squareRoot() - order)).rounded(.down)
        let top = max(peak, 0)
        var sum = CompensatedSum(1)
        var (term, k) = (1.0, top)
        while term > 1e-18 * sum.value {
            k += 1
            term *= square / (k * (order + k))
            sum.add(term)
        }
        (term, k) = (1.0, top)
        while k > 0, term > 1e-18 * sum.value {
            term *= k * (order + k) / square
            k -= 1
            sum.add(term)
        }
        let largest =
            (top == 0 ? 0 : top * log(square)) - SpecialFunctions.logGamma(top + 1).value
            - SpecialFunctions.logGamma(order + 1 + top).value
        let exponent =
            (dimension - 1) * log(r) - order * log(2) - 0.5 * (r * r + noncentrality * noncentrality) + largest
        return exp(exponent) * sum.value
    }

    /// `sqrt(2 pi x) exp(-x) I_nu(x)` for large x.
    private static func hankelSeries(_ order: Double, _ x: Double) -> Double {
        var (sum, term, k) = (CompensatedSum(1), 1.0, 0.0)
        let square = 4 * order * order
        while term.magnitude > 1e-17 && k < 100 {
            k += 1
            let odd = 2 * k - 1
            term *= (odd * odd - square) / (8 * k * x)
            sum.add(term)
        }
        return sum.value
    }
}
