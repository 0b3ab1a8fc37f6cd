import Foundation
import Numerics

/// The gradients of a block of paths that may make a jump in one optimizer step.
///
/// For every coordinate they come at the times of a Poisson process of rate one in a step, whatever the state is: jumps of
/// the rate `P(A)/eta` are those whose gradient lies in the event `A`. This thinning is exact, its bound the rate `1/eta`
/// itself, and a jump's gradient has the law given the event. Times and gradients are addressed by path and step alone,
/// so that the refinements of an integrator see the same.
struct EventClock {
    struct Candidate {
        let lane: Int
        /// From 0 to 1 within the step.
        let time: Double
        let coordinate: Int
        /// The standardized noise of its gradient.
        let draw: Double
        /// A component of the stream from which on the numbers are its own.
        let component: Int
    }

    /// In the order of time in each lane.
    let candidates: [Candidate]

    /// - Parameter motions: the number of Brownian motions whose paths each candidate cuts.
    init(
        stream: RandomStream, noise: NoiseSource, dimension: Int, motions: Int, lanes: Int, firstPath: Int, step: Int
    ) {
        var candidates: [Candidate] = []
        let block = LaneStorage(variables: 2, lanes: lanes)
        // A gap, a draw, and a number for each Brownian motion.
        let stride = 2 + motions
        for coordinate in 0..<dimension {
            var times = [Double](repeating: 0, count: lanes)
            var number = 0
            while times.contains(where: { $0 < 1 }) {
                let component = Self.firstComponent + (number * dimension + coordinate) * stride
                stream.fillUniform(block.block[0], firstPath: firstPath, step: step, component: component)
                stream.fillNormal(block.block[1], firstPath: firstPath, step: step, component: component + 1)
                for lane in 0..<lanes where times[lane] < 1 {
                    times[lane] -= log(block.block[0][lane])
                    guard times[lane] < 1 else { continue }
                    candidates.append(
                        Candidate(
                            lane: lane, time: times[lane], coordinate: coordinate,
                            draw: noise.draw(block.block[1][lane]),
                            component: component + 2))
                }
                number += 1
            }
        }
        self.candidates = candidates.sorted { ($0.lane, $0.time) < ($1.lane, $1.time) }
    }

    /// Above those of the optimizer and of the Brownian motions; see ``RandomStream`` on addresses.
    private static let firstComponent = 1 << 30
}
