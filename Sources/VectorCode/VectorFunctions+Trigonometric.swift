import func Foundation.cos
import func Foundation.sin

extension VectorFunctions {
    /// sin(x).
    @inline(__always)
    package static func sine(_ x: Lanes) -> Lanes { cosineAndSine(x).sine }

    /// cos(x).
    @inline(__always)
    package static func cosine(_ x: Lanes) -> Lanes { cosineAndSine(x).cosine }

    /// cos(x) and sin(x); magnitudes beyond 10^5, where pi/2 in three parts no longer suffices, go to the library.
    @inline(__always)
    package static func cosineAndSine(_ x: Lanes) -> (cosine: Lanes, sine: Lanes) {
        guard holdsForAll(magnitude(x) .< 1e5) else { return libraryCosineAndSine(x) }
        let shifted = x * 0x1.45f306dc9c883p-1 + integerShift
        let n = shifted - integerShift
        // pi/2 in three parts; n times each of the first two is exact.
        let first = x - n * 0x1.921fb544p0
        let second = n * 0x1.0b4611a6p-34
        let high = first - second
        let low = (first - high) - second - n * 0x1.3198a2e037073p-69
        return cosineAndSine(high, low, quadrant: bits(shifted))
    }

    /// cos and sin of x + low + quadrant pi/2 for |x| <= pi/4 and a low part below the last place of x.
    @inline(__always)
    private static func cosineAndSine(_ x: Lanes, _ low: Lanes, quadrant: Bits) -> (cosine: Lanes, sine: Lanes) {
        let z = x * x
        let (c, s) = corrections(z)
        let half = 0.5 * z
        let top = 1 - half
        return rotated(
            cosine: top + (((1 - top) - half) + (z * z * c - x * low)), sine: x + (x * z * s + low * top), quadrant)
    }

    /// c and s in cos x = 1 - z/2 + z^2 c and sin x = x + x z s with z = x^2, |x| <= pi/4.
    @inline(__always)
    static func corrections(_ z: Lanes) -> (cosine: Lanes, sine: Lanes) {
        let sine = polynomial(
            z,
            [
                0x1.5e0af186af739p-33, -0x1.ae600a926c89ap-26, 0x1.71de37961e4c6p-19, -0x1.a01a019e8357dp-13,
                0x1.1111111110bb1p-7, -0x1.5555555555555p-3,
            ])
        let cosine = polynomial(
            z,
            [
                -0x1.907d7aebd5e3dp-37, 0x1.1eeb68b109173p-29, -0x1.27e4fa17a41b4p-22, 0x1.a01a019f4e867p-16,
                -0x1.6c16c16c16966p-10, 0x1.5555555555555p-5,
            ])
        return (cosine, sine)
    }

    /// cos and sin of an angle increased by quadrant pi/2: odd quadrants exchange the two, the signs are the quadrant's.
    @inline(__always)
    static func rotated(cosine: Lanes, sine: Lanes, _ quadrant: Bits) -> (cosine: Lanes, sine: Lanes) {
        let one = Bits(repeating: 1)
        let exchanged = (bits(sine) ^ bits(cosine)) & (Bits.zero &- (quadrant & one))
        let cosineSign = ((quadrant &+ one) & Bits(repeating: 2)) &<< 62
        let sineSign = (quadrant & Bits(repeating: 2)) &<< 62
        return (number(bits(cosine) ^ exchanged ^ cosineSign), number(bits(sine) ^ exchanged ^ sineSign))
    }

    @inline(never)
    private static func libraryCosineAndSine(_ x: Lanes) -> (cosine: Lanes, sine: Lanes) {
        var (c, s) = (Lanes.zero, Lanes.zero)
        for lane in x.indices {
            let one = x[lane].magnitude < 1e5 ? cosineAndSine(Lanes(repeating: x[lane])) : nil
            c[lane] = one?.cosine[0] ?? cos(x[lane])
            s[lane] = one?.sine[0] ?? sin(x[lane])
        }
        return (c, s)
    }
}
