/// The Greek letters and the ASCII names they stand for.
package enum GreekAlphabet {
    /// The name of a letter: `eta` for η. Variant forms (ϵ, ϕ, ϑ) have the name of their letter.
    package static func name(of letter: Unicode.Scalar) -> String? { names[letter] }

    /// The letter with a name: η for `eta`.
    package static func letter(named name: String) -> Unicode.Scalar? { letters[name] }

    private static let lowercase: [(Unicode.Scalar, String)] = [
        ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"), ("ε", "epsilon"), ("ζ", "zeta"), ("η", "eta"),
        ("θ", "theta"), ("ι", "iota"), ("κ", "kappa"), ("λ", "lambda"), ("μ", "mu"), ("ν", "nu"), ("ξ", "xi"),
        ("ο", "omicron"), ("π", "pi"), ("ρ", "rho"), ("σ", "sigma"), ("τ", "tau"), ("υ", "upsilon"), ("φ", "phi"),
        ("χ", "chi"), ("ψ", "psi"), ("ω", "omega"),
    ]
    private static let uppercase: [(Unicode.Scalar, String)] = [
        ("Α", "Alpha"), ("Β", "Beta"), ("Γ", "Gamma"), ("Δ", "Delta"), ("Ε", "Epsilon"), ("Ζ", "Zeta"), ("Η", "Eta"),
        ("Θ", "Theta"), ("Ι", "Iota"), ("Κ", "Kappa"), ("Λ", "Lambda"), ("Μ", "Mu"), ("Ν", "Nu"), ("Ξ", "Xi"),
        ("Ο", "Omicron"), ("Π", "Pi"), ("Ρ", "Rho"), ("Σ", "Sigma"), ("Τ", "Tau"), ("Υ", "Upsilon"), ("Φ", "Phi"),
        ("Χ", "Chi"), ("Ψ", "Psi"), ("Ω", "Omega"),
    ]
    private static let variants: [(Unicode.Scalar, String)] = [
        ("ϵ", "epsilon"), ("ϑ", "theta"), ("ϕ", "phi"), ("ϱ", "rho"), ("ς", "sigma"), ("ϖ", "pi"), ("ϰ", "kappa"),
        ("µ", "mu"), ("\u{2126}", "Omega"), ("∑", "Sigma"),
    ]
    private static let letters = Dictionary(
        (lowercase + uppercase).map { ($0.1, $0.0) }, uniquingKeysWith: { first, _ in first })
    private static let names = Dictionary(
        lowercase + uppercase + variants, uniquingKeysWith: { first, _ in first })
}
