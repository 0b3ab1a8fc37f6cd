import Algebra
import ExactNumbers
import Matching

/// Mean and covariance of a model on a quadratic in time, from a sharp start, in closed form.
///
/// For one coupled state `E x = exp(J t) x0` and `E x^2` by its own linear equation; for two the propagator `exp(J t)` by the
/// theorem of Cayley and Hamilton, and `Cov(t) = P - exp(J t) P exp(J t)^T`.
public struct Transient: Sendable {
    public let law: StationaryLaw
    /// exp(J t) among the coupled states.
    public let propagator: ExpressionMatrix
    /// The same where the eigenvalues are complex, with sines; nil for one state.
    public let oscillatingPropagator: ExpressionMatrix?
    /// What is positive where the eigenvalues are real; nil for one state.
    public let discriminant: Expression?
    /// The covariance at the time t.
    public let covariance: ExpressionMatrix
    /// The rate at which the second moment of the position decays; nil for two states.
    public let rate: Expression?

    /// The value of the position at the start.
    public static let start = Symbol("x0")

    var time: Expression { Expression(law.model.analysis.sde.time) }

    /// The mean of the position, started at x0 with the auxiliary states in their equilibrium.
    public var mean: Expression { propagator[0, 0] * Expression(Transient.start) }
    /// The second moment of the position.
    public var secondMoment: Expression { covariance[0, 0] + mean ** 2 }
    /// The loss `E[lambda x^2/2]` of one coordinate.
    public var loss: Expression { (Expression(QuadraticModel.curvature) * secondMoment).scaled(by: .half) }

    /// - Throws: ``AnalysisError/noLinearization(reason:)`` for more than two coupled states.
    public init(of law: StationaryLaw) throws(AnalysisError) {
        self.law = law
        let jacobian = law.linearization.blockJacobian
        let time = Expression(law.model.analysis.sde.time)
        switch jacobian.rowCount {
        case 1:
            let slope = jacobian[0, 0]
            propagator = ExpressionMatrix(rowCount: 1, columnCount: 1) { _, _ in exp(slope * time) }
            oscillatingPropagator = nil
            discriminant = nil
            let eta = Expression(law.model.stepSize)
            let second = law.linearization.curvature(ofCovariance: 0, 0, by: 0, 0)
            let rate = (-2 * slope - eta * second)
            self.rate = rate
            let start = Expression(Transient.start) ** 2
            let decay = exp(-rate * time)
            let moment = start * decay + law.variance * (1 - decay)
            covariance = ExpressionMatrix(rowCount: 1, columnCount: 1) { _, _ in moment - start * exp(2 * slope * time)
            }
        case 2:
            let half = (jacobian[0, 0] + jacobian[1, 1]).scaled(by: .half).simplified()
            let determinant: Expression
            do { determinant = try jacobian.determinant() } catch { throw .matrix(error) }
            let square = ((half ** 2 - determinant).simplified())
            discriminant = square
            rate = nil
            func matrix(_ even: Expression, _ odd: Expression) -> ExpressionMatrix {
                ExpressionMatrix(rowCount: 2, columnCount: 2) { a, c in
                    exp(half * time) * ((a == c ? even : .zero) + odd * (jacobian[a, c] - (a == c ? half : .zero)))
                }
            }
            let root = sqrt(square)
            let (up, down) = (exp(root * time), exp(-root * time))
            let propagator = matrix((up + down).scaled(by: .half), (up - down).scaled(by: .half) / root)
            let frequency = sqrt(-square)
            oscillatingPropagator = matrix(cos(frequency * time), sin(frequency * time) / frequency)
            self.propagator = propagator
            covariance = Transient.covariance(propagator, law.covariance)
        default:
            throw .noLinearization(
                reason: "\(jacobian.rowCount) states are coupled with the position; a closed form in time is for two")
        }
    }

    /// P - exp(J t) P exp(J t)^T.
    static func covariance(_ propagator: ExpressionMatrix, _ stationary: ExpressionMatrix) -> ExpressionMatrix {
        ExpressionMatrix(rowCount: 2, columnCount: 2) { a, c in
            var parts = [stationary[a, c]]
            for b in 0..<2 {
                for d in 0..<2 { parts.append(-propagator[a, b] * stationary[b, d] * propagator[c, d]) }
            }
            return Expression.sum(of: parts)
        }
    }

    var section: AnalysisSection {
        let name = law.states[0].name
        if let rate {
            let slope = law.linearization.blockJacobian[0, 0]
            let steps = [
                DerivationStep(
                    "Mean", "d E[\(name)]/dt = J E[\(name)].", [.init("J", slope), .init("E[\(name)]", mean)]),
                DerivationStep(
                    "Second moment", "d E[\(name)²]/dt = -K E[\(name)²] + η S, with K = -2 J - η S″/2.",
                    [
                        .init("K", rate.commonFactored), .init("E[\(name)²]", secondMoment),
                        .init("E[\(name)²] as t → ∞", law.variance),
                    ]),
            ]
            return AnalysisSection(
                .transient, steps: steps,
                results: [
                    .init("E[\(name)]", mean), .init("Var \(name)", covariance[0, 0]), .init("E[f]", loss),
                ], notes: ["for one coordinate, from a sharp start x0"])
        }
        // The eigenvalues of J are s - q and s + q.
        let halfGap = Expression(Symbol("q"))
        let half = Expression(Symbol("s"))
        let jacobian = law.linearization.blockJacobian
        var formulas = [
            DerivationStep.Formula("s", ((jacobian[0, 0] + jacobian[1, 1]).scaled(by: .half)).simplified()),
            DerivationStep.Formula("q²", discriminant ?? .zero),
        ]
        let (up, down) = (exp(halfGap * time), exp(-halfGap * time))
        let states = law.states
        for a in 0..<2 {
            for c in 0..<2 {
                let odd = jacobian[a, c] - (a == c ? half : .zero)
                let even = a == c ? (up + down).scaled(by: .half) : .zero
                formulas.append(
                    .init(
                        "Φ_\(states[a].name)\(states[c].name)",
                        exp(half * time) * (even + odd * (up - down) / (2 * halfGap))))
            }
        }
        let step = DerivationStep(
            "Propagator", "Φ = exp(J t) by the theorem of Cayley and Hamilton, with s = tr J/2 and q² = s² - det J.",
            formulas)
        return AnalysisSection(
            .transient, steps: [step],
            results: [
                .init("E[\(name)]", Expression(Symbol("Φ_\(name)\(name)")) * Expression(Transient.start))
            ],
            notes: [
                "Cov(t) = P - Φ P Φᵀ with the stationary covariance P, from a sharp start",
                "where q² < 0 the states oscillate: cos(ω t) and sin(ω t)/ω with ω² = -q² take the place of the exponentials",
            ])
    }
}
