import Numerics

/// Short intervals of a standard normal number, with exact probabilities; the outermost reach to infinity.
///
/// A function that is constant on each of them has a mean that is known exactly.
struct NormalBins: Sendable {
    static let fine = NormalBins(count: 256)
    static let coarse = NormalBins(count: 64)

    let count: Int
    let centres: [Double]
    private let probabilities: [Double]
    private static let edge = 4.0

    private init(count: Int) {
        self.count = count
        let width = 2 * Self.edge / Double(count)
        centres = (0..<count).map { (Double($0) + 0.5) * width - Self.edge }
        probabilities = (0..<count).map { bin in
            let (low, high) = (Double(bin) * width - Self.edge, Double(bin + 1) * width - Self.edge)
            // From the nearer tail, where differences are exact.
            func tail(_ z: Double) -> Double { SpecialFunctions.normalDistribution(-z.magnitude) }
            if bin == 0 { return tail(high) }
            if bin == count - 1 { return tail(low) }
            return high <= 0 ? tail(high) - tail(low) : tail(low) - tail(high)
        }
    }

    func index(of z: Double) -> Int {
        let place = (z + Self.edge) * (Double(count) / (2 * Self.edge))
        return Int(min(max(place, 0), Double(count - 1)))
    }

    /// The values less their mean; zeros where they differ by little more than rounding, as what is left then has a mean
    /// of its own size.
    func centred(_ values: [Double]) -> [Double] {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        if high - low <= 1e-9 * max(low.magnitude, high.magnitude) { return values.map { _ in 0 } }
        let mean = mean(values)
        return values.map { $0 - mean }
    }

    /// The mean of a function with these values in the bins.
    func mean(_ values: some Sequence<Double>) -> Double {
        var sum = 0.0
        for (value, probability) in zip(values, probabilities) { sum += value * probability }
        return sum
    }
}

/// What a step makes of a state under the numbers of its noise, one at a time.
struct NoiseResponse {
    /// For each number of the noise and each variable the values at the centres of the bins.
    let effects: [[[Double]]]
    /// The next state where all numbers are 0.
    let middle: [Double]

    /// The mean, the effects of several numbers added.
    func mean(_ bins: NormalBins) -> [Double] {
        middle.indices.map { variable in
            effects.reduce(middle[variable]) { $0 + bins.mean($1[variable]) - middle[variable] }
        }
    }
}

extension OptimizerProcess {
    /// - Complexity: O(points noises bins) evaluations of the optimizer.
    func responses(at points: [[Double]], step: Int, bins: NormalBins) -> [NoiseResponse] {
        let width = kernel.noiseCount * bins.count + 1
        let states = LaneStorage(variables: variableCount, lanes: points.count * width)
        let normals = LaneStorage(variables: kernel.noiseCount, lanes: points.count * width)
        for (number, point) in points.enumerated() {
            for (variable, value) in point.enumerated() {
                let own = states.block[variable][number * width..<(number + 1) * width]
                UnsafeMutableBufferPointer(rebasing: own).update(repeating: value)
            }
            for component in 0..<kernel.noiseCount {
                for (bin, centre) in bins.centres.enumerated() {
                    normals.block[component][number * width + component * bins.count + bin] = centre
                }
            }
        }
        noise.transformNormals(normals.block)
        kernel.advance(states.block, noise: normals.block, step: step)
        return points.indices.map { number in
            let first = number * width
            return NoiseResponse(
                effects: (0..<kernel.noiseCount).map { component in
                    (0..<variableCount).map { variable in
                        let start = first + component * bins.count
                        return Array(states.block[variable][start..<start + bins.count])
                    }
                },
                middle: (0..<variableCount).map { states.block[$0][first + width - 1] })
        }
    }
}
