import Algebra
import ExactNumbers

extension Certificate {
    /// The conditions for weak order 2 on the time of a regime, with the step h = eta^tau.
    ///
    /// A step of noise that dominates is of the size of the root of h: moments up to the fifth have to agree to O(h^3), and the
    /// sixth has to be of that order. The first two agree by construction, the third and the fourth as the cumulants do, and
    /// fifth moments are products of these.
    ///
    /// - Parameter orderOne: the certificate of the model without corrections, whose conditions hold.
    init(
        orderTwo correction: RegimeCorrection, _ expansion: RegimeExpansion, kept: [Bool], orderOne: Certificate
    ) {
        let states = expansion.states
        let bound = Weight(3 * expansion.stepTime)
        let text = Certificate.power(bound)
        var dropped: [DroppedCovariance] = []
        for a in states.indices {
            for c in a..<states.count where !(kept[a] && kept[c]) && !correction.covariance[a][c].isZero {
                let entry = correction.covariance[a][c]
                let weight = expansion.leadingPart(of: entry).weight + 2 - expansion.size(a) - expansion.size(c)
                dropped.append(
                    DroppedCovariance(
                        states: [states[a], states[c]], expression: entry, weight: weight,
                        tolerated: weight.holds(atLeast: Weight(2 * expansion.stepTime))))
            }
        }
        func agreeing(_ moments: [String]) -> [Residual] {
            moments.map { Residual(moment: $0, expression: nil, weight: bound, range: .always) }
        }
        var second: [Residual] = []
        for a in states.indices {
            for c in a..<states.count {
                let name = "E Δ\(states[a].name)Δ\(states[c].name)"
                guard let entry = dropped.first(where: { $0.states == [states[a], states[c]] }) else {
                    second += agreeing([name])
                    continue
                }
                second.append(
                    Residual(
                        moment: name, expression: -Expression(expansion.stepSize) ** 2 * entry.expression,
                        weight: entry.weight, range: entry.weight.holds(atLeast: bound)))
            }
        }
        func powers(_ power: Int) -> [String] {
            states.map { "E " + String(repeating: "Δ\($0.name)", count: power) }
        }
        let sixth = states.indices.map { expansion.moment(6, of: $0, bound: bound) }
        order = 2
        stepTime = expansion.stepTime
        level = dropped.isEmpty ? .m2 : .m1
        conditions = [
            Condition(
                number: 1, statement: "|E Δ - E D| = O(\(text))", residuals: agreeing(states.map { "E Δ\($0.name)" })),
            Condition(number: 2, statement: "|E ΔΔᵀ - E DDᵀ| = O(\(text))", residuals: second),
            Condition(number: 3, statement: "|E ΔΔΔ - E DDD| = O(\(text))", residuals: agreeing(powers(3))),
            Condition(
                number: 4, statement: "|E ΔΔΔΔ - E DDDD| = O(\(text)), E|D|⁶ = O(\(text))",
                residuals: agreeing(powers(4)) + sixth),
        ]
        droppedCovariances = dropped
        let growth = zip(states, expansion.wholeIncrements).map { state, increment in
            (state: state, degree: Growth(of: increment, in: expansion.moments.draw.symbol).degree)
        }
        requiredMoments = Certificate.requiredMoments(growth, expansion.moments.draw.law, power: 6)
        nonsmoothPoints = Certificate.nonsmoothPoints(
            in: correction.drift + correction.covariance.flatMap(\.self) + correction.crossCovariance.flatMap(\.self))
        notes =
            orderOne.notes
            + (correction.crossCovariance.isEmpty
                ? [] : ["condition 2 holds between coordinates as well, which meet in the Hessian"])
    }
}
