import Foundation

/// How fast a function of the state grows with the noise of the first of some steps of an optimizer: like `|Z|^degree`.
///
/// `E|Z|^p` is infinite from some `p` on for a law with heavy tails, and then so is the expectation of a function that grows
/// as fast, whatever the other steps do. A gradient of degree 3 makes degree 3 of 1 in the second step, and 9 in the third.
public struct NoiseGrowth: Equatable, Sendable {
    /// The slopes of `log |function|` against `log |Z|` over the two halves of the range probed.
    private let slopes: [Double]

    /// Very large numbers of the noise, whose high powers still are finite.
    private static let magnitudes = [1e5, 1e7, 1e9]
    /// More steps than a growth that is left to itself takes to settle or to leave the finite numbers.
    private static let mostSteps = 40

    public var degree: Double { slopes.min() ?? 0 }

    var degreeText: String {
        degree.isInfinite
            ? "p for every p"
            : degree > 1000 ? String(format: "%.0e", degree) : String(format: "%.4g", (degree * 100).rounded() / 100)
    }

    /// Whether the function grows at least like a power of the noise. At the magnitudes probed slopes are those of the leading
    /// power to a part in 10^4.
    func isAtLeast(_ power: Double) -> Bool { degree >= power * (1 - 1e-4) }
}

extension NoiseGrowth {
    /// The growth with the noise of the first step, after it and after each further step; the largest of any component of the
    /// noise and either sign.
    ///
    /// The other numbers of the noise are held at small values in general position. Where a step leaves the finite numbers
    /// the growth is taken to go on by the factor that it had from one step to the next.
    static func afterEachStep(
        of function: Quantity, _ optimizer: CompiledOptimizer, from initial: [Double], completedSteps: Int, steps: Int
    ) -> [NoiseGrowth] {
        var probes: [(component: Int, sign: Double)] = []
        for component in 0..<optimizer.noiseCount { probes += [(component, 1), (component, -1)] }
        let states = LaneStorage(repeating: initial, lanes: probes.count * magnitudes.count)
        let noise = LaneStorage(variables: optimizer.noiseCount, lanes: states.block.lanes)
        var growths: [NoiseGrowth] = []
        for step in 0..<min(steps, mostSteps) {
            for component in 0..<optimizer.noiseCount {
                noise.block[component].update(repeating: 0.3 * cos(Double(1 + step + 3 * component)))
            }
            if step == 0 {
                for (number, probe) in probes.enumerated() {
                    for (index, magnitude) in magnitudes.enumerated() {
                        noise.block[probe.component][number * magnitudes.count + index] = probe.sign * magnitude
                    }
                }
            }
            optimizer.advance(states.block, noise: noise.block, step: completedSteps + step + 1)
            guard let growth = largest(of: function, at: states.block, time: optimizer.stepSize * Double(step + 1))
            else {
                return growths + continued(growths, steps: min(steps, mostSteps) - step)
            }
            growths.append(growth)
        }
        return growths
    }

    /// - Returns: `nil` where a state is not finite.
    private static func largest(of function: Quantity, at states: LaneBlock, time: Double) -> NoiseGrowth? {
        let result = LaneStorage(variables: 1, lanes: states.lanes)
        function.body(states, time, result.block.values)
        let values = result.block.values
        guard states.values.allSatisfy(\.isFinite), !values.contains(where: \.isNaN) else { return nil }
        var largest = NoiseGrowth(slopes: [])
        for start in stride(from: 0, to: states.lanes, by: magnitudes.count) {
            // A value below 1 is as good as bounded: no zero, and no oscillation about it, counts as growth.
            let logarithms = magnitudes.indices.map { log(max(1, values[start + $0].magnitude)) }
            let slopes = (1..<magnitudes.count).map { index -> Double in
                if logarithms[index].isInfinite { return .infinity }
                return (logarithms[index] - logarithms[index - 1]) / log(magnitudes[index] / magnitudes[index - 1])
            }
            let growth = NoiseGrowth(slopes: slopes)
            if growth.degree > largest.degree { largest = growth }
        }
        return largest
    }

    /// The growth in further steps, by the factor between the last two.
    private static func continued(_ growths: [NoiseGrowth], steps: Int) -> [NoiseGrowth] {
        guard growths.count > 1, let last = growths.last else { return [] }
        let factor = last.degree / growths[growths.count - 2].degree
        guard factor > 1, factor.isFinite else { return [] }
        return (1...max(1, steps)).map { step in
            NoiseGrowth(slopes: last.slopes.map { $0 * pow(factor, Double(step)) })
        }
    }
}
