import BuiltInRules
import Matching
import Testing

struct NonsmoothPointTests {
    private func points(_ rule: String, _ options: DerivationOptions) throws -> [String] {
        let certificate = try Derivation(of: BuiltInRules.rule(named: rule), options: options).certificate
        return certificate.nonsmoothPoints.map(\.vanishing.text)
    }

    // 5 + (c - f')^2/sigma^2, written as a sum, has no zero.
    @Test func `a denominator without a real zero is smooth`() throws {
        #expect(try points("clippedsgd", DerivationOptions(noise: .student(nu: 5), order: 2)) == [])
        #expect(try points("yogi", .secondOrder(of: BuiltInRules.rule(named: "yogi"))).contains("v_i"))
    }
}
