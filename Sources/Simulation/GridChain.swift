import Numerics

/// A Markov chain with finitely many outcomes a step, smooth in its state.
protocol GridChain: Sendable {
    /// The probabilities of the outcomes of a step.
    func weights(ofStep step: Int) -> [Double]

    /// The next states after step number `step`, 1 for the first: outcome `o` of lane `l` is lane `o * lanes + l` of the result.
    func outcomes(of states: LaneBlock, step: Int) -> LaneStorage
}

extension LaneStorage {
    /// The lanes of several blocks of the same variables, one after the other.
    convenience init(joining parts: [LaneStorage]) {
        let variables = parts.first?.block.variables ?? 0
        self.init(uninitializedVariables: variables, lanes: parts.reduce(0) { $0 + $1.block.lanes })
        for variable in 0..<variables {
            var target = block.base + variable * block.lanes
            for part in parts {
                target.update(from: part.block.base + variable * part.block.lanes, count: part.block.lanes)
                target += part.block.lanes
            }
        }
    }
}

extension LaneBlock {
    /// Some of the lanes.
    func lanes(_ range: Range<Int>) -> LaneStorage {
        let result = LaneStorage(uninitializedVariables: variables, lanes: range.count)
        for variable in 0..<variables {
            let target = result.block.base + variable * range.count
            target.update(from: base + variable * lanes + range.lowerBound, count: range.count)
        }
        return result
    }

    /// Copies of all lanes, one after the other.
    func repeated(_ times: Int) -> LaneStorage {
        let result = LaneStorage(uninitializedVariables: variables, lanes: lanes * times)
        for variable in 0..<variables {
            for copy in 0..<times {
                let target = result.block.base + (variable * times + copy) * lanes
                target.update(from: base + variable * lanes, count: lanes)
            }
        }
        return result
    }
}

/// A law of a few points in place of a law of the noise, with the same moments up to the fifth.
public struct PointLaw: Sendable {
    let points: [(value: Double, weight: Double)]

    /// `+-sqrt(m4/m2)` with probability `m2^2/(2 m4)` each, and 0 (for the normal law `+-sqrt 3` with 1/6).
    ///
    /// - Parameters:
    ///   - second: the second moment `m2` of a symmetric law.
    ///   - fourth: the fourth moment `m4`, at least `m2^2`.
    public init?(second: Double, fourth: Double) {
        guard second > 0, fourth.isFinite, fourth >= second * second else { return nil }
        let (edge, weight) = ((fourth / second).squareRoot(), second * second / (2 * fourth))
        points = [(-edge, weight), (edge, weight)] + (weight < 0.5 ? [(0, 1 - 2 * weight)] : [])
    }

    /// Three points with five moments of the standard normal law.
    static let gaussian = hermite(3)

    /// The points of the Gauss-Hermite rule: `2 count - 1` moments of the standard normal law.
    static func hermite(_ count: Int) -> PointLaw {
        let rule = GaussRule.hermite(count)
        return PointLaw(points: zip(rule.nodes, rule.weights).map { ($0, $1) })
    }

    private init(points: [(value: Double, weight: Double)]) { self.points = points }

    /// The values of several independent draws, with their probabilities.
    func product(_ count: Int) -> [(values: [Double], weight: Double)] {
        (0..<count).reduce([([], 1)]) { product, _ in
            product.flatMap { values, weight in points.map { (values + [$0.value], weight * $0.weight) } }
        }
    }
}

/// An optimizer that is smooth in its noise, with a law of a few points for the noise.
struct OptimizerChain: GridChain {
    private let kernel: any OptimizerKernel
    private let completedSteps: Int
    private let draws: [(values: [Double], weight: Double)]

    /// - Parameter completedSteps: the number of steps that lie behind the start.
    init(_ kernel: any OptimizerKernel, law: PointLaw, completedSteps: Int = 0) {
        self.kernel = kernel
        self.completedSteps = completedSteps
        draws = law.product(kernel.noiseCount)
    }

    func weights(ofStep step: Int) -> [Double] { draws.map(\.weight) }

    func outcomes(of states: LaneBlock, step: Int) -> LaneStorage {
        let result = states.repeated(draws.count)
        let noise = LaneStorage(variables: kernel.noiseCount, lanes: result.block.lanes)
        for (outcome, draw) in draws.enumerated() {
            for (component, value) in draw.values.enumerated() {
                let start = noise.block.base + component * result.block.lanes + outcome * states.lanes
                start.update(repeating: value, count: states.lanes)
            }
        }
        kernel.advance(result.block, noise: noise.block, step: completedSteps + step)
        return result
    }
}
