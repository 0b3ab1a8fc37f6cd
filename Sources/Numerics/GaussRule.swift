import Foundation

/// The nodes and weights of a Gaussian quadrature rule, nodes ascending.
public struct GaussRule: Sendable {
    public let nodes: [Double]
    public let weights: [Double]

    /// The rule with n nodes for the weight 1 on [-1, 1], exact for polynomials of degree 2n - 1.
    ///
    /// Newton's method from the asymptotic zeros cos(pi (k - 1/4)/(n + 1/2)) of Legendre's polynomial.
    ///
    /// - Precondition: n >= 1.
    /// - Complexity: O(n^2).
    public static func legendre(_ n: Int) -> GaussRule {
        precondition(n >= 1, "a quadrature rule has at least one node")
        var nodes = [Double](repeating: 0, count: n)
        var weights = nodes
        for k in 1...(n + 1) / 2 {
            var x = n.isMultiple(of: 2) || k <= n / 2 ? cos(.pi * (Double(k) - 0.25) / (Double(n) + 0.5)) : 0
            for _ in 0..<6 {
                let (value, slope) = legendrePolynomial(n, x)
                x -= value / slope
            }
            let slope = legendrePolynomial(n, x).slope
            let weight = 2 / ((1 - x) * (1 + x) * slope * slope)
            (nodes[k - 1], nodes[n - k]) = (-x, x)
            (weights[k - 1], weights[n - k]) = (weight, weight)
        }
        return GaussRule(nodes: nodes, weights: weights)
    }

    private static func legendrePolynomial(_ n: Int, _ x: Double) -> (value: Double, slope: Double) {
        var (previous, value) = (1.0, x)
        for k in stride(from: 2, through: n, by: 1) {
            let m = Double(k)
            (previous, value) = (value, x * value + (m - 1) / m * (x * value - previous))
        }
        return (value, Double(n) * (previous - x * value) / ((1 - x) * (1 + x)))
    }

    /// The rule with n nodes for the standard normal law: sum w_k f(z_k) approximates E f(Z); the weights add to 1.
    ///
    /// The zeros of the n-th orthonormal Hermite polynomial, separated by Sturm's sequence and polished by Newton's
    /// method; the weights are 1/sum_k h_k(z)^2, a sum of positive terms, so that small ones are accurate too.
    ///
    /// - Precondition: 1 <= n <= 300, the range in which no polynomial value overflows.
    /// - Complexity: O(n^2).
    public static func hermite(_ n: Int) -> GaussRule {
        precondition((1...300).contains(n), "a Gauss-Hermite rule has 1 to 300 nodes")
        let edge = 2 * Double(n).squareRoot() + 1
        var nodes = [Double](repeating: 0, count: n)
        var weights = nodes
        for k in 0..<n / 2 {
            var (lower, upper) = (0.0, edge)
            // The k-th largest zero has exactly k zeros above it.
            for _ in 0..<26 {
                let middle = 0.5 * (lower + upper)
                if hermiteZeros(above: middle, n) > k { lower = middle } else { upper = middle }
            }
            var x = 0.5 * (lower + upper)
            for _ in 0..<4 {
                let (value, previous, _) = hermitePolynomial(n, x)
                x -= value / (Double(n).squareRoot() * previous)
            }
            let weight = 1 / hermitePolynomial(n, x).squares
            (nodes[k], nodes[n - 1 - k]) = (-x, x)
            (weights[k], weights[n - 1 - k]) = (weight, weight)
        }
        if !n.isMultiple(of: 2) { weights[n / 2] = 1 / hermitePolynomial(n, 0).squares }
        return GaussRule(nodes: nodes, weights: weights)
    }

    /// h_n(x), h_(n-1)(x) and the sum of the squares of h_0(x) to h_(n-1)(x).
    private static func hermitePolynomial(
        _ n: Int, _ x: Double
    ) -> (value: Double, previous: Double, squares: Double) {
        var (previous, value, squares) = (0.0, 1.0, 0.0)
        for k in 0..<n {
            squares += value * value
            (previous, value) = (
                value, (x * value - Double(k).squareRoot() * previous) / Double(k + 1).squareRoot()
            )
        }
        return (value, previous, squares)
    }

    private static func hermiteZeros(above x: Double, _ n: Int) -> Int {
        var (previous, value, changes) = (0.0, 1.0, 0)
        for k in 0..<n {
            let next = (x * value - Double(k).squareRoot() * previous) / Double(k + 1).squareRoot()
            if (next < 0) != (value < 0) { changes += 1 }
            (previous, value) = (value, next)
        }
        return changes
    }
}
