import Algebra
import Probability
import Rules

/// Choices that a derivation leaves to its reader.
public struct DerivationOptions: Hashable, Sendable {
    /// Which noise the model keeps.
    public enum Diffusion: String, Hashable, Sendable, CaseIterable {
        /// The covariance of the whole state: no entry is dropped.
        case full
        /// Only the states listed by the rule under `diffusion` keep their noise, as papers do.
        case declared
    }

    /// How the model of a rule with graded parameters is matched.
    public enum Grading: String, Hashable, Sendable, CaseIterable {
        /// Drift and covariance at a fixed kappa = eta rho, as the literature writes them.
        case leading
        /// With the corrections in kappa that the model's own mean increment needs.
        case matched
    }

    /// The law of the noise; nil for the rule's own.
    public var noise: NoiseLaw?
    /// Whether the noise of different coordinates is correlated; nil for what the rule says of its own law.
    public var correlatesNoise: Bool?
    /// The weak order asked for, 1 or 2.
    public var order = 1
    public var diffusion = Diffusion.full
    public var grading = Grading.leading
    /// Sizes of parameters that replace those the rule declares, by name.
    public var sizes: [String: Weight] = [:]
    /// Whether gradients are means over a batch of `B` samples, which divides the variance of the noise by `B`.
    public var usesBatch = false

    public init(
        noise: NoiseLaw? = nil, correlatesNoise: Bool? = nil, order: Int = 1, diffusion: Diffusion = .full,
        grading: Grading = .leading,
        sizes: [String: Weight] = [:], usesBatch: Bool = false
    ) {
        self.noise = noise
        self.correlatesNoise = correlatesNoise
        self.order = order
        self.diffusion = diffusion
        self.grading = grading
        self.sizes = sizes
        self.usesBatch = usesBatch
    }
}

extension DerivationOptions {
    /// Order 2 in the regime that it takes: graded rates of order 1, displacements of order eta.
    public static func secondOrder(of rule: UpdateRule) -> DerivationOptions {
        let sizes = rule.parameters.filter { !$0.size.isInteger }.map { parameter in
            (parameter.symbol.name, parameter.size.slope.isZero ? Weight(1) : .zero)
        }
        return DerivationOptions(order: 2, sizes: Dictionary(uniqueKeysWithValues: sizes))
    }
}
