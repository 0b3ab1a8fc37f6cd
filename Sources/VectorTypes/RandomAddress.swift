/// Where a stream of random numbers is read: its seed, the first of consecutive paths, a step and a component.
package struct RandomAddress: Sendable {
    package var seed: UInt64
    package var firstPath: Int
    package var step: Int
    package var component: Int
    /// What normal numbers are multiplied by: 1, or -1 for the other half of an antithetic pair.
    package var sign = 1.0

    package init(seed: UInt64, firstPath: Int, step: Int, component: Int, sign: Double = 1) {
        self.seed = seed
        self.firstPath = firstPath
        self.step = step
        self.component = component
        self.sign = sign
    }
}
