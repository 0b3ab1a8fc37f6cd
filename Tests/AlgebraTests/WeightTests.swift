import ExactNumbers
import Testing

@testable import Algebra

@Suite struct WeightTests {
    @Test func `An order statement holds always, never, or for a range of zeta`() {
        #expect(Weight(2).holds(atLeast: 2) == .always)
        #expect(Weight(3, slope: -2).holds(atLeast: 2) == .upTo(.half))
        #expect(Weight(2, slope: -1).holds(atLeast: 2) == .never)
        #expect(Weight(1, slope: 2).holds(atLeast: 2) == .from(.half))
        #expect(Weight(1, slope: 1).holds(atLeast: 2) == .never)
        #expect(Weight(3, slope: -1).holds(atLeast: 2) == .always)
        #expect(Weight(1).holds(atLeast: 2) == .never)
    }

    @Test func `Weights are ordered where they are for every zeta`() {
        let (a, b) = (Weight(1), Weight(2, slope: -2))
        #expect(!a.isAtLeast(b) && !b.isAtLeast(a))
        #expect(a.meet(b) == Weight(1, slope: -1))
        #expect(Weight(1, slope: -1).isPositive && Weight(0, slope: -1).isNegative)
        #expect(!Weight(1, slope: -2).isPositive && !Weight(1, slope: -2).isNegative)
    }

    @Test func `A weight is written as an affine function and read from an exponent`() {
        let cases: [(Weight, String)] = [
            (2, "2"), (Weight(3, slope: -2), "3 - 2 zeta"), (Weight(0, slope: .half), "zeta/2"),
            (Weight(.half, slope: 1), "1/2 + zeta"), (Weight(0, slope: Rational(-3, 2)), "-3 zeta/2"),
        ]
        for (weight, text) in cases {
            #expect(weight.description == text)
            #expect(Weight(weight.expression) == weight)
        }
        #expect(Weight(Expression(Symbol("x"))) == nil)
    }
}
