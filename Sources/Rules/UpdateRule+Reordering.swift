import Algebra

extension UpdateRule {
    /// The same rule with its states listed in another order.
    ///
    /// - Parameter order: a permutation of the indices of ``states``; any other sequence leaves the rule as it is.
    public func withStates(in order: [Int]) -> UpdateRule {
        guard order.sorted() == Array(states.indices) else { return self }
        return UpdateRule(self, states: order.map { states[$0] }, updates: order.map { updates[$0] })
    }

    private init(_ rule: UpdateRule, states: [State], updates: [Expression]) {
        name = rule.name
        about = rule.about
        source = rule.source
        stepSize = rule.stepSize
        parameters = rule.parameters
        schedules = rule.schedules
        self.states = states
        gradient = rule.gradient
        noise = rule.noise
        noiseScale = rule.noiseScale
        diffusion = rule.diffusion
        correlatesNoise = rule.correlatesNoise
        secondGradient = rule.secondGradient
        lines = rule.lines
        self.updates = updates
    }
}
