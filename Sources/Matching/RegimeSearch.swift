import Algebra
import ExactNumbers
import Probability
import Rules

/// The scalings of the noise and of the rates of a rule that have a limit of their own, and why the others have none.
///
/// The scale of the noise runs over a lattice of sizes. For each of them the rates are matched: they get the size
/// `eta^(tau - 1)` at which what they damp moves on the time of the position, found by iteration, and parameters that
/// are no rates the size at which they stand in the leading terms. Beside the matched rates slower, faster and fixed ones
/// are tried one at a time.
public struct RegimeSearch: Sendable {
    public struct Scaling: Sendable {
        /// What the scaling is, in a few words.
        public let title: String
        /// The sizes of the noise and of the parameters.
        public let sizes: [Size]
        public let outcome: Outcome
    }

    public struct Size: Hashable, Sendable {
        public let symbol: Symbol
        public let weight: Weight
    }

    public enum Outcome: Sendable {
        case limit(Derivation)
        /// No limit of its own, with the reason in a sentence.
        case none(reason: String)
    }

    public let rule: UpdateRule
    public let scalings: [Scaling]

    public var limits: [Scaling] { scalings.filter { if case .limit = $0.outcome { true } else { false } } }

    /// The sizes of the scale of the noise that are tried: eta to these powers.
    private static let noiseSizes: [Rational] = [.zero, Rational(-1, 2), -1, Rational(-3, 2)]

    /// - Parameters:
    ///   - options: the noise and the batch; sizes are chosen by the search.
    public init(of rule: UpdateRule, options: DerivationOptions = DerivationOptions()) {
        self.rule = rule
        var plan = RegimePlan(rule: rule, options: options)
        for noise in RegimeSearch.noiseSizes where !plan.isExhausted { plan.add(noise: noise) }
        scalings = plan.result
    }
}

/// The scalings of a search as they are tried.
private struct RegimePlan {
    let rule: UpdateRule
    let options: DerivationOptions
    private let sample: GradientSample
    /// The parameters that damp a state, and those of them that damp the position.
    private let rates: [Symbol]
    private let decays: Set<Symbol>
    /// The states that each rate damps.
    private let damped: [Symbol: [Symbol]]
    private var scalings: [RegimeSearch.Scaling] = []
    /// Whether the noise has become so large that a larger one has no limit either.
    private(set) var isExhausted = false

    init(rule: UpdateRule, options: DerivationOptions) {
        var options = options
        options.order = 1
        options.grading = .leading
        options.sizes = [:]
        self.rule = rule
        self.options = options
        sample = Derivation.sample(of: rule, options: options)
        var rates: [Symbol] = []
        var decays: Set<Symbol> = []
        var damped: [Symbol: [Symbol]] = [:]
        for (state, update) in zip(rule.states, rule.updates) {
            let slope = (update - state.current).derivative(by: state.symbol)
            let damping = (try? slope.simplified().expanded()) ?? slope
            for parameter in rule.parameters.map(\.symbol)
            where damping.contains(parameter) && !rates.contains(parameter) {
                guard damping.substituting(parameter, by: .zero).isZero, !update.hasExponent(with: parameter) else {
                    continue
                }
                if !rates.contains(parameter) { rates.append(parameter) }
                damped[parameter, default: []].append(state.symbol)
                if state.symbol == rule.position { decays.insert(parameter) }
            }
        }
        self.rates = rates
        self.decays = decays
        self.damped = damped
    }

    /// The scalings, those without a limit of their own after the others are known.
    var result: [RegimeSearch.Scaling] {
        scalings.enumerated().map { index, scaling in
            guard scaling.title == RegimePlan.intermediate, case .limit(let derivation) = scaling.outcome else {
                return scaling
            }
            let others = scalings.enumerated().filter {
                $0.element.title != RegimePlan.intermediate || $0.offset < index
            }
            guard let other = others.first(where: { $0.element.hasDrift(of: derivation) }) else { return scaling }
            let reason = "the drift of the \(other.element.title) limit, with the noise as a perturbation"
            return RegimeSearch.Scaling(title: "", sizes: scaling.sizes, outcome: .none(reason: reason))
        }
    }

    private static let intermediate = "intermediate"

    mutating func add(noise: Rational) {
        if hasBalancedNoise {
            isExhausted = true
            return appendNoise(noise, "the noise moves the states before the gradient does")
        }
        let matched = matchedSizes(noise: noise)
        switch matched {
        case .success(let sizes):
            append(noise, sizes, isMatched: true)
            if isExhausted { return }
            for rate in rates where !decays.contains(rate) {
                let own = sizes[rate]?.constant ?? .zero
                if noise.isZero {
                    append(noise, sizes.merging([rate: Weight(0, slope: -1)]) { $1 }, isMatched: false)
                }
                if own > 0 { append(noise, sizes.merging([rate: .zero]) { $1 }, isMatched: false) }
                append(noise, sizes.merging([rate: Weight(own + 1)]) { $1 }, isMatched: false)
                append(noise, sizes.merging([rate: -1]) { $1 }, isMatched: false, fixed: rate)
            }
        case .failure(let error):
            isExhausted = !noise.isZero
            appendNoise(noise, reason(for: error))
        }
    }

    /// Whether a limit was found in which noise and drift act on one time: with a larger noise there is none.
    private var hasBalancedNoise: Bool {
        scalings.contains { scaling in
            guard case .limit(let derivation) = scaling.outcome else { return false }
            return derivation.regime?.hasNoiseOfOrderOne ?? false
        }
    }

    /// A size of the noise without a limit, whatever the rates are.
    private mutating func appendNoise(_ noise: Rational, _ reason: String) {
        let size = RegimeSearch.Size(symbol: rule.noiseScale, weight: Weight(noise))
        scalings.append(RegimeSearch.Scaling(title: "", sizes: [size], outcome: .none(reason: reason)))
    }

    // MARK: Sizes

    /// The sizes of the parameters at which rates and position act on one time.
    ///
    /// The iteration starts from what rules have that normalize the gradient by its noise, and from rates of order 1.
    private func matchedSizes(noise: Rational) -> Result<[Symbol: Weight], DerivationError> {
        let normalized = matchedSizes(noise, from: -noise)
        if case .success = normalized { return normalized }
        return matchedSizes(noise, from: .zero)
    }

    private func matchedSizes(_ noise: Rational, from start: Rational) -> Result<[Symbol: Weight], DerivationError> {
        var rateSize = start
        var past = [start]
        do throws(DerivationError) {
            for _ in 0..<9 {
                var sizes = Dictionary(uniqueKeysWithValues: rates.map { ($0, Weight(rateSize)) })
                sizes.merge(try constantSizes(noise, sizes)) { $1 }
                let next = try expansion(noise, sizes).stepTime - 1
                if next == rateSize || rates.isEmpty { return .success(sizes) }
                rateSize = next
                past.append(next)
                if past.count == 3 {
                    let (first, second) = (past[1] - past[0], past[2] - past[1])
                    if let limit = (first * first).dividing(by: second - first) { rateSize = past[0] - limit }
                    past = [rateSize]
                }
            }
            return .failure(.noRegime(reason: "no size of the rates matches the time of the position"))
        } catch {
            return .failure(error)
        }
    }

    /// The sizes of parameters that are no rates: those at which they stand in the leading terms.
    private func constantSizes(
        _ noise: Rational, _ rates: [Symbol: Weight]
    ) throws(DerivationError) -> [Symbol: Weight] {
        var result: [Symbol: Weight] = [:]
        for parameter in rule.parameters where !self.rates.contains(parameter.symbol) {
            let symbol = parameter.symbol
            result[symbol] = parameter.size
            guard !noise.isZero, parameter.size.isZero, symbol.bounds.upper == .infinity, !parameter.isInteger,
                !rule.updates.contains(where: { $0.hasExponent(with: symbol) })
            else { continue }
            for size in [noise, 2 * noise] {
                let trial = rates.merging(result) { $1 }.merging([symbol: Weight(size)]) { $1 }
                guard let expansion = try? expansion(noise, trial) else { continue }
                if expansion.leadingTerms.contains(where: { $0.contains(symbol) }) {
                    result[symbol] = Weight(size)
                    break
                }
            }
        }
        return result
    }

    private func quantities(_ noise: Rational, _ sizes: [Symbol: Weight]) -> [Regime.Quantity] {
        let all = sizes.merging([rule.noiseScale: Weight(noise)]) { $1 }
        return all.sorted { $0.key < $1.key }.filter { !$0.value.isZero }
            .map { Regime.Quantity(symbol: $0.key, size: $0.value, origin: .requested) }
    }

    private func expansion(
        _ noise: Rational, _ sizes: [Symbol: Weight]
    ) throws(DerivationError) -> RegimeExpansion {
        try RegimeExpansion(
            of: rule, sample: sample, requested: quantities(noise, sizes), usesBatch: options.usesBatch)
    }

    // MARK: Outcomes

    private mutating func append(
        _ noise: Rational, _ sizes: [Symbol: Weight], isMatched: Bool, fixed: Symbol? = nil
    ) {
        let parameters = rule.parameters.map { ($0.symbol, sizes[$0.symbol] ?? .zero) }
        let shown = ([(rule.noiseScale, Weight(noise))] + parameters)
            .map { RegimeSearch.Size(symbol: $0.0, weight: $0.1) }
        func add(_ title: String, _ outcome: RegimeSearch.Outcome) {
            scalings.append(RegimeSearch.Scaling(title: title, sizes: shown, outcome: outcome))
        }
        let isGraded = sizes.values.contains { !$0.slope.isZero }
        do throws(DerivationError) {
            if noise.isZero, isGraded || isMatched || fixed != nil {
                var options = options
                options.sizes = sizes.reduce(into: [:]) { $0[$1.key.name] = $1.value }
                if isGraded {
                    options.grading = .matched
                    if let derivation = try? Derivation(of: rule, options: options),
                        derivation.certificate.failure == nil
                    {
                        return add("graded, matched in κ", .limit(derivation))
                    }
                    options.grading = .leading
                }
                let derivation = try Derivation(of: rule, options: options)
                if isGraded, let residual = derivation.certificate.failure {
                    let size = (Expression(rule.stepSize) ** residual.weight.expression).text
                    let residue = "\(residual.moment) leaves a residual of the size \(size)"
                    return add("", .none(reason: "at a fixed κ, \(residue): order 1 fails for every ζ"))
                }
                return add(isGraded ? "graded" : fixed == nil ? "ballistic" : "averaged", .limit(derivation))
            }
            if let fixed {
                let names = (damped[fixed] ?? []).map(\.name).joined(separator: ", ")
                return add("", .none(reason: RegimePlan.fastReason(names)))
            }
            let expansion = try expansion(noise, sizes)
            if let reason = reason(against: expansion) {
                isExhausted = isExhausted || isMatched && expansion.driftTime != expansion.stepTime
                return add("", .none(reason: reason))
            }
            let derivation = try Derivation(of: rule, in: quantities(noise, sizes), options)
            guard derivation.sde.drift.contains(where: { $0.containsField }) else {
                let time = (Expression(rule.stepSize) ** Expression(-expansion.stepTime)).text
                return add(
                    "", .none(reason: "the gradient does not act on the \(time) steps in which the position moves"))
            }
            add(expansion.hasNoiseOfOrderOne ? "noise-dominated" : RegimePlan.intermediate, .limit(derivation))
        } catch {
            add("", .none(reason: reason(for: error)))
        }
    }

    private static func fastReason(_ names: String) -> String {
        "\(names) moves by its own size in one step: it is fast, and an averaged model of the other states is what exists"
    }

    /// Why the times of the states do not make a limit of its own; nil where they do.
    private func reason(against expansion: RegimeExpansion) -> String? {
        func steps(_ time: Rational) -> String { (Expression(rule.stepSize) ** Expression(-time)).text }
        let position = rule.position.name
        let own = steps(expansion.stepTime)
        if expansion.driftTime != expansion.stepTime {
            let drift = expansion.driftTime.map { ", the drift needs \(steps($0))" } ?? ""
            return "the noise alone moves \(position) within \(own) steps\(drift)"
        }
        let others = expansion.otherTimes
        let fast = others.filter { $0.isFast(expansion.stepTime) }
        if !fast.isEmpty {
            let list = fast.map { "\($0.state.name) within \(steps($0.time ?? .zero))" }.joined(separator: ", ")
            return
                "fast: \(list) steps, while \(position) moves within \(own): an averaged model of the others is what exists"
        }
        guard !others.isEmpty else { return nil }
        let names = others.map(\.state.name).joined(separator: ", ")
        return "slow: \(names) does not move within the \(own) steps in which \(position) does"
    }

    private func reason(for error: DerivationError) -> String {
        switch error {
        case .noDiffusionLimit(let state, _, _) where state == rule.position:
            return "\(state.name) moves by an amount of order 1 or more in one step"
        case .noDiffusionLimit(let state, _, _):
            return
                "\(state.name) moves by its own size in one step: it is fast, and an averaged model of the other states "
                + "is what exists"
        case .cannotExpand(let state, _, _):
            return "the increment of \(state.name) has no expansion at these sizes"
        case .noRegime(let reason): return reason
        default: return "\(error)".split(separator: "\n").first.map(String.init) ?? ""
        }
    }
}

extension RegimeSearch.Scaling {
    /// Whether the scaling has a limit with the drift of another model.
    fileprivate func hasDrift(of derivation: Derivation) -> Bool {
        guard case .limit(let own) = outcome else { return false }
        return zip(own.sde.drift, derivation.sde.drift).allSatisfy { $0.equals($1) == .zero }
    }
}

extension Certificate {
    /// The largest residual that is too large for every zeta; nil where there is none.
    fileprivate var failure: Residual? {
        let failing = conditions.flatMap(\.residuals).filter { $0.range == .never }
        return failing.min { $0.weight.value(at: .half) < $1.weight.value(at: .half) }
    }
}

extension Expression {
    /// Whether the gradient stands in the expression.
    fileprivate var containsField: Bool { symbols.contains { $0.isField && !$0.derivatives.isEmpty } }

    /// Whether the symbol stands in an exponent.
    fileprivate func hasExponent(with symbol: Symbol) -> Bool {
        var found = false
        forEachNode { node in
            guard case .product(_, let factors) = node.content else { return }
            found = found || factors.contains { $0.exponent.contains(symbol) }
        }
        return found
    }
}
