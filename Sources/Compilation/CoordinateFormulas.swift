import Algebra
import ExactNumbers
import Probability

/// Formulas of one coordinate, taken apart into what can be computed coordinate by coordinate and what couples them.
///
/// A sum over coordinates becomes a stage: `sum_j d_ij f w_j` is a Hessian-vector product of the values of `w`,
/// `sum_j d_ijj f w_j` a derivative of the diagonal of the Hessian, `sum_jk d_ijk f u_j w_k` one along two directions,
/// `sum_j d_j sigma_i w_j` one of the noise scale, any sum of expressions of one coordinate a plain sum; a named expectation
/// becomes a quadrature. Each is replaced in the formulas by a symbol that stands for its result.
package struct CoordinateFormulas {
    package enum Stage: Hashable {
        /// (H w)_i.
        case hessianProduct(Expression)
        /// sum_j d_ijj f w_j.
        case curvatureDerivative(Expression)
        /// sum_jk d_ijk f u_j w_k.
        case thirdDerivative(Expression, Expression)
        /// sum_j d_j sigma_i w_j.
        case scaleDerivative(Expression)
        /// sum_j w_j.
        case plainSum(Expression)
        /// E[body] over the gradient noise of the coordinate.
        case expectation(Expression)
        /// A function that averaging gave rise to, at these arguments.
        case average(Function, [Expression])
        /// E[function] over the length of the whole gradient, in d + 2 n dimensions.
        case radial(Expression, squaredMean: Expression, n: Int)
    }

    package private(set) var outputs: [Expression] = []
    /// The stages in the order in which they can be computed, with the symbols that hold their results.
    package private(set) var stages: [(stage: Stage, result: Symbol)] = []
    private var known: [Stage: Symbol] = [:]
    private let index: Index
    private let averages: Set<Function>

    /// - Parameters:
    ///   - index: the free index of the coordinate.
    ///   - averages: functions that are computed in stages of their own.
    package init(_ formulas: [Expression], index: Index, averages: Set<Function> = []) throws(CompilationError) {
        self.index = index
        self.averages = averages
        for formula in formulas {
            if formula.depth > Lowering.largestDepth { throw .tooLarge(measure: "depth", limit: Lowering.largestDepth) }
            outputs.append(try replacingStages(formula))
        }
    }

    private mutating func replacingStages(_ formula: Expression) throws(CompilationError) -> Expression {
        guard hasStages(formula) else { return formula }
        var replacements: [Expression: Expression] = [:]
        var found: [Expression] = []
        collect(formula, into: &found)
        for expression in found {
            switch expression.content {
            case .indexSum(let body): replacements[expression] = Expression(try sum(body))
            case .function(RadialIntegral.node, let arguments):
                let function = try replacingStages(arguments[0])
                let squaredMean = try replacingStages(arguments[1])
                replacements[expression] = Expression(
                    symbol(for: .radial(function, squaredMean: squaredMean, n: arguments[2].number?.asInt ?? 0)))
            case .expectation(let body):
                if body.containsIndexSum || body.containsExpectation {
                    throw .unsupportedExpectation(expression.text)
                }
                replacements[expression] = Expression(symbol(for: .expectation(body)))
            case .function(let function, let arguments):
                replacements[expression] = Expression(symbol(for: .average(function, arguments)))
            default: break
            }
        }
        return formula.replacing { replacements[$0] }
    }

    /// The outermost sums and expectations.
    private func collect(_ expression: Expression, into found: inout [Expression]) {
        switch expression.content {
        case .indexSum, .expectation, .function(RadialIntegral.node, _): found.append(expression)
        case .function(let function, _) where averages.contains(function): found.append(expression)
        default:
            guard hasStages(expression) else { return }
            for operand in expression.operands { collect(operand, into: &found) }
        }
    }

    private func hasStages(_ formula: Expression) -> Bool {
        if formula.containsIndexSum || formula.containsExpectation { return true }
        guard !averages.isEmpty else { return false }
        var isFound = false
        formula.forEachNode { node in
            if case .function(let function, _) = node.content { isFound = isFound || averages.contains(function) }
        }
        return isFound
    }

    private mutating func sum(_ body: Expression) throws(CompilationError) -> Symbol {
        let (coefficient, factors) = body.asProduct
        if let directions = thirdDerivativeDirections(coefficient, factors) {
            let first = try ofOneCoordinate(directions.first)
            return symbol(for: .thirdDerivative(first, try ofOneCoordinate(directions.second)))
        }
        for factor in factors {
            guard let field = factor.base.symbol, field.role == .field, factor.exponent.isOne,
                field.derivatives.contains(.bound(0))
            else { continue }
            let isOfLoss = field.indices.isEmpty && field.derivatives.contains(index)
            let isHessian = isOfLoss && field.derivatives.count == 2
            let isThird =
                isOfLoss && field.derivatives.count == 3 && field.derivatives.count { $0 == .bound(0) } == 2
            let isScale = field.derivatives.count == 1 && field.indices == [index]
            guard isHessian || isThird || isScale else { continue }
            let rest = factors.filter { $0.base != factor.base }.map { Expression.power($0.base, $0.exponent) }
            let vector = try ofOneCoordinate(Expression.product(of: [Expression(coefficient)] + rest))
            return symbol(
                for: isHessian
                    ? .hessianProduct(vector) : isThird ? .curvatureDerivative(vector) : .scaleDerivative(vector))
        }
        return symbol(for: .plainSum(try ofOneCoordinate(body)))
    }

    /// The vectors u and w, written for the index bound innermost, of a product `u_j sum_k d_ijk f w_k`.
    private func thirdDerivativeDirections(
        _ coefficient: Rational, _ factors: [Expression.Factor]
    ) -> (first: Expression, second: Expression)? {
        for (position, factor) in factors.enumerated() where factor.exponent.isOne {
            guard case .indexSum(let body) = factor.base.content else { continue }
            let (ofSum, inner) = body.asProduct
            for (place, entry) in inner.enumerated() where entry.exponent.isOne {
                guard let field = entry.base.symbol, field.role == .field, field.indices.isEmpty,
                    field.derivatives.count == 3, Set(field.derivatives) == [index, .bound(0), .bound(1)]
                else { continue }
                let second = Self.product(ofSum, inner, without: place)
                // A weight that knows both coordinates is not a product of two vectors.
                var knowsFirst = false
                _ = second.mapIndices { other in
                    knowsFirst = knowsFirst || other == .bound(1)
                    return other
                }
                if !knowsFirst { return (Self.product(coefficient, factors, without: position), second) }
            }
        }
        return nil
    }

    private static func product(
        _ coefficient: Rational, _ factors: [Expression.Factor], without position: Int
    ) -> Expression {
        var rest = factors
        rest.remove(at: position)
        return Expression.product(of: [Expression(coefficient)] + rest.map { Expression.power($0.base, $0.exponent) })
    }

    /// The body of a sum, its bound index made the free one, with its own stages replaced.
    private mutating func ofOneCoordinate(_ body: Expression) throws(CompilationError) -> Expression {
        for symbol in body.symbols where (symbol.indices + symbol.derivatives).contains(index) {
            throw .unsupportedSum(Expression.indexSum(body: body).text)
        }
        let index = index
        let renamed = body.mapIndices { $0 == .bound(0) ? index : $0 }
        return try replacingStages(renamed)
    }

    private mutating func symbol(for stage: Stage) -> Symbol {
        if let symbol = known[stage] { return symbol }
        let symbol = Symbol("stage\(stages.count + 1)", indices: [index])
        known[stage] = symbol
        stages.append((stage, symbol))
        return symbol
    }
}
