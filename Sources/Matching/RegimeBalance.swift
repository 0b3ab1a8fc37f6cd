import Algebra
import ExactNumbers
import Probability
import Rules

/// Finds the sizes of the states that were not given one, and the time of a step.
///
/// A state with the linear damping `-r y` driven by terms of mean M and variance V settles at the size of `M/r` or, where
/// that is larger, `sqrt(V/r)`; one without damping grows to `M n` or `sqrt(V n)` in the `n = eta^-tau` steps
/// in which the position moves by an amount of order 1. Sizes depend on each other, and are iterated to a fixed point.
struct RegimeBalance {
    let states: [Symbol]
    /// D of each state, powers with the step index and schedules held as symbols of order 1.
    let increments: [Expression]
    let moments: OneStepMoments
    let stepSize: Symbol
    /// The sizes that are given.
    let given: [Symbol: Weight]
    /// The size of the scale of the noise.
    let noise: Weight

    struct Result {
        /// The sizes of all states.
        let states: [Weight]
        let stepTime: Rational
        /// The time of each state at zeta = 0, nil where it does not move.
        let times: [Rational?]
        /// The time in which the noise alone moves each state, and in which the drift moves the position.
        let noiseTimes: [Rational?]
        let driftTime: Rational?
        /// The weight of each increment relative to the state.
        let increments: [Weight]
    }

    /// Terms beyond this weight are taken for zero.
    private static let largestWeight = 8
    private static let mostIterations = 12

    /// What is found at one end of the range of zeta.
    private struct Solution {
        let sizes: [Rational]
        let time: Rational
        let means: [Rational?]
        let noises: [Rational?]
        let moves: [Rational]
    }

    func result() throws(DerivationError) -> Result {
        let start = try solution(.ungraded)
        let end = given.values.allSatisfy(\.slope.isZero) ? start : try solution(.graded)
        func joined(_ a: [Rational], _ b: [Rational]) -> [Weight] {
            zip(a, b).map { Weight($0, slope: $1 - $0) }
        }
        return Result(
            states: joined(start.sizes, end.sizes), stepTime: start.time,
            times: zip(start.means, start.noises).map { [$0, $1].compactMap { $0 }.min() },
            noiseTimes: start.noises, driftTime: start.means[0], increments: joined(start.moves, end.moves))
    }

    private func solution(_ end: RegimeScale.End) throws(DerivationError) -> Solution {
        var sizes = states.map { given[$0]?.value(at: end == .graded ? 1 : 0) ?? .zero }
        var time: Rational = 1
        var past: [Rational] = []
        for _ in 0..<RegimeBalance.mostIterations {
            let (oldSizes, oldTime) = (sizes, time)
            for index in states.indices.dropFirst() where given[states[index]] == nil {
                if let size = try size(of: index, sizes, time, end) { sizes[index] = size }
            }
            let own = [try meanTime(0, sizes, end), try noiseTime(0, sizes, end)].compactMap { $0 }.min()
            guard let own else {
                throw .noRegime(reason: "the position does not move to the order considered")
            }
            time = own
            if sizes == oldSizes && time == oldTime {
                var (means, noises): ([Rational?], [Rational?]) = ([], [])
                var moves: [Rational] = []
                for index in states.indices {
                    means.append(try meanTime(index, sizes, end))
                    noises.append(try noiseTime(index, sizes, end))
                    let unseen = Rational(RegimeBalance.largestWeight)
                    moves.append(try leading(index, sizes, end).map { $0 - sizes[index] } ?? unseen)
                }
                return Solution(sizes: sizes, time: time, means: means, noises: noises, moves: moves)
            }
            // A state that grows with the number of steps makes the time converge like a geometric series (Aitken).
            past.append(time)
            if past.count == 3 {
                let (first, second) = (past[1] - past[0], past[2] - past[1])
                if let limit = (first * first).dividing(by: second - first) { time = past[0] - limit }
                past = []
            }
        }
        throw .noRegime(
            reason: "the sizes of \(states.dropFirst().map(\.name).joined(separator: ", ")) do not settle: "
                + "the terms that drive them and those that damp them never balance; give their sizes")
    }

    /// The time in which the mean increment moves a state by its own size.
    private func meanTime(_ index: Int, _ sizes: [Rational], _ end: RegimeScale.End) throws(DerivationError)
        -> Rational?
    {
        try mean(of: increments[index], index, sizes, end).map { $0 - sizes[index] }
    }

    /// The time in which the noise moves a state by its own size.
    private func noiseTime(
        _ index: Int, _ sizes: [Rational], _ end: RegimeScale.End
    ) throws(DerivationError) -> Rational? {
        try variance(of: increments[index], index, sizes, end).map { $0 - 2 * sizes[index] }
    }

    private func scale(_ sizes: [Rational], isRandom: Bool) -> RegimeScale {
        var all = given
        for (state, size) in zip(states, sizes) { all[state] = Weight(size) }
        // The draw is of the size of its mean or of its noise, whichever is the larger.
        if isRandom { all[moments.draw.symbol] = noise.meet(.zero) }
        return RegimeScale(stepSize: stepSize, sizes: all)
    }

    private func terms(
        of expression: Expression, _ sizes: [Rational], _ end: RegimeScale.End, upTo weight: Int, state: Symbol
    ) throws(DerivationError) -> [RegimeScale.Term] {
        do {
            return try scale(sizes, isRandom: expression.contains(moments.draw.symbol))
                .terms(of: expression, end, upTo: Rational(weight))
        } catch {
            throw .cannotExpand(state: state, increment: expression, reason: "\(error)")
        }
    }

    /// The least weight of an expression, looked for among ever smaller terms; nil where there are none.
    private func leadingWeight(
        of expression: Expression, _ sizes: [Rational], _ end: RegimeScale.End, upTo weight: Int, state: Symbol
    ) throws(DerivationError) -> Rational? {
        let scale = scale(sizes, isRandom: expression.contains(moments.draw.symbol))
        for order in stride(from: 1, through: weight, by: 1) {
            do {
                let term = try scale.leadingTerm(of: expression, end, upTo: Rational(order))
                if let term { return term.weight }
            } catch { throw .cannotExpand(state: state, increment: expression, reason: "\(error)") }
        }
        return nil
    }

    /// The least weight of an increment as a random quantity.
    private func leading(_ index: Int, _ sizes: [Rational], _ end: RegimeScale.End) throws(DerivationError) -> Rational?
    {
        try leadingWeight(of: increments[index], sizes, end, upTo: RegimeBalance.largestWeight, state: states[index])
    }

    /// The weight of the mean; nil where it is zero as far as terms are looked at.
    private func mean(
        of increment: Expression, _ index: Int, _ sizes: [Rational], _ end: RegimeScale.End
    ) throws(DerivationError) -> Rational? {
        if increment.isZero { return nil }
        for order in 1...RegimeBalance.largestWeight {
            var least: Rational?
            for term in try terms(of: increment, sizes, end, upTo: order, state: states[index]) {
                // A mean is never larger than the random quantity.
                if let least, term.weight >= least { break }
                let mean = try moments.expectation(of: term.expression, state: states[index])
                let found = try leadingWeight(of: mean, sizes, end, upTo: order, state: states[index])
                least = [least, found].compactMap { $0 }.min()
            }
            if let least { return least }
        }
        return nil
    }

    /// The weight of the variance of the leading random term; nil where there is none.
    private func variance(
        of increment: Expression, _ index: Int, _ sizes: [Rational], _ end: RegimeScale.End
    ) throws(DerivationError) -> Rational? {
        guard increment.contains(moments.draw.symbol) else { return nil }
        for order in 1...RegimeBalance.largestWeight {
            for term in try terms(of: increment, sizes, end, upTo: order, state: states[index])
            where term.expression.contains(moments.draw.symbol) {
                let state = states[index]
                let variance = try moments.covariance(term.expression, term.expression, states: (state, state))
                let found = try leadingWeight(of: variance, sizes, end, upTo: 4 * order, state: state)
                if let found { return found }
            }
        }
        return nil
    }

    /// The size at which a state settles.
    private func size(
        of index: Int, _ sizes: [Rational], _ time: Rational, _ end: RegimeScale.End
    ) throws(DerivationError) -> Rational? {
        let state = states[index]
        let damping = -((try? increments[index].derivative(by: state).simplified().expanded()) ?? .zero)
        guard !damping.contains(state), !damping.contains(moments.draw.symbol) else {
            return try nonlinearSize(of: index, sizes, end)
        }
        let rest = increments[index].substituting(state, by: .zero)
        let rate = try mean(of: damping, index, sizes, end) ?? time
        let drift = try mean(of: rest, index, sizes, end).map { $0 - rate }
        let noise = try variance(of: rest, index, sizes, end).map { ($0 - rate) * .half }
        return [drift, noise].compactMap { $0 }.min()
    }

    /// The size at which the leading mean increment has terms of different powers of the state, nearest to order 1.
    private func nonlinearSize(
        of index: Int, _ sizes: [Rational], _ end: RegimeScale.End
    ) throws(DerivationError) -> Rational? {
        let state = states[index]
        for half in 0...12 {
            for sign in half == 0 ? [1] : [-1, 1] {
                var trial = sizes
                trial[index] = Rational(half * sign, 2)
                // A size at which the rule has no series is none at which it balances.
                guard let leading = try? leadingMean(index, trial, end), leading.contains(state) else { continue }
                let powers = (try? leading.collected(by: state)) ?? nil
                if powers == nil || (powers?.count ?? 0) > 1 { return trial[index] }
            }
        }
        return nil
    }

    private func leadingMean(
        _ index: Int, _ sizes: [Rational], _ end: RegimeScale.End
    ) throws(DerivationError) -> Expression? {
        guard let weight = try mean(of: increments[index], index, sizes, end) else { return nil }
        let order = Swift.max(1, weight.floor.asInt.map { $0 + 1 } ?? 1)
        let parts = try terms(of: increments[index], sizes, end, upTo: order, state: states[index])
        var sum: [Expression] = []
        for part in parts { sum.append(try moments.expectation(of: part.expression, state: states[index])) }
        return try terms(of: Expression.sum(of: sum), sizes, end, upTo: order, state: states[index])
            .first { $0.weight == weight }?.expression
    }
}
