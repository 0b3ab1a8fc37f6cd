import TestSupport
import Testing

@testable import ExactNumbers

@Suite struct RationalTests {
    @Test func `The field laws hold across the border of Int`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let (a, b, c) = (generator.rational(), generator.rational(), generator.rational())
            #expect(a + b == b + a)
            #expect((a + b) + c == a + (b + c))
            #expect((a * b) * c == a * (b * c))
            #expect(a * (b + c) == a * b + a * c)
            #expect(a - a == 0)
            if let inverse = a.reciprocal { #expect(a * inverse == 1) } else { #expect(a.isZero) }
            #expect((a < b) == (b - a).isPositive)
            let sum = a + b
            #expect(BigInteger.gcd(sum.numerator, sum.denominator) == 1)
            #expect(sum.denominator > 0)
        }
    }

    @Test func `The inline path and the big path give the same values`() throws {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<3000 {
            let parts = (0..<4).map { _ in
                Int.random(in: 1...3, using: &generator) == 1
                    ? Int.random(in: 1...Int.max, using: &generator) : Int.random(in: 1...1000, using: &generator)
            }
            let (a, b) = (Rational(-parts[0], parts[1]), Rational(parts[2], parts[3]))
            let big = parts.map { BigInteger($0) }
            #expect(a + b == Rational(big[2] * big[1] - big[0] * big[3], big[1] * big[3]))
            #expect(a * b == Rational(-(big[0] * big[2]), big[1] * big[3]))
            #expect((a < b) && !(b < a))
        }
    }

    @Test func `A number at the border of Int keeps its one form`() {
        let least = Rational(.min)
        #expect(-(-least) == least)
        #expect(least + 1 == Rational(Int.min + 1))
        #expect(least.asInt == .min)
        #expect(Rational(.min, .min) == 1)
        #expect(Rational(1, .min) * least == 1)
        #expect((least + 1).stableHash == Rational(Int.min + 1).stableHash)
    }

    @Test func `Text is read exactly and written back`() throws {
        #expect(Rational("12") == 12)
        #expect(Rational("-3/4") == Rational(-3, 4))
        #expect(Rational("0.25") == Rational(1, 4))
        #expect(Rational("-.5") == Rational(-1, 2))
        #expect(Rational("2.") == 2)
        #expect(Rational("1e-3") == Rational(1, 1000))
        #expect(Rational("1.5E2") == 150)
        #expect(Rational("0.1")?.doubleValue == 0.1)
        for text in ["", ".", "-", "1/0", "1/", "/2", "1/-2", "1e", "1e5000", "e5", "1.2.3", "0x2", "1/2/3", "1.+5"] {
            #expect(Rational(text) == nil, "\(text)")
        }
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<300 {
            let a = generator.rational()
            #expect(Rational(a.description) == a)
        }
    }

    @Test func `Conversion to Double is correctly rounded`() throws {
        // Every double is a rational, and comes back; so does a neighbour nearer to it than half of the spacing.
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<2000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite, value.nextUp.isFinite, value.nextDown.isFinite else { continue }
            let exact = try #require(Rational(exactly: value))
            let gap = try #require(Rational(exactly: value.nextUp)) - exact
            #expect(exact.doubleValue == value)
            #expect((exact + gap * Rational(499_999_999, 1_000_000_000)).doubleValue == value)
            #expect((exact + gap * Rational(500_000_001, 1_000_000_000)).doubleValue == value.nextUp)
            let tie = (exact + gap * .half).doubleValue
            #expect(tie == value || tie == value.nextUp)
            #expect(tie.significandBitPattern & 1 == 0)
        }
        let huge = try #require(Rational(3).power(2000))
        #expect((huge * Rational(2, 3)).dividing(by: huge)?.doubleValue == 2.0 / 3)
        #expect(try #require((huge + 1).dividing(by: huge)).doubleValue == 1)
        #expect(huge.doubleValue == .infinity)
        #expect(huge.reciprocal?.doubleValue == 0)
        #expect(try #require(Rational(1, 2).power(1074)).doubleValue == .leastNonzeroMagnitude)
        #expect(try #require(Rational(1, 2).power(1075)).doubleValue == 0)
    }

    @Test func `A power is the repeated product, and is refused where it would be huge`() throws {
        let a = Rational(-3, 5)
        #expect(a.power(3) == a * a * a)
        #expect(a.power(-2) == Rational(25, 9))
        #expect(a.power(0) == 1)
        #expect(Rational.zero.power(0) == 1)
        #expect(Rational.zero.power(-1) == nil)
        #expect(Rational(2).power(65000)?.bitWidth == 65001)
        #expect(Rational(2).power(70000) == nil)
        #expect(Rational(2).power(.min) == nil)
        #expect(Rational(-1).power(.max) == -1)
        #expect(Rational(-1).power(.min) == 1)
    }

    @Test func `A root is split into a rational and the root of an integer`() throws {
        func check(_ value: Rational, _ n: Int, _ outside: Rational, _ inside: Rational) {
            let split = value.rootSplit(n)
            #expect(split.outside == outside && split.inside == inside, "\(value)^(1/\(n))")
        }
        check(8, 2, 2, 2)
        check(Rational(1, 2), 2, .half, 2)
        check(Rational(4, 9), 2, Rational(2, 3), 1)
        check(Rational(1, 4), 3, .half, 2)
        check(Rational(3, 8), 2, Rational(1, 4), 6)
        check(Rational(1_000_003 * 1_000_003), 2, 1_000_003, 1)
        check(Rational(1, 1_000_003), 2, Rational(1, 1_000_003), 1_000_003)
        check(1, 5, 1, 1)
        check(Rational(1, 2), 1_000_000_000, 1, Rational(1, 2))
        check(2, 1_000_000_000, 1, 2)
        var generator = SeededGenerator(seed: 15)
        for n in 2...6 {
            for _ in 0..<60 {
                let value = generator.rational().magnitude
                guard !value.isZero else { continue }
                let (outside, inside) = value.rootSplit(n)
                let power = try #require(outside.power(n))
                #expect(power * inside == value)
                #expect(inside.isInteger && inside.isPositive && outside.isPositive)
                for prime in [2, 3, 5, 7, 997] {
                    let divisor = try #require(Rational(prime).power(n))
                    #expect(inside.dividing(by: divisor)?.isInteger == false)
                }
            }
        }
    }

    @Test func `The floor is the largest integer below`() {
        #expect(Rational(7, 2).floor == 3)
        #expect(Rational(-7, 2).floor == -4)
        #expect(Rational(-4).floor == -4)
    }
}
