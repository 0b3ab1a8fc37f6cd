import Algebra
import ExactNumbers
import Probability
import Rules

extension Certificate {
    /// What a certificate is made from.
    struct Input {
        let increments: Increments
        /// b0 and b1; the latter empty at order 1.
        let drift: [Expression]
        let correction: [Expression]
        /// Cov(D1) of the whole state.
        let covariance: [[Expression]]
        /// Which states keep their noise.
        let kept: [Bool]
        /// Entries of the covariance of a larger weight than those that the model has.
        var leftOut: [DroppedCovariance] = []
        /// Whether the model has a covariance between coordinates.
        var couplesCoordinates = false
        /// The matching of graded averages at a fixed kappa; nil where the model has the leading form.
        let matched: MatchedGrading?
        /// Graded parameters.
        let sizes: [Symbol: Weight]
        let stepSize: Symbol
        let moments: OneStepMoments
    }

    init(of input: Input) throws(DerivationError) {
        order = input.correction.isEmpty ? 1 : 2
        stepTime = nil
        var sizes = input.sizes
        sizes[input.stepSize] = 1
        let threshold = Weight(Rational(order + 1))
        let dropped = Certificate.dropped(input, sizes) + input.leftOut
        let isFull = dropped.isEmpty
        level = order == 2 ? (isFull ? .m2 : .m1) : (isFull ? .m1c : .m1)

        let bound = order == 1 ? "η²" : "η³"
        let first = try Certificate.firstMoments(input, sizes, threshold)
        let second = try Certificate.secondMoments(input, sizes, threshold, dropped)
        let third = input.thirdMoments(sizes, threshold)
        let growth = zip(input.moments.states, input.increments.first).map { state, increment in
            (
                state: state,
                degree: input.moments.sample.draws.map { Growth(of: increment, in: $0.symbol).degree }.max() ?? 0
            )
        }
        requiredMoments = Certificate.requiredMoments(
            growth, input.moments.sample.draws[0].law, power: order == 1 ? 3 : 4)
        conditions = [
            Condition(number: 1, statement: "|E Δ - E D| = O(\(bound))", residuals: first),
            Condition(number: 2, statement: "|E ΔΔᵀ - E DDᵀ| = O(\(bound))", residuals: second),
            Condition(number: 3, statement: "|E ΔΔΔ - E DDD| = O(\(bound))", residuals: third),
            Condition(
                number: 4, statement: "E|D|\(order == 1 ? "³" : "⁴") = O(\(bound))",
                residuals: input.highestMoments(sizes, threshold, power: order == 1 ? 3 : 4)),
        ]
        droppedCovariances = dropped
        nonsmoothPoints = Certificate.nonsmoothPoints(in: input.drift + input.covariance.flatMap(\.self))
        var notes: [String] = []
        if order == 1 {
            notes.append(
                "order 1 does not by itself vouch for the noise: conditions 1 to 4 hold for the ODE without noise as well"
            )
        }
        let rates = input.sizes.filter { !$0.value.slope.isZero }.keys.sorted().map { Expression($0).text }
        if !rates.isEmpty {
            let names = rates.joined(separator: ", ")
            notes.append(
                "the level counts powers of η with \(names) held fixed; conditions 1 to 4 count \(names) with its size")
        }
        if input.moments.draw.law.hasAtoms, nonsmoothPoints.contains(where: \.isDiscontinuous) {
            notes.append(
                "the noise takes finitely many values and does not smooth the jumps of the update: the means of its signs "
                    + "are piecewise constant, and smoothness fails at the points above")
        }
        if let note = input.moments.draw.batchNote { notes.append(note) }
        if input.moments.draw.correlation != nil {
            notes.append(
                "condition 2 holds between coordinates as well: S[a_i, c_j] = Cov(D1_a of i, D1_c of j) is kept")
        }
        if let matched = input.matched {
            notes.append(
                "the relaxation of \(matched.averages.map(\.name).joined(separator: ", ")) over a step is matched exactly in "
                    + "kappa, with the same Brownian motion in every state"
            )
            if !matched.seriesStates.isEmpty {
                notes.append(
                    "the drift of \(matched.seriesStates.map(\.name).sorted().joined(separator: ", ")) is matched by a "
                        + "series in kappa that leaves O(η^(5 - 4 ζ))")
            }
        }
        if input.increments.approximatesBiasCorrection {
            notes.append(
                "residuals are given for times beyond the transient, where exp(-ρ t) with a graded ρ has died out")
            notes.append("a bias correction (1 - κ)^k enters as exp(-ρ t), off by a factor 1 + O(κ (1 + ρ t))")
        }
        self.notes = notes
    }

    /// What is left of E D: `eta^2 (E[D2] - (d_t + b0 . grad) b0 / 2)`, or nothing below eta^3 at order 2.
    private static func firstMoments(
        _ input: Input, _ sizes: [Symbol: Weight], _ threshold: Weight
    ) throws(DerivationError) -> [Residual] {
        let states = input.moments.states
        // What matched averages do over a step is in the drift already.
        let moving = states.indices.filter { input.matched?.averages.contains(states[$0]) != true }
        let transport = Transport(
            states: moving.map { states[$0] }, drift: moving.map { input.drift[$0] }, time: UpdateRule.time)
        var result: [Residual] = []
        for (index, state) in states.enumerated() {
            if !input.correction.isEmpty {
                result.append(Residual(moment: "E Δ\(state.name)", expression: nil, weight: 3, range: .always))
                continue
            }
            if input.isLong {
                let weight = input.leastWeight(ofMean: index, sizes)
                result.append(
                    Residual(
                        moment: "E Δ\(state.name)", expression: nil, weight: weight,
                        range: weight.holds(atLeast: threshold)))
                continue
            }
            let second = try input.moments.expectation(of: input.increments.second[index], state: state)
            let eta = Expression(input.stepSize)
            let transported = try input.moments.closingExpectations(in: transport(input.drift[index]), state: state)
            let difference = eta * eta * (transported.scaled(by: .half) - second)
            let known = residual("E Δ\(state.name)", difference, sizes, threshold)
            guard let cut = input.matched?.residual(state), !cut.isAtLeast(known.weight) else {
                result.append(known)
                continue
            }
            let weight = cut
            result.append(
                Residual(
                    moment: known.moment, expression: nil, weight: weight,
                    range: known.range.intersection(cut.holds(atLeast: threshold))))
        }
        return result
    }

    /// What is left of E D D^T: the dropped entries at eta^2, and the next order of what was matched.
    private static func secondMoments(
        _ input: Input, _ sizes: [Symbol: Weight], _ threshold: Weight, _ dropped: [DroppedCovariance]
    ) throws(DerivationError) -> [Residual] {
        let states = input.moments.states
        let eta = Expression(input.stepSize)
        let transport = Transport(states: states, drift: input.drift, time: UpdateRule.time)
        var result: [Residual] = []
        for a in states.indices {
            for c in a..<states.count {
                let name = "E Δ\(states[a].name)Δ\(states[c].name)"
                if !(input.kept[a] && input.kept[c]) {
                    if !input.covariance[a][c].isZero {
                        result.append(residual(name, -eta * eta * input.covariance[a][c], sizes, threshold))
                    }
                    continue
                }
                if input.matched != nil || input.couplesCoordinates || input.isLong {
                    let weights = (input.increments.first[a].weight(sizes), input.increments.first[c].weight(sizes))
                    let weight =
                        input.matched?.residual(states[a], states[c], weights)
                        ?? input.leastWeight(ofProduct: a, c, sizes)
                    result.append(
                        Residual(moment: name, expression: nil, weight: weight, range: weight.holds(atLeast: threshold))
                    )
                    continue
                }
                let optimizer = try input.moments.expectation(
                    of: input.increments.first[a] * input.increments.second[c]
                        + input.increments.second[a] * input.increments.first[c], state: states[a])
                let (b, s) = (input.drift, input.covariance)
                var model = [
                    b[a] * transport(b[c]), b[c] * transport(b[a]), transport(s[a][c]),
                ]
                if !input.correction.isEmpty {
                    model += [2 * b[a] * input.correction[c], 2 * b[c] * input.correction[a]]
                }
                for (index, state) in states.enumerated() {
                    model.append(s[a][index] * b[c].derivative(by: state))
                    model.append(s[c][index] * b[a].derivative(by: state))
                }
                let own = try input.moments.closingExpectations(in: Expression.sum(of: model), state: states[a])
                let leftOut = input.leftOut.first { $0.states == [states[a], states[c]] }?.expression ?? .zero
                let difference = eta ** 3 * (own.scaled(by: .half) - optimizer) - eta ** 2 * leftOut
                result.append(residual(name, difference, sizes, threshold))
            }
        }
        return result
    }

    private static func residual(
        _ moment: String, _ difference: Expression, _ sizes: [Symbol: Weight], _ threshold: Weight
    ) -> Residual {
        if let weight = difference.weightAsItStands(sizes), weight.isAtLeast(threshold) {
            let written = difference.written
            return Residual(
                moment: moment, expression: written, weight: written.isZero ? threshold : weight,
                range: weight.holds(atLeast: threshold))
        }
        let (found, weight) = difference.afterTransients(sizes).leadingPart(sizes)
        let leading = found.written
        if leading.isZero { return Residual(moment: moment, expression: .zero, weight: threshold, range: .always) }
        return Residual(moment: moment, expression: leading, weight: weight, range: weight.holds(atLeast: threshold))
    }

    private static func dropped(_ input: Input, _ sizes: [Symbol: Weight]) -> [DroppedCovariance] {
        let states = input.moments.states
        var result: [DroppedCovariance] = []
        for a in states.indices {
            for c in a..<states.count where !(input.kept[a] && input.kept[c]) && !input.covariance[a][c].isZero {
                let weight = input.covariance[a][c].leadingPart(sizes).weight + 2
                result.append(
                    DroppedCovariance(
                        states: [states[a], states[c]], expression: input.covariance[a][c], weight: weight,
                        tolerated: weight.holds(atLeast: 2)))
            }
        }
        return result
    }

    static func requiredMoments(
        _ growth: [(state: Symbol, degree: Rational)], _ law: NoiseLaw, power: Int
    ) -> [RequiredMoment] {
        guard let largest = growth.max(by: { $0.degree < $1.degree }), largest.degree.isPositive else { return [] }
        let purposes = [(2, "the diffusion of \(largest.state.name)"), (power, "condition 4 on \(largest.state.name)")]
        return purposes.compactMap { times, purpose in
            let needed = (largest.degree * Rational(times))
            guard let order = (needed.isInteger ? needed : Rational(needed.floor) + 1).asInt else { return nil }
            switch law {
            case .any:
                return RequiredMoment(order: order, purpose: purpose, exists: nil, requirement: "assumed of the law")
            case .student(let nu):
                let margin = (nu - Expression(order)).bounds
                let exists: Bool? = margin.isPositive ? true : margin.isNonpositive ? false : nil
                return RequiredMoment(
                    order: order, purpose: purpose, exists: exists, requirement: "needs \(nu) > \(order)")
            default: return RequiredMoment(order: order, purpose: purpose, exists: true, requirement: nil)
            }
        }
    }

    /// Kinks, fractional powers and poles of the coefficients in the states.
    static func nonsmoothPoints(in coefficients: [Expression]) -> [NonsmoothPoint] {
        var found: [NonsmoothPoint] = []
        func add(_ coefficient: Expression, _ vanishing: Expression, isDiscontinuous: Bool = false) {
            // A sum runs over every coordinate, of which `i` is one.
            func ofCoordinate(_ u: Expression) -> Expression {
                u.mapIndices { if case .bound = $0 { .free(UpdateRule.index) } else { $0 } }
            }
            let point = NonsmoothPoint(
                coefficient: ofCoordinate(coefficient), vanishing: ofCoordinate(vanishing),
                isDiscontinuous: isDiscontinuous)
            if vanishing.number == nil && !found.contains(point) { found.append(point) }
        }
        // Under an expectation the noise smooths a kink over.
        func isState(_ expression: Expression) -> Bool {
            !expression.isRandom && expression.symbols.contains { !$0.indices.isEmpty || $0.isField }
        }
        for coefficient in coefficients {
            let jumps = coefficient.jumps
            coefficient.forEachNode { node in
                switch node.content {
                case .function(.sign, let arguments):
                    if isState(node) { add(node, arguments[0], isDiscontinuous: jumps.contains(arguments[0])) }
                case .function(.dirac, let arguments):
                    if isState(node) { add(node, arguments[0], isDiscontinuous: true) }
                case .function(.abs, let arguments):
                    if isState(node) { add(node, arguments[0]) }
                case .function(.max, let arguments) where arguments.count == 2:
                    if isState(node) { add(node, arguments[0] - arguments[1]) }
                case .product(_, let factors):
                    for factor in factors where isState(factor.base) {
                        guard let exponent = factor.exponent.number, !exponent.isInteger || exponent.isNegative else {
                            continue
                        }
                        if factor.base.vanishesNowhere || !exponent.isInteger && factor.base.number != nil { continue }
                        add(Expression.power(factor.base, factor.exponent), factor.base)
                    }
                default: break
                }
            }
        }
        return found
    }
}

extension Expression {
    /// The number of nodes beyond which nobody reads a residual.
    private static let mostReadableNodes = 4000

    /// The weight of a power of the step size times a long expression of order 1: its closed form is as good as any other, and
    /// expanding it would take longer than the rest of the derivation. Terms that cancel could only make it smaller.
    fileprivate func weightAsItStands(_ sizes: [Symbol: Weight]) -> Weight? {
        guard size > Self.mostReadableNodes else { return nil }
        let (power, rest) = split { factor in factor.base.symbol.map { sizes[$0] != nil } ?? false }
        return rest.contains(any: sizes.keys) ? nil : power.weight(sizes)
    }

    /// The expression without what decays like exp(-rho t) or (1 - kappa)^(t/eta) at a graded rate.
    func afterTransients(_ sizes: [Symbol: Weight]) -> Expression {
        let rates = sizes.filter { !$0.value.slope.isZero }.map(\.key)
        guard contains(any: rates), contains(UpdateRule.time) else { return self }
        return replacing { node in
            guard case .product(_, let factors) = node.content else { return nil }
            let decays = factors.contains { factor in
                factor.exponent.contains(UpdateRule.time)
                    && (factor.base.contains(any: rates) || factor.exponent.contains(any: rates))
            }
            return decays ? .zero : nil
        }
    }
}

extension Certificate.Condition {
    init(number: Int, statement: String, residuals: [Certificate.Residual]) {
        self.number = number
        self.statement = statement
        self.residuals = residuals
        range = residuals.map(\.range).reduce(Weight.Range.always) { $0.intersection($1) }
    }
}
