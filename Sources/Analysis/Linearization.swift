import Algebra
import ExactNumbers
import Matching

/// A model on a quadratic to first order in the states about their equilibrium, its noise to second order.
public struct Linearization: Sendable {
    public let model: QuadraticModel
    public let equilibrium: Equilibrium
    /// J: the derivative of the drift of each state by each state.
    public let jacobian: ExpressionMatrix
    /// S0: the covariance at the equilibrium, without the factor eta.
    public let covariance: ExpressionMatrix
    /// The states that the position is coupled with, the position first: their moments close.
    public let block: [Int]

    /// - Throws: ``AnalysisError``: the minimum is no equilibrium, or a coefficient jumps there.
    init(of model: QuadraticModel) throws(AnalysisError) {
        self.model = model
        equilibrium = try Equilibrium(of: model)
        let values = equilibrium.values
        let states = model.states
        func at(_ expression: Expression) -> Expression { expression.substituting(values).simplified() }
        jacobian = ExpressionMatrix(rowCount: states.count, columnCount: states.count) { a, c in
            at(model.drift[a].derivative(by: states[c]))
        }
        covariance = ExpressionMatrix(rowCount: states.count, columnCount: states.count) { a, c in
            at(model.covariance[a][c])
        }
        for a in states.indices {
            for c in states.indices {
                if jacobian[a, c].containsDirac || covariance[a, c].containsDirac {
                    throw .noLinearization(
                        reason: "the drift of \(states[a].name) jumps at the minimum: \(model.drift[a])")
                }
                if jacobian[a, c].isUndefined || covariance[a, c].isUndefined {
                    throw .noLinearization(
                        reason: "the model is singular at the minimum, in \(states[a].name): \(model.drift[a])")
                }
            }
        }
        var block = [0]
        var next = 0
        while next < block.count {
            for c in states.indices where !block.contains(c) && jacobian[block[next], c].isZeroTest() != .zero {
                block.append(c)
            }
            next += 1
        }
        self.block = block.sorted()
    }

    /// J among the coupled states.
    public var blockJacobian: ExpressionMatrix { restricted(jacobian) }
    /// S0 among the coupled states.
    public var blockCovariance: ExpressionMatrix { restricted(covariance) }
    public var blockStates: [Symbol] { block.map { model.states[$0] } }

    private func restricted(_ matrix: ExpressionMatrix) -> ExpressionMatrix {
        ExpressionMatrix(rowCount: block.count, columnCount: block.count) { matrix[block[$0], block[$1]] }
    }

    /// Half of the second derivative of S by two coupled states, at the equilibrium.
    func curvature(ofCovariance a: Int, _ b: Int, by c: Int, _ d: Int) -> Expression {
        let states = model.states
        let second = model.covariance[block[a]][block[b]].derivative(by: states[block[c]])
            .derivative(by: states[block[d]])
        return second.substituting(equilibrium.values).simplified().scaled(by: .half)
    }

    /// What the third derivatives of a drift add to a slope of it when the states spread with covariance P: half of
    /// `sum_de d_cde b_a P_de`.
    func slopeCorrection(_ a: Int, _ c: Int, spread: ExpressionMatrix) -> Expression {
        let states = blockStates
        let slope = model.drift[block[a]].derivative(by: states[c])
        var parts: [Expression] = []
        for d in states.indices {
            let second = slope.derivative(by: states[d])
            for e in states.indices {
                let third = second.derivative(by: states[e]).substituting(equilibrium.values).simplified()
                if !third.isZero { parts.append(third * spread[d, e]) }
            }
        }
        return Expression.sum(of: parts).scaled(by: .half)
    }

    var steps: [DerivationStep] {
        var formulas: [DerivationStep.Formula] = []
        for a in block.indices {
            for c in block.indices {
                formulas.append(.init("J_\(blockStates[a].name)\(blockStates[c].name)", blockJacobian[a, c]))
            }
        }
        for a in block.indices {
            for c in a..<block.count {
                formulas.append(.init("S_\(blockStates[a].name)\(blockStates[c].name)", blockCovariance[a, c]))
            }
        }
        let others = model.states.indices.filter { !block.contains($0) }.map { model.states[$0].name }
        let rest =
            others.isEmpty
            ? "" : " The position does not feel \(others.joined(separator: ", ")) to first order."
        return [
            equilibrium.step(for: model.states),
            DerivationStep(
                "Linearization", "J is the derivative of the drift at the equilibrium, S the covariance there.\(rest)",
                formulas),
        ]
    }
}

extension Expression {
    fileprivate var containsDirac: Bool {
        var found = false
        forEachNode { if case .function(.dirac, _) = $0.content { found = true } }
        return found
    }
}
