import Algebra
import Foundation
import Probability
import Rules

/// An SDE written by a person, to be compared with a derived one.
///
/// The text has one equation a line, for the coordinate `i`, and `#` begins a comment:
///
///     let P = sqrt(v) + epsilon
///     dx = -df/P dt - sqrt(eta)*sigma/P dW
///     dv = rho*(df^2 + sigma^2 - v) dt
///
/// Each term is a product before `dt` or before a Brownian motion of the coordinate: `dW`, or `dW1`, `dW2`, ... where there
/// are several. The component of the gradient is `df`, `grad f` or `d_i f`; a Hessian times a vector is
/// `sum_j(d_ij f*w_j)`. States (a capital letter will do), parameters and definitions of the rule, `eta` and `t` are known.
/// A line `let NAME = ...` names an expression.
public struct PublishedSDE: Hashable, Sendable {
    /// A diffusion entry that its author wrote without the factor sqrt(eta).
    public struct UnscaledEntry: Hashable, Sendable {
        public let state: Symbol
        /// The Brownian motion as it was written, `dW1`.
        public let motion: String
    }

    /// Where the text came from.
    public let file: String
    /// The equations, with the factor sqrt(eta) divided out of the diffusion.
    public let sde: SDE
    /// Entries without a factor sqrt(eta), which were divided by it all the same.
    public let unscaledEntries: [UnscaledEntry]

    init(file: String, sde: SDE, unscaledEntries: [UnscaledEntry]) {
        self.file = file
        self.sde = sde
        self.unscaledEntries = unscaledEntries
    }

    /// An SDE as if it had been read from a text.
    public init(_ sde: SDE, file: String = "sde") { self.init(file: file, sde: sde, unscaledEntries: []) }

    /// The SDE that a text states for a rule.
    ///
    /// - Parameters:
    ///   - noise: the law whose parameters and expectations may occur; nil for the rule's own.
    ///   - fastStates: states that are averaged over, which the SDE does not have.
    /// - Throws: a diagnostic with the place, what was expected and a remedy.
    public init(
        parsing text: String, for rule: UpdateRule, noise: NoiseLaw? = nil, averagedOver fastStates: [Symbol] = [],
        file: String = "sde"
    ) throws(Diagnostic) {
        self = try PublishedSDEParser.sde(
            in: SourceText(text, file: file), rule: rule, law: noise ?? rule.noise, fastStates: fastStates)
    }

    /// The SDE in a file.
    ///
    /// - Throws: a diagnostic where the file cannot be read, is no text, is too large, or states no SDE.
    public init(
        contentsOf url: URL, for rule: UpdateRule, noise: NoiseLaw? = nil, averagedOver fastStates: [Symbol] = []
    ) throws(Diagnostic) {
        self = try PublishedSDEParser.sde(
            in: SourceText(contentsOf: url), rule: rule, law: noise ?? rule.noise, fastStates: fastStates)
    }
}

extension PublishedSDE: CustomStringConvertible {
    /// The text that is read as this SDE.
    public var description: String {
        zip(sde.states.indices, sde.states).map { row, state in
            let noise = sde.diffusion[row].enumerated().filter { !$0.element.isZero }.map { column, entry in
                " + sqrt(\(sde.stepSize.name))*(\(entry.ascii)) dW\(column + 1)"
            }
            return "d\(state.name) = (\(sde.drift[row].ascii)) dt\(noise.joined())\n"
        }.joined()
    }
}
