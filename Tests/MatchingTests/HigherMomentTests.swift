import BuiltInRules
import Matching
import Testing

/// What conditions 3 and 4 leave.
struct HigherMomentTests {
    private func residual(
        _ rule: String, _ condition: Int, _ moment: String, _ options: DerivationOptions = DerivationOptions()
    ) throws -> String? {
        let certificate = try Derivation(of: BuiltInRules.rule(named: rule), options: options).certificate
        let residuals = certificate.conditions[condition - 1].residuals
        return try #require(residuals.first { $0.moment == moment }).expression?.text
    }

    // A sign of mean m has the third cumulant m - 3 m + 2 m^3, and (f' + sigma Z)^2 that of a noncentral chi square.
    @Test func `third moments differ by the third cumulant of an increment`() throws {
        #expect(
            try residual("signsgd", 3, "E(Δx)³") == "-2·η³·erf(∂_i f/(√2·σ_i))·(1 - erf(∂_i f/(√2·σ_i))²)")
        #expect(try residual("rmsprop", 3, "E(Δv)³") == "-8·η³·ρ³·σ_i⁴·(3·(∂_i f)² + σ_i²)")
        #expect(try residual("sgd", 3, "E(Δx)³") == nil)
    }

    @Test func `a model without the noise of a state lacks its third moment too`() throws {
        let declared = DerivationOptions(diffusion: .declared)
        #expect(
            try residual("rmsprop", 3, "E(Δv)³", declared)
                == "-2·η³·ρ³·σ_i²·(6·(∂_i f)⁴ + 21·(∂_i f)²·σ_i² + 7·σ_i⁴ - 6·(∂_i f)²·v_i - 3·σ_i²·v_i)")
    }

    @Test func `condition 4 bounds a moment of the increment`() throws {
        #expect(
            try residual("sgd", 4, "E|Δx|⁴", DerivationOptions(order: 2))
                == "η⁴·((∂_i f)⁴ + 6·(∂_i f)²·σ_i² + 3·σ_i⁴)")
        #expect(try residual("signsgd", 4, "E|Δx|³") == "η³")
        #expect(try residual("sgd", 4, "E|Δx|³", DerivationOptions(noise: .student(nu: 3))) == nil)
        // The noise of a step of a running mean is smaller than the mean.
        #expect(try residual("momentum", 4, "E|Δx|³") == "η³·|m_i|³")
    }
}
