import Algebra
import BuiltInRules
import Matching
import Testing

@testable import Emission

@Suite("Formulas in steps")
struct SharedSubexpressionsTests {
    private let x = Expression(Symbol("x"))
    private let y = Expression(Symbol("y"))

    private func shared(_ formulas: [Expression], size: Int = 1000, width: Int = 1000) throws -> SharedSubexpressions {
        var names = SourceNames(try Derivation(of: BuiltInRules.rule(named: "sgd")).sde)
        return SharedSubexpressions(formulas, length: .init(size: size, width: width), names: &names)
    }

    /// The formulas with every definition put back.
    private func restored(_ shared: SharedSubexpressions) -> [Expression] {
        shared.formulas.map { formula in
            shared.definitions.reversed().reduce(formula) { $0.substituting($1.symbol, by: $1.expression) }
        }
    }

    @Test("what two formulas share is computed once")
    func sharing() throws {
        let common = cos(x * y)
        let shared = try shared([common + x, common * y])
        #expect(shared.definitions.map(\.expression) == [common])
        #expect(restored(shared) == [common + x, common * y])
    }

    @Test("what is read once stays in place")
    func single() throws {
        let shared = try shared([sin(x) + cos(y)])
        #expect(shared.definitions.isEmpty)
    }

    @Test("long expressions are done in parts, each within the limits")
    func parts() throws {
        let terms = (1...20).map { Expression($0) * sin(Expression($0) * x) * y }
        let sum = Expression.sum(of: terms)
        let shared = try shared([sum], size: 12, width: 4)
        #expect(restored(shared) == [sum])
        for expression in shared.definitions.map(\.expression) + shared.formulas {
            #expect(expression.summands.count <= 4)
        }
    }
}
