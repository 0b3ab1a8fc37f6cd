import Algebra
import ExactNumbers
import Matching

/// The position by itself near a minimum: `dx = -(K lambda + c) x dt + sqrt(eta) s dW`, `s^2 = S0 + S2 (lambda x)^2`.
///
/// A momentum is eliminated: its mean follows the position, and the noise is the one that gives the stationary variance of
/// the coupled law to leading order in eta. K, c, S0 and S2 must not depend on the curvature, so that they hold for any f.
public struct ReducedDynamics: Sendable {
    public let law: StationaryLaw
    /// K: the drift per unit of gradient.
    public let gain: Expression
    /// c: the decay of the position that is no matter of the gradient.
    public let decay: Expression
    /// S0: the variance of the noise at the minimum.
    public let noise: Expression
    /// S2: what the square of a component of the gradient adds to it.
    public let noiseSlope: Expression
    /// Whether a momentum was eliminated.
    public let isReduced: Bool

    /// - Throws: ``AnalysisError/noBound(reason:)`` where a coefficient depends on the curvature.
    public init(of law: StationaryLaw) throws(AnalysisError) {
        self.law = law
        if law.model.analysis.sde.couplesCoordinates {
            throw .noBound(reason: "the noise of one coordinate goes along with that of another")
        }
        let jacobian = law.linearization.blockJacobian
        let lambda = QuadraticModel.curvature
        let slope: Expression
        switch jacobian.rowCount {
        case 1: slope = jacobian[0, 0]
        case 2: slope = (jacobian[0, 0] - jacobian[0, 1] * jacobian[1, 0] / jacobian[1, 1]).simplified()
        default: throw .noBound(reason: "more than two states are coupled with the position")
        }
        isReduced = jacobian.rowCount == 2
        // Where the slope is not affine in the curvature its leading part may be, as at order 2.
        let small = law.model.analysis.sizes.filter { $0.value.isPositive }
        let leading = slope.leadingFactors(stepSize: law.model.stepSize, sizes: small).expression
        let gains = [slope, leading].map { (-$0.derivative(by: lambda)).simplified() }
        guard let position = gains.firstIndex(where: { !$0.contains(lambda) }) else {
            throw .noBound(reason: "the slope of the drift is not affine in the curvature: \(slope)")
        }
        gain = gains[position]
        decay = (-(position == 0 ? slope : leading).substituting(lambda, by: .zero)).simplified()
        if isReduced {
            let candidates = [law.leadingVariance, law.gradedVariance].compactMap { $0 }.map { variance in
                (-2 * slope * variance / Expression(law.model.stepSize)).simplified()
            }
            guard let noise = candidates.first(where: { !$0.contains(lambda) }) else {
                throw .noBound(reason: "the noise of the position by itself depends on the curvature: \(candidates[0])")
            }
            self.noise = noise
            noiseSlope = .zero
        } else {
            noise = law.linearization.blockCovariance[0, 0]
            let second = law.linearization.curvature(ofCovariance: 0, 0, by: 0, 0)
            noiseSlope = (second / Expression(lambda) ** 2).simplified()
        }
        if noise.contains(lambda) || noiseSlope.contains(lambda) {
            throw .noBound(reason: "the noise depends on the curvature: \(noise)")
        }
    }
}
