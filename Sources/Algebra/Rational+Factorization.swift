import ExactNumbers

extension Rational {
    /// The prime powers of a positive number, those of the denominator with negative multiplicity.
    ///
    /// Primes are found up to 2^16; what is left of a numerator or denominator beyond stands as one entry.
    var factorization: [(prime: BigInteger, multiplicity: Int)] {
        Rational.factors(of: numerator).map { ($0.prime, $0.multiplicity) }
            + Rational.factors(of: denominator).map { ($0.prime, -$0.multiplicity) }
    }

    private static func factors(of value: BigInteger) -> [(prime: BigInteger, multiplicity: Int)] {
        guard var rest = Rational(value).asInt, rest > 0 else { return [(value, 1)] }
        var result: [(prime: BigInteger, multiplicity: Int)] = []
        var candidate = 2
        while candidate <= 1 << 16 && candidate <= rest / candidate {
            var multiplicity = 0
            while rest.isMultiple(of: candidate) {
                rest /= candidate
                multiplicity += 1
            }
            if multiplicity > 0 { result.append((BigInteger(candidate), multiplicity)) }
            candidate += candidate == 2 ? 1 : 2
        }
        if rest > 1 { result.append((BigInteger(rest), 1)) }
        return result
    }
}
