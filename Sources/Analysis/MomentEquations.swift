import Algebra
import ExactNumbers
import Matching

/// The equations of the first two moments of a model on a quadratic, and whether they close.
public struct MomentEquations: Sendable {
    /// `d E[monomial]/dt = E[rate]`.
    public struct Equation: Sendable {
        public let monomial: Expression
        public let rate: Expression
        /// The largest degree of a monomial in the rate; nil where the rate is no polynomial in the states.
        public let degree: Int?
        /// Whether the rate has no monomial of a higher degree than 2.
        public var isClosed: Bool { degree.map { $0 <= 2 } ?? false }
    }

    public let model: QuadraticModel
    /// For every state, and every product of two.
    public let equations: [Equation]

    public var areClosed: Bool { equations.allSatisfy(\.isClosed) }

    /// - Throws: ``AnalysisError/algebra(_:)``
    public init(of model: QuadraticModel) throws(AnalysisError) {
        self.model = model
        let states = model.states
        var result: [Equation] = []
        func add(_ factors: [Int]) throws(AnalysisError) {
            let monomial = Expression.product(of: factors.map { Expression(states[$0]) })
            var parts = states.indices.map { monomial.derivative(by: states[$0]) * model.drift[$0] }
            let half = Expression(model.stepSize).scaled(by: .half)
            for a in states.indices {
                for c in states.indices where !model.covariance[a][c].isZero {
                    let second = monomial.derivative(by: states[a]).derivative(by: states[c])
                    parts.append(half * model.covariance[a][c] * second)
                }
            }
            let rate: Expression
            do { rate = try Expression.sum(of: parts).expanded() } catch { throw .algebra(error) }
            result.append(
                Equation(monomial: monomial, rate: rate.commonFactored, degree: rate.degree(in: states)))
        }
        for a in states.indices { try add([a]) }
        for a in states.indices {
            for c in a..<states.count { try add([a, c]) }
        }
        equations = result
    }

    var section: AnalysisSection {
        let formulas = equations.map { DerivationStep.Formula("d E[\($0.monomial)]/dt = E of", $0.rate) }
        let verdicts = equations.map { equation in
            let end =
                equation.degree.map { $0 <= 2 ? "closed" : "not closed: it needs moments of degree \($0)" }
                ?? "not closed: the rate is no polynomial in the states"
            return "E[\(equation.monomial)]: \(end)"
        }
        let step = DerivationStep(
            "Ito's lemma on monomials", "The generator applied to each state and each product of two.", formulas)
        return AnalysisSection(
            .moments, steps: [step],
            notes: verdicts + [
                areClosed
                    ? "the first two moments obey linear ODEs by themselves"
                    : "the stationary law and the transient linearize the model about the minimum"
            ])
    }
}

extension Expression {
    /// The degree of a polynomial in symbols; nil where the expression is none.
    func degree(in symbols: [Symbol]) -> Int? {
        var highest = 0
        for summand in (try? expanded())?.summands ?? [self] {
            var degree = 0
            for factor in summand.asProduct.factors {
                if let own = factor.base.symbol, symbols.contains(own) {
                    guard let power = factor.exponent.number?.asInt, power > 0 else { return nil }
                    degree += power
                } else if factor.base.contains(any: symbols) || factor.exponent.contains(any: symbols) {
                    return nil
                }
            }
            highest = Swift.max(highest, degree)
        }
        return highest
    }
}
