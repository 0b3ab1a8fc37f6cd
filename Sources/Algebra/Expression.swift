import ExactNumbers
import Synchronization

/// An exact mathematical expression over the real numbers.
///
/// Expressions are immutable values that share structure. They are canonical from construction: a sum is one exact
/// constant and a sorted list of terms with rational coefficients, a product one exact coefficient and a sorted list
/// of bases with exponents, so that equality of the form is the usual test of equality of the value. Constructors
/// apply only what holds on the reals wherever both sides are defined; where a function has a kink, identities such
/// as `sign(u)^2 = 1` hold almost everywhere.
///
/// `exp(u)` is the constant e to the power u. An operation without a value, such as a division by zero, gives
/// ``undefined``, which every expression built from it inherits.
public struct Expression: Sendable {
    let node: Node

    /// What an expression is made of.
    public enum Content: Sendable {
        case number(Rational)
        case constant(Constant)
        case symbol(Symbol)
        /// A constant and at least one term; two terms at least where the constant is zero.
        case sum(constant: Rational, terms: [Term])
        /// A coefficient that is not zero and at least one factor.
        case product(coefficient: Rational, factors: [Factor])
        case function(Function, [Expression])
        /// The sum of the body over all coordinates, bound as ``Index/bound(_:)`` 0.
        case indexSum(Expression)
        /// The expectation of the body over every random symbol in it.
        case expectation(Expression)
    }

    public enum Constant: Int, Hashable, Sendable {
        case e, pi, undefined
    }

    /// A rational multiple of an expression that is neither a number nor a sum nor a product with a coefficient.
    public struct Term: Hashable, Sendable {
        public let coefficient: Rational
        public let expression: Expression
    }

    /// A power: base^exponent.
    public struct Factor: Hashable, Sendable {
        public let base: Expression
        public let exponent: Expression
    }

    final class Node: Sendable {
        let content: Content
        let hash: UInt64
        let bounds: Bounds
        /// The number of nodes of the expression written as a tree, saturating.
        let size: Int
        let depth: Int
        /// One bit for each symbol name (modulo 64) that occurs: a quick no to "does it depend on this symbol".
        let symbolMask: UInt64
        let traits: Traits
        /// A number that nodes have in common once they were found equal; 0 before that.
        let equalityClass = Atomic<UInt64>(0)

        init(_ content: Content) {
            let summary = Summary(of: content)
            self.content = content
            hash = summary.hash
            bounds = summary.bounds
            size = summary.size
            depth = summary.depth
            symbolMask = summary.symbolMask
            traits = summary.traits
        }
    }

    struct Traits: OptionSet {
        let rawValue: UInt8
        static let undefined = Traits(rawValue: 1)
        static let random = Traits(rawValue: 2)
        static let field = Traits(rawValue: 4)
        static let boundIndex = Traits(rawValue: 8)
        static let indexSum = Traits(rawValue: 16)
        static let expectation = Traits(rawValue: 32)
        /// A positive integer power of a sum, or a product with one, occurs outside of exponents and function arguments.
        static let unexpanded = Traits(rawValue: 64)
    }

    init(_ content: Content) { node = Node(content) }

    public var content: Content { node.content }
    /// What is known of the value.
    public var bounds: Bounds { node.bounds }
    /// The number of nodes of the expression written out as a tree (saturating).
    public var size: Int { node.size }
    /// The height of the tree.
    public var depth: Int { node.depth }
    /// Whether an operation in the expression has no value.
    public var isUndefined: Bool { node.traits.contains(.undefined) }
    /// Whether a random symbol occurs outside of an expectation.
    public var isRandom: Bool { node.traits.contains(.random) }
    var containsFields: Bool { node.traits.contains(.field) }
    /// Whether a sum over coordinates occurs.
    public var containsIndexSum: Bool { node.traits.contains(.indexSum) }
    /// Whether a named expectation occurs.
    public var containsExpectation: Bool { node.traits.contains(.expectation) }
}

extension Expression {
    public static let zero = Expression(0)
    public static let one = Expression(1)
    static let two = Expression(2)
    package static let minusOne = Expression(-1)
    public static let half = Expression(Rational(1, 2))
    public static let pi = Expression(.constant(.pi))
    public static let e = Expression(.constant(.e))
    /// The result of an operation without a value.
    public static let undefined = Expression(.constant(.undefined))

    /// Small integers, which most exponents are, share one node each.
    private static let sharedIntegers = -16...64
    private static let integers = sharedIntegers.map { Expression(.number(Rational($0))) }

    public init(_ value: Rational) {
        if let integer = value.asInt, Expression.sharedIntegers.contains(integer) {
            self = Expression.integers[integer - Expression.sharedIntegers.lowerBound]
        } else {
            self = Expression(.number(value))
        }
    }

    public init(_ value: Int) { self.init(Rational(value)) }
    public init(_ symbol: Symbol) { self.init(.symbol(symbol)) }

    /// The value, where the expression is a rational number.
    public var number: Rational? {
        if case .number(let value) = content { return value }
        return nil
    }

    /// The symbol, where the expression is one.
    public var symbol: Symbol? {
        if case .symbol(let symbol) = content { return symbol }
        return nil
    }

    public var isZero: Bool { node === Expression.zero.node }
    public var isOne: Bool { node === Expression.one.node }
    var asInteger: Int? { number?.asInt }
}

extension Expression: Hashable {
    public static func == (a: Expression, b: Expression) -> Bool { Node.areEqual(a.node, b.node) }

    public func hash(into hasher: inout Hasher) { hasher.combine(node.hash) }
}

extension Expression.Node {
    private static let equalityClasses = Atomic<UInt64>(0)

    /// Whether the nodes are the same, or were found equal before.
    @inline(__always)
    static func areKnownEqual(_ a: Expression.Node, _ b: Expression.Node) -> Bool {
        if a === b { return true }
        let own = a.equalityClass.load(ordering: .relaxed)
        return own != 0 && own == b.equalityClass.load(ordering: .relaxed)
    }

    /// Equality of the form.
    ///
    /// What is found equal is remembered, so that two copies of an expression with shared parts are compared in the
    /// time that its distinct nodes take, and not its tree.
    static func areEqual(_ a: Expression.Node, _ b: Expression.Node) -> Bool {
        if areKnownEqual(a, b) { return true }
        guard a.hash == b.hash, a.size == b.size, haveEqualContent(a, b) else { return false }
        // The classes carry no data, and every number is only ever given to nodes proved equal to one that bears it.
        let known = a.equalityClass.load(ordering: .relaxed)
        let other = b.equalityClass.load(ordering: .relaxed)
        let shared =
            known != 0
            ? known : other != 0 ? other : equalityClasses.wrappingAdd(1, ordering: .relaxed).newValue
        a.equalityClass.store(shared, ordering: .relaxed)
        b.equalityClass.store(shared, ordering: .relaxed)
        return true
    }

    private static func haveEqualContent(_ a: Expression.Node, _ b: Expression.Node) -> Bool {
        switch a.content {
        case .number(let x): if case .number(let y) = b.content { return x == y }
        case .constant(let x): if case .constant(let y) = b.content { return x == y }
        case .symbol(let x): if case .symbol(let y) = b.content { return x == y }
        case .sum(let x, let s): if case .sum(let y, let t) = b.content { return x == y && s == t }
        case .product(let x, let s): if case .product(let y, let t) = b.content { return x == y && s == t }
        case .function(let f, let s): if case .function(let g, let t) = b.content { return f == g && s == t }
        case .indexSum(let x): if case .indexSum(let y) = b.content { return x == y }
        case .expectation(let x): if case .expectation(let y) = b.content { return x == y }
        }
        return false
    }
}

extension Expression: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self.init(value) }
}
