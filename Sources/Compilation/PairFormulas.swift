import Algebra

/// Formulas of two coordinates `i` and `j`, taken apart into values of one coordinate and what joins them.
///
/// A state, a component of the gradient, a parameter, a sum and an expectation belong to one coordinate: each is computed
/// once for every coordinate, and the formulas are evaluated for every pair of coordinates from these values.
struct PairFormulas {
    /// The formulas, their sums and expectations replaced by symbols of one coordinate.
    private(set) var outputs: [Expression] = []
    /// The values of one coordinate that the formulas read, written for the coordinate `i`.
    private(set) var features: [Expression] = []
    /// The place among the features of a symbol of the coordinate `i`, and of one of `j`.
    private(set) var own: [Symbol: Int] = [:]
    private(set) var other: [Symbol: Int] = [:]
    private let indices: (own: Index, other: Index)

    /// - Throws: ``CompilationError/unsupportedSum(_:)`` for a sum or an expectation that knows both coordinates.
    init(_ formulas: [Expression], own: Index, other: Index) throws(CompilationError) {
        indices = (own, other)
        for formula in formulas {
            let output = try replacingStages(formula)
            outputs.append(output)
            for symbol in output.symbols.sorted() where self.own[symbol] == nil && self.other[symbol] == nil {
                register(symbol, value: Expression(symbol))
            }
        }
    }

    private mutating func replacingStages(_ formula: Expression) throws(CompilationError) -> Expression {
        var found: [Expression] = []
        func collect(_ expression: Expression) {
            switch expression.content {
            case .indexSum, .expectation, .function(RadialIntegral.node, _): found.append(expression)
            default:
                guard expression.containsIndexSum || expression.containsExpectation else { return }
                for operand in expression.operands { collect(operand) }
            }
        }
        collect(formula)
        var replacements: [Expression: Expression] = [:]
        for stage in found {
            let used = Set(stage.symbols.flatMap { $0.indices + $0.derivatives })
            guard !(used.contains(indices.own) && used.contains(indices.other)) else {
                throw .unsupportedSum(stage.text)
            }
            let index = used.contains(indices.other) ? indices.other : indices.own
            let value = inOwnCoordinate(stage)
            let position = features.firstIndex(of: value) ?? features.count
            let symbol = Symbol("stage\(position)", indices: [index])
            register(symbol, value: stage)
            replacements[stage] = Expression(symbol)
        }
        return replacements.isEmpty ? formula : formula.replacing { replacements[$0] }
    }

    private mutating func register(_ symbol: Symbol, value: Expression) {
        let used = Set(symbol.indices + symbol.derivatives)
        guard used == [indices.own] || used == [indices.other] || symbol == Self.loss else { return }
        let feature = inOwnCoordinate(value)
        let position = features.firstIndex(of: feature) ?? features.count
        if position == features.count { features.append(feature) }
        if used.contains(indices.other) { other[symbol] = position } else { own[symbol] = position }
    }

    private func inOwnCoordinate(_ expression: Expression) -> Expression {
        let (own, other) = indices
        return expression.mapIndices { $0 == other ? own : $0 }
    }

    private static let loss = Symbol("f", role: .field)
}
