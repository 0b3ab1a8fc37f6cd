import Continuum

/// Standard cases of computer algebra, the same that `Benchmarks/algebra_peers.py` runs in other systems.
enum AlgebraBenchmarks {
    private static func symbol(_ name: String) -> Expression { Expression(Symbol(name)) }
    private static let (x, y, z, w) = (symbol("x"), symbol("y"), symbol("z"), symbol("w"))
    private static let (a, b) = (symbol("a"), symbol("b"))

    static let all: [Benchmark] = [
        Benchmark("expand (1+x+y+z)^20") {
            let power = (1 + x + y + z) ** 20
            return { try power.expanded().termCount }
        },
        Benchmark("expand (x+y+z+w+1)^12") {
            let power = (x + y + z + w + 1) ** 12
            return { try power.expanded().termCount }
        },
        Benchmark("expand e(e+w), e = (x+y+z+w)^8") {
            let e = (x + y + z + w) ** 8
            let product = e * (e + w)
            return { try product.expanded().termCount }
        },
        Benchmark("build a sum of 5000 monomials") {
            return {
                let monomials = (0..<5000).map { (n: Int) -> Expression in
                    let powers: Expression = x ** (n % 50) * y ** (n / 50)
                    return Expression(n + 1) * powers * z
                }
                return Expression.sum(of: monomials).termCount
            }
        },
        Benchmark("series of (sin a + cos a)^10 to order 5") {
            let power = (sin(a) + cos(a)) ** 10
            let variable = Symbol("a")
            return { try Series(of: power, in: variable, upTo: 6).terms.count }
        },
        Benchmark("7th derivative of exp(x sin x) log x") {
            let function = exp(x * sin(x)) * log(x)
            let variable = Symbol("x")
            return { (0..<7).reduce(function) { derivative, _ in derivative.derivative(by: variable) }.termCount }
        },
        Benchmark("2nd derivative of a 12-fold nesting") {
            let function = (0..<12).reduce(x) { nested, _ in nested * sin(nested) }
            let variable = Symbol("x")
            return { function.derivative(by: variable).derivative(by: variable).termCount }
        },
        Benchmark("substitute x = a+b in (x+y+z)^12, expand") {
            let power = (x + y + z) ** 12
            let variable = Symbol("x")
            return { try power.substituting(variable, by: a + b).expanded().termCount }
        },
        Benchmark("substitute 20 rationals in 1000 terms") {
            let symbols = (0..<20).map { Symbol("x\($0)") }
            let quantities = symbols.map { Expression($0) }
            let terms = (0..<1000).map { n -> Expression in
                let argument = quantities[(n / 20) % 20] + Expression(n)
                return quantities[n % 20] ** (1 + n % 3) * quantities[(7 * n + 3) % 20] * sin(argument)
            }
            let sum = Expression.sum(of: terms)
            let values = Dictionary(
                uniqueKeysWithValues: symbols.enumerated().map { ($1, Expression(Rational(2 * $0 + 1, 7))) })
            return { sum.substituting(values).termCount }
        },
        Benchmark("print 1820 terms") {
            let sum = try ((x + y + z + w + 1) ** 12).expanded()
            return { sum.text.utf8.count }
        },
        Benchmark("read 1820 terms") {
            let text = try ((x + y + z + w + 1) ** 12).expanded().text
            return { try Expression(parsing: text).termCount }
        },
    ]
}

extension Expression {
    fileprivate var termCount: Int {
        guard case .sum(let constant, let terms) = content else { return 1 }
        return terms.count + (constant.isZero ? 0 : 1)
    }
}
