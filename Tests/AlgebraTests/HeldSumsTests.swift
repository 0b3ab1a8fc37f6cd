import ExactNumbers
import Testing

@testable import Algebra

/// Expansion in some symbols beside that in all.
struct HeldSumsTests {
    private let a = Expression(Symbol("a"))
    private let b = Expression(Symbol("b"))
    private let c = Expression(Symbol("c"))
    private let variable = Symbol("x")
    private var x: Expression { Expression(variable) }

    private func coefficients(_ expression: Expression) throws -> [Expression: Expression] {
        let held = try HeldSums(expression) { $0.contains(variable) }
        let parts = held.coefficients { $0.base.contains(variable) || $0.exponent.contains(variable) }
        return Dictionary(uniqueKeysWithValues: parts.map { ($0.powers, $0.coefficient) })
    }

    @Test func `a sum without the variable stands in the coefficients as it was`() throws {
        let power: Expression = (a + b) ** 5
        let expected: [Expression: Expression] = [x ** 2: power, x: 2 * c * power, .one: c ** 2 * power]
        let found = try coefficients(power * (c + x) ** 2)
        #expect(found == expected)
    }

    @Test func `the terms of a sum without the variable are held together`() throws {
        let rest: Expression = a + b + c
        let expected: [Expression: Expression] = [x ** 2: 1, x: 2 * rest, .one: rest ** 2]
        let found = try coefficients((rest + x) ** 2)
        #expect(found == expected)
    }

    @Test func `a sum that occurs under a root as well cancels with its terms multiplied out`() throws {
        let root = sqrt(a + b)
        let found = try coefficients((a + b) * (x + root) - (a * x + b * x))
        #expect(found[x] == nil)
    }

    @Test func `held and multiplied out, an expression is the same`() throws {
        let cases = [
            (a + b * x) ** 3 * (b - c) ** 2 / (a - c), (a + b) ** 4 - (a + b) ** 3 * (a + b + x),
            exp(a * x) * (a + b) * (x + exp(-a * x)), ((a + b) * (b + c) + x) ** 2 - x ** 2,
        ]
        for expression in cases {
            let sum = Expression.sum(of: try coefficients(expression).map { $0.key * $0.value })
            #expect(try (sum - expression).expanded().isZero)
        }
    }
}
