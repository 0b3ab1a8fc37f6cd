import Algebra
import ExactNumbers

/// Linear equations for the exponents with which quantities scale in one factor.
///
/// The weight of an expression is the exponent of the factor in it; a sum has one where its terms have the same, and a
/// function where its argument does not scale.
struct ExponentSystem {
    /// A rational combination of unknown exponents, and a constant.
    struct Form: Hashable {
        var constant: Rational
        var coefficients: [Symbol: Rational] = [:]

        init(_ constant: Rational = .zero, _ coefficients: [Symbol: Rational] = [:]) {
            self.constant = constant
            self.coefficients = coefficients
        }

        static func + (a: Form, b: Form) -> Form {
            Form(a.constant + b.constant, a.coefficients.merging(b.coefficients, uniquingKeysWith: +))
        }

        static func * (factor: Rational, a: Form) -> Form {
            Form(factor * a.constant, a.coefficients.mapValues { factor * $0 })
        }

        static func - (a: Form, b: Form) -> Form { a + Rational(-1) * b }
    }

    /// The exponents that are known, and the forms that stand for others.
    let known: [Symbol: Form]
    let unknowns: [Symbol]
    private(set) var equations: [Form] = []

    init(unknowns: [Symbol], known: [Symbol: Form]) {
        self.unknowns = unknowns
        self.known = known
    }

    mutating func require(_ a: Form, equals b: Form) { equations.append(a - b) }

    func exponent(of symbol: Symbol) -> Form {
        known[symbol] ?? (unknowns.contains(symbol) ? Form(.zero, [symbol: .one]) : Form())
    }

    /// The weight of an expression, with the equations that it needs added.
    mutating func weight(of expression: Expression) -> Form {
        switch expression.content {
        case .number, .constant: return Form()
        case .symbol(let symbol): return exponent(of: symbol)
        case .sum(let constant, let terms):
            var forms = constant.isZero ? [] : [Form()]
            for term in terms { forms.append(weight(of: term.expression)) }
            for form in forms.dropFirst() { require(form, equals: forms[0]) }
            return forms[0]
        case .product(_, let factors):
            var result = Form()
            for factor in factors {
                let base = weight(of: factor.base)
                if let number = factor.exponent.number {
                    result = result + number * base
                } else {
                    // A power with an exponent that is no number keeps its value or scales by a rational power at most.
                    let exponent = weight(of: factor.exponent)
                    require(exponent, equals: Form())
                    require(base, equals: Form())
                }
            }
            return result
        case .function(_, let arguments):
            for argument in arguments { require(weight(of: argument), equals: Form()) }
            return Form()
        case .indexSum(let body), .expectation(let body): return weight(of: body)
        }
    }

    /// The exponents that solve the equations; an unknown that they leave open is nil. Nothing where they contradict each
    /// other.
    var solution: [Symbol: Rational?]? {
        var rows = equations
        var pivots: [(unknown: Symbol, row: Form)] = []
        for unknown in unknowns {
            guard let position = rows.firstIndex(where: { !($0.coefficients[unknown] ?? .zero).isZero }),
                let inverse = Rational.one.dividing(by: rows[position].coefficients[unknown] ?? .zero)
            else { continue }
            let pivot = inverse * rows.remove(at: position)
            func reduced(_ row: Form) -> Form {
                guard let factor = row.coefficients[unknown], !factor.isZero else { return row }
                return row - factor * pivot
            }
            rows = rows.map(reduced)
            pivots = pivots.map { ($0.unknown, reduced($0.row)) } + [(unknown, pivot)]
        }
        guard rows.allSatisfy({ $0.constant.isZero }) else { return nil }
        var result: [Symbol: Rational?] = [:]
        for unknown in unknowns { result[unknown] = .some(nil) }
        for (unknown, row) in pivots {
            let isFree = row.coefficients.contains { $0.key != unknown && !$0.value.isZero }
            if !isFree { result[unknown] = .some(-row.constant) }
        }
        return result
    }
}
