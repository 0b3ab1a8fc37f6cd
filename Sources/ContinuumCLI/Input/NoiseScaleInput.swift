import Algebra
import Compilation
import Rules

/// A noise scale that depends on the position: `--set 'sigma=0.1*(1 + x1^2)'`.
///
/// A formula for `sigma` holds for every coordinate, one for `sigma2` for the second; numbers may stand beside formulas.
struct NoiseScaleInput {
    private let assignments: Assignments

    /// - Parameter stepSize: the step size where numbers may be formulas in it.
    init(_ arguments: ParsedArguments, stepSize: Symbol? = nil) throws(Failure) {
        assignments = try Assignments(arguments, EvaluateCommand.set, stepSize: stepSize.map { ($0, 1) })
        guard isFormula, let graded = assignments.gradedTexts.keys.sorted().first(where: { $0.hasPrefix(name) }) else {
            return
        }
        throw Failure(
            "--set: '\(graded)' depends on the step size, and another noise scale on the position: give one of them a number"
        )
    }

    var isFormula: Bool { !assignments.formulas.isEmpty }

    private var name: String { UpdateRule.noiseScale.name }

    /// The rule, its noise scale a function of the position where a formula is given.
    func rule(_ rule: UpdateRule) throws(Failure) -> UpdateRule {
        guard !assignments.formulas.isEmpty else { return rule }
        guard !rule.noiseScale.indices.isEmpty else {
            throw Failure(
                "--set: the noise of \(rule.name) has one scale for all coordinates, a number\n"
                    + "Give '\(name)' a number, or declare 'scale \(name)(x)' in the rule.")
        }
        return rule.withScaleOfPosition
    }

    /// The landscape with the noise scale on it.
    func landscape(_ landscape: Landscape) throws(Failure) -> Landscape {
        guard !assignments.formulas.isEmpty else { return landscape }
        var formulas: [Expression] = []
        for coordinate in 1...landscape.dimension {
            guard let own = try formula(of: coordinate) else {
                throw Failure(
                    "--set: '\(name)\(coordinate)' has no value\nGive a formula or a number for every coordinate, or one "
                        + "for '\(name)'.")
            }
            formulas.append(own)
        }
        do { return landscape.with(noiseScale: try NoiseScale(formulas, dimension: landscape.dimension)) } catch {
            throw Failure("--set \(name): \(error)\nWrite it in x1, x2, ...")
        }
    }

    private func formula(of coordinate: Int) throws(Failure) -> Expression? {
        for name in ["\(name)\(coordinate)", name] {
            if let text = assignments.formulas[name] ?? assignments[name]?.plain {
                return try LandscapeInput.expression(text, of: "--set \(name)")
            }
        }
        return nil
    }
}
