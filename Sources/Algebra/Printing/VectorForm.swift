/// Writes what holds for one coordinate as a statement about vectors, as papers print stochastic differential equations.
///
/// The drift `-∂_i f/(√v_i + ε)` is the vector `-(diag(√V) + ε I)^(-1) ∇f(X)`; a diffusion is a diagonal matrix. Powers,
/// products and functions of vectors are elementwise, Σ = diag(σ₁², …, σ_d²), and the time index is left out.
public struct VectorForm: Sendable {
    /// The name of the position, at which gradients are taken.
    public let position: String
    /// The name of the free index that numbers the coordinates.
    public let index: String

    public init(position: String = "x", index: String = "i") {
        self.position = position
        self.index = index
    }

    /// A drift as a vector, in one line of Unicode mathematics.
    public func text(drift: Expression) -> String { TextRenderer.unicodeVectors.text(layout(drift: drift)) }

    /// A drift as a vector, in LaTeX.
    public func latex(drift: Expression) -> String { LaTeXRenderer().text(layout(drift: drift)) }

    /// A diffusion as a diagonal matrix, in one line of Unicode mathematics.
    public func text(diffusion: Expression) -> String { TextRenderer.unicodeVectors.text(layout(diffusion: diffusion)) }

    /// A diffusion as a diagonal matrix, in LaTeX.
    public func latex(diffusion: Expression) -> String { LaTeXRenderer().text(layout(diffusion: diffusion)) }

    package func layout(drift: Expression) -> Layout {
        VectorLayoutBuilder(for: [drift], index: index, position: position).vector(drift)
    }

    package func layout(diffusion: Expression) -> Layout {
        VectorLayoutBuilder(for: [diffusion], index: index, position: position).matrix(diffusion)
    }
}
