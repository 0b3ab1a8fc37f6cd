import Matching
import Simulation

extension SimulateCommand {
    /// Everything on which the numbers depend.
    static func settings(
        _ arguments: ParsedArguments, _ model: RuleModel, _ options: DerivationOptions, _ input: SimulationInput,
        _ run: EnsembleRun, substeps: Int
    ) -> RunSettings {
        var settings = RunSettings()
        settings.append("the version of continuum", Tool.version)
        settings.append("the rule", model.rule.description)
        settings.append("the law of the noise", options.noise.map { "\($0)" })
        settings.append(SimulationInput.seed.spelling, "\(input.seed)")
        settings.append(SimulationInput.paths.spelling, "\(run.paths.count)")
        settings.append("the number of steps", "\(run.steps)")
        settings.append(save.spelling, "\(run.saves)")
        settings.append(dt.spelling, "eta/\(substeps)")
        settings.append(quantiles.spelling, run.quantiles.rawValue)
        let written = [SimulationInput.seed, SimulationInput.paths, steps, horizon, save, dt, quantiles]
        let neutral = [SimulationInput.threads, ShardInput.shard, CheckpointFile.checkpoint, format]
        for option in syntax.options where !(written + neutral).contains(option) {
            settings.append(
                option.spelling,
                arguments.contains(option) ? "'\(arguments.all(option).joined(separator: " "))'" : nil)
        }
        return settings
    }
}
