/// 2^(j/64) for j from 0 to 63: each as the nearest double, and what that leaves out in units of it.
package enum ExponentialTable {
    /// The pairs, one after the other, which are never freed.
    package nonisolated(unsafe) static let pairs: UnsafePointer<Double> = {
        let count = 64
        let pairs = UnsafeMutablePointer<Double>.allocate(capacity: 2 * count)
        let ratio = DoubleDouble(0x1.02c9a3e778061p+0, -0x1.19083535b085dp-56)
        var power = DoubleDouble(1)
        for j in 0..<count {
            pairs[2 * j] = power.high
            pairs[2 * j + 1] = power.low / power.high
            power = power * ratio
        }
        return UnsafePointer(pairs)
    }()
}
