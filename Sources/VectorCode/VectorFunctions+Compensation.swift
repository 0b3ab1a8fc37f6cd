/// What roundings lost, and values corrected for it.
extension VectorFunctions {
    /// a + b - fl(a + b), exact (Knuth 1969).
    @inline(__always)
    package static func sumError(_ a: Lanes, _ b: Lanes) -> Lanes {
        let s = a + b
        let t = s - a
        return (a - (s - t)) + (b - t)
    }

    /// a b - fl(a b), exact where nothing over- or underflows; NaN where the splitting overflows (Dekker 1971).
    @inline(__always)
    package static func productError(_ a: Lanes, _ b: Lanes) -> Lanes {
        let (u, v) = (134_217_729 * a, 134_217_729 * b)
        let (aHigh, bHigh) = (u - (u - a), v - (v - b))
        let (aLow, bLow) = (a - aHigh, b - bHigh)
        return ((aHigh * bHigh - a * b) + aHigh * bLow + aLow * bHigh) + aLow * bLow
    }

    /// a + a b for a small b, as where a function has a as its value and b as the relative change that its argument's
    /// rounding brought about; a where b is not small.
    @inline(__always)
    package static func corrected(_ a: Lanes, by b: Lanes) -> Lanes {
        a.replacing(with: a + a * b, where: magnitude(b) .< 1)
    }

    /// erfc(u + c) from a = erfc(u) for a small c.
    ///
    /// It is a (1 - c m), where m = 2 exp(-u^2)/(sqrt(pi) erfc(u)) is close to u + sqrt(u^2 + 4/pi) in the upper tail;
    /// below 1/2 the correction is below the last place.
    @inline(__always)
    package static func correctedComplement(_ a: Lanes, at u: Lanes, by c: Lanes) -> Lanes {
        let isTail = u .>= 0.5
        guard !holdsForAll(.!isTail) else { return a }
        let shift = c * (u + magnitude(u * u + 1.2732395447351628).squareRoot())
        return a.replacing(with: a - a * shift, where: isTail .& (magnitude(shift) .< 0.5))
    }
}
