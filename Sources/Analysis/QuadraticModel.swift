import Algebra
import Matching
import Rules

/// A model on the landscape `f = sum_i lambda_i x_i^2/2`, long after the start: one coordinate by itself.
public struct QuadraticModel: Sendable {
    public let analysis: ModelAnalysis
    /// The drift of each state of the coordinate.
    public let drift: [Expression]
    /// The covariance of the states, without the factor eta.
    public let covariance: [[Expression]]

    public var states: [Symbol] { analysis.sde.states }
    public var stepSize: Symbol { analysis.sde.stepSize }

    /// The curvature lambda_i of the coordinate.
    public static let curvature = Symbol("lambda", indices: [.free(UpdateRule.index)], bounds: .positive)

    /// - Throws: ``AnalysisError/unspecifiedLaw``, ``AnalysisError/positionDependentNoise(_:)``,
    ///   ``AnalysisError/timeDependent(_:)``.
    public init(of analysis: ModelAnalysis) throws(AnalysisError) {
        self.analysis = analysis
        let position = analysis.sde.states[0]
        var drift: [Expression] = []
        for entry in analysis.sde.drift {
            drift.append(try QuadraticModel.coefficient(entry, position, analysis.sde.time))
        }
        var covariance: [[Expression]] = []
        for row in analysis.sde.covariance {
            var entries: [Expression] = []
            for entry in row {
                entries.append(try QuadraticModel.coefficient(entry, position, analysis.sde.time))
            }
            covariance.append(entries)
        }
        self.drift = drift
        self.covariance = covariance
    }

    /// The covariance of the position of coordinate `i` with that of another coordinate `j`; zero where they share no noise.
    ///
    /// - Throws: as the initializer.
    func crossCovariance() throws(AnalysisError) -> Expression {
        guard analysis.sde.couplesCoordinates else { return .zero }
        return try QuadraticModel.coefficient(analysis.sde.crossCovariance[0][0], states[0], analysis.sde.time)
    }

    private static func coefficient(
        _ entry: Expression, _ position: Symbol, _ time: Symbol
    ) throws(AnalysisError) -> Expression {
        let result = entry.onQuadratic(position).atLongTimes(time)
        for symbol in result.symbols where symbol.isField {
            if symbol.isRandom { throw .unspecifiedLaw }
            throw .positionDependentNoise(symbol)
        }
        if result.contains(time) { throw .timeDependent(result) }
        return result
    }
}

extension Expression {
    /// The expression with the loss of a quadratic landscape in place of `f`.
    fileprivate func onQuadratic(_ position: Symbol) -> Expression {
        func place(_ index: Index) -> Expression { Expression(position.mapIndices { _ in index }) }
        func curvature(_ index: Index) -> Expression { Expression(QuadraticModel.curvature.mapIndices { _ in index }) }
        // A Kronecker delta is contracted where the sum around it is formed again.
        return replacing { node in
            guard let symbol = node.symbol, symbol.role == .field, symbol.name == UpdateRule.loss.name,
                symbol.indices.isEmpty
            else { return nil }
            let derivatives = symbol.derivatives
            switch derivatives.count {
            case 0: return Expression.indexSum(body: (curvature(.bound(0)) * place(.bound(0)) ** 2).scaled(by: .half))
            case 1: return curvature(derivatives[0]) * place(derivatives[0])
            case 2: return curvature(derivatives[0]) * .kronecker(derivatives[0], derivatives[1])
            default: return .zero
            }
        }
    }
}
