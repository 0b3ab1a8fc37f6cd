import Algebra
import ExactNumbers

/// Bounds on the weights of residuals that are not written out.
extension Certificate.Input {
    /// The product of the sizes of the drift and of an entry of the covariance beyond which residuals are not written out.
    private static let largestResidual = 150_000

    /// Whether residuals would be too long to be written out.
    var isLong: Bool {
        let entries = covariance.flatMap { $0.map(\.size) } + drift.map(\.size)
        return drift.map(\.size).reduce(0, +) * (entries.max() ?? 0) > Self.largestResidual
    }

    /// What `E D2` and `(d_t + b . grad) b` are at least.
    func leastWeight(ofMean state: Int, _ sizes: [Symbol: Weight]) -> Weight {
        let moved = increments.first[state].weight(sizes) + growth(alongStatesOf: [drift[state]], sizes)
        return moved.meet(increments.second[state].weight(sizes)) + 2
    }

    /// What `E D1 D2^T` and the terms of order `eta^3` of the model's second moment are at least: a product of two
    /// increments, and a third one by the state along which they change; and what lies between D1 and D2.
    func leastWeight(ofProduct a: Int, _ c: Int, _ sizes: [Symbol: Weight]) -> Weight {
        let (first, second) = (increments.first.map { $0.weight(sizes) }, increments.second.map { $0.weight(sizes) })
        let moved = first[a] + first[c] + growth(alongStatesOf: [drift[a], drift[c], covariance[a][c]], sizes)
        let between = [(a, c), (c, a)].filter { !increments.intermediate[$0.1].isZero }.map { own, other in
            first[own] + increments.intermediate[other].weight(sizes) + 2
        }
        return between.reduce(moved.meet(first[a] + second[c]).meet(first[c] + second[a]) + 3) { $0.meet($1) }
    }

    /// The least weight of an increment of a state, the position among them, on which one of the quantities depends; zero
    /// where all are larger.
    private func growth(alongStatesOf quantities: [Expression], _ sizes: [Symbol: Weight]) -> Weight {
        var result = Weight.zero
        for (state, increment) in zip(moments.states, increments.first)
        where state.role == .position || quantities.contains(where: { $0.contains(named: state) }) {
            result = result.meet(increment.weight(sizes))
        }
        return result
    }
}

extension Expression {
    /// Whether the expression has no real zero: by its bounds, or as a quadratic in one symbol.
    var vanishesNowhere: Bool {
        if bounds.excludesZero { return true }
        guard case .sum = content, size <= 200 else { return false }
        return symbols.sorted().contains { symbol in
            guard let c = polynomial(in: symbol, degree: 2), c.count == 3 else { return false }
            let discriminant = try? (c[1] ** 2 - 4 * c[0] * c[2]).expanded()
            return discriminant?.bounds.isNegative == true
        }
    }

    /// The expression as it is printed: cancelled where it is short enough for that.
    var written: Expression { size <= 2000 ? sumsCancelled : self }

    /// Whether the state of some coordinate occurs.
    fileprivate func contains(named state: Symbol) -> Bool {
        symbols.contains { $0.name == state.name && $0.role == state.role }
    }
}
