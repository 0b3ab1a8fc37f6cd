import ExactNumbers
import Testing

@testable import Algebra

@Suite struct SeriesTests {
    private let small = Symbol("eta", bounds: .positive)
    private let eta = Expression(Symbol("eta", bounds: .positive))
    private let rho = Expression(Symbol("rho", bounds: .positive))
    private let t = Expression(Symbol("t", bounds: .nonnegative))
    private let k = Expression(Symbol("k", bounds: .positive))
    private let v = Expression(Symbol("v", bounds: .nonnegative))
    private let sigma = Expression(Symbol("sigma", bounds: .positive))
    private let epsilon = Expression(Symbol("epsilon", bounds: .positive))
    private let m = Expression(Symbol("m"))
    private let g = Expression(Symbol("g"))

    private func series(_ expression: Expression, upTo order: Weight, _ sizes: [Symbol: Weight] = [:]) throws -> Series
    {
        try Series(of: expression, in: small, sizes: sizes, upTo: order)
    }

    private func expectCoefficients(_ expression: Expression, _ expected: [Expression]) throws {
        let result = try series(expression, upTo: Weight(Rational(expected.count)))
        for (power, coefficient) in expected.enumerated() {
            let found = result.coefficient(of: Weight(Rational(power)))
            #expect(found.equals(coefficient) == .zero, "\(expression): \(found) for \(coefficient)")
        }
    }

    @Test func `A power with exponent t/eta + 1 gives the exponential and its correction`() throws {
        let decay = exp(-rho * t)
        try expectCoefficients((1 - eta * rho) ** (t / eta + 1), [decay, -decay * (rho + rho ** 2 * t / 2)])
        try expectCoefficients((1 - eta * rho) ** k, [.one, -k * rho, k * (k - 1) * rho ** 2 / 2])
    }

    @Test func `The scale of RMSprop expands about the square root of its state`() throws {
        let scale = sqrt(v) + epsilon
        try expectCoefficients(
            1 / (sqrt(v + eta * rho * (g ** 2 - v)) + epsilon),
            [1 / scale, -rho * (g ** 2 - v) / (2 * sqrt(v) * scale ** 2)])
    }

    @Test func `The step of Adam with bias corrections has a leading term whose sign bounds give`() throws {
        let correction = 1 - (1 - eta * rho) ** (t / eta + 1)
        let step = -eta * m / (sqrt(v / correction) + epsilon)
        let leading = try series(step, upTo: 2).coefficient(of: 1)
        #expect(leading.equals(-m / (sqrt(v / (1 - exp(-rho * t))) + epsilon)) == .zero)
    }

    /// Each row: the expression, and its first four Taylor coefficients at rho = 1.3, v = 0.7, g = 0.4, epsilon = 0.2, t = 0.9,
    /// m = -0.6, k = 5, sigma = 0.8, from the polynomial through 14 values at eta = 10^-12 j in 260-digit mpmath.
    @Test func `Coefficients agree with high-precision differences`() throws {
        let power = (1 - eta * rho) ** (t / eta + 1)
        let secondPower = (1 - 2 * eta * rho) ** (t / eta + 1)
        let rows: [(Expression, [Double])] = [
            (
                power,
                [
                    0.3103669412654850063711111, -0.6395110824775318556276745, 0.1920333763650611961776234,
                    0.08262331906943158628589605,
                ]
            ),
            (
                1 / (sqrt(v + eta * rho * (g ** 2 - v)) + epsilon),
                [
                    0.9646364038395084060275334, 0.3903780509378223233367782, 0.2558551824275813295861335,
                    0.1922266573569386581292659,
                ]
            ),
            (
                erf((m + eta * rho * (g - m)) / sigma),
                [
                    -0.7111556336535151315989378, 1.0447629874422119097119, 1.273304890945195764961378,
                    0.1149511359881079510034577,
                ]
            ),
            (
                exp(sin(eta * rho) + cos(m + eta)),
                [
                    2.282646727063155730593906, 4.256320039038124893867705, 3.026282742525334205401262,
                    -0.3406280850212181381078339,
                ]
            ),
            (
                tanh(m + eta * g) * atan(eta * rho + g) / (1 + eta),
                [
                    -0.2043507850681866862765678, -0.2892111583910209561083781, 0.9012620817563542518116058,
                    -0.8454843562009008123710282,
                ]
            ),
            (
                sqrt(1 - power) / (1 - secondPower),
                [
                    0.9189630217378027175843025, -0.1265897763778412688618102, 0.5609003624253877747313256,
                    -0.1163139682738720346700312,
                ]
            ),
            (abs(m + eta * g) * max(m + eta, g - eta * eta), [0.24, -0.16, -0.6, 0.4]),
            (log(1 + eta * rho) / eta, [1.3, -0.845, 0.7323333333333333333333333, -0.714025]),
            ((1 / (1 - eta) - 1 - eta) / eta ** 2, [1, 1, 1, 1]),
            (
                asin(eta + g / 2),
                [
                    0.2013579207903307914551256, 1.020620726159657540915535, 0.1063146589749643271787016,
                    0.1993399855780581134600654,
                ]
            ),
            (
                (v + eta * g) ** (g + eta),
                [
                    0.8670401643811234359841755, -0.1110708930218668654172486, 0.4459427772857855051741221,
                    -0.1765061600594189461474579,
                ]
            ),
            (
                log(sigma + eta * cos(eta)) / sqrt(1 + eta),
                [
                    -0.2231435513142097557662951, 1.361571775657104877883148, -1.489928831742828658412361,
                    0.9551490264523572153436339,
                ]
            ),
        ]
        let values: [(Expression, Double)] = [
            (rho, 1.3), (v, 0.7), (g, 0.4), (epsilon, 0.2), (t, 0.9), (m, -0.6), (k, 5), (sigma, 0.8),
        ]
        let point = values.reduce(into: [Symbol: Double]()) { result, entry in
            if let symbol = entry.0.symbol { result[symbol] = entry.1 }
        }
        for (expression, expected) in rows {
            let result = try series(expression, upTo: 4)
            #expect(result.remainder.map { $0.isAtLeast(4) } ?? true)
            for (exponent, reference) in expected.enumerated() {
                let found = result.coefficient(of: Weight(Rational(exponent))).evaluated(at: point)
                #expect((found - reference).magnitude <= 1e-12 * max(1, reference.magnitude), "\(expression)")
            }
        }
    }

    @Test func `Fractional powers of the parameter are kept`() throws {
        let result = try series(sqrt(eta + eta ** 2 * rho) * g, upTo: 3)
        #expect(result.terms.map(\.weight) == [Weight(.half), Weight(Rational(3, 2)), Weight(Rational(5, 2))])
        #expect(result.terms[1].coefficient == g * rho / 2)
        #expect(result.remainder?.isAtLeast(3) == true)
        #expect(try series(sqrt(eta) * sin(sqrt(eta)), upTo: 3).coefficient(of: 2) == Expression(Rational(-1, 6)))
    }

    @Test func `A polynomial is its own series, without a remainder`() throws {
        let result = try series((1 + eta * g) ** 3, upTo: 9)
        #expect(result.remainder == nil)
        #expect(result.terms.count == 4)
        #expect(result.expression.equals((1 + eta * g) ** 3) == .zero)
        let high = try series((1 + eta) ** 1_000_000, upTo: 3)
        #expect(high.coefficient(of: 2) == Expression(Rational(499_999_500_000)))
    }

    @Test func `Graded symbols count with their declared size`() throws {
        let kappa = Symbol("kappa", bounds: .positive)
        let grade = Weight(1, slope: -1)
        let result = try series(eta * Expression(kappa) * g + eta ** 2 * m, upTo: 4, [kappa: grade])
        #expect(result.terms.map(\.weight) == [Weight(2, slope: -1), 2])
        #expect(result.expression(of: result.terms[0]) == eta * Expression(kappa) * g)
        let root = try series(1 / (1 - Expression(kappa)), upTo: Weight(3, slope: -3), [kappa: grade])
        #expect(root.expression == (1 + Expression(kappa) + Expression(kappa) ** 2))
        // Powers of kappa never reach weight 2 as zeta goes to 1.
        #expect(throws: SeriesError.self) { try series(exp(Expression(kappa)), upTo: 2, [kappa: grade]) }
        let large = Symbol("rho", bounds: .positive)
        let product = try series(
            (1 - eta * Expression(large)) ** k, upTo: Weight(2, slope: -2), [large: Weight(0, slope: -1)])
        #expect(product.expression == 1 - eta * k * Expression(large))
        let symbolic = try series(eta ** Weight(1, slope: -1).expression * g, upTo: 2)
        #expect(symbolic.terms.map(\.weight) == [grade])
    }

    @Test func `A symbol of the size of the parameter shares its leading term`() throws {
        let size = Symbol("delta", bounds: .positive)
        let result = try series(sqrt(eta + Expression(size)), upTo: 1, [size: 1])
        #expect(result.terms.map(\.weight) == [Weight(.half)])
        #expect(result.expression.equals(sqrt(eta + Expression(size))) == .zero)
    }

    @Test func `A kink needs a leading coefficient with a sign`() throws {
        #expect(try series(sign(m + eta * g), upTo: 2).terms.map(\.coefficient) == [sign(m)])
        #expect(try series(sign(eta * sigma + eta ** 2 * g), upTo: 2).terms.map(\.coefficient) == [.one])
        #expect(try series(abs(eta * g), upTo: 2).coefficient(of: 1) == abs(g))
        #expect(throws: SeriesError.kink(at: g, in: sign(eta * g + eta ** 2))) {
            try series(sign(eta * g + eta ** 2), upTo: 2)
        }
        let noise = Expression(Symbol("z", role: .noise))
        #expect(throws: SeriesError.self) {
            try series(Expression.expectation(of: sign(m + eta * noise)), upTo: 2)
        }
        let mean = try series(Expression.expectation(of: exp(eta * noise)), upTo: 2)
        #expect(mean.coefficient(of: 1) == Expression.expectation(of: noise))
        #expect(try series(max(g, g + eta), upTo: 2).terms.count == 2)
        #expect(try series(max(sigma + eta, eta * g), upTo: 2).coefficient(of: 0) == sigma)
    }

    @Test func `What has no series is refused with its place`() throws {
        let cases: [Expression] = [
            exp(1 / eta), sin(g / eta), sqrt(eta - sigma), log(eta), eta ** k, (g - g) / eta + 1 / (eta - eta),
            gamma(eta), log(eta - sigma), eta ** (1 / eta),
        ]
        for expression in cases {
            #expect(throws: SeriesError.self, "\(expression)") { try series(expression, upTo: 2) }
        }
        #expect(throws: SeriesError.unknownSign(of: -sigma, in: sqrt(eta - sigma))) {
            try series(sqrt(eta - sigma), upTo: 2)
        }
        #expect(throws: SeriesError.self) { try series(1 / (1 - eta), upTo: 500) }
    }

    @Test func `A root of unknown sign is expanded where it is real`() throws {
        try expectCoefficients(sqrt(g + eta), [sqrt(g), 1 / (2 * sqrt(g))])
    }

    @Test func `What decays exponentially is smaller than any power`() throws {
        #expect(try series(exp(-sigma / eta) + g, upTo: 3).terms.map(\.coefficient) == [g])
        #expect(try series(erf(sigma / eta + g), upTo: 3).terms.map(\.coefficient) == [.one])
        try expectCoefficients(atan(-sigma / eta), [-Expression.pi / 2, 1 / sigma])
    }

    @Test func `Special functions expand with their derivatives`() throws {
        try expectCoefficients(gamma(1 + eta), [.one, .function(.polygamma(0), [.one])])
        try expectCoefficients(
            hypergeometric2F1(m, g, sigma, eta),
            [.one, m * g / sigma, m * g * (m + 1) * (g + 1) / (2 * sigma * (sigma + 1))])
        let schedule = Function.unnamed("s", derivatives: [0])
        try expectCoefficients(
            Expression.function(schedule, [t + eta]),
            [.function(schedule, [t]), .function(.unnamed("s", derivatives: [1]), [t])])
        let twofold = Function.unnamed("w", derivatives: [0, 0])
        let mixed = try series(Expression.function(twofold, [t + eta, g + eta * m]), upTo: 3).coefficient(of: 2)
        let expected =
            Expression.function(.unnamed("w", derivatives: [2, 0]), [t, g]) / 2
            + m * Expression.function(.unnamed("w", derivatives: [1, 1]), [t, g])
            + m ** 2 * Expression.function(.unnamed("w", derivatives: [0, 2]), [t, g]) / 2
        #expect(mixed.equals(expected) == .zero)
        let w = Expression(Symbol("w", indices: [.bound(0)]))
        let sum = try series(Expression.indexSum(body: exp(eta * w)), upTo: 2)
        #expect(sum.coefficient(of: 0) == Expression(Expression.dimension))
        #expect(sum.coefficient(of: 1) == Expression.indexSum(body: w))
    }

    @Test func `Limits come from the leading term`() throws {
        let x = Symbol("x")
        let u = Expression(x)
        let cases: [(Expression, Limit.Point, Limit)] = [
            (sin(u) / u, .above(.zero), .finite(.one)),
            ((1 - cos(u)) / u ** 2, .below(.zero), .finite(.half)),
            ((1 + sigma / u) ** u, .infinity, .finite(exp(sigma))),
            (u ** 2 / (u + 1), .infinity, .infinite(sign: 1)),
            (1 / (u - 2), .below(2), .infinite(sign: -1)),
            (g / u, .above(.zero), .infinite(sign: nil)),
            (tanh(u), .minusInfinity, .finite(.minusOne)),
            (erf(g * u) / u, .above(.zero), .finite(2 * g / sqrt(.pi))),
            (sqrt(u ** 2 + u) - u, .infinity, .finite(.half)),
        ]
        for (expression, point, expected) in cases {
            #expect(try expression.limit(as: x, to: point) == expected, "\(expression)")
        }
    }
}
