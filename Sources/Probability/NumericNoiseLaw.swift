import Algebra
import ExactNumbers
import Foundation
import Numerics

/// A noise law with its parameters resolved to numbers, as it is evaluated, integrated against and sampled.
///
/// Every law is standardized as ``NoiseLaw`` says. ``rademacher`` and a sample have atoms; every other law has a density
/// and is symmetric about zero.
public struct NumericNoiseLaw: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case gaussian
        case student(degrees: Double)
        case laplace, uniform, logistic, rademacher
        case mixture(weight: Double, firstScale: Double, secondScale: Double)
        /// Values in increasing order, with the probabilities of a value of at most each.
        case sample(values: [Double], cumulative: [Double])
    }

    let kind: Kind
    /// The law with its parameters as they were written.
    public let law: NoiseLaw

    private init(_ kind: Kind, _ law: NoiseLaw) {
        self.kind = kind
        self.law = law
    }

    public static let gaussian = NumericNoiseLaw(.gaussian, .gaussian)
    public static let laplace = NumericNoiseLaw(.laplace, .laplace)
    public static let uniform = NumericNoiseLaw(.uniform, .uniform)
    public static let logistic = NumericNoiseLaw(.logistic, .logistic)
    public static let rademacher = NumericNoiseLaw(.rademacher, .rademacher)

    /// The law with the symbols in its parameters replaced by values.
    ///
    /// - Throws: ``ProbabilityError/invalidParameter(law:requirement:)`` for ``NoiseLaw/any``, for nu that is not
    ///   positive, a weight outside of [0, 1], a scale that is not positive, and a parameter that has no finite value.
    public init(_ law: NoiseLaw, at values: [Symbol: Double] = [:]) throws(ProbabilityError) {
        let parameters = law.arguments.map { $0.evaluated(at: values) }
        func require(_ condition: Bool, _ requirement: String) throws(ProbabilityError) {
            if !condition { throw .invalidParameter(law: law, requirement: requirement) }
        }
        try require(parameters.allSatisfy(\.isFinite), "a finite value for every parameter")
        switch law {
        case .gaussian: self = .gaussian
        case .laplace: self = .laplace
        case .uniform: self = .uniform
        case .logistic: self = .logistic
        case .rademacher: self = .rademacher
        case .student:
            try require(parameters[0] > 0, "nu > 0")
            self.init(.student(degrees: parameters[0]), law)
        case .mixture:
            try require(parameters[0] >= 0 && parameters[0] <= 1, "a weight in [0, 1]")
            try require(parameters[1] > 0 && parameters[2] > 0, "positive scales")
            self.init(
                .mixture(weight: parameters[0], firstScale: parameters[1], secondScale: parameters[2]), law)
        case .sample:
            let atoms = try law.sampleAtoms(limit: NumericNoiseLaw.atomLimit)
            var cumulative: [Double] = []
            var total = Rational.zero
            for atom in atoms {
                total = total + atom.probability
                cumulative.append(total.doubleValue)
            }
            self.init(.sample(values: atoms.map(\.value.doubleValue), cumulative: cumulative), law)
        case .any: throw .invalidParameter(law: law, requirement: "to be specified before it can have numbers")
        }
    }
}

extension NumericNoiseLaw {
    /// The values taken with a positive probability, and these probabilities; empty for a law with a density.
    public var atoms: [(value: Double, probability: Double)] {
        switch kind {
        case .rademacher: return [(-1, 0.5), (1, 0.5)]
        case .sample(let values, let cumulative):
            return values.indices.map { (values[$0], cumulative[$0] - ($0 == 0 ? 0 : cumulative[$0 - 1])) }
        default: return []
        }
    }

    /// The smallest closed interval that holds the law.
    public var support: (lower: Double, upper: Double) {
        switch kind {
        case .uniform: (-NumericNoiseLaw.uniformEdge, NumericNoiseLaw.uniformEdge)
        case .rademacher: (-1, 1)
        case .sample(let values, _): (values.first ?? 0, values.last ?? 0)
        default: (-.infinity, .infinity)
        }
    }

    /// The least exponent `p` with an infinite `E|Z|^p`; nil where all moments exist.
    public var leastMissingMoment: Double? {
        if case .student(let degrees) = kind { degrees } else { nil }
    }

    /// The points inside of the support at which the density is not smooth.
    public var kinks: [Double] { kind == .laplace ? [0] : [] }

    /// The density at z; zero for a law with atoms.
    public func density(_ z: Double) -> Double {
        switch kind {
        case .gaussian: return SpecialFunctions.normalDensity(z)
        case .student(let degrees):
            let logarithm =
                SpecialFunctions.logGamma(0.5 * (degrees + 1)).value - SpecialFunctions.logGamma(0.5 * degrees).value
            return exp(logarithm - 0.5 * (degrees + 1) * log1p(z * z / degrees)) / (.pi * degrees).squareRoot()
        case .laplace: return exp(-NumericNoiseLaw.root2 * z.magnitude) * 0.5.squareRoot()
        case .uniform: return z.magnitude <= NumericNoiseLaw.uniformEdge ? 0.5 / NumericNoiseLaw.uniformEdge : 0
        case .logistic:
            let tail = exp(-z.magnitude / NumericNoiseLaw.logisticScale)
            return tail / ((1 + tail) * (1 + tail) * NumericNoiseLaw.logisticScale)
        case .rademacher, .sample: return 0
        case .mixture(let weight, let first, let second):
            return weight * SpecialFunctions.normalDensity(z / first) / first
                + (1 - weight) * SpecialFunctions.normalDensity(z / second) / second
        }
    }

    /// The probability of a value of at most z, with full relative accuracy in an infinite lower tail.
    public func distribution(_ z: Double) -> Double {
        switch kind {
        case .gaussian: return SpecialFunctions.normalDistribution(z)
        case .student(let degrees): return SpecialFunctions.studentDistribution(z, degrees: degrees)
        case .laplace:
            let tail = 0.5 * exp(-NumericNoiseLaw.root2 * z.magnitude)
            return z > 0 ? 1 - tail : tail
        case .uniform: return min(max(0.5 + 0.5 * z / NumericNoiseLaw.uniformEdge, 0), 1)
        case .logistic: return 1 / (1 + exp(-z / NumericNoiseLaw.logisticScale))
        case .rademacher: return z < -1 ? 0 : z < 1 ? 0.5 : 1
        case .sample(let values, let cumulative):
            let count = NumericNoiseLaw.partition(values) { $0 <= z }
            return count == 0 ? 0 : cumulative[count - 1]
        case .mixture(let weight, let first, let second):
            return weight * SpecialFunctions.normalDistribution(z / first)
                + (1 - weight) * SpecialFunctions.normalDistribution(z / second)
        }
    }

    /// The smallest z at which the distribution reaches p; the ends of the support at 0 and 1, NaN outside of [0, 1].
    public func quantile(_ p: Double) -> Double {
        guard p >= 0, p <= 1 else { return .nan }
        if p == 0 { return support.lower }
        if p == 1 { return support.upper }
        switch kind {
        case .gaussian: return SpecialFunctions.normalQuantile(p)
        case .student(let degrees): return SpecialFunctions.studentQuantile(p, degrees: degrees)
        case .laplace: return (p < 0.5 ? log(2 * p) : -log(2 * (1 - p))) * 0.5.squareRoot()
        case .uniform: return (2 * p - 1) * NumericNoiseLaw.uniformEdge
        case .logistic: return NumericNoiseLaw.logisticScale * log(p / (1 - p))
        case .rademacher: return p <= 0.5 ? -1 : 1
        case .sample(let values, let cumulative):
            return values[min(NumericNoiseLaw.partition(cumulative) { $0 < p }, values.count - 1)]
        case .mixture(let weight, let first, let second):
            if p > 0.5 { return -quantile(1 - p) }
            let normal = SpecialFunctions.normalQuantile(p)
            return mixtureQuantile(p, between: normal * max(first, second), weight == 0 ? second : min(first, second))
        }
    }

    /// The normal numbers at which ``draw(coupledTo:)`` jumps from one atom to the next.
    public var jumps: [Double] {
        switch kind {
        case .rademacher: return [0]
        case .sample(_, let cumulative): return cumulative.dropLast().map(SpecialFunctions.normalQuantile)
        default: return []
        }
    }

    /// The number of leading elements of a sorted array that satisfy a condition which later ones do not.
    private static func partition(_ values: [Double], _ condition: (Double) -> Bool) -> Int {
        var (lower, upper) = (0, values.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if condition(values[middle]) { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }

    /// Newton's method kept inside of a bracket: the quantile lies between those of both parts.
    private func mixtureQuantile(_ p: Double, between lower: Double, _ smallerScale: Double) -> Double {
        var (lower, upper) = (lower, SpecialFunctions.normalQuantile(p) * smallerScale)
        var z = 0.5 * (lower + upper)
        for _ in 0..<200 {
            let excess = distribution(z) - p
            if excess > 0 { upper = min(upper, z) } else { lower = max(lower, z) }
            var next = z - excess / density(z)
            if !(next >= lower && next <= upper) { next = 0.5 * (lower + upper) }
            if (next - z).magnitude <= 4e-16 * z.magnitude { return next }
            z = next
        }
        return z
    }

    /// E Z^n, n >= 0.
    ///
    /// - Throws: ``ProbabilityError/missingMoment(order:law:)`` where the moment does not exist, and
    ///   ``ProbabilityError/degreeTooHigh(degree:limit:)`` above ``NoiseLaw/degreeLimit``.
    public func moment(_ n: Int) throws(ProbabilityError) -> Double {
        guard n <= NoiseLaw.degreeLimit else { throw .degreeTooHigh(degree: n, limit: NoiseLaw.degreeLimit) }
        if n <= 0 { return 1 }
        switch kind {
        case .student(let degrees):
            guard Double(n) < degrees else { throw .missingMoment(order: n, law: law) }
            if !n.isMultiple(of: 2) { return 0 }
            var product = 1.0
            for k in stride(from: 2.0, through: Double(n), by: 2) { product *= degrees * (k - 1) / (degrees - k) }
            return product
        case .mixture(let weight, let first, let second):
            if !n.isMultiple(of: 2) { return 0 }
            return NoiseLaw.oddFactorial(n).doubleValue
                * (weight * pow(first, Double(n)) + (1 - weight) * pow(second, Double(n)))
        default: return try law.moment(n)?.evaluated(at: [:]) ?? .nan
        }
    }

    /// The most values of a minibatch's mean that are sampled from.
    private static let atomLimit = 4096
    private static let root2 = 2.0.squareRoot()
    static let uniformEdge = 3.0.squareRoot()
    /// The scale of a logistic law of unit variance.
    static let logisticScale = 3.0.squareRoot() / .pi
}
