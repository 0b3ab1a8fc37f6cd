/// The parts of an analysis.
public enum AnalysisPart: String, Hashable, Sendable, CaseIterable {
    case generator, moments, stationary, transient, loss, phases, scaling, schedule, magnitude, rescaling

    public var title: String {
        switch self {
        case .generator: "Ito's lemma"
        case .moments: "moment equations on a quadratic"
        case .stationary: "stationary law near a minimum"
        case .transient: "transient on a quadratic"
        case .loss: "loss"
        case .phases: "phases in the signal-to-noise ratio"
        case .scaling: "scaling rule"
        case .schedule: "schedule of the step size"
        case .magnitude: "orders of magnitude near a minimum"
        case .rescaling: "time in steps"
        }
    }
}
