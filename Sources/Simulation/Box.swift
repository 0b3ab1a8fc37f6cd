import Foundation
import Numerics

/// An interval on which a process of one state is computed, with what is changed near its ends so that nothing leaves.
///
/// Towards the ends the noise fades out. Where the drift does not point inward by itself (or would jump across the box),
/// it fades into a pull towards the centre. Both changes begin halfway to the ends, beyond the reach of the process, and
/// are smooth: no boundary condition is needed, and enlarging the box shows what the changes cost.
struct Box {
    let centre: Double
    let halfwidth: Double
    /// The rate of the pull towards the centre; `nil` where the drift is kept.
    private let pull: Double?
    private let stepSize: Double

    init(centre: Double, halfwidth: Double, model: ScalarDiffusion, horizon: Double) {
        self.centre = centre
        self.halfwidth = halfwidth
        stepSize = model.stepSize
        let times = model.dependsOnTime ? [0, horizon / 2, horizon] : [0]
        let isInward = times.allSatisfy { time in
            [-1.0, 1].allSatisfy { side in
                let inward = -side * model.drift(centre + side * halfwidth, time)
                return inward >= 0 && inward * model.stepSize <= halfwidth
            }
        }
        if isInward {
            pull = nil
        } else {
            let speeds = [-0.5, 0.5].map { model.drift(centre + $0 * halfwidth, 0).magnitude }
            let speed = max(speeds[0], speeds[1], 0.1 * halfwidth)
            pull = min(2 * speed / halfwidth, 0.5 / model.stepSize)
        }
    }

    /// 1 up to halfway from the centre to an end, 0 at the ends.
    func fade(_ x: Double) -> Double { 0.5 * erfc((abs(x - centre) / halfwidth - 0.72) / 0.08) }

    func drift(_ drift: Double, at x: Double) -> Double {
        guard let pull else { return drift }
        let fade = fade(x)
        // Beyond the fade the drift may not even be finite.
        return fade < 1e-15 ? -pull * (x - centre) : fade * drift - (1 - fade) * pull * (x - centre)
    }

    /// The mean of an optimizer's increment, changed as its drift is.
    func increment(_ mean: Double, at x: Double) -> Double { stepSize * drift(mean / stepSize, at: x) }

    func covariance(_ covariance: Double, at x: Double) -> Double {
        let fade = fade(x)
        return fade < 1e-15 ? 0 : fade * fade * covariance
    }

    /// The position as a number from -1 to 1.
    func scaled(_ x: Double) -> Double { (x - centre) / halfwidth }

    func clamp(_ x: Double) -> Double { min(max(x, centre - halfwidth), centre + halfwidth) }

    func grid(nodes: Int) -> ChebyshevGrid {
        ChebyshevGrid(from: centre - halfwidth, to: centre + halfwidth, count: nodes)
    }
}

extension Box {
    /// The interval that a few hundred simulated paths of the model visit: its centre and half its length.
    static func reach(of model: ScalarDiffusion, from start: Double, horizon: Double) -> (Double, Double)? {
        let stream = RandomStream(seed: 0x5EED)
        var positions = [Double](repeating: start, count: 256)
        var (lowest, highest) = (start, start)
        let steps = max(1, Int((horizon / model.stepSize).rounded()))
        for step in 0..<steps {
            let time = Double(step) * model.stepSize
            for path in positions.indices {
                let x = positions[path]
                let noise = stream.normal(path: path, step: step, component: 0)
                let variance = max(0, model.covariance(x, time))
                positions[path] = x + model.stepSize * (model.drift(x, time) + variance.squareRoot() * noise)
                lowest = min(lowest, positions[path])
                highest = max(highest, positions[path])
            }
            guard (highest - lowest).isFinite, positions.allSatisfy(\.isFinite) else { return nil }
        }
        let floor = 1e-3 * max(1, abs(start))
        return ((lowest + highest) / 2, max(highest - lowest, floor) / 2)
    }
}
