import Algebra
import ExactNumbers
import Probability
import Rules

/// The scalings of a search as they are tried.
struct RegimePlan {
    let rule: UpdateRule
    let options: DerivationOptions
    let sample: GradientSample
    /// The parameters that damp a state, and those of them that damp the position.
    let rates: [Symbol]
    private let decays: Set<Symbol>
    /// The states that each rate damps.
    let damped: [Symbol: [Symbol]]
    var scalings: [RegimeSearch.Scaling] = []
    /// Whether the noise has become so large that a larger one has no limit either.
    var isExhausted = false

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

    static let intermediate = "intermediate"

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
                let next = try frame(noise, sizes).stepTime - 1
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

    /// The sizes of parameters that are no rates: those at which they stand in the leading terms. A parameter that does as it is
    /// goes with the noise, unless it would then drive others out of them.
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
            var standing: Set<Symbol> = []
            for size in [Rational.zero, noise, 2 * noise] {
                let trial = rates.merging(result) { $1 }.merging([symbol: Weight(size)]) { $1 }
                guard let leading = try? frame(noise, trial).leadingTerms(),
                    leading.contains(where: { $0.contains(symbol) })
                else { continue }
                let symbols = Set(leading.flatMap(\.symbols))
                guard symbols.isSuperset(of: standing) else { break }
                result[symbol] = Weight(size)
                guard size.isZero else { break }
                standing = symbols
            }
        }
        return result
    }

    func quantities(_ noise: Rational, _ sizes: [Symbol: Weight]) -> [Regime.Quantity] {
        let all = sizes.merging([rule.noiseScale: Weight(noise)]) { $1 }
        return all.sorted { $0.key < $1.key }.filter { !$0.value.isZero }
            .map { Regime.Quantity(symbol: $0.key, size: $0.value, origin: .requested) }
    }

    func frame(_ noise: Rational, _ sizes: [Symbol: Weight]) throws(DerivationError) -> RegimeFrame {
        try RegimeFrame(
            of: rule, sample: sample, requested: quantities(noise, sizes), usesBatch: options.usesBatch)
    }
}

extension RegimeSearch.Scaling {
    /// Whether the scaling has a limit with the drift of another model.
    fileprivate func hasDrift(of derivation: Derivation) -> Bool {
        guard case .limit(let own) = outcome else { return false }
        return zip(own.sde.drift, derivation.sde.drift).allSatisfy { $0.equals($1) == .zero }
    }
}

extension Expression {
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
