import Testing

@testable import Algebra

struct CancellationTests {
    private static let m = Expression(Symbol("m"))
    private static let v = Expression(Symbol("v", bounds: .positive))
    private static let f = Expression(Symbol("f"))

    @Test func `a sum is multiplied out where that cancels, inside of products and powers too`() {
        let (m, v, f) = (Self.m, Self.v, Self.f)
        let root = sqrt(v) + 1
        let cancelled = (m ** 3 - m * (m ** 2 + 1)).sumsCancelled
        #expect(cancelled == -m)
        let numerator = (f * sqrt(v) - f * root + f) / root ** 3
        #expect(numerator.sumsCancelled.isZero)
        let inRoot = sqrt(v + m * (m + f) - m ** 2 - m * f).sumsCancelled
        #expect(inRoot == sqrt(v))
    }

    @Test func `what would grow stays as it is`() {
        let product = (Self.m + Self.v) ** 5 * (Self.f + Self.v) + 1
        #expect(product.sumsCancelled == product)
    }
}
