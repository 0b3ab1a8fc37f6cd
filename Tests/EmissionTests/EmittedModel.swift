import Algebra
import BuiltInRules
import Compilation
import Matching
import Probability
import Rules

@testable import Emission

/// A model with numbers for everything that its source asks for, on a landscape of two coupled coordinates.
struct EmittedModel {
    static let landscape = "x1^4/4 + x1*x2 + x2^2"
    static let time = 0.7
    /// Of every parameter that differs between coordinates.
    static let noiseScale = [0.5, 0.8]

    let derivation: Derivation
    let source: SourceModel

    var name: String { source.identifier }
    /// A row for each state.
    var state: [[Double]] { source.states.indices.map { $0 == 0 ? [0.7, -0.4] : [0.3 + 0.1 * Double($0), 0.25] } }

    func value(of parameter: SourceModel.Parameter) -> Double {
        parameter.defaultValue ?? (parameter.name == source.stepSize ? 0.01 : 0.4)
    }

    /// The drift of each state at each coordinate, then the entries of the diffusion by state and motion.
    func expectedValues() throws -> [Double] {
        var values: [String: Double] = [:]
        for parameter in source.parameters {
            if parameter.differsByCoordinate {
                for (i, value) in Self.noiseScale.enumerated() { values["\(parameter.name)\(i + 1)"] = value }
            } else {
                values[parameter.name] = value(of: parameter)
            }
        }
        let model = try derivation.sde.compiled(
            on: Landscape(try Expression(parsing: Self.landscape)), parameters: values,
            accepting: Set(values.keys), draw: derivation.draw)
        let flat = state.flatMap { $0 }
        let diffusion = model.diffusion(flat, Self.time)
        var result = model.drift(flat, Self.time)
        for a in source.states.indices {
            for q in 0..<source.motionCount {
                for i in 0..<2 { result.append(diffusion[a * 2 + i, q * 2 + i]) }
            }
        }
        return result
    }

    /// The built-in rules that have source code in the language, to order 1 and to order 2 where they have one.
    static func all(in target: SourceTarget, named names: Set<String>? = nil) throws -> [EmittedModel] {
        var models: [EmittedModel] = []
        for rule in try BuiltInRules.all where names?.contains(rule.name) ?? true {
            for order in 1...2 {
                guard let derivation = try? Derivation(of: rule, options: DerivationOptions(order: order)),
                    (try? derivation.source(in: target)) != nil
                else { continue }
                models.append(try EmittedModel(derivation, in: target))
            }
        }
        return models
    }

    init(_ derivation: Derivation, in target: SourceTarget) throws {
        self.derivation = derivation
        source = try SourceModel(derivation, length: target.dialect.length)
    }
}
