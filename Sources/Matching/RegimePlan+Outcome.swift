import Algebra
import ExactNumbers
import Rules

extension RegimePlan {
    /// Tries a scaling and keeps what came of it.
    mutating func append(
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
            let frame = try frame(noise, sizes)
            if let reason = reason(against: frame) {
                isExhausted = isExhausted || isMatched && frame.driftTime != frame.stepTime
                return add("", .none(reason: reason))
            }
            let derivation = try Derivation(of: rule, in: quantities(noise, sizes), options)
            guard derivation.sde.drift.contains(where: { $0.containsField }) else {
                let time = (Expression(rule.stepSize) ** Expression(-frame.stepTime)).text
                return add(
                    "", .none(reason: "the gradient does not act on the \(time) steps in which the position moves"))
            }
            add(frame.hasNoiseOfOrderOne ? "noise-dominated" : RegimePlan.intermediate, .limit(derivation))
        } catch {
            add("", .none(reason: reason(for: error)))
        }
    }

    private static func fastReason(_ names: String) -> String {
        "\(names) moves by its own size in one step: it is fast, and an averaged model of the other states is what exists"
    }

    /// Why the times of the states do not make a limit of its own; nil where they do.
    private func reason(against frame: RegimeFrame) -> String? {
        func steps(_ time: Rational) -> String { (Expression(rule.stepSize) ** Expression(-time)).text }
        let position = rule.position.name
        let own = steps(frame.stepTime)
        if frame.driftTime != frame.stepTime {
            let drift = frame.driftTime.map { ", the drift needs \(steps($0))" } ?? ""
            return "the noise alone moves \(position) within \(own) steps\(drift)"
        }
        let others = frame.otherTimes
        let fast = others.filter { $0.isFast(frame.stepTime) }
        if !fast.isEmpty {
            let list = fast.map { "\($0.state.name) within \(steps($0.time ?? .zero))" }.joined(separator: ", ")
            return
                "fast: \(list) steps, while \(position) moves within \(own): an averaged model of the others is what exists"
        }
        guard !others.isEmpty else { return nil }
        let names = others.map(\.state.name).joined(separator: ", ")
        return "slow: \(names) does not move within the \(own) steps in which \(position) does"
    }

    func reason(for error: DerivationError) -> String {
        switch error {
        case .noDiffusionLimit(let state, _, _) where state == rule.position:
            return "\(state.name) moves by an amount of order 1 or more in one step"
        case .noDiffusionLimit(let state, _, _):
            return RegimePlan.fastReason(state.name)
        case .cannotExpand(let state, _, _):
            return "the increment of \(state.name) has no expansion at these sizes"
        case .noRegime(let reason): return reason
        default: return "\(error)".split(separator: "\n").first.map(String.init) ?? ""
        }
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
}
