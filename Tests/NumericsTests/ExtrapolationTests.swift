import Testing

@testable import Numerics

struct ExtrapolationTests {
    @Test func `a polynomial of a degree below the number of points is extrapolated exactly`() {
        let points = [0.8, 0.4, 0.3, -0.1]
        let values = points.map { 7 - 2 * $0 + 5 * $0 * $0 - 3 * $0 * $0 * $0 }
        #expect((Extrapolation.limit(of: values, at: points) - 7).magnitude < 1e-13)
        #expect(Extrapolation.limit(of: [2.5], at: [0.3]) == 2.5)
    }
}
