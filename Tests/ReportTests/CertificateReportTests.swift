import BuiltInRules
import Matching
import Report
import Testing

@Suite struct CertificateReportTests {
    private func report(_ options: DerivationOptions) throws -> DerivationReport {
        DerivationReport(try Derivation(of: BuiltInRules.rule(named: "rmsprop"), options: options))
    }

    @Test func `a LaTeX document has the conditions, what they rest on, and what is dropped`() throws {
        let latex = try report(DerivationOptions(diffusion: .declared)).latex
        for line in [
            "condition & moment & leading residual & size & verdict \\\\",
            "2 & E $\\Delta$v$\\Delta$v & $-2 \\eta^2 \\rho^2 \\sigma_i^2 (2 (\\partial_i f)^2 + \\sigma_i^2)$ & $O(\\eta^{2})$ & holds \\\\",
            "\\item not smooth where $v_i = 0$: $\\sqrt{v_i}$",
            "x,v & $-\\frac{2 \\rho \\partial_i f \\sigma_i^2}{\\sqrt{v_i} + \\epsilon}$ & $O(\\eta^{2})$ & holds \\\\",
        ] {
            #expect(latex.contains(line + "\n"), "\(line)")
        }
        let isASCII = latex.unicodeScalars.allSatisfy { $0.isASCII }
        #expect(isASCII)
    }
}
