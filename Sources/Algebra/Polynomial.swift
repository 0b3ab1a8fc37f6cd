import ExactNumbers

/// A polynomial with rational coefficients in numbered indeterminates.
///
/// Terms stand in descending lexicographic order of their exponents, so that equality of the form is equality.
struct Polynomial: Hashable, Sendable {
    /// The exponents of the indeterminates 0, 1, ..., without trailing zeros.
    struct Monomial: Hashable, Sendable {
        private(set) var exponents: [Int]

        static let one = Monomial([])

        init(_ exponents: [Int]) {
            self.exponents = exponents
            while self.exponents.last == 0 { self.exponents.removeLast() }
        }

        subscript(_ variable: Int) -> Int { variable < exponents.count ? exponents[variable] : 0 }

        func replacing(_ variable: Int, by exponent: Int) -> Monomial {
            var result = exponents
            while result.count <= variable { result.append(0) }
            result[variable] = exponent
            return Monomial(result)
        }

        private func combined(_ other: Monomial, _ combine: (Int, Int) -> Int) -> Monomial {
            Monomial((0..<max(exponents.count, other.exponents.count)).map { combine(self[$0], other[$0]) })
        }

        static func * (a: Monomial, b: Monomial) -> Monomial { a.combined(b, +) }

        func dividing(by other: Monomial) -> Monomial? {
            if other.exponents.indices.contains(where: { self[$0] < other[$0] }) { return nil }
            return combined(other, -)
        }

        func gcd(_ other: Monomial) -> Monomial { combined(other, min) }
    }

    struct Term: Hashable, Sendable {
        let monomial: Monomial
        let coefficient: Rational
    }

    private(set) var terms: [Term]

    static let zero = Polynomial(sorted: [])
    static let one = Polynomial(.one)

    private init(sorted terms: [Term]) { self.terms = terms }

    /// - Parameter terms: in descending order, none of them zero.
    init(descending terms: [Term]) { self.init(sorted: terms) }

    init(_ value: Rational) {
        terms = value.isZero ? [] : [Term(monomial: .one, coefficient: value)]
    }

    init(variable: Int, exponent: Int = 1) {
        terms = [Term(monomial: Monomial.one.replacing(variable, by: exponent), coefficient: .one)]
    }

    init(monomial: Monomial, coefficient: Rational = .one) {
        terms = coefficient.isZero ? [] : [Term(monomial: monomial, coefficient: coefficient)]
    }

    init(_ map: [Monomial: Rational]) {
        terms = map.filter { !$0.value.isZero }.map { Term(monomial: $0.key, coefficient: $0.value) }
            .sorted { $1.monomial < $0.monomial }
    }

    var isZero: Bool { terms.isEmpty }
    var isOne: Bool { terms.count == 1 && terms[0].coefficient.isOne && terms[0].monomial == .one }

    /// The value of a constant polynomial.
    var constant: Rational? {
        terms.isEmpty ? .zero : terms.count == 1 && terms[0].monomial == .one ? terms[0].coefficient : nil
    }

    /// The indeterminates that occur.
    var variables: Set<Int> {
        var result: Set<Int> = []
        for term in terms {
            for (variable, exponent) in term.monomial.exponents.enumerated() where exponent > 0 {
                result.insert(variable)
            }
        }
        return result
    }

    func degree(in variable: Int) -> Int { terms.lazy.map { $0.monomial[variable] }.max() ?? 0 }

    /// The coefficients by power of one indeterminate.
    func coefficients(in variable: Int) -> [Int: Polynomial] {
        var groups: [Int: [Term]] = [:]
        for term in terms {
            let rest = Term(monomial: term.monomial.replacing(variable, by: 0), coefficient: term.coefficient)
            groups[term.monomial[variable], default: []].append(rest)
        }
        // Taking out one power keeps the lexicographic order within a group.
        return groups.mapValues { Polynomial(sorted: $0) }
    }

    /// The greatest monomial that divides every term.
    var monomialContent: Monomial {
        guard let first = terms.first else { return .one }
        return terms.dropFirst().reduce(first.monomial) { $0.gcd($1.monomial) }
    }

    /// The rational number c for which self / c has coprime integer coefficients and a positive leading one.
    var content: Rational {
        guard let first = terms.first else { return .one }
        var numerator = BigInteger.zero
        var denominator = BigInteger.one
        for term in terms {
            numerator = BigInteger.gcd(numerator, term.coefficient.numerator)
            let common = BigInteger.gcd(denominator, term.coefficient.denominator)
            denominator = denominator * (term.coefficient.denominator.exactQuotient(common) ?? 1)
        }
        let content = Rational(numerator, denominator) ?? .one
        return first.coefficient.isNegative ? -content : content
    }

    func scaled(by factor: Rational) -> Polynomial {
        factor.isOne
            ? self
            : factor.isZero
                ? .zero
                : Polynomial(
                    sorted: terms.map { Term(monomial: $0.monomial, coefficient: $0.coefficient * factor) })
    }

    func multiplied(by monomial: Monomial) -> Polynomial {
        Polynomial(sorted: terms.map { Term(monomial: $0.monomial * monomial, coefficient: $0.coefficient) })
    }
}

extension Polynomial.Monomial: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        for i in 0..<max(a.exponents.count, b.exponents.count) where a[i] != b[i] { return a[i] < b[i] }
        return false
    }
}

extension Polynomial {
    static func + (a: Polynomial, b: Polynomial) -> Polynomial {
        var result: [Term] = []
        result.reserveCapacity(a.terms.count + b.terms.count)
        var (i, j) = (0, 0)
        while i < a.terms.count && j < b.terms.count {
            let (x, y) = (a.terms[i], b.terms[j])
            if x.monomial == y.monomial {
                let sum = x.coefficient + y.coefficient
                if !sum.isZero { result.append(Term(monomial: x.monomial, coefficient: sum)) }
                i += 1
                j += 1
            } else if y.monomial < x.monomial {
                result.append(x)
                i += 1
            } else {
                result.append(y)
                j += 1
            }
        }
        result.append(contentsOf: a.terms[i...])
        result.append(contentsOf: b.terms[j...])
        return Polynomial(sorted: result)
    }

    static prefix func - (a: Polynomial) -> Polynomial { a.scaled(by: -1) }
    static func - (a: Polynomial, b: Polynomial) -> Polynomial { a + -b }
}
