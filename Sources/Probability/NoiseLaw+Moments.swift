import Algebra
import ExactNumbers

/// Moments and truncated moments of the standardized noise, in closed form.
extension NoiseLaw {
    /// The highest power of the noise that is carried.
    public static let degreeLimit = 64

    /// E Z^n.
    ///
    /// - Returns: nil for ``any``, whose moments have no closed form.
    /// - Throws: ``ProbabilityError/missingMoment(order:law:)`` where the moment does not exist.
    public func moment(_ n: Int) throws(ProbabilityError) -> Expression? {
        guard n <= NoiseLaw.degreeLimit else { throw .degreeTooHigh(degree: n, limit: NoiseLaw.degreeLimit) }
        if n == 0 { return .one }
        if self == .any { return nil }
        try requireMoment(n)
        if case .sample(let values, let batch) = self {
            return Expression(SampleMean(values: values, batch: batch).moment(n))
        }
        if !n.isMultiple(of: 2) { return .zero }
        switch self {
        case .any: return nil
        case .gaussian: return Expression(NoiseLaw.oddFactorial(n))
        case .student(let nu):
            // E T^n = nu^(n/2) prod_(k=1)^(n/2) (2k - 1)/(nu - 2k)
            return (1...(n / 2)).reduce(Expression.one) { $0 * nu * Expression(2 * $1 - 1) / (nu - Expression(2 * $1)) }
        case .laplace: return Expression(NoiseLaw.factorial(n)) / Expression(2) ** (n / 2)
        case .uniform: return Expression(3) ** (n / 2) / Expression(n + 1)
        case .logistic:
            // E Z^n = (sqrt 3/pi)^n (2^n - 2) pi^n |B_n|
            let power = Rational(2).power(n) ?? .zero
            return Expression((power - 2) * NoiseLaw.bernoulli(n).magnitude) * Expression(3) ** (n / 2)
        case .rademacher: return .one
        case .sample: return nil
        case .mixture(let weight, let first, let second):
            return Expression(NoiseLaw.oddFactorial(n)) * (weight * first ** n + (1 - weight) * second ** n)
        }
    }

    /// I_n(a) = E[Z^n 1{Z > a}].
    ///
    /// For Student's law and n >= nu the integral diverges; what is returned is then an antiderivative, whose
    /// differences are the integrals over finite intervals.
    /// - Returns: nil where there is no closed form.
    func truncatedMoment(_ n: Int, above a: Expression) throws(ProbabilityError) -> Expression? {
        guard n <= NoiseLaw.degreeLimit else { throw .degreeTooHigh(degree: n, limit: NoiseLaw.degreeLimit) }
        switch self {
        case .any: return nil
        case .gaussian: return NoiseLaw.gaussianTruncatedMoment(n, above: a)
        case .student(let nu): return NoiseLaw.studentTruncatedMoment(n, above: a, nu: nu)
        case .laplace: return NoiseLaw.laplaceTruncatedMoment(n, above: a)
        case .uniform:
            let root = sqrt(3)
            let edge = clip(a, -root, root)
            return (root ** (n + 1) - edge ** (n + 1)) / (Expression(2 * (n + 1)) * root)
        case .logistic: return NoiseLaw.logisticTruncatedMoment(n, above: a)
        case .sample:
            let terms = try sampleAtoms().map { atom in
                let z = Expression(atom.value)
                return Expression(atom.probability) * z ** n * step(z - a)
            }
            return Expression.sum(of: terms)
        case .rademacher:
            let sign: Expression = n.isMultiple(of: 2) ? .one : .minusOne
            return (step(1 - a) + sign * step(-1 - a)).scaled(by: .half)
        case .mixture(let weight, let first, let second):
            func part(_ scale: Expression) -> Expression {
                scale ** n * NoiseLaw.gaussianTruncatedMoment(n, above: a / scale)
            }
            return weight * part(first) + (1 - weight) * part(second)
        }
    }

    /// The density at z.
    ///
    /// - Returns: nil where there is none.
    public func density(at z: Expression) -> Expression? {
        switch self {
        case .any, .rademacher, .sample: return nil
        case .gaussian: return normalDensity(z)
        case .student(let nu): return NoiseLaw.studentDensity(z, nu: nu)
        case .laplace: return exp(-sqrt(2) * abs(z)) / sqrt(2)
        case .uniform: return (step(z + sqrt(3)) - step(z - sqrt(3))) / (2 * sqrt(3))
        case .logistic: return (1 - tanh(.pi * z / (2 * sqrt(3))) ** 2) * .pi / (4 * sqrt(3))
        case .mixture(let weight, let first, let second):
            return weight * normalDensity(z / first) / first + (1 - weight) * normalDensity(z / second) / second
        }
    }

    /// The most values of a minibatch's mean over which closed forms are summed.
    public static let atomLimit = 128

    /// The values of the mean of a minibatch and their probabilities; empty for another law.
    ///
    /// - Throws: ``ProbabilityError/tooManyAtoms(law:limit:)``.
    func sampleAtoms(limit: Int = NoiseLaw.atomLimit) throws(ProbabilityError) -> [SampleMean.Atom] {
        guard case .sample(let values, let batch) = self else { return [] }
        guard let atoms = SampleMean(values: values, batch: batch).atoms(limit: limit) else {
            throw .tooManyAtoms(law: self, limit: limit)
        }
        return atoms
    }

    /// Throws where E |Z|^n is known to be infinite.
    func requireMoment(_ n: Int) throws(ProbabilityError) {
        guard case .student(let nu) = self, n > 0 else { return }
        if let value = nu.number {
            if value <= Rational(n) { throw .missingMoment(order: n, law: self) }
        } else if (nu - Expression(n)).bounds.isNonpositive {
            throw .missingMoment(order: n, law: self)
        }
    }

    // I_0 = (1 - erf(a/sqrt 2))/2, I_1 = phi(a), I_n = a^(n-1) phi(a) + (n-1) I_(n-2).
    private static func gaussianTruncatedMoment(_ n: Int, above a: Expression) -> Expression {
        if n == 0 { return (1 - erf(a / sqrt(2))).scaled(by: .half) }
        let density = normalDensity(a)
        if n == 1 { return density }
        return a ** (n - 1) * density + Expression(n - 1) * gaussianTruncatedMoment(n - 2, above: a)
    }

    // With s = |a|: E[Z^n 1{Z > s}] = exp(-sqrt 2 s)/2 sum_k n!/k! s^k 2^(-(n-k)/2), reflected for a < 0.
    private static func laplaceTruncatedMoment(_ n: Int, above a: Expression) -> Expression {
        let distance = abs(a)
        let polynomial = Expression.sum(
            of: (0...n).map { k in
                Expression(factorial(n)) / Expression(factorial(k)) * distance ** k * Expression(2)
                    ** Expression(Rational(k - n, 2))
            })
        let tail = (exp(-sqrt(2) * distance) * polynomial).scaled(by: .half)
        let moment = n.isMultiple(of: 2) ? Expression(factorial(n)) / Expression(2) ** (n / 2) : .zero
        let reflected = moment - (n.isMultiple(of: 2) ? tail : -tail)
        return step(a) * tail + step(-a) * reflected
    }

    // Z = s X with X standard logistic and s = sqrt 3/pi: I_0 = (1 - tanh(a/2s))/2, I_1 = a I_0 + s log(1 + exp(-a/s)).
    private static func logisticTruncatedMoment(_ n: Int, above a: Expression) -> Expression? {
        let scaled = .pi * a / sqrt(3)
        let tail = (1 - tanh(scaled.scaled(by: .half))).scaled(by: .half)
        switch n {
        case 0: return tail
        case 1: return a * tail + sqrt(3) / .pi * log(1 + exp(-scaled))
        default: return nil
        }
    }

    static func factorial(_ n: Int) -> Rational { n < 2 ? 1 : (2...n).reduce(Rational.one) { $0 * Rational($1) } }

    /// (n - 1)!! for even n.
    static func oddFactorial(_ n: Int) -> Rational {
        stride(from: 1, to: n, by: 2).reduce(Rational.one) { $0 * Rational($1) }
    }

    /// The Bernoulli number B_n, by the recurrence sum_k binomial(m+1, k) B_k = 0.
    private static func bernoulli(_ n: Int) -> Rational {
        var values: [Rational] = [1]
        for m in stride(from: 1, through: n, by: 1) {
            var sum = Rational.zero
            var binomial = Rational.one
            for k in 0..<m {
                sum = sum + binomial * values[k]
                binomial = binomial * Rational(m + 1 - k, k + 1)
            }
            values.append(-sum * Rational(1, m + 1))
        }
        return values[n]
    }
}
