import VectorTypes

extension VectorFunctions {
    /// erf(x).
    @inline(__always)
    package static func errorFunction(_ x: Lanes) -> Lanes { errorFunction(x, core: errorCore(x)) }

    /// erfc(x) = 1 - erf(x), accurate also where it is small.
    @inline(__always)
    package static func errorComplement(_ x: Lanes) -> Lanes {
        let tail = errorComplement(x, core: errorCore(x))
        return tail.replacing(with: 2 - tail, where: x .< 0)
    }

    /// What erf(x) and erfc(|x|) are both made from, to the same bits: erf(x) where |x| is below ``nearBound``, and elsewhere
    /// erfc(|x|) with the sign of x.
    @inline(__always)
    package static func errorCore(_ x: Lanes) -> Lanes {
        let a = magnitude(x)
        if holdsForAll(a .< tableBound) { return withSign(of: x, tabulatedError(a)) }
        let table = tabulatedError(a.replacing(with: 0, where: .!(a .< tableBound)))
        let core = errorComplementTail(a).replacing(with: table, where: a .< tableBound)
        return withSign(of: x, core).replacing(with: x, where: x .!= x)
    }

    /// erf(x) from its core.
    @inline(__always)
    package static func errorFunction(_ x: Lanes, core: Lanes) -> Lanes {
        let isNear = magnitude(x) .< nearBound
        return (withSign(of: x, Lanes(repeating: 1)) - core).replacing(with: core, where: isNear)
    }

    /// erfc(|x|) from the core of x.
    @inline(__always)
    package static func errorComplement(_ x: Lanes, core: Lanes) -> Lanes {
        let size = magnitude(core)
        return size.replacing(with: 1 - size, where: magnitude(x) .< nearBound)
    }

    @inline(__always)
    private static var nearBound: Double { ErrorFunctionTable.nearBound }

    /// From here on erfc is computed by ``errorComplementTail(_:)``.
    @inline(__always)
    private static var tableBound: Double { 4 }

    /// erf(a) or erfc(a) for 0 <= a < 4 by the polynomial of the nearest multiple of 1/64.
    @inline(__always)
    private static func tabulatedError(_ a: Lanes) -> Lanes {
        // Added to a, it leaves the nearest multiple of 1/64, whose number stands in the low bits of the sum.
        let shift = 0x1.8p46
        let shifted = a + shift
        let h = a - (shifted - shift)
        let first = (bits(shifted) & Bits(repeating: 0x1FF)) &* Bits(repeating: UInt64(ErrorFunctionTable.rowLength))
        let (c4, c5, c6, c7) = quadruples(of: Tables.errors, at: first, plus: 4)
        let (c0, c1, c2, c3) = quadruples(of: Tables.errors, at: first, plus: 0)
        let p = (((((c7 * h + c6) * h + c5) * h + c4) * h + c3) * h + c2) * h + c1
        // Where erf is small, a derivative of 1 apart leaves less to round.
        let lead = h.replacing(with: 0, where: a .>= nearBound)
        return c0 + (lead + h * p)
    }

    /// erfc(a) for a >= 4: exp(-a^2) (1 + P(q))/(1 + 2a) with q = (a - 3)/(a + 3).
    ///
    /// The form follows Schonfelder, "Chebyshev expansions for the error and related functions", 1978.
    @inline(__always)
    private static func errorComplementTail(_ x: Lanes) -> Lanes {
        // Beyond 28 the value is zero.
        let a = x.replacing(with: 28, where: .!(x .< 28))
        let q = (a - 3) / (a + 3)
        let p = splitPolynomial(
            q,
            [
                -0x1.58114d09200c9p-26, 0x1.12769de8cbe65p-25, 0x1.f1eda977327b7p-24, -0x1.2a74a0a861ecbp-23,
                -0x1.512c86f222e7ep-21, 0x1.816ce12702c06p-22, 0x1.d2bbe2b573084p-19, -0x1.89c8d4acd8561p-21,
                -0x1.514112da11664p-16, 0x1.4c342fe0cf71bp-18, 0x1.065a53caaeacbp-13, -0x1.b912a4629b1a3p-14,
                -0x1.98db51ba8add5p-11, 0x1.ef1bdda0d7287p-10, 0x1.4b884e4627e59p-9, -0x1.8574c40c2d4a5p-6,
                0x1.17ca2877f0b51p-4, -0x1.e88b803a4866ap-4, 0x1.098366a5b46c3p-3, -0x1.85a15c58aa623p-5,
                -0x1.15c084bb9e8f3p-3, 0x1.03148b5f9261dp-2,
            ])
        // The square of the upper half of a is exact; what it leaves out is the low part of the exponent.
        let top = head(a)
        let divisor = 1 + 2 * a
        // What the sum lost; the bits of the divisor give a reciprocal that is good enough for it.
        let lost = (2 * a - (divisor - 1)) * number(Bits(repeating: 0x7FDE_6238_22FC_16E6) &- bits(divisor))
        return exponential(-top * top, low: (top - a) * (top + a), over: divisor, changedBy: p - lost)
    }
}
