/// An index of a symbol: a coordinate of the parameter vector.
public enum Index: Hashable, Sendable, Comparable {
    /// A coordinate by number, 1 for the first.
    case coordinate(Int)
    /// A free index by name, `i` in `x_i`.
    case free(String)
    /// An index bound by an enclosing index sum; 0 belongs to the innermost one (de Bruijn index), so that two sums
    /// that differ only in the name of their index are the same expression.
    case bound(Int)

    public static func < (a: Index, b: Index) -> Bool {
        switch (a, b) {
        case (.coordinate(let m), .coordinate(let n)), (.bound(let m), .bound(let n)): return m < n
        case (.free(let m), .free(let n)): return m < n
        default: return a.rank < b.rank
        }
    }

    private var rank: Int {
        switch self {
        case .coordinate: return 0
        case .free: return 1
        case .bound: return 2
        }
    }
}

/// A named quantity: a parameter, a state, a component of a field such as the gradient, or a noise variable.
///
/// Two symbols are the same when all they were declared with is the same. Names are ASCII (`eta`, `sigma`); printers
/// write them in Greek.
public struct Symbol: Hashable, Sendable {
    /// How a symbol answers to differentiation and expectation.
    public enum Role: Int, Hashable, Sendable {
        /// A parameter or an auxiliary state: constant but for itself.
        case plain
        /// A coordinate of the point at which fields are taken.
        case position
        /// A function of the position, such as the loss `f` or a noise scale `sigma(x)`.
        case field
        /// A random variable.
        case noise
        /// A random function of the position, such as a stochastic gradient of unspecified law.
        case randomField
    }

    public let name: String
    public let role: Role
    /// The coordinates the symbol belongs to: `i` in `x_i`.
    public let indices: [Index]
    /// The coordinates a field was differentiated by, sorted: `i, j` in `d_ij f`.
    public let derivatives: [Index]
    /// What is known of the value.
    public let bounds: Bounds

    public init(
        _ name: String, role: Role = .plain, indices: [Index] = [], derivatives: [Index] = [], bounds: Bounds = .real
    ) {
        self.name = name
        self.role = role
        self.indices = indices
        self.derivatives = derivatives.sorted()
        self.bounds = bounds
    }

    public var isRandom: Bool { role == .noise || role == .randomField }
    public var isField: Bool { role == .field || role == .randomField }

    /// The partial derivative of a field by one more coordinate; its sign is no longer known.
    public func differentiated(by index: Index) -> Symbol {
        Symbol(name, role: role, indices: indices, derivatives: derivatives + [index])
    }

    /// The same symbol at other coordinates.
    public func mapIndices(_ transform: (Index) -> Index) -> Symbol {
        guard !indices.isEmpty || !derivatives.isEmpty else { return self }
        return Symbol(
            name, role: role, indices: indices.map(transform), derivatives: derivatives.map(transform), bounds: bounds)
    }

    /// The Kronecker delta of two indices.
    static func kronecker(_ a: Index, _ b: Index) -> Symbol {
        Symbol("delta", role: .plain, indices: a < b ? [a, b] : [b, a], bounds: Bounds(0, 1))
    }
}

extension Symbol: Comparable {
    /// By name, then indices and derivatives; the same in every process.
    public static func < (a: Symbol, b: Symbol) -> Bool {
        if a.name != b.name { return a.name < b.name }
        if a.derivatives != b.derivatives { return precedes(a.derivatives, b.derivatives) }
        if a.indices != b.indices { return precedes(a.indices, b.indices) }
        if a.role != b.role { return a.role.rawValue < b.role.rawValue }
        let (p, q) = (a.bounds, b.bounds)
        if p.lower != q.lower { return p.lower < q.lower }
        if p.upper != q.upper { return p.upper < q.upper }
        return !p.excludesZero && q.excludesZero
    }

    private static func precedes(_ a: [Index], _ b: [Index]) -> Bool {
        a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
    }
}
