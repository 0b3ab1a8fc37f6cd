import Algebra
import ExactNumbers
import Rules

/// The increments of one optimizer step, expanded in the step size: D = eta D1 + eta^2 D2 + O(eta^3).
///
/// Both coefficients are random: they contain the gradient drawn. A graded parameter rho = O(eta^-zeta) is held fixed as
/// kappa = eta rho during the expansion; D1 is then everything up to the first power of the explicit eta, divided by eta
/// and written in rho again.
public struct Increments: Hashable, Sendable {
    /// D, exactly, with k = t/eta + 1.
    public let exact: [Expression]
    /// D1.
    public let first: [Expression]
    /// What lies between, of a weight between 1 and 2, divided by eta: only a displacement or a parameter of a fractional
    /// size has it.
    public let intermediate: [Expression]
    /// D2.
    public let second: [Expression]
    /// Whether a bias correction with a graded rate was replaced by its leading form exp(-rho t).
    public let approximatesBiasCorrection: Bool
}

extension Increments {
    /// The parts of a rule that increments depend on.
    struct Input {
        let states: [Symbol]
        /// The next iterates in terms of the states, the gradient drawn, k, t and parameters.
        let updates: [Expression]
        let stepSize: Symbol
        /// Graded parameters with their sizes.
        let graded: [Symbol: Weight]
        /// Whether a bias correction (1 - kappa)^k with a graded rate is kept as it is.
        let keepsBiasCorrections: Bool
    }

    init(of input: Input) throws(DerivationError) {
        let eta = Expression(input.stepSize)
        let stepIndex = Expression(UpdateRule.time) / eta + 1
        var toKappa: [Symbol: Expression] = [:]
        var fromKappa: [Symbol: Expression] = [:]
        var small: [Symbol: Expression] = [:]
        for (parameter, size) in input.graded {
            // A rate rho = O(eta^-zeta) is held as kappa = eta rho; a quantity O(eta^a) as its multiple of eta^a.
            let scale = Expression.power(eta, Expression(size.slope.isZero ? size.constant : size.constant - 1))
            let kappa = Symbol("kappa_\(parameter.name)", bounds: parameter.bounds)
            toKappa[parameter] = Expression(kappa) * scale
            fromKappa[kappa] = Expression(parameter) / scale
            if !size.slope.isZero { small[kappa] = .zero }
        }
        let kappas = small.keys.sorted()

        var exact: [Expression] = []
        var first: [Expression] = []
        var intermediate: [Expression] = []
        var second: [Expression] = []
        var approximates = false
        for (state, update) in zip(input.states, input.updates) {
            let increment = update - Expression(state)
            let whole = increment.substituting(UpdateRule.stepIndex, by: stepIndex)
            exact.append(whole)
            let (held, corrections) = Increments.holdingBiasCorrections(in: increment)
            let written = corrections.mapValues { $0.substituting(UpdateRule.stepIndex, by: stepIndex) }
            let kept = input.keepsBiasCorrections ? written.filter { $0.value.contains(any: input.graded.keys) } : [:]
            let expanded = written.filter { kept[$0.key] == nil }
            if expanded.values.contains(where: { $0.contains(any: input.graded.keys) }) { approximates = true }
            let inKappa = held.substituting(toKappa)
                .substituting(expanded)
                .substituting(UpdateRule.stepIndex, by: stepIndex)
            let series: Series
            do {
                series = try Series(of: inKappa, in: input.stepSize, upTo: 3)
            } catch {
                throw .cannotExpand(state: state, increment: whole, reason: "\(error)")
            }
            var parts: [[Expression]] = [[], [], []]
            for term in series.terms {
                let (weight, coefficient) = (term.weight.constant, term.coefficient)
                if !weight.isPositive {
                    let atZero = coefficient.substituting(small)
                    if weight.isNegative || !atZero.isZero {
                        throw .noDiffusionLimit(
                            state: state,
                            increment: Increments.simplified(
                                (atZero.isZero ? coefficient : atZero).substituting(fromKappa)))
                    }
                }
                let collected = coefficient.collectingSums(by: kappas)
                let scaled = collected * Expression.power(eta, Expression(weight - (weight < 2 ? 1 : 2)))
                parts[weight <= 1 ? 0 : weight < 2 ? 1 : 2].append(scaled.substituting(fromKappa).substituting(kept))
            }
            first.append(Increments.simplified(Expression.sum(of: parts[0])))
            intermediate.append(Increments.simplified(Expression.sum(of: parts[1])))
            second.append(Increments.simplified(Expression.sum(of: parts[2])))
        }
        self.exact = exact
        self.first = first
        self.intermediate = intermediate
        self.second = second
        approximatesBiasCorrection = approximates
    }

    /// The states whose increments do not vanish with the step size.
    ///
    /// - Throws: ``DerivationError/cannotExpand(state:increment:reason:)`` where that is not known of a state.
    static func fastStates(
        _ states: [Symbol], _ updates: [Expression], stepSize: Symbol, graded: [Symbol: Weight]
    ) throws(DerivationError) -> Set<Symbol> {
        var fast: Set<Symbol> = []
        for (state, update) in zip(states, updates) {
            let alone = Input(
                states: [state], updates: [update], stepSize: stepSize, graded: graded, keepsBiasCorrections: false)
            do throws(DerivationError) { _ = try Increments(of: alone) } catch {
                guard case .noDiffusionLimit = error else { throw error }
                fast.insert(state)
            }
        }
        return fast
    }

    /// The expression with every power whose exponent contains the step index replaced by a symbol in (0, 1), and what
    /// these symbols stand for.
    private static func holdingBiasCorrections(in expression: Expression) -> (Expression, [Symbol: Expression]) {
        var names: [Expression: Symbol] = [:]
        func walk(_ node: Expression) -> Expression {
            guard node.contains(UpdateRule.stepIndex) else { return node }
            guard case .product(let coefficient, let factors) = node.content else { return node.mapOperands(walk) }
            return Expression.product(
                of: [Expression(coefficient)]
                    + factors.map { factor in
                        guard factor.exponent.contains(UpdateRule.stepIndex) else {
                            return Expression.power(walk(factor.base), factor.exponent)
                        }
                        let power = Expression.power(factor.base, factor.exponent)
                        let name = names[power] ?? Symbol("correction\(names.count)", bounds: .openUnit)
                        names[power] = name
                        return Expression(name)
                    })
        }
        let result = walk(expression)
        return (result, Dictionary(uniqueKeysWithValues: names.map { ($0.value, $0.key) }))
    }

    static func simplified(_ expression: Expression) -> Expression { expression.denominatorsCleared }
}

extension Expression {
    func collectingSums(by symbols: [Symbol]) -> Expression { symbols.reduce(self) { $0.collectingSums(by: $1) } }

    /// The expression with every sum in which the symbol occurs written by its powers.
    func collectingSums(by symbol: Symbol) -> Expression {
        guard contains(symbol) else { return self }
        return replacingFromInside { node in
            guard case .sum = node.content, node.contains(symbol) else { return nil }
            return node.collectedAndFactored(by: symbol)
        }
    }
}
