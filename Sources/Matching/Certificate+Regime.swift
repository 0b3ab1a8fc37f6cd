import Algebra
import ExactNumbers
import Probability
import Rules

extension Certificate {
    /// The conditions for weak order 1 on the time of a regime, with the step h = eta^tau.
    ///
    /// Moments of one step, of the states divided by their sizes, have to agree to O(h^2) up to the third, and the fourth
    /// has to be of that order (Mil'shtein 1986, Theorem 2). Where the noise dominates, a step is of the size of the root
    /// of h, so that the third moments are compared and not just bounded.
    init(of model: RegimeModel, _ expansion: RegimeExpansion, kept: [Bool]) throws(DerivationError) {
        let conditions = RegimeConditions(model: model, expansion: expansion, kept: kept)
        let states = expansion.states
        let bound = Certificate.power(2 * expansion.stepTime)
        order = 1
        stepTime = expansion.stepTime
        let dropped = conditions.dropped
        level = dropped.isEmpty ? .m1c : .m1
        let growth = zip(states, expansion.increments.first).map { state, increment in
            (state: state, degree: Growth(of: increment, in: expansion.moments.draw.symbol).degree)
        }
        requiredMoments = Certificate.requiredMoments(growth, expansion.moments.draw.law, power: 4)
        self.conditions = [
            Condition(
                number: 1, statement: "|E Δ - E D| = O(\(bound))", residuals: try conditions.firstMoments()),
            Condition(
                number: 2, statement: "|E ΔΔᵀ - E DDᵀ| = O(\(bound))", residuals: try conditions.secondMoments()),
            Condition(
                number: 3, statement: "|E ΔΔΔ - E DDD| = O(\(bound))", residuals: try conditions.thirdMoments()),
            Condition(number: 4, statement: "E|D|⁴ = O(\(bound))", residuals: conditions.fourthMoments),
        ]
        droppedCovariances = dropped
        nonsmoothPoints = Certificate.nonsmoothPoints(in: model.drift + model.covariance.flatMap(\.self))
        notes = model.regime.otherTimes.map { other in
            guard let time = other.time else {
                return "\(other.state.name) does not move on this time"
            }
            return other.isFast(expansion.stepTime)
                ? "\(other.state.name) is fast: it relaxes within \(Certificate.power(-time)) steps, "
                    + "and averages out on the time of the position"
                : "\(other.state.name) is slow: it moves within \(Certificate.power(-time)) steps, "
                    + "and is constant on the time of the position"
        }
    }

    static func power(_ exponent: Rational) -> String { power(Weight(exponent)) }

    /// `η²`.
    static func power(_ exponent: Weight) -> String {
        (Expression(Symbol("eta", bounds: .positive)) ** exponent.expression).text
    }

    /// Which conditions of order 2 the model of order 1 fails in a regime, and what no diffusion would mend: where the noise
    /// dominates a step is of the size sqrt(h), so that second moments need a correction of O(h^2) and cumulants have to be
    /// those of a diffusion.
    func obstacleToOrderTwo(_ excess: RegimeCumulants.Excess) -> String {
        let stepTime = stepTime ?? 1
        let bound = Weight(3 * stepTime)
        let failing = conditions.filter { $0.number < 3 }.compactMap { condition in
            condition.residuals.first { !$0.weight.isAtLeast(bound) }.map { (condition.number, $0) }
        }
        let found = failing.map { number, residual in
            "condition \(number) fails, as \(residual.moment) is off by O(\(Certificate.power(residual.weight)))"
        }
        let asked =
            "one step takes the time h = \(Certificate.power(stepTime)), and order 2 asks for moments to "
            + "O(\(Certificate.power(bound)))"
        let reason =
            "condition 3 fails for every SDE in these states, as the \(excess.name) differs from that of a "
            + "diffusion by \(excess.expression.text), O(\(Certificate.power(excess.weight)))"
        return (["in this regime " + asked] + found + [reason]).joined(separator: "; ")
    }

    /// What the order is claimed for.
    var claim: String {
        if level == .averaged { return "weak order \(order) of the slow states, averaged over the fast ones" }
        guard let stepTime, stepTime != 1 else { return "weak order \(order)" }
        return "weak order \(order) in the step h = \(Certificate.power(stepTime))"
    }

    /// The order that the residuals leave where they are too large for the one claimed.
    var reachedOrder: String {
        guard let stepTime else { return "" }
        let weights = conditions.flatMap(\.residuals).map(\.weight)
        guard let first = weights.first else { return "" }
        let error = weights.dropFirst().reduce(first) { $0.meet($1) } - Weight(stepTime)
        return error.isPositive
            ? ", the error is O(\(Certificate.power(error)))" : ", the residuals do not vanish with η"
    }

    /// Why the level is what it is, in a sentence.
    public var meaning: String {
        guard let stepTime else { return level.meaning }
        let noise =
            level == .m1 ? "" : ", and the noise of every state at its leading order"
        if order == 2 {
            return "first to fourth moments to O(\(Certificate.power(3 * stepTime))) on the time "
                + "h = \(Certificate.power(stepTime)) of a step"
                + (level == .m1 ? ", but for the covariances dropped" : "")
        }
        return "first and second moments to O(\(Certificate.power(2 * stepTime))) "
            + "on the time h = \(Certificate.power(stepTime)) of a step\(noise)"
    }
}

/// What is left of the moments of one step in a regime.
private struct RegimeConditions {
    let model: RegimeModel
    let expansion: RegimeExpansion
    let kept: [Bool]

    private var states: [Symbol] { expansion.states }
    private var eta: Expression { Expression(expansion.stepSize) }
    private var bound: Weight { Weight(2 * expansion.stepTime) }
    private var transport: Transport { Transport(states: states, drift: model.drift, time: UpdateRule.time) }

    /// The covariance that the SDE has.
    private var covariance: [[Expression]] {
        states.indices.map { a in
            states.indices.map { c in kept[a] && kept[c] ? model.covariance[a][c] : .zero }
        }
    }

    /// The generator of the model on a quantity of one coordinate.
    private func generator(_ u: Expression) -> Expression {
        transport(u) + (eta * transport.diffusion(of: u, covariance)).scaled(by: .half)
    }

    func firstMoments() throws(DerivationError) -> [Certificate.Residual] {
        var result: [Certificate.Residual] = []
        for (index, state) in states.enumerated() {
            let own = try expansion.moments.closingExpectations(in: generator(model.drift[index]), state: state)
            let difference =
                (eta * eta * own).scaled(by: .half) - eta * Expression.sum(of: model.omittedDrift[index])
            result.append(residual("E Δ\(state.name)", difference, [index]))
        }
        return result
    }

    func secondMoments() throws(DerivationError) -> [Certificate.Residual] {
        var result: [Certificate.Residual] = []
        let (first, second) = (expansion.increments.first, expansion.increments.second)
        let (b, s) = (model.drift, covariance)
        let transported = b.map { transport($0) }
        for a in states.indices {
            for c in a..<states.count {
                let moments = expansion.moments
                let means =
                    try moments.expectation(of: first[a], state: states[a])
                    * moments.expectation(of: first[c], state: states[c])
                let matched = model.fullCovariance[a][c] + means - b[a] * b[c] - s[a][c]
                let next = try moments.expectation(of: first[a] * second[c] + second[a] * first[c], state: states[a])
                var own = [b[a] * transported[c], b[c] * transported[a], generator(s[a][c])]
                for (index, state) in states.enumerated() {
                    own.append(s[a][index] * b[c].derivative(by: state))
                    own.append(s[c][index] * b[a].derivative(by: state))
                }
                let model = try moments.closingExpectations(in: Expression.sum(of: own), state: states[a])
                let difference = eta * eta * (eta * (model.scaled(by: .half) - next) - matched)
                result.append(residual("E Δ\(states[a].name)Δ\(states[c].name)", difference, [a, c]))
            }
        }
        return result
    }

    /// Third moments that could be of h^2 or larger, and those of each state.
    ///
    /// With the first two moments of optimizer and model the same to O(h^2), the third ones differ by as much as the third
    /// cumulants do, and by what is smaller than h^2.
    func thirdMoments() throws(DerivationError) -> [Certificate.Residual] {
        var result: [Certificate.Residual] = []
        let cumulants = RegimeCumulants.Third(of: expansion.increments.first, model.covariance, expansion)
        for a in states.indices {
            for c in a..<states.count {
                for e in c..<states.count {
                    let least = expansion.leading[a] + expansion.leading[c] + expansion.leading[e]
                    let isSmall = least.isAtLeast(bound)
                    let isMixed = a != e
                    if isSmall, isMixed, least != bound { continue }
                    let name = "E " + [a, c, e].map { "Δ\(states[$0].name)" }.joined()
                    // A law that lacks the moment is found by the moments that the certificate requires.
                    guard let excess = try? cumulants.excess([a, c, e]) else {
                        result.append(
                            Certificate.Residual(
                                moment: name, expression: nil, weight: least, range: least.holds(atLeast: bound)))
                        continue
                    }
                    let weighed = residual(name, -excess, [a, c, e], lookingUpTo: isSmall ? least : bound)
                    if isSmall, isMixed, weighed.expression?.isZero == true { continue }
                    result.append(
                        weighed.expression?.isZero == true
                            ? Certificate.Residual(
                                moment: name, expression: nil, weight: weighed.weight, range: .always)
                            : weighed)
                }
            }
        }
        return result
    }

    var fourthMoments: [Certificate.Residual] {
        states.indices.map { expansion.moment(4, of: $0, bound: bound) }
    }

    /// The entries of the model's covariance that `--diffusion declared` drops.
    var dropped: [Certificate.DroppedCovariance] {
        var result: [Certificate.DroppedCovariance] = []
        for a in states.indices {
            for c in a..<states.count where !(kept[a] && kept[c]) && !model.covariance[a][c].isZero {
                let entry = model.covariance[a][c]
                let weight = expansion.leadingPart(of: entry).weight + 2 - expansion.size(a) - expansion.size(c)
                result.append(
                    Certificate.DroppedCovariance(
                        states: [states[a], states[c]], expression: entry, weight: weight,
                        tolerated: weight.holds(atLeast: bound)))
            }
        }
        return result
    }

    /// - Parameter weight: up to which relative weight cancellations are seen; the bound where there is none.
    private func residual(
        _ moment: String, _ difference: Expression, _ indices: [Int], lookingUpTo weight: Weight? = nil
    ) -> Certificate.Residual {
        let sizes = indices.reduce(Weight.zero) { $0 + expansion.size($1) }
        let limit = weight ?? bound
        // What is of the weight itself is written by its leading term as well.
        let margin: Weight = weight == nil ? .zero : .sliver
        let (leading, total) = expansion.leadingPart(of: difference, lookingUpTo: sizes + limit + margin)
        if leading.isZero {
            return Certificate.Residual(moment: moment, expression: .zero, weight: limit, range: .always)
        }
        let weight = total - sizes
        return Certificate.Residual(
            moment: moment, expression: expansion.restored(leading).written, weight: weight,
            range: weight.holds(atLeast: bound))
    }
}

extension RegimeExpansion {
    /// The moment of the length of one state's increment, `E|D|^power`, by its leading term.
    func moment(_ power: Int, of index: Int, bound: Weight) -> Certificate.Residual {
        let state = frame.states[index]
        let weight = Rational(power) * frame.leading[index]
        let sizes = Rational(power) * size(index)
        var expression: Expression?
        // A law that lacks the moment is found by the moments that the certificate requires.
        if let moment = try? frame.moments.expectation(of: leadingTerms[index] ** power, state: state) {
            let found = leadingPart(of: moment, lookingUpTo: weight + sizes + .sliver)
            if !found.expression.isZero, found.weight - sizes == weight {
                expression = restored(found.expression).written
            }
        }
        return Certificate.Residual(
            moment: "E|Δ\(state.name)|\(power == 4 ? "⁴" : "⁶")", expression: expression, weight: weight,
            range: weight.holds(atLeast: bound))
    }
}
