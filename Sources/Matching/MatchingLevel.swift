/// How far the moments of a model agree with those of the optimizer.
public enum MatchingLevel: String, Hashable, Sendable {
    /// The first and second moments agree to O(eta^2); a model without any noise passes too.
    case m1 = "M1"
    /// The averaged drift and the long-run covariance of the slow states, at their leading order.
    case averaged = "averaged"
    /// M1, and the covariance agrees to O(eta^3).
    case m1c = "M1c"
    /// All moments up to the third agree to O(eta^3).
    case m2 = "M2"

    /// Why the level is what it is, in a sentence.
    public var meaning: String {
        switch self {
        case .m1:
            return
                "first and second moments to O(η²): what order 1 asks, and what the ODE without noise meets as well"
        case .averaged:
            return "drift and long-run covariance of the slow states with the fast ones at their stationary law"
        case .m1c: return "first moments to O(η²) and the full covariance to O(η³)"
        case .m2: return "all moments to O(η³): b0 + η b1 with the full covariance"
        }
    }
}
