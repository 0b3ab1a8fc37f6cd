import Simulation

/// The integrator of a model, which verify and simulate share.
enum SchemeInput: String, CaseIterable {
    case automatic, euler, milstein, platen, linear

    static let option = Option(
        "scheme", "automatic|euler|milstein|platen|linear",
        "the integrator: Euler and Maruyama's, Milstein's for commutative noise, Platen's of weak order 2, or the exact "
            + "step of a linear SDE (default: automatic in verify, which samples where another is asked for; euler in simulate)"
    )

    /// The scheme that was asked for; `nil` for an automatic choice.
    var scheme: IntegrationScheme? { IntegrationScheme(rawValue: rawValue) }

    /// The scheme for an ensemble of a model: automatically the exact step where there is one, or else the highest order.
    func scheme(of model: any DiffusionKernel, jumps: Bool) -> IntegrationScheme {
        scheme ?? [.linear, .platen].first { $0.objection(to: model, jumps: jumps) == nil } ?? .euler
    }
}
