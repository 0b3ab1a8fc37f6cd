import Algebra
import ExactNumbers
import Matching
import Rules

/// What a model becomes where the noise dominates, where the signal does, and in between.
///
/// The ratio of a coordinate is `Y = |d_i f|/(sqrt 2 sigma_i)`. Every coefficient that contains the gradient is expanded for
/// small and for large Y. Where the drift of the position levels off with Y it is held between two lines in between.
public struct Phases: Sendable {
    public static let ratio = Symbol("Y", bounds: .positive)
    /// Where the middle phase begins and ends.
    public static let middle: ClosedRange<Rational> = Rational(1)...Rational(3, 2)

    public let limits: [PhaseLimit]
    /// The part of the drift of the position that opposes the gradient, where it is a function h of the ratio alone that
    /// levels off.
    public let saturating: Expression?
    /// The lines that hold h in the middle phase; nil where h has a parameter without a value.
    public let bracket: LinearBracket?
    /// Whether the covariance of the position is 1 - h^2, as that of a sign is.
    public let isSign: Bool

    /// - Throws: ``AnalysisError/unspecifiedLaw``, ``AnalysisError/noPhases(reason:)``.
    public init(of analysis: ModelAnalysis) throws(AnalysisError) {
        let sde = analysis.sde
        let gradient = ModelAnalysis.gradient
        let value = sqrt(2) * Expression(analysis.noiseScale) * Expression(Phases.ratio)
        func inRatio(_ coefficient: Expression) -> Expression {
            coefficient.atLongTimes(sde.time).substituting(gradient, by: value).simplified()
        }
        var limits: [PhaseLimit] = []
        for (a, state) in sde.states.enumerated() {
            if sde.drift[a].symbols.contains(where: { $0.role == .randomField }) { throw .unspecifiedLaw }
            guard sde.drift[a].contains(gradient), !sde.drift[a].containsIndexSum else { continue }
            limits.append(PhaseLimit(name: "b_\(state.name)", coefficient: inRatio(sde.drift[a]), order: 1))
        }
        for a in sde.states.indices {
            for c in a..<sde.states.count where sde.covariance[a][c].contains(gradient) {
                let name = "S_\(sde.states[a].name)\(sde.states[c].name)"
                limits.append(PhaseLimit(name: name, coefficient: inRatio(sde.covariance[a][c]), order: 2))
            }
        }
        limits.removeAll { $0.isTrivial }
        guard !limits.isEmpty else {
            throw .noPhases(reason: "no coefficient changes its form with the ratio of gradient to noise")
        }
        self.limits = limits

        // The part of the drift with the gradient, the other one being a decay of the weights.
        let opposing = -Expression.sum(of: sde.drift[0].summands.filter { $0.contains(gradient) })
        let function = inRatio(opposing)
        let isFunctionOfRatio = !function.contains(any: sde.states) && !function.contains(analysis.noiseScale)
        let far = (try? function.limit(as: Phases.ratio, to: .infinity)) ?? .infinite(sign: nil)
        let levels = if case .finite(let level) = far { !level.isZero } else { false }
        saturating = isFunctionOfRatio && levels ? function : nil
        bracket = saturating.flatMap { LinearBracket(of: $0, in: Phases.ratio, over: Phases.middle) }
        isSign =
            saturating.map { (inRatio(sde.covariance[0][0]) + ($0 ** 2) - 1).isZeroTest() == .zero } ?? false
    }
}
