import Algebra

/// The linear forms `sum_k c_k g_k` in the draws of all coordinates that a polynomial is made of, single draws among them.
struct LinearForms {
    /// A form: the draw of one coordinate, or a sum over all with weights written for ``coordinate``.
    private enum Form {
        case draw(name: String)
        case sum(weight: Expression)
    }

    /// The name of a sum's coordinate in its weight; no name that a user can write has this sign.
    private static let coordinate = "#k"
    /// Names of this beginning stand for every coordinate, also for one that goes by another name; any two other names are
    /// two coordinates.
    static let opened = "#j"

    private let draw: GradientDraw
    private var forms: [(symbol: Symbol, form: Form)] = []

    init(_ draw: GradientDraw) { self.draw = draw }

    // MARK: Finding forms

    /// The expression with the forms in it replaced by symbols.
    ///
    /// - Returns: nil where the draws occur in another way than in a polynomial of forms.
    mutating func polynomial(_ expression: Expression) -> Expression? {
        guard isRandom(expression) else { return expression }
        switch expression.content {
        case .symbol(let symbol):
            guard case .free(let name)? = symbol.indices.first else { return nil }
            return variable(.draw(name: name))
        case .indexSum(let body):
            let opened = Expression.opened(body, as: Self.coordinate)
            guard let powers = opened.polynomial(in: own(Self.coordinate).symbol, degree: 1), powers.count == 2,
                powers[0].isZero, !isRandom(powers[1])
            else { return nil }
            return variable(.sum(weight: powers[1]))
        case .sum(let constant, let terms):
            var result = Expression(constant)
            for term in terms {
                guard let inner = polynomial(term.expression) else { return nil }
                result = result + Expression(term.coefficient) * inner
            }
            return result
        case .product(let coefficient, let factors):
            var result = Expression(coefficient)
            for factor in factors {
                guard !isRandom(factor.exponent) else { return nil }
                var power = Expression.power(factor.base, factor.exponent)
                if isRandom(factor.base) {
                    guard let n = factor.exponent.number?.asInt, n > 0, let inner = polynomial(factor.base) else {
                        return nil
                    }
                    power = Expression.power(inner, Expression(n))
                }
                result = result * power
            }
            return result
        default: return nil
        }
    }

    private mutating func variable(_ form: Form) -> Expression {
        for known in forms {
            switch (known.form, form) {
            case (.draw(let name), .draw(let other)) where name == other: return Expression(known.symbol)
            case (.sum(let weight), .sum(let other)) where weight == other: return Expression(known.symbol)
            default: break
            }
        }
        let symbol = Symbol(" Y\(forms.count)")
        forms.append((symbol, form))
        return Expression(symbol)
    }

    private func isRandom(_ u: Expression) -> Bool {
        u.isRandom && u.symbols.contains { $0.name == draw.symbol.name && $0.role == draw.symbol.role }
    }

    private func own(_ name: String) -> GradientDraw { draw.moved(to: name) }

    // MARK: Moments

    /// `E[polynomial phi(|X|)]` as a sum of weights times `E[phi]` in `d + 2 added` dimensions.
    ///
    /// - Parameter offset: b/a of the vector `a g + b` whose length phi depends on, for coordinate `i`.
    /// - Returns: nil where the degree is too large.
    func terms(of polynomial: Expression, offset: Expression) -> [RadialExpectation.Term]? {
        // With X = (g + b/a)/scale a form is scale (c . X) - c . b/a.
        let shifted = polynomial.substituting(
            Dictionary(
                uniqueKeysWithValues: forms.map { symbol, form in
                    (symbol, draw.scale * Expression(symbol) - total(form, offset))
                }))
        var monomials: [(exponents: [Int], coefficient: Expression)] = [([], expandedIfPossible(shifted))]
        for (symbol, _) in forms {
            var next: [(exponents: [Int], coefficient: Expression)] = []
            for monomial in monomials {
                guard let powers = monomial.coefficient.polynomial(in: symbol, degree: 12) else { return nil }
                for (n, coefficient) in powers.enumerated() where !coefficient.isZero {
                    next.append((monomial.exponents + [n], coefficient))
                }
            }
            monomials = next
        }
        let mean = (draw.mean + offset) / draw.scale
        let means = forms.map { total($0.form, mean) }
        let products = forms.map { form in forms.map { product(form.form, $0.form) } }
        var weights: [Int: [Expression]] = [:]
        for monomial in monomials {
            for (added, weight) in Self.moments(monomial.exponents, means, products) {
                weights[added, default: []].append(monomial.coefficient * weight)
            }
        }
        return weights.sorted { $0.key < $1.key }
            .map { RadialExpectation.Term(added: $0.key, weight: Expression.sum(of: $0.value)) }
            .filter { !$0.weight.isZero }
    }

    /// The first form that is left is paired with none or with another one.
    private static func moments(
        _ exponents: [Int], _ means: [Expression], _ products: [[Expression]]
    ) -> [Int: Expression] {
        guard let first = exponents.firstIndex(where: { $0 > 0 }) else { return [0: .one] }
        var rest = exponents
        rest[first] -= 1
        var result: [Int: Expression] = [:]
        func add(_ moments: [Int: Expression], times factor: Expression) {
            guard !factor.isZero else { return }
            for (added, weight) in moments {
                result[added + 1] = (result[added + 1] ?? .zero) + factor * weight
            }
        }
        add(moments(rest, means, products), times: means[first])
        for other in rest.indices where rest[other] > 0 {
            var remaining = rest
            remaining[other] -= 1
            add(moments(remaining, means, products), times: Expression(rest[other]) * products[first][other])
        }
        return result
    }

    /// The sum of the form's weights times a vector that is written for coordinate `i`.
    private func total(_ form: Form, _ vector: Expression) -> Expression {
        switch form {
        case .draw(let name): return moved(vector, to: name)
        case .sum(let weight): return .indexSum(over: Self.coordinate, weight * moved(vector, to: Self.coordinate))
        }
    }

    private func product(_ a: Form, _ b: Form) -> Expression {
        switch (a, b) {
        case (.sum(let weight), .sum(let other)): return .indexSum(over: Self.coordinate, weight * other)
        case (.sum(let weight), .draw(let name)), (.draw(let name), .sum(let weight)):
            return weight.moved(from: Self.coordinate, to: .free(name))
        case (.draw(let name), .draw(let other)):
            if name == other { return .one }
            let isOpened = name.hasPrefix(Self.opened) || other.hasPrefix(Self.opened)
            return isOpened ? .kronecker(.free(name), .free(other)) : .zero
        }
    }

    private func moved(_ vector: Expression, to name: String) -> Expression {
        guard case .free(let index)? = draw.symbol.indices.first else { return vector }
        return vector.moved(from: index, to: .free(name))
    }
}
