import Algebra
import ExactNumbers

/// The stochastic gradients that one step draws, of all coordinates.
///
/// Each draw is written for coordinate `i`; draws of different coordinates, and different draws of one coordinate, are
/// independent.
public struct GradientSample: Hashable, Sendable {
    public let draws: [GradientDraw]

    public init(_ draws: [GradientDraw]) { self.draws = draws }
}

extension GradientSample {
    /// E[body] over all draws.
    ///
    /// The body may hold draws of coordinate `i` and, in sums, those of all coordinates. A sum over coordinates is split
    /// into the coordinates that occur beside it and the rest, which is independent of them:
    /// `E[F(g_i) sum_j B_j] = E[F] sum_j E[B_j] + E[F B_i] - E[F] E[B_i]`.
    ///
    /// - Throws: ``ProbabilityError`` where the expectation diverges or couples coordinates or draws in a way that has no
    ///   closed form.
    public func expectation(of body: Expression) throws(ProbabilityError) -> Expression {
        guard isRandom(body) else { return body }
        if draws.count == 1, isOfOneCoordinate(body) { return try draws[0].expectation(of: body) }
        let expanded: Expression
        do { expanded = try body.expanded() } catch { throw .algebra(error) }
        var terms: [Expression] = []
        for summand in expanded.summands { terms.append(try expectation(ofProduct: summand, depth: 0)) }
        return Expression.sum(of: terms)
    }

    /// The expression with every named expectation that has a closed form replaced by it.
    ///
    /// - Throws: ``ProbabilityError`` where an expectation is known to diverge.
    public func closingExpectations(in expression: Expression) throws(ProbabilityError) -> Expression {
        guard let draw = draws.first else { return expression }
        return try draw.closingExpectations(in: expression)
    }

    // MARK: Coordinates

    func isDraw(_ symbol: Symbol) -> Bool {
        draws.contains { $0.symbol.name == symbol.name && $0.symbol.role == symbol.role }
    }

    /// Whether a draw of any coordinate occurs.
    public func isRandom(_ body: Expression) -> Bool {
        body.isRandom && body.symbols.contains(where: isDraw)
    }

    private func isOfOneCoordinate(_ body: Expression) -> Bool {
        body.symbols.allSatisfy { symbol in !isDraw(symbol) || draws.contains { $0.symbol == symbol } }
    }

    /// The coordinates by name whose draws occur, those that a sum runs over not counted.
    private func coordinates(of body: Expression) -> Set<String> {
        Set(
            body.symbols.compactMap { symbol in
                guard isDraw(symbol), case .free(let name)? = symbol.indices.first else { return nil }
                return name
            })
    }

    /// Whether draws occur under a sum.
    public func couplesCoordinates(_ body: Expression) -> Bool {
        body.containsIndexSum
            && body.symbols.contains { symbol in
                guard isDraw(symbol), case .bound? = symbol.indices.first else { return false }
                return true
            }
    }

    /// E of a product; indices of different names are different coordinates.
    private func expectation(ofProduct product: Expression, depth: Int) throws(ProbabilityError) -> Expression {
        let (inner, outer) = product.split { isRandom($0.base) || isRandom($0.exponent) }
        let (_, factors) = inner.asProduct
        for factor in factors {
            guard case .indexSum(let body) = factor.base.content, let n = factor.exponent.number?.asInt, n > 0 else {
                continue
            }
            let rest = inner / factor.base
            return outer * (try expectation(ofSum: body, times: rest, depth: depth))
        }
        if factors.contains(where: { couplesCoordinates(Expression.power($0.base, $0.exponent)) }) {
            return outer * (try vectorExpectation(of: inner))
        }
        var ofCoordinate: [String: [Expression]] = [:]
        for factor in factors {
            let power = Expression.power(factor.base, factor.exponent)
            let names = coordinates(of: power)
            guard names.count == 1, let name = names.first else { throw .coupledCoordinates(body: power) }
            ofCoordinate[name, default: []].append(power)
        }
        var values = [outer]
        for (name, powers) in ofCoordinate.sorted(by: { $0.key < $1.key }) {
            values.append(try expectation(of: Expression.product(of: powers), at: name))
        }
        return Expression.product(of: values)
    }

    private func expectation(
        ofSum body: Expression, times rest: Expression, depth: Int
    ) throws(ProbabilityError) -> Expression {
        let name = "\(GradientSample.openedName)\(depth)"
        let opened = expandedIfPossible(.opened(body, as: name))
        var terms: [Expression] = []
        for summand in opened.summands {
            let product = rest * summand
            let value = try expectation(ofProduct: product, depth: depth + 1)
            terms.append(.indexSum(over: name, value))
            guard coordinates(of: summand).contains(name) else { continue }
            for other in coordinates(of: product).subtracting([name]).sorted() {
                let merged = try expectation(ofProduct: product.moved(from: name, to: .free(other)), depth: depth + 1)
                terms.append(merged - value.moved(from: name, to: .free(other)))
            }
        }
        return Expression.sum(of: terms)
    }

    /// Names of opened sums; no name that a user can write has this sign.
    private static let openedName = "#"

    private func expectation(of body: Expression, at name: String) throws(ProbabilityError) -> Expression {
        let own = draws.map { $0.moved(to: name) }
        // One draw after the other; where an expectation over the first has no closed form in the others, they come first.
        for order in own.count == 1 ? [own] : [own, own.reversed()] {
            var value = body
            for draw in order where !isCoupled(value) { value = try draw.expectation(of: expandedIfPossible(value)) }
            if !isRandom(value), !isCoupled(value), !value.symbols.contains(where: isDraw) { return value }
        }
        throw .coupledDraws(body: body)
    }

    /// Whether a draw is left inside of a named expectation over another.
    private func isCoupled(_ value: Expression) -> Bool {
        var isFound = false
        value.forEachNode { node in
            if case .expectation(let body) = node.content { isFound = isFound || body.symbols.contains(where: isDraw) }
        }
        return isFound
    }
}

extension GradientDraw {
    /// The draw of another coordinate.
    func moved(to name: String) -> GradientDraw {
        guard case .free(let own)? = symbol.indices.first, own != name else { return self }
        func moved(_ expression: Expression) -> Expression { expression.moved(from: own, to: .free(name)) }
        return GradientDraw(
            symbol: symbol.mapIndices { $0 == .free(own) ? .free(name) : $0 }, mean: moved(mean), scale: moved(scale),
            law: law)
    }
}
