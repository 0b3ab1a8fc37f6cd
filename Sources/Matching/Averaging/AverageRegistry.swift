import Algebra
import Probability

/// The functions without a closed form that an averaged model needs, each under a name of its own.
struct AverageRegistry {
    private(set) var functions: [AveragedFunction] = []
    /// Names that mean something else.
    private let taken: Set<String>

    init(avoiding names: Set<String>) { taken = names }

    /// The function's value at its arguments; the same function and arguments are registered once.
    mutating func value(
        _ stem: String, _ parameters: [Symbol], _ arguments: [Expression], _ kind: AveragedFunction.Kind
    ) -> Expression {
        if let known = functions.first(where: {
            $0.kind == kind && $0.parameters == parameters && $0.arguments == arguments
        }) {
            return known.value
        }
        // The same function at other arguments keeps its name.
        let same = functions.first { $0.kind == kind && $0.parameters == parameters }
        var name = same?.name ?? stem
        var number = 1
        while same == nil, taken.contains(name) || functions.contains(where: { $0.name == name }) {
            number += 1
            name = "\(stem)\(number)"
        }
        let function = AveragedFunction(name: name, parameters: parameters, arguments: arguments, kind: kind)
        functions.append(function)
        return function.value
    }

    /// A function of a frozen chain, applied to the symbols that it depends on.
    mutating func value(_ stem: String, _ chain: FrozenFunction, _ rates: [Expression], _ kind: AveragedFunction.Kind)
        -> Expression
    {
        let parameters = chain.parameters(with: rates)
        return value(stem, parameters, parameters.map { Expression($0) }, kind)
    }

    /// The sum of the covariances of two functions of Gaussian combinations, at different steps.
    ///
    /// For one combination over the later steps, for two over all steps. Zero where no step is correlated with another.
    mutating func covarianceSum(
        _ u: GaussianTerm, _ w: GaussianTerm, _ chain: GaussianChain
    ) -> Expression {
        let isSame = u.hasDirection(of: w)
        let present =
            isSame
            ? nil
            : (chain.presentCovariance(u, w) / (chain.deviation(of: u) * chain.deviation(of: w))).simplified()
        let sequences = [chain.correlation(of: u, withLater: w), chain.correlation(of: w, withLater: u)]
        if present?.isZero != false, sequences.allSatisfy({ isZero($0) }) { return .zero }
        var formals = Formals(avoiding: taken)
        let left = formals.standardized(u, chain, "q", "s")
        let right = formals.standardized(w, chain, isSame ? "q" : "p", isSame ? "s" : "z")
        let forward = formals.correlation(sequences[0], chain.affine.matrix)
        let backward = isSame ? forward : formals.correlation(sequences[1], chain.affine.matrix)
        let sum = GaussianCovarianceSum(
            left: left, right: right, present: present.map { formals.symbol("r0", $0) }, forward: forward,
            backward: backward)
        return value("C", formals.parameters, formals.arguments, .gaussian(sum))
    }

    /// Whether `row A^(j-1) column` vanishes for every j, as where the chain forgets a step at once.
    private func isZero(_ sequence: (row: [Expression], column: [Expression])) -> Bool {
        func vanishes(_ entry: Expression) -> Bool { entry.simplified().isZero }
        return sequence.row.allSatisfy(vanishes) || sequence.column.allSatisfy(vanishes)
    }
}

/// The formal arguments of a function, each standing for an expression.
private struct Formals {
    private(set) var parameters: [Symbol] = []
    private(set) var arguments: [Expression] = []
    private let taken: Set<String>

    init(avoiding names: Set<String>) { taken = names }

    /// The symbol that stands for the expression; a number stands for itself.
    mutating func symbol(_ name: String, _ value: Expression, bounds: Bounds = .real) -> Expression {
        if value.number != nil { return value }
        if let known = arguments.firstIndex(of: value) { return Expression(parameters[known]) }
        var unique = name
        while taken.contains(unique) || parameters.contains(where: { $0.name == unique }) { unique += "_" }
        let symbol = Symbol(unique, bounds: bounds)
        parameters.append(symbol)
        arguments.append(value)
        return Expression(symbol)
    }

    /// The body of a term as a function of the standardized noise, with formal mean and scale.
    mutating func standardized(
        _ term: GaussianTerm, _ chain: GaussianChain, _ meanName: String, _ scaleName: String
    ) -> Expression {
        let scale = chain.deviation(of: term)
        let ratio = symbol(meanName, (chain.mean(of: term) / scale).simplified())
        let (centre, deviation) = (ratio + Expression(GradientDraw.variable), Symbol("scale of u", bounds: .positive))
        var body = term.body.substituting(GaussianTerm.variable, by: Expression(deviation) * centre)
            .replacingFromInside { node in
                guard case .function(let function, let arguments) = node.content else { return nil }
                return .function(function, arguments.map(\.commonFactored))
            }
        let further = body.symbols.filter { symbol in
            symbol != GradientDraw.variable && symbol != deviation && !parameters.contains(symbol)
        }
        if body.contains(deviation) {
            body = body.substituting(deviation, by: symbol(scaleName, scale, bounds: .positive))
        }
        for symbol in further.sorted() where !parameters.contains(symbol) {
            parameters.append(symbol)
            arguments.append(Expression(symbol))
        }
        return body
    }

    mutating func correlation(
        _ sequence: (row: [Expression], column: [Expression]), _ matrix: ExpressionMatrix
    ) -> GaussianCovarianceSum.Correlation {
        if sequence.row.count == 1 {
            let first = (sequence.row[0] * sequence.column[0]).simplified()
            let ratio = symbol("beta", matrix[0, 0])
            let isRatio = first.equals(matrix[0, 0]) == .zero
            return .init(row: [.one], matrix: [[ratio]], column: [isRatio ? ratio : symbol("r", first)])
        }
        return .init(
            row: sequence.row.map { symbol("a", $0) },
            matrix: matrix.rows.map { row in row.map { symbol("A", $0) } },
            column: sequence.column.map { symbol("b", $0) })
    }
}
