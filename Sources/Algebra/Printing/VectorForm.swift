/// Writes what holds for one coordinate as a statement about vectors, as papers print stochastic differential equations.
///
/// The drift `-∂_i f/(√v_i + ε)` is the vector `-(diag(√V) + ε I)^(-1) ∇f(X)`; a diffusion is a diagonal matrix. Powers,
/// products and functions of vectors are elementwise, Σ = diag(σ₁², …, σ_d²), and the time index is left out.
public enum VectorForm {
    /// A drift as a vector, in one line of Unicode mathematics.
    ///
    /// - Parameter index: the name of the free index that numbers the coordinates.
    public static func text(drift: Expression, index: String = "i") -> String {
        TextRenderer.unicodeVectors.text(layout(drift: drift, index: index))
    }

    /// A drift as a vector, in LaTeX.
    public static func latex(drift: Expression, index: String = "i") -> String {
        LaTeXRenderer().text(layout(drift: drift, index: index))
    }

    /// A diffusion as a diagonal matrix, in one line of Unicode mathematics.
    public static func text(diffusion: Expression, index: String = "i") -> String {
        TextRenderer.unicodeVectors.text(layout(diffusion: diffusion, index: index))
    }

    /// A diffusion as a diagonal matrix, in LaTeX.
    public static func latex(diffusion: Expression, index: String = "i") -> String {
        LaTeXRenderer().text(layout(diffusion: diffusion, index: index))
    }

    package static func layout(drift: Expression, index: String = "i") -> Layout {
        VectorLayoutBuilder(for: [drift], index: index).vector(drift)
    }

    package static func layout(diffusion: Expression, index: String = "i") -> Layout {
        VectorLayoutBuilder(for: [diffusion], index: index).matrix(diffusion)
    }
}
