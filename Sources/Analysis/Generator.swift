import Algebra
import Matching

/// The generator of an SDE, by Ito's lemma: `L phi = d_t phi + b . grad phi + (eta/2) tr(S hess phi)`.
///
/// It acts on any expression of the time, the states of coordinate `i`, and the loss with its derivatives. The gradient
/// runs over the positions of all coordinates.
public struct Generator: Sendable {
    /// What the generator makes of an expression, by its parts.
    public struct Image: Hashable, Sendable {
        /// d_t phi
        public let time: Expression
        /// b . grad phi
        public let drift: Expression
        /// (eta/2) tr(S hess phi)
        public let diffusion: Expression

        /// L phi.
        public var total: Expression { time + drift + diffusion }
    }

    public let sde: SDE

    public init(of sde: SDE) { self.sde = sde }

    /// - Throws: ``AnalysisError/noGenerator(reason:)`` where auxiliary states of other coordinates than `i` occur.
    public func callAsFunction(_ phi: Expression) throws(AnalysisError) -> Image {
        let (states, position) = (sde.states, sde.states[0])
        for symbol in phi.symbols where symbol.role != .position && !symbol.isField {
            guard let state = states.dropFirst().first(where: { $0.name == symbol.name }), symbol != state else {
                continue
            }
            throw .noGenerator(reason: "\(symbol) is no state of the coordinate i; write \(state) or leave it out")
        }
        let transport = Transport(states: states, drift: sde.drift, time: sde.time)
        let drift = zip(states, sde.drift).map { transport.along($0, $1, phi) }
        var second: [Expression] = []
        for a in states.indices {
            for c in a..<states.count where !sde.covariance[a][c].isZero {
                let entry = sde.covariance[a][c]
                if a == 0 && c == 0 {
                    let other = position.mapIndices { _ in .bound(0) }
                    let hessian = phi.raised.derivative(by: other).derivative(by: other)
                    second.append(Expression.indexSum(body: hessian * entry.atBoundIndex))
                } else {
                    let mixed = phi.derivative(by: states[c]).derivative(by: states[a])
                    second.append((a == c ? 1 : 2) * mixed * entry)
                }
            }
        }
        second += crossTerms(of: phi)
        return Image(
            time: phi.derivative(by: sde.time).simplified(), drift: Expression.sum(of: drift),
            diffusion: (Expression(sde.stepSize) * Expression.sum(of: second)).scaled(by: .half))
    }

    /// The terms of the noise that coordinates share: the sum over all pairs without those of a coordinate with itself.
    private func crossTerms(of phi: Expression) -> [Expression] {
        guard sde.couplesCoordinates else { return [] }
        let position = sde.states[0]
        func place(_ index: Index) -> Symbol { position.mapIndices { _ in index } }
        func entry(_ a: Int, _ own: Index, _ other: Index) -> Expression {
            sde.crossCovariance[a][0].mapIndices { index in
                switch index {
                case SDE.otherIndex: other
                case .free: own
                default: index
                }
            }
        }
        let (first, second) = (place(.bound(1)), place(.bound(0)))
        let pairs = Expression.indexSum(
            body: Expression.indexSum(
                body: phi.raised.raised.derivative(by: first).derivative(by: second)
                    * entry(0, .bound(1), .bound(0))))
        let diagonal = Expression.indexSum(
            body: phi.raised.derivative(by: second).derivative(by: second) * entry(0, .bound(0), .bound(0)))
        var result = [pairs - diagonal]
        for a in sde.states.indices.dropFirst() {
            let slope = phi.derivative(by: sde.states[a])
            let all = Expression.indexSum(
                body: slope.raised.derivative(by: second) * entry(a, sde.states[a].indices[0], .bound(0)))
            let own =
                slope.derivative(by: position)
                * entry(a, sde.states[a].indices[0], position.indices[0])
            result.append(2 * (all - own))
        }
        return result
    }

    func section(for expressions: [Expression]) throws(AnalysisError) -> AnalysisSection {
        var steps: [DerivationStep] = []
        var results: [DerivationStep.Formula] = []
        for phi in expressions {
            let image = try self(phi)
            steps.append(
                DerivationStep(
                    "Ito's lemma for \(phi)", "L φ = ∂_t φ + b·∇φ + (η/2) tr(S ∇²φ), term by term.",
                    [
                        .init("∂_t φ", image.time), .init("b·∇φ", image.drift),
                        .init("(η/2) tr(S ∇²φ)", image.diffusion),
                    ]))
            results.append(.init("L(\(phi))", image.total.commonFactored))
        }
        return AnalysisSection(
            .generator, steps: steps, results: results,
            notes: ["d E[φ]/dt = E[L φ] wherever the expectations exist"])
    }
}
