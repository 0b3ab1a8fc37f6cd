import Matching

extension Derivation {
    /// Source code of the model in another language: functions for its drift and diffusion, and a step of Euler and
    /// Maruyama's scheme.
    ///
    /// The loss enters as functions that the caller gives: the gradient, and where the formulas need it the product of the
    /// Hessian with a vector.
    ///
    /// - Throws: ``EmissionError`` where a coefficient has no closed form, or the language lacks a function.
    public func source(in target: SourceTarget) throws(EmissionError) -> String {
        let dialect = target.dialect
        return try dialect.source(of: SourceModel(self, length: dialect.length))
    }
}
