import Algebra
import ExactNumbers

/// How fast a function of the gradient draw grows.
struct Growth {
    /// The degree of the polynomial that bounds it.
    var degree: Rational
    var isBoundedAbove: Bool
    var isBoundedBelow: Bool

    private static let bounded = Growth(degree: 0, isBoundedAbove: true, isBoundedBelow: true)

    private init(degree: Rational, isBoundedAbove: Bool, isBoundedBelow: Bool) {
        self.degree = isBoundedAbove && isBoundedBelow ? 0 : degree
        self.isBoundedAbove = isBoundedAbove
        self.isBoundedBelow = isBoundedBelow
    }

    init(of u: Expression, in draw: Symbol) {
        guard u.contains(anyOf: draw) else {
            self = .bounded
            return
        }
        switch u.content {
        case .sum(_, let terms):
            let parts = terms.map { Growth(of: $0.expression, in: draw).scaled($0.coefficient) }
            self.init(
                degree: parts.map(\.degree).max() ?? 0, isBoundedAbove: parts.allSatisfy(\.isBoundedAbove),
                isBoundedBelow: parts.allSatisfy(\.isBoundedBelow))
        case .product(let coefficient, let factors):
            let parts = factors.map { factor in
                Growth(of: factor.base, in: draw).raised(factor)
            }
            let degree = parts.map(\.degree).reduce(Rational.zero, +)
            let unbounded = parts.filter { !($0.isBoundedAbove && $0.isBoundedBelow) }
            guard unbounded.count == 1, factors.count == 1 else {
                let isBounded = unbounded.isEmpty
                self.init(degree: degree, isBoundedAbove: isBounded, isBoundedBelow: isBounded)
                return
            }
            self = unbounded[0].scaled(coefficient)
        case .function(let function, let arguments):
            let parts = arguments.map { Growth(of: $0, in: draw) }
            let degree = parts.map(\.degree).max() ?? 0
            switch function {
            case .sign, .erf, .tanh, .sin, .cos, .atan, .asin: self = .bounded
            case .abs:
                self.init(degree: degree, isBoundedAbove: degree.isZero, isBoundedBelow: true)
            case .max:
                self.init(
                    degree: degree, isBoundedAbove: parts.allSatisfy(\.isBoundedAbove),
                    isBoundedBelow: parts.contains(where: \.isBoundedBelow))
            default: self.init(degree: degree, isBoundedAbove: degree.isZero, isBoundedBelow: degree.isZero)
            }
        case .indexSum(let body):
            let summand = Expression.opened(body, as: "i")
            self.init(of: summand, in: draw)
        default: self.init(degree: 1, isBoundedAbove: false, isBoundedBelow: false)
        }
    }

    private func scaled(_ coefficient: Rational) -> Growth {
        coefficient.isNegative
            ? Growth(degree: degree, isBoundedAbove: isBoundedBelow, isBoundedBelow: isBoundedAbove) : self
    }

    private func raised(_ factor: Expression.Factor) -> Growth {
        guard let exponent = factor.exponent.number, exponent.isPositive else { return .bounded }
        if exponent.isOne { return self }
        let isEven = exponent.asInt.map { $0.isMultiple(of: 2) } ?? true
        return Growth(
            degree: degree * exponent, isBoundedAbove: degree.isZero || (!isEven && isBoundedAbove),
            isBoundedBelow: isEven || isBoundedBelow)
    }
}

extension Expression {
    /// Whether the draw of any coordinate occurs.
    fileprivate func contains(anyOf draw: Symbol) -> Bool {
        contains(draw) || containsIndexSum && symbols.contains { $0.name == draw.name && $0.role == draw.role }
    }
}
