import Algebra
import ExactNumbers

/// A function of one variable Z that is a polynomial between breakpoints: base(Z) + sum_k p_k(Z) 1{Z > a_k} + point masses.
///
/// Coefficients and breakpoints are expressions free of Z, of any sign and order; 1{Z > a} 1{Z > b} is
/// 1{Z > max(a, b)}, which resolves itself where the order is known. A value at a breakpoint is the mean of both sides.
struct PiecewisePolynomial {
    typealias Polynomial = [Expression]

    /// The function cannot be written this way.
    enum Failure: Error {
        case notPiecewisePolynomial
        case probability(ProbabilityError)
    }

    static let pieceLimit = 64

    private(set) var base: Polynomial
    private(set) var jumps: [(breakpoint: Expression, polynomial: Polynomial)] = []
    /// weight * delta(Z - position): it arises where a sign was differentiated.
    private(set) var masses: [(position: Expression, weight: Expression)] = []

    init(_ base: Polynomial) { self.base = base }
    init(_ constant: Expression) { base = constant.isZero ? [] : [constant] }

    /// The function `body` of the variable.
    init(_ body: Expression, of variable: Symbol) throws(Failure) {
        guard body.contains(variable) else {
            self.init(body)
            return
        }
        switch body.content {
        case .symbol: self.init([.zero, .one])
        case .sum:
            self.init([])
            for summand in body.summands { try add(PiecewisePolynomial(summand, of: variable)) }
        case .product(let coefficient, let factors):
            self.init(Expression(coefficient))
            for factor in factors {
                let function = try PiecewisePolynomial(factor.base, of: variable)
                if function.isConstant && !factor.exponent.contains(variable) {
                    let value = Expression.power(function.base.first ?? .zero, factor.exponent)
                    self = try times(PiecewisePolynomial(value))
                    continue
                }
                guard let n = factor.exponent.number?.asInt, n > 0 else { throw .notPiecewisePolynomial }
                guard n <= NoiseLaw.degreeLimit else {
                    throw .probability(.degreeTooHigh(degree: n, limit: NoiseLaw.degreeLimit))
                }
                for _ in 0..<n { self = try times(function) }
            }
        case .function(let function, let arguments): try self.init(function, arguments, of: variable)
        default: throw .notPiecewisePolynomial
        }
    }

    private init(_ function: Function, _ arguments: [Expression], of variable: Symbol) throws(Failure) {
        let inner = try PiecewisePolynomial(arguments[0], of: variable)
        switch function {
        case .sign: self = try inner.sign()
        case .abs: self = try inner.times(inner.sign())
        case .max:
            // max(u, v) = v + (u - v)+
            var largest = inner
            for argument in arguments.dropFirst() {
                let other = try PiecewisePolynomial(argument, of: variable)
                var difference = largest
                try difference.add(other.scaled(by: .minusOne))
                var positive = try difference.sign()
                try positive.add(PiecewisePolynomial(.one))
                largest = try difference.times(positive).scaled(by: .half)
                try largest.add(other)
            }
            self = largest
        case .dirac(0): self = try inner.dirac()
        default: throw .notPiecewisePolynomial
        }
    }

    var isConstant: Bool { base.count <= 1 && jumps.isEmpty && masses.isEmpty }

    mutating func add(_ other: PiecewisePolynomial) throws(Failure) {
        base = PiecewisePolynomial.sum(base, other.base)
        for jump in other.jumps { try addJump(at: jump.breakpoint, jump.polynomial) }
        masses += other.masses
    }

    private mutating func addJump(at breakpoint: Expression, _ polynomial: Polynomial) throws(Failure) {
        if polynomial.isEmpty { return }
        if let position = jumps.firstIndex(where: { $0.breakpoint == breakpoint }) {
            let sum = PiecewisePolynomial.sum(jumps[position].polynomial, polynomial)
            if sum.isEmpty { jumps.remove(at: position) } else { jumps[position].polynomial = sum }
        } else {
            guard jumps.count < PiecewisePolynomial.pieceLimit else {
                throw .probability(.tooManyPieces(limit: PiecewisePolynomial.pieceLimit))
            }
            jumps.append((breakpoint, polynomial))
        }
    }

    func scaled(by factor: Expression) throws(Failure) -> PiecewisePolynomial { try times(PiecewisePolynomial(factor)) }

    func times(_ other: PiecewisePolynomial) throws(Failure) -> PiecewisePolynomial {
        var result = PiecewisePolynomial(try PiecewisePolynomial.product(base, other.base))
        for jump in jumps {
            try result.addJump(at: jump.breakpoint, try PiecewisePolynomial.product(jump.polynomial, other.base))
        }
        for jump in other.jumps {
            try result.addJump(at: jump.breakpoint, try PiecewisePolynomial.product(jump.polynomial, base))
            for own in jumps {
                try result.addJump(
                    at: largest(own.breakpoint, jump.breakpoint),
                    try PiecewisePolynomial.product(own.polynomial, jump.polynomial))
            }
        }
        guard masses.isEmpty || other.masses.isEmpty else { throw .notPiecewisePolynomial }
        for mass in masses { result.masses.append((mass.position, mass.weight * other.value(at: mass.position))) }
        for mass in other.masses { result.masses.append((mass.position, mass.weight * value(at: mass.position))) }
        return result
    }

    /// The value at a point, the mean of both sides at a breakpoint.
    func value(at point: Expression) -> Expression {
        var result = PiecewisePolynomial.value(base, at: point)
        for jump in jumps {
            result =
                result + step(expandedIfPossible(point - jump.breakpoint))
                * PiecewisePolynomial.value(jump.polynomial, at: point)
        }
        return result
    }

    // MARK: Signs

    /// Whether the function is 1 or -1 everywhere, as a product of signs is.
    private var isSign: Bool {
        guard base.count <= 1, jumps.allSatisfy({ $0.polynomial.count <= 1 }), let square = try? times(self) else {
            return false
        }
        return square.jumps.isEmpty && square.base == [.one]
    }

    /// The sign of the function.
    private func sign() throws(Failure) -> PiecewisePolynomial {
        guard masses.isEmpty else { throw .notPiecewisePolynomial }
        if jumps.isEmpty { return try PiecewisePolynomial.sign(of: base) }
        if isSign { return self }
        var result = PiecewisePolynomial([])
        for cell in try cells() {
            var indicator = PiecewisePolynomial(cell.lower == nil ? [.one] : [])
            if let lower = cell.lower { try indicator.addJump(at: lower, [.one]) }
            if let upper = cell.upper {
                try indicator.addJump(at: cell.lower.map { largest($0, upper) } ?? upper, [.minusOne])
            }
            try result.add(PiecewisePolynomial.sign(of: cell.polynomial).times(indicator))
        }
        return result
    }

    /// The intervals between breakpoints with the polynomial on each; where the order of the breakpoints is not known,
    /// an interval for every way to lie above some of them and below the others, all but one for each point empty.
    private func cells() throws(Failure) -> [(lower: Expression?, upper: Expression?, polynomial: Polynomial)] {
        func precedes(_ a: Expression, _ b: Expression) -> Bool? {
            let difference = expandedIfPossible(b - a).bounds
            return difference.isNonnegative ? true : difference.isNonpositive ? false : nil
        }
        let points = jumps.map(\.breakpoint)
        let isOrdered = points.indices.allSatisfy { i in
            points.indices.allSatisfy { j in j <= i || precedes(points[i], points[j]) != nil }
        }
        if isOrdered {
            let sorted = jumps.sorted {
                precedes($0.breakpoint, $1.breakpoint) == true && $0.breakpoint != $1.breakpoint
            }
            var polynomial = base
            var result: [(lower: Expression?, upper: Expression?, polynomial: Polynomial)] = []
            for position in 0...sorted.count {
                if position > 0 { polynomial = PiecewisePolynomial.sum(polynomial, sorted[position - 1].polynomial) }
                result.append(
                    (
                        position > 0 ? sorted[position - 1].breakpoint : nil,
                        position < sorted.count ? sorted[position].breakpoint : nil, polynomial
                    ))
            }
            return result
        }
        guard points.count <= 5 else { throw .probability(.tooManyPieces(limit: 32)) }
        return (0..<(1 << points.count)).map { pattern in
            var polynomial = base
            var lower: Expression?
            var upper: Expression?
            for (position, jump) in jumps.enumerated() {
                if pattern >> position & 1 == 1 {
                    polynomial = PiecewisePolynomial.sum(polynomial, jump.polynomial)
                    lower = lower.map { largest($0, jump.breakpoint) } ?? jump.breakpoint
                } else {
                    upper = upper.map { -largest(-$0, -jump.breakpoint) } ?? jump.breakpoint
                }
            }
            return (lower, upper, polynomial)
        }
    }

    /// The sign of a polynomial of degree two or less.
    private static func sign(of polynomial: Polynomial) throws(Failure) -> PiecewisePolynomial {
        switch polynomial.count {
        case 0: return PiecewisePolynomial([])
        case 1: return PiecewisePolynomial(Algebra.sign(expandedIfPossible(polynomial[0])))
        case 2:
            var result = PiecewisePolynomial(.minusOne)
            try result.addJump(at: normalized(-polynomial[0] / polynomial[1]), [2])
            return try result.scaled(by: Algebra.sign(polynomial[1]))
        case 3:
            // sign(a)(1 - 2 * 1{r1 < Z < r2}) with coinciding roots where the discriminant is negative.
            let (c, b, a) = (polynomial[0], polynomial[1], polynomial[2])
            let discriminant = expandedIfPossible(b * b - 4 * a * c)
            let root = sqrt(discriminant.bounds.isNonnegative ? discriminant : max(discriminant, .zero))
            let centre = -b / (2 * a)
            let halfWidth = root / (2 * abs(a))
            var result = PiecewisePolynomial(.one)
            try result.addJump(at: normalized(centre - halfWidth), [-2])
            try result.addJump(at: normalized(centre + halfWidth), [2])
            return try result.scaled(by: Algebra.sign(a))
        default: throw .notPiecewisePolynomial
        }
    }

    /// delta(a Z + b) = delta(Z + b/a)/|a|.
    private func dirac() throws(Failure) -> PiecewisePolynomial {
        guard jumps.isEmpty, masses.isEmpty, base.count == 2 else { throw .notPiecewisePolynomial }
        var result = PiecewisePolynomial([])
        result.masses = [(normalized(-base[0] / base[1]), 1 / abs(base[1]))]
        return result
    }

    // MARK: Polynomials

    private static func sum(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
        var result: Polynomial = []
        for n in 0..<max(a.count, b.count) {
            result.append(expandedIfPossible((n < a.count ? a[n] : .zero) + (n < b.count ? b[n] : .zero)))
        }
        return trimmed(result)
    }

    private static func product(_ a: Polynomial, _ b: Polynomial) throws(Failure) -> Polynomial {
        if a.isEmpty || b.isEmpty { return [] }
        guard a.count + b.count - 2 <= NoiseLaw.degreeLimit else {
            throw .probability(.degreeTooHigh(degree: a.count + b.count - 2, limit: NoiseLaw.degreeLimit))
        }
        var result = Polynomial(repeating: .zero, count: a.count + b.count - 1)
        for (i, p) in a.enumerated() where !p.isZero {
            for (j, q) in b.enumerated() where !q.isZero { result[i + j] = result[i + j] + p * q }
        }
        return trimmed(result)
    }

    private static func trimmed(_ polynomial: Polynomial) -> Polynomial {
        var result = polynomial
        while let last = result.last, last.isZero { result.removeLast() }
        return result
    }

    private static func value(_ polynomial: Polynomial, at point: Expression) -> Expression {
        Expression.sum(of: polynomial.enumerated().map { $1 * point ** $0 })
    }
}

/// The larger of two breakpoints, resolved where their order is known.
private func largest(_ a: Expression, _ b: Expression) -> Expression {
    let difference = expandedIfPossible(a - b).bounds
    return difference.isNonnegative ? a : difference.isNonpositive ? b : max(a, b)
}

/// A breakpoint in the form in which equal ones are the same expression: multiplied out, over one denominator.
private func normalized(_ breakpoint: Expression) -> Expression { expandedIfPossible(breakpoint).overOneDenominator }

/// The expression multiplied out; itself where that would be too large.
func expandedIfPossible(_ expression: Expression) -> Expression { (try? expression.expanded()) ?? expression }
