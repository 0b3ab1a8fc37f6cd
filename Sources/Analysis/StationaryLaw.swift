import Algebra
import ExactNumbers
import Matching

/// The second moments in which a model settles near a minimum, on the landscape `lambda x^2/2`.
public struct StationaryLaw: Sendable {
    /// Whether the linear model decays.
    public enum Stability: Hashable, Sendable {
        case stable, unstable
        /// Stable where every expression is positive.
        case wherePositive([Expression])
    }

    public let linearization: Linearization
    /// The P with `J P + P J^T + eta S = 0` among the coupled states, exact in eta.
    public let covariance: ExpressionMatrix
    /// P with the noise to second order in the states: `J P + P J^T + eta (S + (1/2) S'' : P) = 0`; nil where the noise does
    /// not depend on the states, or its second derivatives keep named expectations that cannot be decided on.
    public let quadraticCovariance: ExpressionMatrix?
    /// The variance of the position to leading order in eta; parameters that were declared large are held fixed.
    public let leadingVariance: Expression
    /// The same with every graded parameter counted at its size; nil where that makes no difference.
    public let gradedVariance: Expression?
    /// What is left out of ``leadingVariance``, in powers of eta: the next term of the exact variance.
    public let nextTerm: Expression?
    public let stability: Stability
    /// The covariance of the positions of two coordinates `i` and `j`, where they share noise and no momentum takes part.
    public let crossCovariance: Expression?

    public var model: QuadraticModel { linearization.model }
    public var states: [Symbol] { linearization.blockStates }
    /// The exact variance of the position, with the noise to second order.
    public var variance: Expression { (quadraticCovariance ?? covariance)[0, 0] }

    /// - Throws: ``AnalysisError``: there is no linear model near the minimum, or its spread does not stay within the reach of
    ///   the linearization.
    public init(of model: QuadraticModel) throws(AnalysisError) {
        let linearization = try Linearization(of: model)
        self.linearization = linearization
        let eta = Expression(model.stepSize)
        let jacobian = linearization.blockJacobian
        var functions = HeldFunctionValues()
        let heldJacobian = jacobian.map { functions.holding($0) }
        let source = linearization.blockCovariance.map { eta * functions.holding($0) }
        let covariance: ExpressionMatrix
        do {
            let solution = try heldJacobian.lyapunovSolution(source).map { $0.simplified() }
            covariance = solution.map { functions.released($0) }
        } catch {
            if case .singular = error {
                throw .noLinearization(reason: "it does not decay: \(Self.entries(of: linearization))")
            }
            throw .matrix(error)
        }
        self.covariance = covariance
        try Self.requireReach(of: linearization, covariance)
        // Named expectations have second derivatives that a linear system cannot decide on.
        do { quadraticCovariance = try Self.closedMoments(of: linearization, jacobian) } catch {
            guard case .matrix(.undecided) = error else { throw error }
            quadraticCovariance = nil
        }
        let exact = (quadraticCovariance ?? covariance)[0, 0]
        let sizes = model.analysis.sizes
        let small = sizes.filter { $0.value.isPositive }
        let leading = exact.leadingFactors(stepSize: model.stepSize, sizes: small)
        leadingVariance = leading.expression
        let graded = exact.leadingFactors(stepSize: model.stepSize, sizes: sizes).expression
        gradedVariance = sizes.isEmpty || graded.equals(leadingVariance) == .zero ? nil : graded
        let order = leading.weight + 1
        let series = try? Series(of: exact, in: model.stepSize, sizes: small, upTo: order + 1)
        let next = series.map { series in
            series.terms.filter { $0.weight.isAtLeast(order) }.map { series.expression(of: $0).simplified() }
        }
        nextTerm = next.map { Expression.sum(of: $0) }.flatMap { $0.isZero ? nil : $0 }
        stability = Self.stability(of: jacobian)
        crossCovariance = try Self.crossCovariance(of: linearization)
    }

    /// `-(J_i + J_j) P_ij = eta S_ij` for the positions of two coordinates.
    private static func crossCovariance(of linearization: Linearization) throws(AnalysisError) -> Expression? {
        let model = linearization.model
        guard linearization.block.count == 1, model.analysis.sde.couplesCoordinates else { return nil }
        func other(_ expression: Expression) -> Expression {
            expression.mapIndices { if case .free = $0 { SDE.otherIndex } else { $0 } }
        }
        let own = linearization.equilibrium.values
        let both = own.reduce(into: own) { result, value in
            let symbol = value.key.mapIndices { if case .free = $0 { SDE.otherIndex } else { $0 } }
            result[symbol] = other(value.value)
        }
        let source = try model.crossCovariance().substituting(both).simplified()
        let slope = linearization.blockJacobian[0, 0]
        return (-Expression(model.stepSize) * source / (slope + other(slope))).simplified()
    }

    private static func entries(of linearization: Linearization) -> String {
        let states = linearization.blockStates
        return states.indices.flatMap { a in
            states.indices.map { "J_\(states[a].name)\(states[$0].name) = \(linearization.blockJacobian[a, $0])" }
        }.joined(separator: ", ")
    }

    /// A linearization holds where the spread that it gives changes the drift of each state by less than the drift itself.
    private static func requireReach(
        of linearization: Linearization, _ spread: ExpressionMatrix
    ) throws(AnalysisError) {
        let (stepSize, sizes) = (linearization.model.stepSize, linearization.model.analysis.sizes)
        let states = linearization.blockStates
        func leading(_ expression: Expression) -> (expression: Expression, weight: Weight) {
            expression.leadingFactors(stepSize: stepSize, sizes: sizes)
        }
        /// The size of what a slope does in a typical displacement of its state.
        func effect(of slope: Expression, _ state: Int) -> Weight? {
            if slope.isZero || spread[state, state].isZero { return nil }
            return leading(slope).weight + Rational(1, 2) * leading(spread[state, state]).weight
        }
        for a in states.indices {
            let corrections = states.indices.map { linearization.slopeCorrection(a, $0, spread: spread) }
            if corrections.allSatisfy(\.isZero) { continue }
            let slopes = linearization.blockJacobian.rows[a]
            let effects = states.indices.compactMap { effect(of: slopes[$0], $0) }
            for c in states.indices {
                guard let change = effect(of: corrections[c], c) else { continue }
                if effects.contains(where: { (change - $0).isPositive }) { continue }
                let (size, own) = (leading(corrections[c]), leading(slopes[c]))
                throw .noLinearization(
                    reason: """
                        the spread of the states reaches beyond the linear part of the drift of \(states[a].name)
                          its slope in \(states[c].name) is \(slopes[c]), of size eta^(\(own.weight))
                          the third derivatives change it by \(size.expression), of size eta^(\(size.weight))
                        average the fast state out first: with a fixed beta the position has a model of its own
                        """)
            }
        }
    }

    /// The second moments where the noise is quadratic in the coupled states.
    private static func closedMoments(
        of linearization: Linearization, _ jacobian: ExpressionMatrix
    ) throws(AnalysisError) -> ExpressionMatrix? {
        let count = linearization.block.count
        let pairs = (0..<count).flatMap { a in (a..<count).map { (a, $0) } }
        func position(_ a: Int, _ b: Int) -> Int {
            pairs.firstIndex { $0 == (Swift.min(a, b), Swift.max(a, b)) } ?? 0
        }
        let eta = Expression(linearization.model.stepSize)
        var system = [[Expression]](repeating: Array(repeating: .zero, count: pairs.count), count: pairs.count)
        var isConstant = true
        for (equation, (a, b)) in pairs.enumerated() {
            func add(_ coefficient: Expression, _ c: Int, _ d: Int) {
                system[equation][position(c, d)] = system[equation][position(c, d)] + coefficient
            }
            for c in 0..<count {
                add(jacobian[a, c], c, b)
                add(jacobian[b, c], a, c)
                for d in 0..<count {
                    let second = linearization.curvature(ofCovariance: a, b, by: c, d)
                    if second.isZero { continue }
                    isConstant = false
                    add(eta * second, c, d)
                }
            }
        }
        if isConstant { return nil }
        do {
            let right = try ExpressionMatrix(pairs.map { [-eta * linearization.blockCovariance[$0.0, $0.1]] })
            let solution = try ExpressionMatrix(system).solution(of: right)
            return ExpressionMatrix(rowCount: count, columnCount: count) { solution[position($0, $1), 0].simplified() }
        } catch {
            throw .matrix(error)
        }
    }

    /// The criterion of Routh and Hurwitz for one and two states; a larger block is tested by its leading minors.
    private static func stability(of jacobian: ExpressionMatrix) -> Stability {
        var conditions: [Expression] = []
        if jacobian.rowCount == 1 {
            conditions = [-jacobian[0, 0]]
        } else if jacobian.rowCount == 2 {
            let determinant = (try? jacobian.determinant()) ?? .undefined
            conditions = [-(jacobian[0, 0] + jacobian[1, 1]), determinant]
        } else {
            return .wherePositive((try? jacobian.map { -$0 }.determinant()).map { [$0] } ?? [])
        }
        let signs = conditions.map { ((try? $0.expanded()) ?? $0).bounds }
        if signs.allSatisfy(\.isPositive) { return .stable }
        if signs.contains(where: \.isNonpositive) { return .unstable }
        return .wherePositive(zip(conditions, signs).filter { !$1.isPositive }.map { $0.0.simplified() })
    }
}
