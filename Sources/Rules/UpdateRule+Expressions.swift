import Algebra
import Probability

extension UpdateRule {
    /// A rule from Swift expressions, checked as the rule language checks a text.
    ///
    /// - Parameters:
    ///   - gradient: the name of the stochastic gradient; in expressions it is ``gradientSymbol(named:)``.
    ///   - point: where the gradient is drawn; nil for the position.
    ///   - correlatesNoise: whether the noise of different coordinates is correlated; it must be Gaussian then.
    ///   - later: the names of gradients drawn after the first, their points, which may contain earlier ones, and their
    ///     samples.
    ///   - noiseScale: what the scale sigma of the noise depends on.
    ///   - diffusion: the states that keep noise in the literature's model; nil for all.
    ///   - definitions: names for expressions, which stand for them in later definitions and updates.
    ///   - updates: the next iterate of each state in the order in which they are computed; an earlier one may be used as
    ///     ``State/next``.
    /// - Throws: a diagnostic under the rule's name.
    public init(
        name: String, about: String = "", source: String = "", stepSize: String = "eta", parameters: [Parameter] = [],
        schedules: [Schedule] = [], states: [State], gradient: String = "g", at point: Expression? = nil,
        later: [(name: String, point: Expression, sample: Gradient.Sample)] = [],
        noise: NoiseLaw = .gaussian, correlatesNoise: Bool = false, noiseScale: Scale = .ofCoordinate,
        diffusion: [String]? = nil,
        definitions: [(name: String, value: Expression)] = [], updates: [(state: String, next: Expression)]
    ) throws(Diagnostic) {
        do throws(RuleDefect) {
            var builder = RuleBuilder()
            try builder.setName(name)
            if !about.isEmpty { try builder.setAbout(about) }
            if !source.isEmpty { try builder.setSource(source) }
            try builder.setStepSize(stepSize)
            for parameter in parameters { try builder.add(parameter) }
            for schedule in schedules { try builder.add(schedule) }
            for state in states { try builder.add(state) }
            let draw = UpdateRule.gradientSymbol(named: gradient)
            let early = definitions.prefix { !$0.value.contains(draw) }
            for (name, value) in early { try builder.define(name, as: value) }
            let position = builder.states.first?.current ?? .zero
            try builder.setGradient(gradient, at: point ?? position)
            try builder.setNoise(noise, isCorrelated: correlatesNoise, scale: noiseScale)
            if let diffusion { try builder.setDiffusion(diffusion) }
            var late = definitions.dropFirst(early.count)
            for (number, draw) in later.enumerated() {
                let symbols = later[number...].map { UpdateRule.gradientSymbol(named: $0.name) }
                let between = late.prefix { !$0.value.contains(any: symbols) }
                for (name, value) in between { try builder.define(name, as: value) }
                try builder.setGradient(draw.name, at: draw.point, sample: draw.sample)
                late = late.dropFirst(between.count)
            }
            for (name, value) in late { try builder.define(name, as: value) }
            for (state, next) in updates { try builder.update(state, to: next) }
            self = try builder.rule()
        } catch {
            throw Diagnostic(file: name.isEmpty ? "rule" : name, message: error.message, remedy: error.remedy)
        }
    }

    /// The symbol of a gradient draw.
    public static func gradientSymbol(named name: String = "g") -> Symbol {
        Symbol(name, role: .noise, indices: [.free(index)])
    }

    /// The symbol of the position, by its name.
    public static func positionSymbol(named name: String = "x") -> Symbol {
        State(name, isPosition: true).symbol
    }
}
