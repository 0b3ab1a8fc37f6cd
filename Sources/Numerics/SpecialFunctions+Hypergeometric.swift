import Foundation

extension SpecialFunctions {
    /// Gauss's hypergeometric function 2F1(a, b; c; x) for real x <= 1; NaN where it is infinite or c is a pole.
    ///
    /// The power series within |x| <= 1/2; a polynomial where the series ends; Pfaff's transformation for other
    /// negative x; and from 1/2 towards the singularity at 1, Taylor series of the differential equation whose centres
    /// halve the distance (Abramowitz and Stegun 15.3.4 and 15.5.1). No case distinguishes integer differences of the
    /// parameters. Relative error about 1e-15 times the parameters' size.
    ///
    /// - Complexity: O(log(1 - x)) series of about sixty terms.
    public static func hypergeometric2F1(_ a: Double, _ b: Double, _ c: Double, _ x: Double) -> Double {
        guard !(a.isNaN || b.isNaN || c.isNaN), x <= 1 else { return .nan }
        if x == 0 || a == 0 || b == 0 { return 1 }
        if isNonpositiveInteger(a) || isNonpositiveInteger(b) {
            let degree = -(isNonpositiveInteger(a) ? (isNonpositiveInteger(b) ? max(a, b) : a) : b)
            if isNonpositiveInteger(c) && -c < degree { return .nan }
            return gaussSeries(a, b, c, x)
        }
        if isNonpositiveInteger(c) { return .nan }
        if x.magnitude <= 0.5 { return gaussSeries(a, b, c, x) }
        if x == 1 {
            guard c - a - b > 0 else { return .nan }
            return gammaQuotient([c, c - a - b], over: [c - a, c - b])
        }
        if x > 0 { return continuedTowardsOne(a, b, c, distance: 1 - x) }
        if x == -.infinity { return min(a, b) > 0 ? 0 : .nan }
        // Of the two forms of Pfaff's transformation, the one whose series has only positive terms, where there is one
        // and it does not overflow; else the one whose series stays bounded at 1.
        let (small, large) = (min(a, b), max(a, b))
        let positive = large > 0 && c > max(0, small) && large * log1p(-x) < 600
        let (kept, exchanged) = positive ? (large, small) : (small, large)
        let prefactor = exp(-kept * log1p(-x))
        if x >= -1 { return prefactor * gaussSeries(kept, c - exchanged, c, x / (x - 1)) }
        return prefactor * continuedTowardsOne(kept, c - exchanged, c, distance: 1 / (1 - x))
    }

    /// Kummer's confluent hypergeometric function 1F1(a; b; x); NaN where b is zero or a negative integer.
    ///
    /// The power series, after Kummer's transformation for negative x, and the asymptotic series for |x| > 60
    /// (Abramowitz and Stegun 13.1.27, 13.5.1).
    public static func kummer1F1(_ a: Double, _ b: Double, _ x: Double) -> Double {
        guard !isNonpositiveInteger(b), !a.isNaN, !b.isNaN, !x.isNaN else { return .nan }
        if x == 0 || a == 0 { return 1 }
        if isNonpositiveInteger(a) { return confluentSeries(a, b, x) }
        if isNonpositiveInteger(b - a) { return exp(x) * confluentSeries(b - a, b, -x) }
        if x.magnitude > 60, let value = asymptotic1F1(a, b, x) { return value }
        return x > 0 ? confluentSeries(a, b, x) : exp(x) * confluentSeries(b - a, b, -x)
    }

    static func isNonpositiveInteger(_ x: Double) -> Bool { x <= 0 && x == x.rounded() }

    private static func gaussSeries(_ a: Double, _ b: Double, _ c: Double, _ x: Double) -> Double {
        var (sum, term, n) = (CompensatedSum(1), 1.0, 0.0)
        repeat {
            term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * x
            sum.add(term)
            n += 1
        } while term != 0 && n < 100_000 && !(term.magnitude <= 1e-18 * sum.value.magnitude && n > -c)
        return sum.value
    }

    private static func confluentSeries(_ a: Double, _ b: Double, _ x: Double) -> Double {
        var (sum, term, n) = (CompensatedSum(1), 1.0, 0.0)
        repeat {
            term *= (a + n) / ((b + n) * (n + 1)) * x
            sum.add(term)
            n += 1
        } while term != 0 && n < 100_000 && !(term.magnitude <= 1e-18 * sum.value.magnitude && n > x.magnitude)
        return sum.value
    }

    /// F(a, b; c; 1 - w) for w < 1/2 from the values at w = 1/2.
    ///
    /// In w the equation reads w(1 - w) F'' + (d - (a + b + 1) w) F' - a b F = 0 with d = a + b + 1 - c. Around a centre
    /// the nearest singularity is w = 0, so that a step to half of w uses half of the radius of convergence.
    private static func continuedTowardsOne(_ a: Double, _ b: Double, _ c: Double, distance: Double) -> Double {
        let d = a + b + 1 - c
        let e = a + b + 1
        var w = 0.5
        var value = gaussSeries(a, b, c, 0.5)
        var slope = -a * b / c * gaussSeries(a + 1, b + 1, c + 1, 0.5)
        while w > distance {
            let next = max(distance, 0.5 * w)
            let h = next - w
            // The coefficients are scaled by the powers of h as they are made.
            var (current, following) = (value, slope * h)
            var (sum, weighted) = (CompensatedSum(current), CompensatedSum())
            for index in 0..<400 {
                let n = Double(index)
                sum.add(following)
                weighted.add((n + 1) * following)
                let scale = h / (w * (1 - w) * (n + 2))
                let after =
                    scale * ((n + a) * (n + b) / (n + 1) * h * current - ((1 - 2 * w) * n + d - e * w) * following)
                (current, following) = (following, after)
                if n > 8 && (n + 2) * (current.magnitude + following.magnitude) <= 1e-18 * sum.value.magnitude { break }
            }
            value = sum.value
            slope = weighted.value / h
            w = next
        }
        return value
    }

    /// The asymptotic series, or nil where its terms do not become negligible before they grow.
    private static func asymptotic1F1(_ a: Double, _ b: Double, _ x: Double) -> Double? {
        let (p, q) = x > 0 ? (b - a, 1 - a) : (a, a - b + 1)
        let size = x.magnitude
        var (sum, term, n) = (CompensatedSum(1), 1.0, 0.0)
        while term.magnitude > 1e-17 * sum.value.magnitude {
            let ratio = (p + n) * (q + n) / ((n + 1) * size)
            if ratio.magnitude > 0.9 { return nil }
            term *= ratio
            sum.add(term)
            n += 1
        }
        if x < 0 { return gammaQuotient([b], over: [b - a]) * pow(size, -a) * sum.value }
        // Half of the exponential at a time: the product may be finite where exp(x) is not.
        return exp(0.5 * x) * (gammaQuotient([b], over: [a]) * pow(size, a - b)) * sum.value * exp(0.5 * x)
    }

    /// A quotient of products of gamma functions, zero where a denominator has a pole.
    private static func gammaQuotient(_ numerator: [Double], over denominator: [Double]) -> Double {
        if (numerator + denominator).allSatisfy({ $0.magnitude < 80 }) {
            return numerator.reduce(1) { $0 * tgamma($1) } * denominator.reduce(1) { $0 * reciprocalGamma($1) }
        }
        if denominator.contains(where: isNonpositiveInteger) { return 0 }
        var (exponent, sign) = (0.0, 1.0)
        for x in numerator {
            let (value, s) = logGamma(x)
            (exponent, sign) = (exponent + value, sign * s)
        }
        for x in denominator {
            let (value, s) = logGamma(x)
            (exponent, sign) = (exponent - value, sign * s)
        }
        return sign * exp(exponent)
    }
}
