import Algebra
import Matching
import Rules

/// What an SDE says of its optimizer: stationary law, transients, loss, phases, scaling rules, schedules.
///
/// Every answer is symbolic and general in the model; it is worked out when it is asked for.
public struct ModelAnalysis: Sendable {
    public let sde: SDE
    /// The sizes of graded parameters, as powers of the step size.
    public let sizes: [Symbol: Weight]
    /// The parameters that a user chooses, beside the step size and the batch size.
    public let parameters: [Symbol]
    /// The scale sigma_i of the gradient noise of one sample or batch.
    public let noiseScale: Symbol
    /// Whether the coefficients contain the batch size.
    public let usesBatch: Bool
    /// What the factors stand for that an averaged model holds fixed, in print.
    private var heldFactors: [String] = []

    public init(
        of sde: SDE, sizes: [Symbol: Weight] = [:], parameters: [Symbol] = [],
        noiseScale: Symbol = UpdateRule.noiseScale
    ) {
        self.sde = sde
        self.sizes = sizes.filter { !$0.value.isZero }
        self.parameters = parameters
        self.noiseScale = noiseScale
        let coefficients = sde.drift + sde.covariance.flatMap { $0 }
        usesBatch = coefficients.contains { $0.contains(UpdateRule.batchSize) }
    }

    /// - Parameter values: parameters that have a value, or another expression in their place.
    public init(of derivation: Derivation, setting values: [Symbol: Expression] = [:]) {
        let rule = derivation.rule
        var sizes = Dictionary(uniqueKeysWithValues: rule.parameters.map { ($0.symbol, $0.size) })
        for parameter in rule.parameters {
            if let size = derivation.options.sizes[parameter.symbol.name] { sizes[parameter.symbol] = size }
        }
        let states = Set(rule.states.map(\.symbol))
        for quantity in derivation.regime?.quantities ?? [] where !states.contains(quantity.symbol) {
            sizes[quantity.symbol] = quantity.size
        }
        let analysis = ModelAnalysis(
            of: derivation.sde, sizes: sizes, parameters: rule.parameters.map(\.symbol), noiseScale: rule.noiseScale
        ).substituting(values)
        self = derivation.sde.averages == nil ? analysis : analysis.holdingFactors(of: rule)
    }

    /// The same in factors `beta = 1 - eta rho`, which an averaged model holds fixed where its `rho` grows as `1/eta`: every
    /// coefficient then has an expansion in eta. A factor has the name that the rule gives it, where it gives one.
    private func holdingFactors(of rule: UpdateRule) -> ModelAnalysis {
        let eta = Expression(sde.stepSize)
        var taken = Set((sde.states + parameters).map(\.name) + rule.lines.map(\.name))
        var result = self
        for parameter in parameters where sizes[parameter] == Weight(-1) {
            let definition = Expression.one - eta * Expression(parameter)
            let line = rule.lines.first { $0.kind == .definition && $0.expression == definition }
            var name = line?.name ?? "beta" + parameter.name.drop { !$0.isNumber }
            while line == nil, !taken.insert(name).inserted { name += "'" }
            let factor = Symbol(name, bounds: .openUnit)
            var next = result.substituting([parameter: (Expression.one - Expression(factor)) / eta])
            next = ModelAnalysis(
                of: next.sde, sizes: next.sizes, parameters: next.parameters + [factor], noiseScale: noiseScale)
            next.heldFactors = result.heldFactors + ["\(factor) = \(definition) is held fixed as η goes to 0"]
            result = next
        }
        return result
    }

    /// The same model with symbols replaced, a parameter by its value for one.
    public func substituting(_ values: [Symbol: Expression]) -> ModelAnalysis {
        // A value for the coordinate i is one for every coordinate.
        let all = values.reduce(into: values) { result, value in
            func other(_ index: Index) -> Index { if case .free = index { SDE.otherIndex } else { index } }
            result[value.key.mapIndices(other)] = value.value.mapIndices(other)
        }
        let model = SDE(
            stepSize: sde.stepSize, time: sde.time, states: sde.states,
            drift: sde.drift.map { $0.substituting(values) },
            covariance: sde.covariance.map { $0.map { $0.substituting(values) } },
            diffusion: sde.diffusion.map { $0.map { $0.substituting(values) } },
            crossCovariance: sde.crossCovariance.map { $0.map { $0.substituting(all) } },
            defaultValues: sde.defaultValues)
        return ModelAnalysis(
            of: model, sizes: sizes.filter { values[$0.key] == nil },
            parameters: parameters.filter { values[$0] == nil }, noiseScale: noiseScale)
    }

    /// The component `d_i f` of the gradient.
    public static let gradient = UpdateRule.loss.differentiated(by: .free(UpdateRule.index))

    /// What one part of the analysis finds.
    ///
    /// - Parameter expression: what Ito's lemma is applied to, or the schedule s(t); nil for the usual ones.
    /// - Throws: ``AnalysisError`` where the model has no such part.
    public func section(
        _ part: AnalysisPart, of expression: Expression? = nil
    ) throws(AnalysisError) -> AnalysisSection {
        var section = try ownSection(part, of: expression)
        section.notes += heldFactors
        return section
    }

    private func ownSection(
        _ part: AnalysisPart, of expression: Expression?
    ) throws(AnalysisError) -> AnalysisSection {
        switch part {
        case .generator: try Generator(of: sde).section(for: expression.map { [$0] } ?? defaultTestFunctions)
        case .moments: try MomentEquations(of: QuadraticModel(of: self)).section
        case .stationary: try stationarySection
        case .transient: try Transient(of: StationaryLaw(of: QuadraticModel(of: self))).section
        case .loss: try LossDynamics(of: self).section
        case .phases: try Phases(of: self).section
        case .scaling: try ScalingRule(of: self).section
        case .schedule:
            try ScheduleAnalysis(
                of: ReducedDynamics(of: StationaryLaw(of: QuadraticModel(of: self))), schedule: expression
            )
            .section
        case .magnitude: try MagnitudeReduction(of: self).section
        case .rescaling: sde.rescalingSection
        }
    }

    /// The stationary law, or its Gaussian closure where the model has no linear one.
    private var stationarySection: AnalysisSection {
        get throws(AnalysisError) {
            let model = try QuadraticModel(of: self)
            do { return try StationaryLaw(of: model).section } catch {
                guard case .noLinearization = error, let closure = try? GaussianClosure(of: model) else { throw error }
                return closure.section(because: error)
            }
        }
    }

    private var defaultTestFunctions: [Expression] {
        [Expression(UpdateRule.loss), Expression(sde.states[0]) ** 2]
    }
}
