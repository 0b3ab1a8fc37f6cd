import Algebra
import ExactNumbers
import Matching

/// An approximate stationary law of a model whose drift bends within the spread of its states.
///
/// Each function `erf(u)` or `sign(u)` of a linear u in a drift is replaced by `G u` with the mean slope under a Gaussian law of u,
/// `E[erf'(u)] = 2/sqrt(pi (1 + 2 Var u))` or `E[sign'(u)] = sqrt(2/(pi Var u))`; G and the covariance are found together, to
/// leading order in eta (statistical linearization: Booton 1954, Caughey 1963). It is not exact: the true law is not Gaussian.
public struct GaussianClosure: Sendable {
    /// A function that was replaced.
    public struct Gain: Sendable {
        public let symbol: Symbol
        /// The function with its argument.
        public let function: Expression
        public let argument: Expression
        /// The variance of the argument, with the covariance of the states to leading order.
        public let spread: Expression
        /// The mean slope G.
        public let value: Expression
        /// G to leading order in eta, at the declared sizes.
        public let leadingValue: Expression
    }

    public let gains: [Gain]
    /// The law of the model with gains in place of the functions.
    public let law: StationaryLaw
    /// The variance of the position, to leading order at the declared sizes but for the gains.
    public let variance: Expression
    /// The same with the gains to leading order too.
    public let leadingVariance: Expression
    /// The sizes of the graded parameters and of the gains.
    let sizes: [Symbol: Weight]

    private static let roundCount = 8

    /// - Throws: ``AnalysisError/noLinearization(reason:)`` where the drift is not linear but for such functions, or the sizes
    ///   do not settle.
    public init(of model: QuadraticModel) throws(AnalysisError) {
        let states = model.states
        var found: [(symbol: Symbol, function: Expression, argument: Expression)] = []
        func replaced(_ drift: Expression) -> Expression {
            drift.replacing { node in
                guard case .function(let function, let arguments) = node.content, function == .erf || function == .sign,
                    arguments[0].contains(any: states),
                    states.allSatisfy({ !arguments[0].derivative(by: $0).contains(any: states) })
                else { return nil }
                if let known = found.first(where: { $0.function == node }) {
                    return Expression(known.symbol) * arguments[0]
                }
                let symbol = Symbol("G\(found.count + 1)", bounds: .positive)
                found.append((symbol, node, arguments[0]))
                return Expression(symbol) * arguments[0]
            }
        }
        let drift = model.drift.map(replaced)
        guard !found.isEmpty else {
            throw .noLinearization(reason: "its drift has no function of a linear argument to take the mean slope of")
        }
        let equilibrium = try Equilibrium(of: model)
        let covariance = model.covariance.map { $0.map { $0.substituting(equilibrium.values).simplified() } }
        var sizes = model.analysis.sizes
        for gain in found { sizes[gain.symbol] = .zero }
        for _ in 0..<GaussianClosure.roundCount {
            let law = try StationaryLaw(of: model.replacing(drift: drift, covariance: covariance, sizes: sizes))
            var next = sizes
            var gains: [Gain] = []
            for entry in found {
                let gain = Gain(
                    symbol: entry.symbol, function: entry.function, argument: entry.argument, law: law, sizes: sizes)
                next[entry.symbol] = gain.weight(stepSize: model.stepSize, sizes: sizes)
                gains.append(gain)
            }
            if next == sizes {
                let symbols = found.map(\.symbol)
                guard gains.allSatisfy({ !$0.spread.contains(any: symbols) }),
                    gains.allSatisfy({ !$0.value.isUndefined })
                else { break }
                self.gains = gains
                self.law = law
                self.sizes = sizes
                let leading = law.covariance[0, 0].leadingFactors(stepSize: model.stepSize, sizes: sizes).expression
                variance = leading.substituting(Dictionary(uniqueKeysWithValues: gains.map { ($0.symbol, $0.value) }))
                    .simplified()
                leadingVariance = leading.substituting(GaussianClosure.leadingValues(gains)).simplified()
                return
            }
            sizes = next
        }
        throw .noLinearization(reason: "the mean slopes of its drift and the spread of its states do not settle")
    }

    private static func leadingValues(_ gains: [Gain]) -> [Symbol: Expression] {
        Dictionary(uniqueKeysWithValues: gains.map { ($0.symbol, $0.leadingValue) })
    }

    /// The leading part of an expression of the law, with the gains at their leading values.
    func leading(_ expression: Expression) -> Expression {
        expression.leadingFactors(stepSize: law.model.stepSize, sizes: sizes).expression
            .substituting(GaussianClosure.leadingValues(gains)).simplified()
    }

    /// The section of a model that has this approximation only, for the reason given.
    func section(because reason: AnalysisError) -> AnalysisSection {
        var formulas: [DerivationStep.Formula] = []
        for gain in gains {
            formulas += [
                .init("u", gain.argument), .init("Var u", gain.spread), .init("\(gain.symbol)", gain.value),
            ]
        }
        let name = law.states[0].name
        return AnalysisSection(
            .stationary,
            steps: [
                DerivationStep(
                    "Mean slopes",
                    "Each function of a linear u is replaced by G u, with its mean slope G under a Gaussian law of u: "
                        + "2/√(π (1 + 2 Var u)) for erf, √(2/(π Var u)) for a sign.", formulas)
            ] + law.linearization.steps,
            results: [
                .init("Var \(name), Gaussian closure", variance),
                .init("Var \(name), leading at the declared sizes", leadingVariance),
            ],
            notes: [
                "\(reason)",
                "the Gaussian closure is an approximation whose error does not vanish with η: the law is not Gaussian",
            ])
    }
}

extension QuadraticModel {
    /// The model with other coefficients.
    func replacing(drift: [Expression], covariance: [[Expression]], sizes: [Symbol: Weight]) -> QuadraticModel {
        let sde = analysis.sde
        let model = SDE(
            stepSize: sde.stepSize, time: sde.time, states: sde.states, drift: drift, covariance: covariance,
            diffusion: [])
        return QuadraticModel(
            analysis: ModelAnalysis(
                of: model, sizes: sizes, parameters: analysis.parameters, noiseScale: analysis.noiseScale),
            drift: drift, covariance: covariance)
    }

    private init(analysis: ModelAnalysis, drift: [Expression], covariance: [[Expression]]) {
        self.analysis = analysis
        self.drift = drift
        self.covariance = covariance
    }
}

extension GaussianClosure.Gain {
    /// The gain in a law.
    ///
    /// Of the variance of the argument the terms with the largest covariances are kept, their coefficients exact.
    fileprivate init(
        symbol: Symbol, function: Expression, argument: Expression, law: StationaryLaw, sizes: [Symbol: Weight]
    ) {
        let stepSize = law.model.stepSize
        func leading(_ expression: Expression) -> (expression: Expression, weight: Weight) {
            expression.leadingFactors(stepSize: stepSize, sizes: sizes)
        }
        var parts: [(term: Expression, weight: Weight)] = []
        for (a, first) in law.states.enumerated() {
            for (c, second) in law.states.enumerated() {
                let slopes = argument.derivative(by: first) * argument.derivative(by: second)
                let covariance = leading(law.covariance[a, c])
                if slopes.isZero || covariance.expression.isZero { continue }
                let term = slopes * covariance.expression
                parts.append((term, leading(term).weight))
            }
        }
        let least = parts.map(\.weight).reduce(parts.first?.weight ?? .zero) { $0.meet($1) }
        let kept = parts.filter { $0.weight == least }
        let spread = Expression.sum(of: (kept.isEmpty ? parts : kept).map(\.term)).simplified()
        let isSign = if case .function(.sign, _) = function.content { true } else { false }
        let square = (isSign ? 2 / (.pi * spread) : 4 / (.pi * (1 + 2 * spread).simplified())).simplified()
        self.symbol = symbol
        self.function = function
        self.argument = argument
        self.spread = spread
        value = sqrt(square)
        leadingValue = sqrt(leading(square).expression)
    }

    /// The weight of the gain.
    fileprivate func weight(stepSize: Symbol, sizes: [Symbol: Weight]) -> Weight {
        Rational(1, 2) * (value ** 2).leadingFactors(stepSize: stepSize, sizes: sizes).weight
    }
}
