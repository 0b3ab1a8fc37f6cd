import Foundation
import Numerics
import Probability

/// The moments of one step by quadrature over the noise.
extension CompiledOptimizer {
    /// Mean and covariance of the increments of one step from a state, integrated over the noise: of up to three samples
    /// on one coordinate, of one sample on two.
    ///
    /// - Throws: ``SimulationError/quadrature(_:)`` where the quadrature does not converge, and
    ///   ``SimulationError/tooManySamples(_:largest:)``.
    func oneStepMoments(at state: [Double], time: Double) throws(SimulationError) -> (
        mean: [Double], covariance: DenseMatrix
    ) {
        let increments = Increments(of: self, at: state, time: time)
        // An increment is known to the rounding of the state, which the division by the step magnifies.
        let quadrature = AdaptiveQuadrature(absoluteTolerance: 4e-15 / stepSize, relativeTolerance: 1e-12)
        func expectation(_ moment: Increments.Moment) throws(SimulationError) -> Double {
            if dimension == 1 { return try lineExpectation(of: moment, increments, quadrature) }
            return try planeExpectation(of: moment, increments, quadrature)
        }
        var mean: [Double] = []
        for a in state.indices { mean.append(try expectation([(a, 0)])) }
        var covariance = DenseMatrix(rows: state.count, columns: state.count)
        for a in state.indices {
            for c in a..<state.count {
                let value = try expectation([(a, mean[a]), (c, mean[c])])
                covariance[a, c] = value * stepSize * stepSize
                covariance[c, a] = covariance[a, c]
            }
        }
        return (mean.map { $0 * stepSize }, covariance)
    }

    /// Whether ``oneStepMoments(at:time:)`` can integrate over the noise of two coordinates: one sample of independent
    /// noise with a smooth density.
    var resolvesNoiseOfPair: Bool { noiseCount == dimension && !isCorrelated && law.atoms.isEmpty && law.kinks.isEmpty }

    /// Where the tails of the law are left out.
    private var reach: Double { max(law.support.lower, law.quantile(1e-18)).magnitude }

    private static let largestSampleCount = 3

    private func lineExpectation(
        of moment: Increments.Moment, _ increments: Increments, _ quadrature: AdaptiveQuadrature
    ) throws(SimulationError) -> Double {
        guard noiseCount <= Self.largestSampleCount else {
            throw .tooManySamples(noiseCount, largest: Self.largestSampleCount)
        }
        // The sign of a gradient turns where the gradient vanishes.
        let turn = noiseCount == 1 ? [] : noiseWithoutGradient(at: increments.state).filter { $0.magnitude < reach }
        let nodes = noiseCount == 1 ? [] : law.nodes(splitAt: turn, panels: noiseCount == 2 ? 12 : 4)
        var others: [(noise: [Double], weight: Double)] = [([], 1)]
        for _ in 1..<noiseCount {
            others = others.flatMap { other in
                nodes.map { (other.noise + [$0.value], other.weight * $0.weight) }
            }
        }
        func values(at points: some Collection<Double>) -> [Double] {
            var sums = [Double](repeating: 0, count: points.count)
            let first = Array(points)
            for other in others {
                let later = other.noise.map { [Double](repeating: $0, count: first.count) }
                let values = increments.values(of: moment, noise: [first] + later)
                for lane in sums.indices { sums[lane] += other.weight * values[lane] }
            }
            return sums
        }
        guard law.atoms.isEmpty else {
            let weights = law.atoms.map(\.probability)
            return zip(values(at: law.atoms.map(\.value)), weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
        do {
            return try quadrature.integral(
                from: -reach, to: reach, breakpoints: (law.kinks + turn).sorted(),
                ofBatch: { points in
                    let results = values(at: points)
                    for lane in points.indices { points[lane] = law.density(points[lane]) * results[lane] }
                })
        } catch {
            throw .quadrature(error)
        }
    }

    /// In polar coordinates about the noise for which the gradient vanishes, where its direction has no limit: along
    /// every ray a function of the gradient's length and direction is smooth, or has kinks at lengths of their own.
    private func planeExpectation(
        of moment: Increments.Moment, _ increments: Increments, _ quadrature: AdaptiveQuadrature
    ) throws(SimulationError) -> Double {
        let centre = noiseWithoutGradient(at: increments.state)
        let distance = (centre[0] * centre[0] + centre[1] * centre[1]).squareRoot()
        do {
            return try quadrature.integral(
                from: 0, to: distance + reach, breakpoints: [distance],
                ofBatch: { radii in
                    var noise: [[Double]] = [[], []]
                    var counts: [Int] = []
                    for radius in radii {
                        // The trapezoidal rule: a normal density has the Fourier coefficients exp(-n^2/(2 r c)) here.
                        let count = 16 + Int((72 * radius * distance).squareRoot())
                        counts.append(count)
                        for index in 0..<count {
                            let angle = 2 * Double.pi * (Double(index) + 0.5) / Double(count)
                            noise[0].append(centre[0] + radius * cos(angle))
                            noise[1].append(centre[1] + radius * sin(angle))
                        }
                    }
                    let values = increments.values(of: moment, noise: noise)
                    var lane = 0
                    for (number, count) in counts.enumerated() {
                        var sum = 0.0
                        for _ in 0..<count {
                            sum += law.density(noise[0][lane]) * law.density(noise[1][lane]) * values[lane]
                            lane += 1
                        }
                        radii[number] *= sum * 2 * .pi / Double(count)
                    }
                })
        } catch {
            throw .quadrature(error)
        }
    }
}

/// The increments of one step from one state, in units of the step, as functions of the noise.
///
/// They are kept: the moments of all states are integrated over much the same points.
private final class Increments {
    /// A product of increments, each less a number.
    typealias Moment = [(state: Int, offset: Double)]

    let state: [Double]
    private let optimizer: CompiledOptimizer
    private let step: Int
    /// The increments of each state, by the noise of all points.
    private var known: [[[Double]]: [[Double]]] = [:]

    init(of optimizer: CompiledOptimizer, at state: [Double], time: Double) {
        self.optimizer = optimizer
        self.state = state
        step = Int((time / optimizer.stepSize).rounded()) + 1
    }

    /// A moment's integrand for many values of the noise.
    func values(of moment: Moment, noise: [[Double]]) -> [Double] {
        let increments = increments(noise: noise)
        var result = [Double](repeating: 1, count: noise[0].count)
        for (state, offset) in moment {
            let row = increments[state]
            for lane in result.indices { result[lane] *= row[lane] - offset }
        }
        return result
    }

    private func increments(noise: [[Double]]) -> [[Double]] {
        if let found = known[noise] { return found }
        let count = noise[0].count
        let lanes = LaneStorage(repeating: state, lanes: count)
        let draws = LaneStorage(variables: noise.count, lanes: count)
        for (row, values) in noise.enumerated() { _ = draws.block[row].update(fromContentsOf: values) }
        optimizer.advance(lanes.block, noise: draws.block, step: step)
        let result = state.indices.map { variable in
            (0..<count).map { (lanes.block[variable][$0] - state[variable]) / optimizer.stepSize }
        }
        known[noise] = result
        return result
    }
}

extension NumericNoiseLaw {
    /// The law as points with weights, for functions of the noise of a later sample that are smooth on either side of points.
    fileprivate func nodes(splitAt points: [Double], panels: Int) -> [(value: Double, weight: Double)] {
        guard atoms.isEmpty else { return atoms.map { ($0.value, $0.probability) } }
        let edge = min(support.upper, quantile(1 - 1e-15).magnitude)
        let borders = ([-edge, edge] + points.filter { $0.magnitude < edge }).sorted()
        let rule = GaussRule.legendre(16)
        return zip(borders, borders.dropFirst()).flatMap { lower, upper in
            let count = max(1, Int((Double(panels) * (upper - lower) / (2 * edge)).rounded(.up)))
            let half = (upper - lower) / Double(2 * count)
            return (0..<count).flatMap { panel in
                zip(rule.nodes, rule.weights).map { node, weight in
                    let value = lower + half * (Double(2 * panel + 1) + node)
                    return (value, weight * half * density(value))
                }
            }
        }
    }
}
