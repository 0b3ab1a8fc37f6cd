import Foundation
import Numerics
import Synchronization
import Testing

/// How many values an interpolant asks for.
struct LazyInterpolantTests {
    /// The cosine, known to nine digits.
    private func rounded(_ x: Double) -> Double { (cos(x) * 1e9).rounded() / 1e9 }

    private func evaluations(accuracy: Double) -> Int {
        let count = Mutex(0)
        let table = LazyInterpolant(width: 1, accuracy: accuracy) { x in
            count.withLock { $0 += 1 }
            return rounded(x)
        }
        for k in 0..<50 { #expect((table(Double(k) / 50) - cos(Double(k) / 50)).magnitude < 5e-9) }
        return count.withLock { $0 }
    }

    @Test func `cells are not divided for the sake of digits that are not known`() {
        #expect(evaluations(accuracy: 2e-9) == 21)
        #expect(evaluations(accuracy: 3e-13) > 1000)
    }
}
