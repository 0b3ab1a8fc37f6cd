import Algebra

extension Expression {
    /// The expression with everything that decays exponentially in the time put to zero.
    ///
    /// `exp(-a t)` decays for a positive a, and `(1 - u)^(a t)` for a positive u, where u counts as smaller than 1 as it
    /// is in a moving average.
    func atLongTimes(_ time: Symbol) -> Expression {
        guard contains(time) else { return self }
        return replacingFromInside { node in
            guard case .product(_, let factors) = node.content, node.contains(time) else { return nil }
            return factors.contains { $0.decays(in: time) } ? .zero : nil
        }
    }
}

extension Expression.Factor {
    fileprivate func decays(in time: Symbol) -> Bool {
        guard exponent.contains(time), !base.contains(time) else { return false }
        let rate = exponent.derivative(by: time)
        guard !rate.contains(time) else { return false }
        if base == .e { return rate.bounds.isNegative }
        return rate.bounds.isPositive && (1 - base).bounds.isPositive
    }
}
