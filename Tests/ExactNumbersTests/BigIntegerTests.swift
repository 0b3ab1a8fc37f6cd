import TestSupport
import Testing

@testable import ExactNumbers

@Suite struct BigIntegerTests {
    @Test func `The ring laws hold across the border of Int`() throws {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<2000 {
            let wide = round.isMultiple(of: 2)
            let (a, b, c) =
                wide
                ? (generator.integer(), generator.integer(), generator.borderInteger())
                : (generator.borderInteger(), generator.borderInteger(), generator.borderInteger())
            #expect(a + b == b + a)
            #expect((a + b) + c == a + (b + c))
            #expect(a * b == b * a)
            #expect((a * b) * c == a * (b * c))
            #expect(a * (b + c) == a * b + a * c)
            #expect(a - a == 0)
            #expect(-(-a) == a)
            #expect((a < b) == (b - a > 0))
            #expect((a == b) == (a.stableHash == b.stableHash))
        }
    }

    @Test func `Division gives a = q d + r with |r| < |d| and the sign of a`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<4000 {
            let (a, d) = (generator.integer() * generator.borderInteger(), generator.integer())
            guard !d.isZero else {
                #expect(a.divMod(d) == nil)
                continue
            }
            let (q, r) = try #require(a.divMod(d))
            #expect(q * d + r == a)
            #expect(r.magnitude < d.magnitude)
            #expect(r.isZero || r.sign == a.sign)
            #expect((q * d).exactQuotient(d) == q)
        }
    }

    @Test func `Division corrects a quotient digit that was estimated one too large`() throws {
        // The estimate from three words over two is one too large here (Hacker's Delight, section 9-2, in 64-bit words).
        let u = BigInteger(isNegative: false, magnitude: Natural(words: [3, 0, 1 << 63]))
        let v = BigInteger(isNegative: false, magnitude: Natural(words: [1, 0, 1 << 61]))
        let (q, r) = try #require(u.divMod(v))
        #expect(q == 3)
        #expect(r == BigInteger(isNegative: false, magnitude: Natural(words: [0, 0, 1 << 61])))
        let x = BigInteger(isNegative: false, magnitude: Natural(words: [0, .max - 1, 1 << 63]))
        let y = BigInteger(isNegative: false, magnitude: Natural(words: [.max, 1 << 63]))
        let (s, t) = try #require(x.divMod(y))
        #expect(s * y + t == x)
        #expect(t < y)
    }

    @Test func `The greatest common divisor of multiples is the common factor times that of the cofactors`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let (a, b, c) = (generator.integer(), generator.integer(), generator.borderInteger())
            #expect(BigInteger.gcd(a * c, b * c) == c.magnitude * BigInteger.gcd(a, b))
        }
        #expect(BigInteger.gcd(0, 0) == 0)
        #expect(BigInteger.gcd(BigInteger(.min), 0) == -BigInteger(.min))
    }

    @Test func `A decimal string reads back as the integer it was written from`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<500 {
            let a = generator.integer()
            #expect(BigInteger(a.description) == a)
        }
        #expect(try #require(BigInteger(2).power(128)).description == "340282366920938463463374607431768211456")
        #expect(try #require(BigInteger(-10).power(37)).description == "-1" + String(repeating: "0", count: 37))
        for text in ["", "-", "+", "1 ", "0x1", "1.0", "١"] { #expect(BigInteger(text) == nil) }
    }

    @Test func `Conversion to Double rounds to nearest with ties to even`() throws {
        let two64 = try #require(BigInteger(2).power(64))
        #expect((two64 + 2048).doubleValue == 0x1p64)
        #expect((two64 + 2049).doubleValue == 0x1p64.nextUp)
        #expect((two64 + 6144).doubleValue == 0x1p64.nextUp.nextUp)
        #expect((-two64 - 2049).doubleValue == -0x1p64.nextUp)
        #expect(try #require(BigInteger(2).power(1024)).doubleValue == .infinity)
        #expect(try #require(BigInteger(2).power(1024)).exactQuotient(2)?.doubleValue == 0x1p1023)
        #expect(try #require(BigInteger(10).power(100)).doubleValue == 1e100)
        for value in [1e300, -0x1p200, 3, 0, 9007199254740993e10] {
            #expect(BigInteger(exactly: value)?.doubleValue == value)
        }
        #expect(BigInteger(exactly: 0.5) == nil)
        #expect(BigInteger(exactly: Double.nan) == nil)
    }

    @Test func `An exact root is found just where there is one`() throws {
        var generator = SeededGenerator(seed: 5)
        for n in [2, 3, 5, 7] {
            for _ in 0..<40 {
                let a = generator.integer().magnitude + 2
                let power = try #require(a.power(n))
                #expect(power.exactRoot(n) == a)
                #expect((power + 1).exactRoot(n) == nil)
                #expect((power - 1).exactRoot(n) == nil)
            }
        }
        #expect(BigInteger(-8).exactRoot(3) == nil)
        #expect(BigInteger(2).exactRoot(1000) == nil)
    }
}
