import BuiltInRules
import Compilation
import Matching
import Simulation
import Testing

@testable import Report

@Suite("The page of a rule")
struct RulePageTests {
    /// The tags that are open at the end, or the first one that closes another.
    private func unbalanced(_ html: String) -> [Substring] {
        var open: [Substring] = []
        for match in html.matches(of: /<(\/?)([a-zA-Z0-9]+)[^>]*?(\/?)>/) {
            let (closes, name, isEmpty) = (match.1, match.2, match.3)
            if !isEmpty.isEmpty || ["meta", "br"].contains(name) { continue }
            if closes.isEmpty {
                open.append(name)
            } else if open.popLast() != name {
                return [name]
            }
        }
        return open
    }

    @Test("every element is closed", arguments: ["adamw", "lion", "lamb", "normalizedsgd", "sam"])
    func balance(name: String) throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: name))
        let page = RulePage(DerivationReport(derivation, showsSteps: true), .noNumbers(reason: "a < b"))
        #expect(unbalanced(page.html).isEmpty)
        #expect(page.html.contains("a &lt; b"))
    }

    @Test("weak errors have a plot and a table, and nothing comes from elsewhere")
    func weakErrors() throws {
        let derivation = try Derivation(of: BuiltInRules.rule(named: "sgd"))
        let landscape = try Landscape.quadratic([1])
        let problem = try WeakErrorProblem(
            of: derivation, on: landscape, settings: [0.1, 0.05, 0.025].map { ["eta": $0, "sigma": 0.2] },
            initial: [0.8], horizon: 0.5, tests: [.loss(on: landscape)])
        let result = try #require(try WeakError().results(of: problem).first)
        let html = WeakErrorReport(result, ruleName: "SGD").html
        #expect(unbalanced(html).isEmpty)
        #expect(html.contains("<svg") && html.contains("verdict: supports weak order 1"))
        #expect(!html.contains("src=") && !html.contains("href=") && !html.contains("<script"))
    }
}
