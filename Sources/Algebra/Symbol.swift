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

    private let declaration: Declaration

    /// What a symbol was declared with, shared by its copies.
    private final class Declaration: Sendable {
        let name: String
        let role: Role
        let indices: [Index]
        let derivatives: [Index]
        let bounds: Bounds
        let stableHash: UInt64

        init(_ name: String, _ role: Role, _ indices: [Index], _ derivatives: [Index], _ bounds: Bounds) {
            self.name = name
            self.role = role
            self.indices = indices
            self.derivatives = derivatives
            self.bounds = bounds
            stableHash = Summary.hash(name, role, indices, derivatives)
        }
    }

    public var name: String { declaration.name }
    public var role: Role { declaration.role }
    /// The coordinates the symbol belongs to: `i` in `x_i`.
    public var indices: [Index] { declaration.indices }
    /// The coordinates a field was differentiated by, sorted: `i, j` in `d_ij f`.
    public var derivatives: [Index] { declaration.derivatives }
    /// What is known of the value.
    public var bounds: Bounds { declaration.bounds }
    /// A hash that is the same in every process; the bounds have no part in it.
    var stableHash: UInt64 { declaration.stableHash }

    public init(
        _ name: String, role: Role = .plain, indices: [Index] = [], derivatives: [Index] = [], bounds: Bounds = .real
    ) {
        declaration = Declaration(
            name, role, indices, derivatives.count > 1 ? derivatives.sorted() : derivatives, bounds)
    }

    public static func == (a: Symbol, b: Symbol) -> Bool {
        let (p, q) = (a.declaration, b.declaration)
        if p === q { return true }
        return p.stableHash == q.stableHash && p.name == q.name && p.role == q.role && p.indices == q.indices
            && p.derivatives == q.derivatives && p.bounds == q.bounds
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(declaration.stableHash) }

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
