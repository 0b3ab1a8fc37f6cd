import Algebra
import Matching
import Rules

/// The model of a rule, derived by hand and written in the language of published SDEs.
struct GoldenForm: Sendable, CustomStringConvertible {
    /// The name of a built-in rule.
    let rule: String
    /// b0 of each state.
    let drift: [String: String]
    /// S by pairs of states, `x,m`; an entry that is not listed is zero.
    let covariance: [String: String]
    /// S between the coordinates i and j, where the model couples them.
    var betweenCoordinates: [String: String] = [:]
    /// b1 of each state with every parameter of order 1, where it was derived.
    var correction: [String: String] = [:]

    var description: String { rule }

    static let all = gradientForms + momentumForms + signForms + scaledForms + adaptiveForms + vectorForms

    /// An expression of the model of the rule; in an expectation `Z_g` is the standardized noise of coordinate `i`.
    func expression(_ text: String, of rule: UpdateRule) throws -> Expression {
        var scope = Scope(ofModelsOf: rule, law: .gaussian)
        scope.declare(Symbol("Z_\(rule.gradient.symbol.name)", role: .noise, indices: [.free("i")]))
        return try Expression(parsing: text, in: scope, file: "golden form of \(rule.name)")
    }
}

/// Moments of the gradient `g = df + sigma Z` under Gaussian noise, and factors that many models share.
extension GoldenForm {
    /// E[g^2].
    static let square = "(df^2 + sigma^2)"
    /// Cov(g, g^2).
    static let skew = "(2*df*sigma^2)"
    /// Var(g^2).
    static let spread = "(4*df^2*sigma^2 + 2*sigma^4)"
    /// The factor that corrects the bias of an average of rate rho after the time t.
    static func memory(_ rho: String) -> String { "(1 - exp(-\(rho)*t))" }
    /// P(|g| < c).
    static func inside(_ c: String) -> String {
        "((erf((\(c) - df)/(sqrt(2)*sigma)) + erf((\(c) + df)/(sqrt(2)*sigma)))/2)"
    }
    /// E[g^n 1{|g| < c}] by the recursion J_n = df J_(n-1) + (n - 1) sigma^2 J_(n-2) - sigma [g^(n-1) phi], for n to 3.
    static func truncated(_ n: Int, _ c: String) -> String {
        let (upper, lower) = ("phi((\(c) - df)/sigma)", "phi((\(c) + df)/sigma)")
        let sign = n.isMultiple(of: 2) ? "+" : "-"
        let edges = "sigma*\(c)^\(n - 1)*(\(upper) \(sign) \(lower))"
        switch n {
        case 0: return inside(c)
        case 1: return "(df*\(inside(c)) - \(edges))"
        default: return "(df*\(truncated(n - 1, c)) + \(n - 1)*sigma^2*\(truncated(n - 2, c)) - \(edges))"
        }
    }
}
