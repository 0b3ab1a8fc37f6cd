import Algebra
import Matching
import Numerics
import Probability
import Synchronization

/// A function that averaging gave rise to, as numbers.
final class AverageEvaluator: Sendable {
    private let direct: @Sendable ([Double]) -> Double
    /// The argument along which the function is interpolated, and the width of a cell from the other arguments; nil where
    /// other arguments differ from state to state.
    private let principal: (position: Int, width: @Sendable ([Double]) -> Double)?
    /// How well the values are known.
    private let accuracy: Double
    private let tables = Mutex<[[Double]: LazyInterpolant]>([:])

    /// - Parameter varying: the symbols whose values differ from state to state.
    init(_ function: AveragedFunction, varying: Set<Symbol>) throws(CompilationError) {
        let parameters = function.parameters
        var width: (@Sendable ([Double]) -> Double)?
        var position: Int?
        switch function.kind {
        case .gaussian(let sum):
            let evaluator = try GaussianSumEvaluator(sum, parameters)
            direct = { evaluator.value(at: $0) }
            position = parameters.isEmpty ? nil : 0
            width = { _ in 0.5 }
            accuracy = 3e-13
        case .chainMean(let chain, let rate):
            let solver = try FrozenChainSolver(chain, rates: [rate], parameters)
            direct = { solver.mean(at: $0) }
            (position, width) = (solver.meanPosition, { solver.scale(at: $0) })
            accuracy = FrozenChainSolver.accuracy
        case .chainCovariance(let chain, let left, let right):
            let solver = try FrozenChainSolver(chain, rates: left == right ? [left] : [left, right], parameters)
            direct = { solver.covariance(at: $0) }
            (position, width) = (solver.meanPosition, { solver.scale(at: $0) })
            accuracy = FrozenChainSolver.accuracy
        }
        let moving = function.arguments.indices.filter { k in
            function.arguments[k].symbols.contains { varying.contains($0) || $0.isField }
        }
        if let position, let width, moving.allSatisfy({ $0 == position }) {
            principal = (position, width)
        } else {
            principal = nil
        }
    }

    /// The value itself.
    func value(at arguments: [Double]) -> Double { direct(arguments) }

    /// The value by interpolation, where many states are asked for.
    func interpolated(at arguments: [Double]) -> Double {
        guard let (position, width) = principal else { return direct(arguments) }
        var others = arguments
        others.remove(at: position)
        let table = tables.withLock { tables in
            if let known = tables[others] { return known }
            let asked = width(arguments)
            let cell = asked > 0 && asked.isFinite ? asked : 1
            let table = LazyInterpolant(width: cell, accuracy: accuracy) { [direct, arguments] x in
                var point = arguments
                point[position] = x
                return direct(point)
            }
            tables[others] = table
            return table
        }
        return table(arguments[position])
    }
}

/// ``GaussianCovarianceSum`` as numbers.
private struct GaussianSumEvaluator: Sendable {
    private let left: Program
    private let right: Program
    private let leftBreaks: Program
    private let rightBreaks: Program
    private let present: Program?
    private let forward: CorrelationProgram
    private let backward: CorrelationProgram
    private let isOneSided: Bool

    init(_ sum: GaussianCovarianceSum, _ parameters: [Symbol]) throws(CompilationError) {
        let noise = GradientDraw.variable
        for body in [sum.left, sum.right] where body.hasCurvedKink(in: noise) {
            throw .noKernel(function: "the long-run covariance of \(body.text)")
        }
        left = try Program([sum.left], inputs: [noise] + parameters)
        right = try Program([sum.right], inputs: [noise] + parameters)
        leftBreaks = try Program(NamedExpectation.exactBreakpoints(of: sum.left, over: noise), inputs: parameters)
        rightBreaks = try Program(NamedExpectation.exactBreakpoints(of: sum.right, over: noise), inputs: parameters)
        present = try sum.present.map { value throws(CompilationError) in try Program([value], inputs: parameters) }
        forward = try CorrelationProgram(sum.forward, parameters)
        backward = try CorrelationProgram(sum.backward, parameters)
        isOneSided = sum.isOneSided
    }

    func value(at arguments: [Double]) -> Double {
        guard arguments.allSatisfy(\.isFinite), var correlations = forward.values(at: arguments) else { return .nan }
        if !isOneSided {
            guard let other = backward.values(at: arguments), let now = present?(arguments)[0] else { return .nan }
            correlations += other + [now]
        }
        guard let sum = HermiteCovarianceSum(correlations: correlations) else { return .nan }
        return sum.value(
            HermiteCovarianceSum.Integrand(breakpoints: leftBreaks(arguments)) { left([$0] + arguments)[0] },
            HermiteCovarianceSum.Integrand(breakpoints: rightBreaks(arguments)) { right([$0] + arguments)[0] })
    }
}

private struct CorrelationProgram: Sendable {
    private let program: Program
    private let size: Int

    init(_ correlation: GaussianCovarianceSum.Correlation, _ parameters: [Symbol]) throws(CompilationError) {
        size = correlation.row.count
        program = try Program(
            correlation.row + correlation.column + correlation.matrix.flatMap { $0 }, inputs: parameters)
    }

    func values(at arguments: [Double]) -> [Double]? {
        let values = program(arguments)
        let matrix = DenseMatrix(rows: size, columns: size, entries: Array(values[(2 * size)...]))
        return HermiteCovarianceSum.correlations(
            row: Array(values[..<size]), matrix: matrix, column: Array(values[size..<2 * size]))
    }
}

extension Expression {
    /// The arguments at whose changes of sign a sign, an absolute value, a maximum or a root has a kink or a jump.
    var kinks: [Expression] {
        var result: [Expression] = []
        forEachNode { node in
            switch node.content {
            case .function(.sign, let arguments), .function(.abs, let arguments): result.append(arguments[0])
            case .function(.max, let operands):
                for k in operands.indices { for other in operands[(k + 1)...] { result.append(operands[k] - other) } }
            case .product(_, let factors):
                for factor in factors where factor.base != .e && factor.exponent.number?.isInteger != true {
                    result.append(factor.base)
                }
            default: break
            }
        }
        return result.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Whether there is a kink whose place is not the zero of a polynomial of degree two or less.
    fileprivate func hasCurvedKink(in variable: Symbol) -> Bool {
        kinks.contains { kink in
            guard kink.contains(variable), let parts = try? kink.collected(by: variable) else {
                return kink.contains(variable)
            }
            return !parts.allSatisfy { part in part.exponent.asInt.map { (0...2).contains($0) } ?? false }
        }
    }
}
