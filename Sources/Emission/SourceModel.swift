import Algebra
import Compilation
import Matching
import Rules

/// The equations of a model, ready to be spelled in any language.
struct SourceModel {
    /// A number, or one for each coordinate, that the user of the source gives.
    struct Parameter {
        let name: String
        let defaultValue: Double?
        let differsByCoordinate: Bool
    }

    /// What the source asks of the landscape, in the order of its arguments.
    enum Supply: Int, CaseIterable, Comparable {
        case gradient, hessianProduct, hessianDiagonal, loss, scaleDerivative

        static func < (a: Supply, b: Supply) -> Bool { a.rawValue < b.rawValue }
    }

    /// Formulas of a coordinate that can be computed together.
    struct Section {
        enum Result {
            /// (H w)_i of the formula w.
            case hessianProduct(String)
            /// sum_j w_j d_j sigma_i.
            case scaleDerivative(String)
            /// sum_j w_j.
            case sum(String)
            /// What the function gives.
            case outputs
        }

        let result: Result
        let definitions: [(name: String, value: Layout)]
        let values: [Layout]
        /// The names that are read here but given elsewhere.
        let reads: Set<String>

        /// The name of a result that has a value for each coordinate.
        var vectorResult: String? {
            switch result {
            case .hessianProduct(let name), .scaleDerivative(let name): name
            case .sum, .outputs: nil
            }
        }
    }

    /// A function of state and time.
    struct Body {
        let sections: [Section]
        /// The names of what it takes from the landscape.
        let supplies: Set<Supply>
        /// Whether it gives rows of entries, one for each Brownian motion, and not one number for each state.
        let isMatrix: Bool

        var reads: Set<String> { sections.reduce(into: []) { $0.formUnion($1.reads) } }
    }

    let ruleName: String
    /// What stands at the head of the source, a paragraph a line.
    let comment: [String]
    let states: [String]
    let motionCount: Int
    let stepSize: String
    let parameters: [Parameter]
    /// Functions of time that the user gives: schedules and their derivatives.
    let functions: [String]
    /// Gives the drift of each state.
    let drift: Body
    /// Gives the entries of the diffusion, a row for each state.
    let diffusion: Body

    /// The names of what a function is given for one coordinate.
    static let gradient = "df"
    static let hessianDiagonal = "d2f"
    static let loss = "f"
    static let time = "t"
    static let dimension = "d"

    var supplies: [Supply] { drift.supplies.union(diffusion.supplies).sorted() }
    /// The most stages before the results of a function.
    var stageCount: Int { max(drift.sections.count, diffusion.sections.count) - 1 }
    /// The rule's name as an identifier.
    var identifier: String {
        let plain = String(ruleName.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return plain.first?.isNumber ?? true ? "_\(plain)" : plain
    }
}

extension SourceModel {
    /// - Throws: ``EmissionError`` where a coefficient has no closed form, or none of one coordinate.
    init(_ derivation: Derivation, length: SharedSubexpressions.Length) throws(EmissionError) {
        let sde = derivation.sde
        if sde.averages != nil { throw .averagedModel }
        if sde.couplesCoordinates { throw .coupledCoordinates }
        var names = SourceNames(sde)
        let hasLaw = derivation.draw.law != .any
        states = sde.states.map { names.name(of: $0) }
        motionCount = sde.diffusion.first?.count ?? 0
        stepSize = names.name(of: sde.stepSize)
        let factor = sde.diffusion.flatMap { $0.map(\.guardingVarianceRoots) }
        let drift = try Body(sde.drift, isMatrix: false, sde, hasLaw: hasLaw, length, &names)
        let diffusion = try Body(factor, isMatrix: true, sde, hasLaw: hasLaw, length, &names)
        (self.drift, self.diffusion) = (drift, diffusion)
        parameters = names.parameters
        functions = names.functions
        ruleName = derivation.rule.name
        comment = Self.comment(derivation)
    }

    private static func comment(_ derivation: Derivation) -> [String] {
        let (rule, sde, options) = (derivation.rule, derivation.sde, derivation.options)
        let level = derivation.certificate.level
        let states = sde.states.map(\.name).joined(separator: ", ")
        return [
            rule.about.isEmpty ? rule.name : "\(rule.name): \(rule.about)",
            "dY = b(Y, t) dt + sqrt(\(sde.stepSize.name)) s(Y, t) dW for each coordinate, Y = (\(states)).",
            "Noise \(derivation.draw.noise), order \(options.order), diffusion \(options.diffusion.rawValue).",
            "\(level.rawValue): \(level.meaning).",
        ].map(\.insideComment)
    }
}

extension SourceModel.Body {
    fileprivate init(
        _ formulas: [Expression], isMatrix: Bool, _ sde: SDE, hasLaw: Bool,
        _ length: SharedSubexpressions.Length, _ names: inout SourceNames
    ) throws(EmissionError) {
        guard let index = sde.states.first?.indices.first else { throw .formulas(.undefined) }
        let split: CoordinateFormulas
        do {
            split = try CoordinateFormulas(formulas.map(\.complementingErf), index: index)
        } catch {
            throw .formulas(error)
        }
        var sections: [SourceModel.Section] = []
        for (stage, result) in split.stages {
            let name = names.nameSum(result)
            switch stage {
            case .hessianProduct(let vector):
                sections.append(.init(.hessianProduct(name), [vector], length, &names))
            case .scaleDerivative(let vector):
                sections.append(.init(.scaleDerivative(name), [vector], length, &names))
            case .plainSum(let term): sections.append(.init(.sum(name), [term], length, &names))
            case .expectation(let body): throw hasLaw ? .expectation("E[\(body)]") : .unspecifiedLaw
            case .radial(let function, _, _): throw .expectation("an expectation of \(function)")
            case .curvatureDerivative, .thirdDerivative: throw .thirdDerivatives
            case .average: throw .averagedModel
            }
        }
        sections.append(.init(.outputs, split.outputs, length, &names))
        self.sections = sections
        self.isMatrix = isMatrix
        var supplies: Set<SourceModel.Supply> = []
        for section in sections {
            switch section.result {
            case .hessianProduct: supplies.insert(.hessianProduct)
            case .scaleDerivative: supplies.insert(.scaleDerivative)
            case .sum, .outputs: break
            }
            for (name, supply) in SourceNames.fields where section.reads.contains(name) { supplies.insert(supply) }
        }
        self.supplies = supplies
    }
}

extension SourceModel.Section {
    fileprivate init(
        _ result: Result, _ formulas: [Expression], _ length: SharedSubexpressions.Length, _ names: inout SourceNames
    ) {
        let renamed = formulas.map { names.renaming($0) }
        let shared = SharedSubexpressions(renamed, length: length, names: &names)
        self.result = result
        definitions = shared.definitions.map { ($0.symbol.name, $0.expression.layout) }
        values = shared.formulas.map(\.layout)
        reads = Set(renamed.flatMap(\.symbols).map(\.name))
    }
}
