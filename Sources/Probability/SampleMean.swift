import ExactNumbers

/// The law of the mean of `batch` draws, with replacement, from given values: its atoms and moments, exactly.
struct SampleMean {
    /// The values, each as likely as the others.
    let values: [Rational]
    /// The number of draws, at least 1.
    let batch: Int

    /// A value and its probability, in increasing order of the values.
    typealias Atom = (value: Rational, probability: Rational)

    /// The distinct values of the mean and their probabilities.
    ///
    /// - Returns: nil where there are more than the limit.
    /// - Complexity: O(batch limit n) for n distinct values.
    func atoms(limit: Int) -> [Atom]? {
        var single: [Rational: Rational] = [:]
        let weight = Rational(1, values.count)
        for value in values { single[value, default: .zero] = single[value, default: .zero] + weight }
        guard single.count <= limit else { return nil }
        var sum = single
        for _ in 1..<max(1, batch) {
            var next: [Rational: Rational] = [:]
            for (total, probability) in sum {
                for (value, own) in single {
                    let key = total + value
                    next[key] = (next[key] ?? .zero) + probability * own
                }
                // The number of values never falls as draws are added.
                if next.count > limit { return nil }
            }
            sum = next
        }
        let scale = Rational(1, batch)
        return sum.map { (value: $0.key * scale, probability: $0.value) }.sorted { $0.value < $1.value }
    }

    /// E of the n-th power of the mean, by adding draws in pairs: `E (U + V)^n = sum_k binomial(n, k) E U^k E V^(n-k)`.
    ///
    /// - Complexity: O(n^2 log batch) operations on rational numbers.
    func moment(_ n: Int) -> Rational {
        let weight = Rational(1, values.count)
        var power = (0...n).map { k in
            values.reduce(Rational.zero) { $0 + ($1.power(k) ?? .one) } * weight
        }
        var result = [Rational.one] + [Rational](repeating: .zero, count: n)
        var rest = batch
        while rest > 0 {
            if rest % 2 == 1 { result = SampleMean.sum(result, power) }
            rest /= 2
            if rest > 0 { power = SampleMean.sum(power, power) }
        }
        return result[n] * (Rational(1, batch).power(n) ?? .one)
    }

    /// The moments of the sum of two independent variables.
    private static func sum(_ u: [Rational], _ v: [Rational]) -> [Rational] {
        u.indices.map { n in
            var binomial = Rational.one
            var total = Rational.zero
            for k in 0...n {
                if k > 0 { binomial = binomial * Rational(n - k + 1, k) }
                total = total + binomial * u[k] * v[n - k]
            }
            return total
        }
    }
}
