import Algebra
import ExactNumbers
import Probability

/// What is left of the third moments, and those that condition 4 bounds.
extension Certificate.Input {
    /// Third moments of both are at least of three times the least weight of an increment.
    ///
    /// With the model's mean b and variance S of a state their difference is `eta^3 (b^3 + 3 b S - E[D1^3])` and what is smaller.
    func thirdMoments(_ sizes: [Symbol: Weight], _ threshold: Weight) -> [Certificate.Residual] {
        moments.states.indices.map { index in
            residual("E(Δ\(moments.states[index].name))³", index, power: 3, sizes, threshold) {
                guard matched == nil else { return nil }
                let model = drift[index] ** 3 + (kept[index] ? 3 * drift[index] * covariance[index][index] : .zero)
                return expectation(of: increments.first[index] ** 3, index).map { model - $0 }
            }
        }
    }

    /// `E|D|^power`, where it is closed: of an odd power for a state that is affine in the draw, by the leading part of its
    /// increment, since what noise of a smaller size adds to an absolute value is no power of it.
    func highestMoments(_ sizes: [Symbol: Weight], _ threshold: Weight, power: Int) -> [Certificate.Residual] {
        moments.states.indices.map { index in
            let name = "E|Δ\(moments.states[index].name)|\(power == 3 ? "³" : "⁴")"
            return residual(name, index, power: power, sizes, threshold) {
                guard power % 2 == 1 else { return expectation(of: increments.first[index] ** power, index) }
                let increment = increments.first[index].leadingPart(sizes).expression
                let degrees = moments.sample.draws.map { Growth(of: increment, in: $0.symbol).degree }
                guard !moments.sample.couplesCoordinates(increment), degrees.allSatisfy({ $0 <= 1 }) else { return nil }
                return expectation(of: abs(increment) ** power, index)
            }
        }
    }

    private func residual(
        _ name: String, _ index: Int, power: Int, _ sizes: [Symbol: Weight], _ threshold: Weight,
        _ moment: () -> Expression?
    ) -> Certificate.Residual {
        let weight = Rational(power) * (increments.first[index].weight(sizes) + 1)
        var expression: Expression?
        if !isLong, let leading = moment().map({ (Expression(stepSize) ** power * $0).afterTransients(sizes) }) {
            let found = leading.leadingPart(sizes)
            let written = found.expression.written
            if !written.isZero, found.weight == weight { expression = written }
        }
        return Certificate.Residual(
            moment: name, expression: expression, weight: weight, range: weight.holds(atLeast: threshold))
    }

    /// The expectation where the law has it and it is closed.
    private func expectation(of body: Expression, _ index: Int) -> Expression? {
        guard let value = try? moments.expectation(of: body, state: moments.states[index]) else { return nil }
        return value.containsExpectation ? nil : value
    }
}
