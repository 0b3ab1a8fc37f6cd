import Algebra

/// The quantities that every rule knows without a declaration.
extension UpdateRule {
    /// The free index of the coordinate for which a rule is written.
    public static let index = "i"
    /// The index k of the step being taken, 1 for the first; the state that it leaves is at time (k - 1) eta.
    public static let stepIndex = Symbol("k", bounds: .positive)
    /// The time t = (k - 1) eta; coefficients that are singular at the start are meant for t > 0.
    public static let time = Symbol("t", bounds: .positive)
    /// The batch size B.
    public static let batchSize = Symbol("B", bounds: .positive)
    /// The dimension d.
    public static let dimension = Expression.dimension
    /// The loss f, a function of the position.
    public static let loss = Symbol("f", role: .field)
    /// The scale sigma_i of the gradient noise.
    public static let noiseScale = Symbol("sigma", indices: [.free(index)], bounds: .positive)
    /// The free index of another coordinate, where two of them meet.
    public static let otherIndex = "j"
    /// The correlation r_ij of the noise of two coordinates.
    public static let correlation = Symbol("r", indices: [.free(index), .free(otherIndex)], bounds: .signed)
    /// The scale of noise that depends on the position.
    static let noiseScaleField = Symbol("sigma", role: .field, indices: [.free(index)], bounds: .positive)

    /// The scale of noise that is the same in every coordinate.
    static let isotropicNoiseScale = Symbol("sigma", bounds: .positive)

    /// What the scale of the noise depends on.
    public enum Scale: String, Hashable, Sendable {
        /// A number for each coordinate.
        case ofCoordinate
        /// One number for all coordinates.
        case isotropic
        /// A function of the position for each coordinate.
        case ofPosition

        var symbol: Symbol {
            switch self {
            case .ofCoordinate: UpdateRule.noiseScale
            case .isotropic: UpdateRule.isotropicNoiseScale
            case .ofPosition: UpdateRule.noiseScaleField
            }
        }
    }

    /// What the names that a rule may not declare mean.
    static let reservedNames: [String: String] = [
        "k": "the index of the step", "t": "the time", "B": "the batch size", "d": "the dimension",
        "sigma": "the scale of the noise", "f": "the loss", "zeta": "the exponent of a size `O(eta^-zeta)`",
        "e": "the base of the exponential", "pi": "the number pi", "E": "the expectation", "P": "the probability",
    ]

    /// Names of functions that may also be declared, since a quantity is told from a call by its parenthesis.
    static let sharedNames: Set<String> = ["gamma", "Gamma", "phi", "Phi", "step", "delta", "dirac", "digamma"]
}
