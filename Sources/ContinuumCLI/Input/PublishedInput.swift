import Algebra
import BuiltInRules
import Foundation
import Matching
import Probability
import Rules

/// A published SDE that a command takes: the name of a built-in one, or the path of a file.
enum PublishedInput {
    static func sde(
        _ text: String, of rule: UpdateRule, noise: NoiseLaw?, averagedOver fastStates: [Symbol] = []
    ) throws(Failure) -> PublishedSDE {
        do {
            if let builtIn = BuiltInRules.publishedModel(named: text) {
                return try PublishedSDE(
                    parsing: builtIn.text, for: rule, noise: noise, averagedOver: fastStates, file: builtIn.file)
            }
            return try PublishedSDE(contentsOf: URL(filePath: text), for: rule, noise: noise, averagedOver: fastStates)
        } catch {
            let isPath = text.contains("/") || text.hasSuffix(".sde")
            let isKnown = BuiltInRules.publishedModel(named: text) != nil
            guard isPath || isKnown else {
                throw Failure.unknown(
                    "published SDE", text, among: BuiltInRules.publishedModelNames,
                    remedy: "The built-in ones are \(BuiltInRules.publishedModelNames.joined(separator: ", ")); "
                        + "a file is given by its path.")
            }
            throw Failure(error)
        }
    }
}
