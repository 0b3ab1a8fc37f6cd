import Algebra
import ExactNumbers
import Matching
import Rules

/// How the hyperparameters change together when the step size becomes kappa times as large.
///
/// `eta -> kappa eta`, and every other one by a power of kappa, so that near a minimum the stationary variance stays the same
/// and all rates (of the position, of momenta, of second moments) keep their ratios. The exponents solve linear equations.
public struct ScalingRule: Sendable {
    /// The exponents of kappa by hyperparameter; nil inside where the requirements leave it open.
    public let exponents: [Symbol: Rational?]
    /// The common exponent of all rates per unit of model time; nil where it is open.
    public let speed: Rational?
    /// The exponents that leave every coefficient of the SDE itself the same, up to a change of the time and of the scale of
    /// the auxiliary states; nil where there are none.
    public let symmetry: [Symbol: Rational?]?
    /// The speed of the time under the symmetry.
    public let symmetrySpeed: Rational?
    public let law: StationaryLaw
    /// Whether the level and the rates are those of a Gaussian closure.
    public let isApproximate: Bool
    /// The level and the rates that were required.
    let requirements: [DerivationStep.Formula]

    static let speedSymbol = Symbol(" speed")

    /// The hyperparameters, in the order in which they are shown.
    public var parameters: [Symbol] { exponents.keys.sorted() }

    /// - Throws: ``AnalysisError/noScaling(reason:)`` where the requirements contradict each other, and what the stationary law
    ///   throws.
    public init(of analysis: ModelAnalysis) throws(AnalysisError) {
        let scale = analysis.noiseScale
        let batched =
            analysis.usesBatch
            ? analysis
            : analysis.substituting([scale: Expression(scale) / sqrt(Expression(UpdateRule.batchSize))])
        let model = try QuadraticModel(of: batched)
        let small = analysis.sizes.filter { $0.value.isPositive }
        let law: StationaryLaw
        let variance: Expression
        var closure: GaussianClosure?
        do {
            law = try StationaryLaw(of: model)
            variance = law.leadingVariance
        } catch {
            guard case .noLinearization = error, let approximation = try? GaussianClosure(of: model) else {
                throw error
            }
            law = approximation.law
            variance = approximation.leadingVariance
            closure = approximation
        }
        self.law = law
        isApproximate = closure != nil
        let jacobian = law.linearization.jacobian
        let states = law.model.states
        let stepSize = law.model.stepSize
        func leading(_ expression: Expression) -> Expression {
            closure?.leading(expression)
                ?? expression.leadingFactors(stepSize: stepSize, sizes: small).expression
        }

        var requirements = [DerivationStep.Formula("level", variance)]
        var rates: [(name: String, formula: Expression, degree: Rational)] = []
        let block = law.linearization.blockJacobian
        if block.rowCount == 1 {
            rates.append(("rate of \(states[0].name)", leading(-block[0, 0]), 1))
        } else {
            let trace = Expression.sum(of: (0..<block.rowCount).map { -block[$0, $0] }).simplified()
            let determinant: Expression
            do { determinant = try block.determinant() } catch { throw .matrix(error) }
            rates.append(("sum of the coupled rates", leading(trace), 1))
            rates.append(("product of the coupled rates", leading(determinant), Rational(block.rowCount)))
        }
        var held: [(state: Symbol, drift: Expression)] = []
        for a in states.indices where !law.linearization.block.contains(a) {
            switch law.linearization.equilibrium.kinds[a] {
            case .at:
                if !jacobian[a, a].isZero { rates.append(("rate of \(states[a].name)", leading(-jacobian[a, a]), 1)) }
            case .moving(let drift), .root(let drift): held.append((states[a], drift))
            }
        }
        requirements += rates.map { .init($0.name, $0.formula) }
        requirements += held.map { .init("drift of \($0.state.name)", $0.drift) }
        self.requirements = requirements

        let coefficients = batched.sde.drift + batched.sde.covariance.flatMap { $0 }
        let chosen = ([UpdateRule.batchSize] + analysis.parameters).filter { symbol in
            coefficients.contains { $0.contains(symbol) }
        }
        let speed = ScalingRule.speedSymbol
        let one = ExponentSystem.Form(1)
        let pace = ExponentSystem.Form(.zero, [speed: .one])
        var system = ExponentSystem(unknowns: chosen + held.map(\.state) + [speed], known: [stepSize: one])
        let level = system.weight(of: variance)
        system.require(level, equals: ExponentSystem.Form())
        for rate in rates {
            let weight = system.weight(of: rate.formula)
            system.require(weight, equals: rate.degree * pace)
        }
        for (state, drift) in held {
            let weight = system.weight(of: drift)
            system.require(weight, equals: system.exponent(of: state) + pace)
        }
        guard let solution = system.solution else {
            throw .noScaling(
                reason: "no powers of kappa keep both the level and the ratios of the rates\n"
                    + requirements.map { "  \($0.name): \($0.expression)" }.joined(separator: "\n"))
        }
        exponents = solution.filter { chosen.contains($0.key) }
        self.speed = solution[speed] ?? nil
        let symmetry = ScalingRule.symmetry(of: batched.sde, chosen)
        self.symmetry = symmetry?.filter { chosen.contains($0.key) }
        symmetrySpeed = symmetry?[speed] ?? nil
    }

    /// The powers that leave the SDE itself the same, on a landscape that does not scale: every drift has the weight of its
    /// state and the speed, and every entry of eta S those of its two states and the speed.
    private static func symmetry(of sde: SDE, _ chosen: [Symbol]) -> [Symbol: Rational?]? {
        let pace = ExponentSystem.Form(.zero, [speedSymbol: .one])
        var system = ExponentSystem(
            unknowns: chosen + sde.states.dropFirst() + [speedSymbol],
            known: [sde.stepSize: .init(1), sde.time: Rational(-1) * pace])
        for (a, state) in sde.states.enumerated() {
            if !sde.drift[a].isZero {
                let weight = system.weight(of: sde.drift[a])
                system.require(weight, equals: system.exponent(of: state) + pace)
            }
            for c in a..<sde.states.count where !sde.covariance[a][c].isZero {
                let weight = system.weight(of: Expression(sde.stepSize) * sde.covariance[a][c])
                let target = system.exponent(of: state) + system.exponent(of: sde.states[c]) + pace
                system.require(weight, equals: target)
            }
        }
        return system.solution
    }

    // MARK: In print

    private static let kappa = Symbol("kappa", bounds: .positive)

    private static func scaled(_ symbol: Expression, by exponent: Rational) -> Expression {
        Expression.power(Expression(kappa), Expression(exponent)) * symbol
    }

    private func formulas(_ exponents: [Symbol: Rational?]) -> [DerivationStep.Formula] {
        let eta = Expression(law.model.stepSize)
        var result = [DerivationStep.Formula("\(eta) →", Expression(ScalingRule.kappa) * eta)]
        for parameter in exponents.keys.sorted() {
            guard let exponent = exponents[parameter] ?? nil else { continue }
            result.append(.init("\(parameter) →", ScalingRule.scaled(Expression(parameter), by: exponent)))
        }
        return result
    }

    var section: AnalysisSection {
        var results = formulas(exponents)
        let eta = Expression(law.model.stepSize)
        var notes: [String] = []
        if let speed {
            for parameter in parameters where parameter != UpdateRule.batchSize {
                guard let exponent = exponents[parameter] ?? nil, exponent == speed, !exponent.isZero else { continue }
                let product = eta * Expression(parameter)
                results.append(.init("\(product) →", ScalingRule.scaled(product, by: exponent + 1)))
            }
            let steps = ScalingRule.scaled(.one, by: -(speed + 1))
            notes.append("the same path takes \(steps) times as many steps, up to its discretization")
        }
        for parameter in parameters where (exponents[parameter] ?? nil) == nil {
            notes.append("\(parameter) is left open")
        }
        if let symmetry, let symmetrySpeed {
            let list = formulas(symmetry).map { "\($0.name) \($0.expression)" }.joined(separator: ", ")
            notes.append(
                "the SDE itself is the same under \(list)"
                    + (symmetrySpeed.isZero
                        ? "" : ", in a time that runs \(ScalingRule.scaled(.one, by: symmetrySpeed)) times as fast"))
            notes.append(
                "the optimizer is not: a step is κ times as long, and what separates it from the SDE grows with it")
        } else {
            notes.append(
                "no powers leave every coefficient of the SDE unchanged: the rule holds for its leading terms near a minimum"
            )
        }
        if isApproximate { notes.append("the level and the rates are those of the Gaussian closure") }
        let step = DerivationStep(
            "Requirements",
            "With η → κ η and a power of κ for each of the others the level is to stay the same, and all rates are to scale alike.",
            requirements)
        return AnalysisSection(.scaling, steps: [step], results: results, notes: notes)
    }
}
