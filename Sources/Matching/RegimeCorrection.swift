import Algebra
import ExactNumbers
import Rules

/// What a model of order 2 has beyond that of order 1 in a regime, where drift and covariance both need it.
///
/// A step of the model moves a function u by `eta L u + (eta^2/2) L^2 u + O(h^3)` with the generator `L = d_t + b . grad + (eta/2)
/// S : grad grad`. For the first two moments of the optimizer's increment D to agree to O(h^3),
///
///     b = E[D]/eta - (eta/2) L b0,
///     S_ac = Cov(D_a, D_c)/eta^2 - (eta/2) (L S0_ac + S0_ad d_d b0_c + S0_cd d_d b0_a).
///
/// The states of other coordinates are among those that d runs over: through the gradient S couples coordinates. Whether higher
/// moments agree as well is for ``RegimeCumulants`` to say.
struct RegimeCorrection {
    /// Drift and covariance with their corrections.
    private(set) var drift: [Expression] = []
    private(set) var covariance: [[Expression]] = []
    /// The covariance between coordinates, see ``SDE/crossCovariance``.
    private(set) var crossCovariance: [[Expression]] = []

    private let model: RegimeModel
    private let expansion: RegimeExpansion

    /// - Parameter expansion: of the increments up to three times the time of a step.
    /// - Throws: where a correction is larger than O(h^2), so that its own corrections would be missing.
    init(_ model: RegimeModel, _ expansion: RegimeExpansion) throws(DerivationError) {
        self.model = model
        self.expansion = expansion
        let states = expansion.states
        let transport = Transport(states: states, drift: model.drift, time: UpdateRule.time)
        let eta = Expression(expansion.stepSize)
        let (b, s) = (model.drift, model.covariance)
        func generator(_ u: Expression) -> Expression {
            transport(u) + (eta * transport.diffusion(of: u, s)).scaled(by: .half)
        }
        let increments = expansion.wholeIncrements
        for (index, state) in states.enumerated() {
            let own = try expansion.moments.closingExpectations(in: generator(b[index]), state: state)
            let next = Expression.sum(of: model.omittedDrift[index]) - (eta * own).scaled(by: .half)
            drift.append(b[index] + (try kept(next, of: [index])))
        }
        covariance = s
        var cross = states.map { _ in states.map { _ in Expression.zero } }
        for a in states.indices {
            for c in a..<states.count {
                let whole = try expansion.moments.covariance(
                    increments[a], increments[c], states: (states[a], states[c]))
                var own = [generator(s[a][c])]
                for (index, state) in states.enumerated() {
                    own.append(s[a][index] * b[c].derivative(by: state) + s[c][index] * b[a].derivative(by: state))
                }
                let model = try expansion.moments.closingExpectations(in: Expression.sum(of: own), state: states[a])
                let next = whole - s[a][c] - (eta * model).scaled(by: .half)
                covariance[a][c] = s[a][c] + (try kept(next, of: [a, c]))
                covariance[c][a] = covariance[a][c]
                let between = -(eta * (acrossCoordinates(a, c) + acrossCoordinates(c, a).exchangingCoordinates)).scaled(
                    by: .half)
                cross[a][c] = try kept(between.ofDifferentCoordinates, of: [a, c])
                cross[c][a] = cross[a][c].exchangingCoordinates
            }
        }
        crossCovariance = cross.allSatisfy { $0.allSatisfy(\.isZero) } ? [] : cross
    }

    /// sum over the states d of coordinate `i` of S_ad d_d b_c, with b_c of the coordinate `j`.
    private func acrossCoordinates(_ a: Int, _ c: Int) -> Expression {
        let drift = model.drift[c].moved(from: UpdateRule.index, to: SDE.otherIndex)
        return Expression.sum(
            of: expansion.states.enumerated().map { index, state in
                model.covariance[a][index] * drift.derivative(by: state)
            })
    }

    /// The terms that a moment of the states is to agree in, given without the factor eta for each state.
    private func kept(_ correction: Expression, of indices: [Int]) throws(DerivationError) -> Expression {
        let sizes = indices.reduce(Rational.zero) { $0 + expansion.size($1).value(at: 1) } - Rational(indices.count)
        let (least, bound) = (2 * expansion.stepTime, 3 * expansion.stepTime)
        let terms = try expansion.terms(of: correction, upTo: sizes + bound, state: expansion.states[indices[0]])
            .filter { $0.weight < sizes + bound }
        if let first = terms.first, first.weight < sizes + least {
            let names = indices.map { "Δ\(expansion.states[$0].name)" }.joined()
            throw .noSecondOrder(
                reason:
                    "in this regime the model of order 1 leaves \(expansion.restored(first.expression).text) in E \(names), "
                    + "which is larger than the square of the time h = η^(\(expansion.stepTime)) of a step")
        }
        return expansion.restored(Expression.sum(of: terms.map(\.expression)).tidied)
    }
}

extension Expression {
    /// The expression for `i` and `j` that differ.
    fileprivate var ofDifferentCoordinates: Expression {
        let delta = Expression.kronecker(.free(UpdateRule.index), SDE.otherIndex)
        return delta.symbol.map { substituting($0, by: .zero) } ?? self
    }
}
