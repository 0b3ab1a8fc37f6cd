import Matching
import Numerics

/// The drift and the covariance at one state, as numbers.
public struct EvaluationReport: Sendable {
    private let rule: String
    private let options: DerivationOptions
    private let noise: String
    private let names: [String]
    private let drift: [Double]
    private let covariance: DenseMatrix

    /// - Parameter names: one for each entry of the state.
    public init(
        rule: String, options: DerivationOptions, noise: String, names: [String], drift: [Double],
        covariance: DenseMatrix
    ) {
        self.rule = rule
        self.options = options
        self.noise = noise
        self.names = names
        self.drift = drift
        self.covariance = covariance
    }

    private var covariances: [(name: String, value: Double)] {
        names.indices.flatMap { a in (a..<names.count).map { c in ("\(names[a]),\(names[c])", covariance[a, c]) } }
    }

    /// The first coefficient that has no finite value, by name.
    public var singularCoefficient: String? {
        if let index = drift.firstIndex(where: { !$0.isFinite }) { return "the drift of \(names[index])" }
        return covariances.first { !$0.value.isFinite }.map { "the covariance \($0.name)" }
    }

    public var text: String {
        var table = Table([Table.Column("coefficient"), Table.Column("value", .right)])
        for (name, value) in zip(names, drift) { table.append(["b[\(name)]", value.description]) }
        for (name, value) in covariances { table.append(["S[\(name)]", value.description]) }
        return table.text()
    }

    public var json: JSONValue {
        [
            "rule": .string(rule), "noise": .string(noise), "order": .integer(options.order),
            "diffusion": .string(options.diffusion.rawValue),
            "drift": .object(zip(names, drift).map { .init($0, .number($1)) }),
            "covariance": .object(covariances.map { .init($0.name, .number($0.value)) }),
        ]
    }
}
