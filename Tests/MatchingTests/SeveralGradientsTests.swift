import Algebra
import ExactNumbers
import Matching
import Probability
import Rules
import Testing

/// Rules that draw several gradients on samples of their own.
struct SeveralGradientsTests {
    private typealias Q = Quantity

    private func sde(_ body: String) throws -> SDE {
        try Derivation(of: UpdateRule(parsing: "optimizer Test\nstep eta\nstate x\n\(body)")).sde
    }

    @Test(arguments: [1, 3, 5, 7])
    func `the majority of n votes has the tail of the binomial law`(workers: Int) throws {
        let names = (1...workers).map { "g\($0)" }
        let votes = names.map { "sign(\($0))" }.joined(separator: " + ")
        let model = try sde("gradient \(names.joined(separator: ", ")) at x\nx' = x - eta*sign(\(votes))")
        let up = (1 + erf(Q.gradient / (sqrt(2) * Q.sigma))) / 2
        var mean = Expression.zero
        var binomial = Rational.one
        for count in 0...workers {
            if count > 0 { binomial = binomial * Rational(workers - count + 1, count) }
            let probability = Expression(binomial) * up ** count * (1 - up) ** (workers - count)
            mean = 2 * count > workers ? mean + probability : mean - probability
        }
        expectEqual(model.drift[0], -mean)
        expectEqual(model.covariance[0][0], 1 - mean ** 2)
    }

    /// 2 I_p(m, m) - 1 with p = (1 + e)/2, for the mean e of one vote and m = ceil(n/2).
    @Test(arguments: 1...6)
    func `the mean of the majority is the incomplete beta function of that of one vote`(workers: Int) throws {
        let names = (1...workers).map { "g\($0)" }
        let votes = names.map { "sign(\($0))" }.joined(separator: " + ")
        let model = try sde("gradient \(names.joined(separator: ", ")) at x\nx' = x - eta*sign(\(votes))")
        let one = Symbol("e", bounds: .signed)
        let (m, e) = (Expression((workers + 1) / 2), Expression(one))
        let majority =
            2 * gamma(m + .half) / (sqrt(.pi) * gamma(m)) * e
            * hypergeometric2F1(.half, 1 - m, Expression(Rational(3, 2)), e ** 2)
        let drift = model.drift[0].replacing { $0 == erf(Q.gradient / (sqrt(2) * Q.sigma)) ? e : nil }
        for value in [-0.9, -0.3, 0.2, 0.7] {
            let difference = drift.evaluated(at: [one: value]) + majority.evaluated(at: [one: value])
            #expect(difference.magnitude < 1e-13)
        }
    }

    @Test func `two votes may tie`() throws {
        let model = try sde("gradient g, h at x\nx' = x - eta*sign(sign(g) + sign(h))")
        let mean = erf(Q.gradient / (sqrt(2) * Q.sigma))
        expectEqual(model.drift[0], -mean)
        // The step is one in size unless the votes differ.
        expectEqual(model.covariance[0][0], (1 + mean ** 2) / 2 - mean ** 2)
    }

    @Test func `the mean of four gradients has a quarter of the variance`() throws {
        let model = try sde("gradient g1, g2, g3, g4 at x\nx' = x - eta*(g1 + g2 + g3 + g4)/4")
        expectEqual(model.drift[0], -Q.gradient)
        expectEqual(model.covariance[0][0], Q.sigma ** 2 / 4)
    }

    @Test func `a rule with several gradients is printed and read back`() throws {
        let rule = try UpdateRule(
            parsing: """
                optimizer Test
                step eta
                state x
                gradient g, h at x
                let u = g + h
                gradient w at x + eta*u, same sample
                x' = x - eta*w
                """)
        #expect(rule.gradients.map(\.symbol.name) == ["g", "h", "w"])
        #expect(try UpdateRule(parsing: rule.description) == rule)
    }

    @Test func `two draws that meet in an expectation without a closed form are refused`() throws {
        #expect {
            _ = try sde("gradient g, h at x\nx' = x - eta*tanh(g + tanh(h))")
        } throws: { error in
            guard case .noMoment(_, .coupledDraws)? = error as? DerivationError else { return false }
            return true
        }
    }

    @Test func `the square of a sign is one only where its argument vanishes at points`() throws {
        let one = try sde("gradient g at x\nx' = x - eta*sign(max(g, 0))")
        let up = (1 + erf(Q.gradient / (sqrt(2) * Q.sigma))) / 2
        expectEqual(one.drift[0], -up)
        expectEqual(one.covariance[0][0], up * (1 - up))
        let clipped = try sde("gradient g at x\nx' = x - eta*sign(g - clip(g, -1, 1))")
        func tail(_ mean: Expression) -> Expression { (1 - erf((1 - mean) / (sqrt(2) * Q.sigma))) / 2 }
        let (above, below) = (tail(Q.gradient), tail(-Q.gradient))
        expectEqual(clipped.drift[0], below - above)
        expectEqual(clipped.covariance[0][0], above + below - (above - below) ** 2)
    }
}
