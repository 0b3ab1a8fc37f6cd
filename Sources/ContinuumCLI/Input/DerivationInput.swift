import Algebra
import Matching
import Probability
import Rules
import Simulation

/// The options that choose a derivation.
enum DerivationInput {
    static let noise = Option(
        "noise", "LAW",
        "the law of the gradient noise in place of the rule's own: \(NoiseLaw.spellings.joined(separator: ", ")); "
            + "'gaussian correlated' for noise that coordinates share")
    static let order = Option("order", "1|2", "the weak order of the model (default 1)")
    static let diffusion = Option(
        "diffusion", "full|declared",
        "keep every entry of the covariance (default), or the noise of the states that the rule lists, as papers do")
    static let regime = Option(
        "regime", "SIZES",
        "sizes of parameters, of the noise scale sigma, the batch size B or a state as eta goes to zero, such as "
            + "'rho1=O(1)' or 'sigma=O(eta^-1), rho=O(eta)'",
        isRepeatable: true)
    static let grading = Option(
        "graded", "leading|matched",
        "how a graded parameter is matched: as the literature writes it (default), or with the corrections it needs")
    static let batch = Option("batch", nil, "gradients are means over a batch of B samples: the variance is sigma^2/B")

    static let options = [noise, order, diffusion, regime, grading, batch]

    /// The derivation that the options ask for.
    static func derivation(
        of rule: UpdateRule, _ arguments: ParsedArguments
    ) throws(Failure) -> Derivation {
        try derivation(of: rule, try options(of: rule, arguments))
    }

    /// The model that verify and simulate run: the SDE, or where a state jumps the jump form.
    static func model(
        of rule: UpdateRule, _ arguments: ParsedArguments
    ) throws(Failure) -> (model: RuleModel, options: DerivationOptions, derivation: Derivation?) {
        let options = try options(of: rule, arguments)
        do {
            let derivation = try Derivation(of: rule, options: options)
            return (RuleModel(derivation), options, derivation)
        } catch .noDiffusionLimit(_, _, let jumpForm?) {
            guard options.order == 1 else {
                throw Failure(
                    "\(rule.name) has no diffusion limit, and its jump form is a model of order 1\nLeave out --order 2.",
                    status: .doesNotExist)
            }
            return (RuleModel(jumpForm, of: rule), options, nil)
        } catch {
            throw Failure("\(rule.name): \(error)", status: error.status)
        }
    }

    static func derivation(of rule: UpdateRule, _ options: DerivationOptions) throws(Failure) -> Derivation {
        do {
            return try Derivation(of: rule, options: options)
        } catch {
            throw Failure("\(rule.name): \(error)", status: error.status)
        }
    }

    static func options(of rule: UpdateRule, _ arguments: ParsedArguments) throws(Failure) -> DerivationOptions {
        var options = try noiseOptions(of: rule, arguments)
        options.order = try arguments.integer(order, in: 1...2) ?? 1
        options.diffusion = try arguments.choice(diffusion, default: .full)
        options.grading = try arguments.choice(grading, default: .leading)
        for text in arguments.all(regime) {
            for part in text.split(separator: ";").flatMap({ String($0).splitAtCommas }) {
                let (name, size) = try self.size(part, in: rule)
                guard options.sizes[name] == nil else { throw Failure("--regime: '\(name)' is given twice") }
                options.sizes[name] = size
            }
        }
        return options
    }

    /// The noise and the batch, which are all there is to choose where sizes are found by a search.
    static func noiseOptions(
        of rule: UpdateRule, _ arguments: ParsedArguments
    ) throws(Failure) -> DerivationOptions {
        var options = DerivationOptions()
        if let text = arguments[noise] {
            let (law, isCorrelated) = LawInput.splitCorrelated(text)
            options.noise = try LawInput.law(law, in: rule)
            options.correlatesNoise = isCorrelated
        }
        options.usesBatch = arguments.contains(batch)
        return options
    }

    /// `rho1=O(eta^-zeta)`.
    private static func size(_ text: String, in rule: UpdateRule) throws(Failure) -> (String, Weight) {
        let sides = text.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { throw Failure("--regime: expected NAME=SIZE, such as rho=O(1), not '\(text)'") }
        let name = Assignments.ascii(String(sides[0]).trimmed)
        let known = Regime.names(in: rule)
        guard known.contains(name) else {
            throw Failure.unknown(
                "parameter, state or scale", name, among: known,
                remedy: "--regime sizes \(known.joined(separator: ", ")) of \(rule.name).")
        }
        do {
            return (name, try Weight(parsing: String(sides[1]).trimmed, stepSize: rule.stepSize, file: "--regime"))
        } catch {
            throw Failure(error)
        }
    }
}

extension DerivationError {
    /// Whether the input is at fault, or what was asked for does not exist.
    var status: ExitStatus {
        switch self {
        case .batchOfSample, .unsupportedOrder, .unknownParameter, .sizedPosition, .algebra: return .badInput
        case .noMoment(_, .missingMoment), .noMoment(_, .coupledCoordinates), .noMoment(_, .coupledDraws):
            return .doesNotExist
        case .noMoment: return .badInput
        default: return .doesNotExist
        }
    }
}
