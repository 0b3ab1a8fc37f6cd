extension UpdateRule {
    /// The same rule with its states listed in another order.
    ///
    /// - Parameter order: a permutation of the indices of ``states``; any other sequence leaves the rule as it is.
    public func withStates(in order: [Int]) -> UpdateRule {
        guard order.sorted() == Array(states.indices) else { return self }
        var rule = self
        rule.states = order.map { states[$0] }
        rule.updates = order.map { updates[$0] }
        return rule
    }
}
