import Algebra
import Matching

/// What the formulas of a model say of its coefficients, so that an integrator knows whether it applies.
///
/// Everything here is proved from the formulas; what is not seen in them counts as not so.
public struct ModelForm: Hashable, Sendable {
    /// What the diffusion of a coordinate depends on.
    public enum Noise: Hashable, Sendable {
        /// On the time at most.
        case additive
        /// On the states of this coordinate.
        case local
        /// On the states of several coordinates, or it is not known.
        case general
    }

    public let noise: Noise
    /// Whether `L^p s_q = L^q s_p` for all Brownian motions `p` and `q`, with `L^p = sum_a s_ap d_a`.
    public let commutes: Bool
    /// Whether the drift is affine in the states and the diffusion constant, both without the time.
    public let isLinear: Bool

    /// Nothing known.
    public static let general = ModelForm(noise: .general, commutes: false, isLinear: false)

    public init(noise: Noise, commutes: Bool, isLinear: Bool) {
        self.noise = noise
        self.commutes = commutes
        self.isLinear = isLinear
    }

    /// - Complexity: for several Brownian motions of a coordinate, their commutators and zero tests of them.
    init(of sde: SDE, on landscape: Landscape) {
        let entries = sde.diffusion.flatMap { $0 }
        // The covariance between coordinates has no closed factor.
        guard sde.crossCovariance.isEmpty || landscape.dimension == 1 else {
            self = .general
            return
        }
        let degrees = StateDegrees(of: sde, on: landscape)
        let isAdditive = entries.allSatisfy { degrees.isConstant($0) }
        let isLocal = entries.allSatisfy { degrees.isLocal($0) }
        noise = isAdditive ? .additive : isLocal ? .local : .general
        commutes = isAdditive || (isLocal && Self.commutes(sde))
        isLinear =
            isAdditive && entries.allSatisfy { !$0.contains(sde.time) }
            && sde.drift.allSatisfy { (degrees.degree(of: $0) ?? 2) <= 1 }
    }

    private static func commutes(_ sde: SDE) -> Bool {
        let columns = sde.diffusion.first?.count ?? 0
        func derivative(of q: Int, along p: Int, _ state: Int) -> Expression {
            Expression.sum(
                of: sde.states.indices.map {
                    sde.diffusion[$0][p] * sde.diffusion[state][q].derivative(by: sde.states[$0])
                }
            )
        }
        for p in 0..<columns {
            for q in p + 1..<max(p + 1, columns) {
                for state in sde.states.indices {
                    let commutator = derivative(of: q, along: p, state) - derivative(of: p, along: q, state)
                    if commutator.isZeroTest() != .zero { return false }
                }
            }
        }
        return true
    }
}

extension CompiledModel {
    /// What the formulas say of the coefficients; worked out anew at each call.
    public var form: ModelForm { ModelForm(of: sde, on: landscape) }
}

/// How formulas of a coordinate depend on states, seen from their structure alone.
private struct StateDegrees {
    private let sde: SDE
    private let landscape: Landscape
    private let stateNames: Set<String>

    init(of sde: SDE, on landscape: Landscape) {
        self.sde = sde
        self.landscape = landscape
        stateNames = Set(sde.states.map(\.name))
    }

    /// Whether no state has a part in the expression; the time may.
    func isConstant(_ expression: Expression) -> Bool {
        expression.symbols.allSatisfy { $0 == sde.time || degree(of: $0) == 0 }
    }

    /// Whether only states of the expression's own coordinate have a part in it.
    func isLocal(_ expression: Expression) -> Bool {
        if landscape.dimension == 1 || isConstant(expression) { return true }
        guard landscape.isSeparable, landscape.noiseScale == nil, !expression.containsIndexSum else { return false }
        let own = Set(sde.states.flatMap(\.indices))
        return expression.symbols.allSatisfy { symbol in
            guard degree(of: symbol) != 0 else { return true }
            // The loss itself is one of all coordinates.
            if symbol.isField { return !symbol.derivatives.isEmpty && Set(symbol.derivatives).isSubset(of: own) }
            return symbol == sde.time || Set(symbol.indices).isSubset(of: own)
        }
    }

    /// 0 for a constant, 1 for a function that is affine in the states; `nil` for anything else.
    func degree(of expression: Expression) -> Int? {
        switch expression.content {
        case .number, .constant: return 0
        case .symbol(let symbol): return degree(of: symbol)
        case .sum(_, let terms):
            var largest = 0
            for term in terms {
                guard let degree = degree(of: term.expression) else { return nil }
                largest = max(largest, degree)
            }
            return largest
        case .product(_, let factors):
            var total = 0
            for factor in factors {
                guard let base = degree(of: factor.base), degree(of: factor.exponent) == 0,
                    base == 0 || factor.exponent.isOne
                else { return nil }
                total += base
            }
            return total <= 1 ? total : nil
        case .function(_, let arguments): return arguments.allSatisfy { degree(of: $0) == 0 } ? 0 : nil
        case .indexSum(let body), .expectation(let body): return degree(of: body)
        }
    }

    private func degree(of symbol: Symbol) -> Int? {
        if symbol == sde.time { return nil }
        if symbol.role == .position || stateNames.contains(symbol.name) { return 1 }
        guard symbol.isField else { return 0 }
        if symbol.role == .randomField { return nil }
        if symbol.name != "f" { return landscape.noiseScale == nil ? 0 : nil }
        guard landscape.isQuadratic, !symbol.derivatives.isEmpty else { return nil }
        return symbol.derivatives.count == 1 ? 1 : 0
    }
}
