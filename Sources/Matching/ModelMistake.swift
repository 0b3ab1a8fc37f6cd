import Algebra

/// A derived model made wrong in one place: what a check of models has to notice.
public struct ModelMistake: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The factor 1/2 of `b1 = E[D2] - (1/2) (d_t + b0 . grad) b0`.
        case halfMadeOne = "1/2 made 1"
        /// The first term, of b1 at order 2 and of b0 at order 1.
        case signTurned = "sign turned"
        /// Between two states, or all of one state's.
        case covarianceDropped = "covariance dropped"
        /// The bias corrections of the next step.
        case stepShifted = "k shifted"
    }

    public let kind: Kind
    /// The coefficients that it changes.
    public let coefficients: [ModelComparison.Coefficient]
    public let sde: SDE

    /// Whether it is about two coordinates: one alone knows nothing of it.
    public var isBetweenCoordinates: Bool {
        coefficients.contains { if case .crossCovariance = $0 { true } else { false } }
    }
}

extension ModelMistake: CustomStringConvertible {
    /// `sign turned in b[x]`, `covariance dropped in S[v,v]`.
    public var description: String {
        "\(kind.rawValue) in \(coefficients.map(\.description).joined(separator: ", "))"
    }
}

extension Derivation {
    /// The model with every mistake of every kind, one at a time.
    public var mistakes: [ModelMistake] {
        halvesMadeOne + signsTurned + covariancesDropped + crossCovariancesDropped + stepsShifted
    }

    private var transport: Transport { Transport(states: sde.states, drift: leadingDrift, time: sde.time) }
    private var eta: Expression { Expression(sde.stepSize) }

    private var halvesMadeOne: [ModelMistake] {
        guard options.order == 2 else { return [] }
        return sde.states.indices.compactMap { index in
            let half = transport(leadingDrift[index]).scaled(by: .half)
            return mistaken(.halfMadeOne, index, drift: sde.drift[index] - eta * half)
        }
    }

    private var signsTurned: [ModelMistake] {
        sde.states.indices.compactMap { index in
            let part = options.order == 2 ? driftCorrection[index] : leadingDrift[index]
            let first = ((try? part.expanded()) ?? part).summands.first ?? .zero
            let term = options.order == 2 ? eta * first : first
            return mistaken(.signTurned, index, drift: sde.drift[index] - 2 * term)
        }
    }

    private var stepsShifted: [ModelMistake] {
        sde.states.indices.compactMap { index in
            let shifted = sde.drift[index].substituting(sde.time, by: Expression(sde.time) + eta)
            return mistaken(.stepShifted, index, drift: shifted)
        }
    }

    private func mistaken(_ kind: ModelMistake.Kind, _ index: Int, drift: Expression) -> ModelMistake? {
        guard drift != sde.drift[index] else { return nil }
        var all = sde.drift
        all[index] = drift
        return ModelMistake(kind: kind, coefficients: [.drift(sde.states[index])], sde: sde.with(drift: all))
    }

    /// Without the variance of a state its covariances go too: what is left has to be a covariance.
    private var covariancesDropped: [ModelMistake] {
        pairs.compactMap { a, c in
            var entries = sde.covariance
            var dropped: [ModelComparison.Coefficient] = []
            for (row, column) in pairs where (row, column) == (a, c) || (a == c && (row == a || column == a)) {
                guard !entries[row][column].isZero else { continue }
                (entries[row][column], entries[column][row]) = (.zero, .zero)
                dropped.append(.covariance(sde.states[row], sde.states[column]))
            }
            guard !dropped.isEmpty, let factor = try? ExpressionMatrix(entries).choleskyFactor() else { return nil }
            return ModelMistake(
                kind: .covarianceDropped, coefficients: dropped,
                sde: sde.with(covariance: entries, diffusion: factor.rows))
        }
    }

    private var crossCovariancesDropped: [ModelMistake] {
        guard sde.couplesCoordinates else { return [] }
        return pairs.compactMap { a, c in
            guard !sde.crossCovariance[a][c].isZero else { return nil }
            var all = sde.crossCovariance
            (all[a][c], all[c][a]) = (.zero, .zero)
            return ModelMistake(
                kind: .covarianceDropped, coefficients: [.crossCovariance(sde.states[a], sde.states[c])],
                sde: sde.with(crossCovariance: all))
        }
    }

    private var pairs: [(Int, Int)] {
        sde.states.indices.flatMap { a in (a..<sde.states.count).map { (a, $0) } }
    }
}

extension SDE {
    /// The same with other coefficients.
    fileprivate func with(
        drift: [Expression]? = nil, covariance: [[Expression]]? = nil, diffusion: [[Expression]]? = nil,
        crossCovariance: [[Expression]]? = nil
    ) -> SDE {
        SDE(
            stepSize: stepSize, time: time, states: states, drift: drift ?? self.drift,
            covariance: covariance ?? self.covariance, diffusion: diffusion ?? self.diffusion,
            crossCovariance: crossCovariance ?? self.crossCovariance, defaultValues: defaultValues, averages: averages)
    }
}
