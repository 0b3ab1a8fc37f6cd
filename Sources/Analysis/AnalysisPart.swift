/// The parts of an analysis.
public enum AnalysisPart: String, Hashable, Sendable, CaseIterable {
    case generator, moments, stationary, transient

    public var title: String {
        switch self {
        case .generator: "Ito's lemma"
        case .moments: "moment equations on a quadratic"
        case .stationary: "stationary law near a minimum"
        case .transient: "transient on a quadratic"
        }
    }
}
