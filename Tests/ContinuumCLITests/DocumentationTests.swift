import Continuum
import Foundation
import Testing

/// The Swift that README.md and the guide show is the Swift that is compiled and run here.
@Suite struct DocumentationTests {
    @Test("the example of README.md gives closures of RMSprop's SDE")
    func readme() throws {
        // readme
        let rule = try BuiltInRules.rule(named: "rmsprop")
        let derivation = try Derivation(of: rule, noise: .gaussian)
        print(derivation.sde)
        print(derivation.certificate)

        let model = try derivation.sde.compiled(
            on: .quadratic([10, 2]), parameters: ["eta": 0.001, "rho": 10, "sigma": 0.1])
        let state = [1.0, 1.0, 0.5, 0.5]  // x1, x2, v1, v2
        let b = model.drift(state, 0)
        let s = model.diffusion(state, 0)
        // end
        #expect(abs(b[0] + 10 / (0.5.squareRoot() + 1e-8)) < 1e-12)
        #expect(abs(s[0, 0] - 0.1 / (0.5.squareRoot() + 1e-8)) < 1e-14)
        #expect(try shown("README.md") == (try tested("readme")))
    }

    @Test("the example of the guide builds SignSGD from Swift expressions")
    func guide() throws {
        // guide
        let (eta, g) = (Expression(Symbol("eta", bounds: .positive)), Expression(UpdateRule.gradientSymbol()))
        let x = Expression(UpdateRule.positionSymbol())
        let rule = try UpdateRule(
            name: "SignSGD", states: [.init("x", isPosition: true)], updates: [("x", x - eta * sign(g))])
        // end
        let derivation = try Derivation(of: rule)
        #expect(derivation.sde == (try Derivation(of: BuiltInRules.rule(named: "signsgd")).sde))
        #expect(try shown("docs/guide.md") == (try tested("guide")))
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The lines of the only Swift block of a page.
    private func shown(_ page: String) throws -> [String] {
        let text = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0 != "```swift" }.dropFirst().prefix { $0 != "```" }.map { tidy($0) }.filter {
            !$0.isEmpty
        }
    }

    /// The lines of this file between a marker and the next end.
    private func tested(_ marker: String) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        let lines = text.split(separator: "\n").map { tidy($0) }
        return lines.drop { $0 != "// \(marker)" }.dropFirst().prefix { $0 != "// end" }.filter { !$0.isEmpty }
    }

    private func tidy(_ line: Substring) -> String { String(line.drop { $0 == " " }) }
}
