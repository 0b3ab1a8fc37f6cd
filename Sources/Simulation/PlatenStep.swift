/// Platen's explicit step of weak order 2, in which derivatives are differences between supporting points.
///
/// With `s` for `sqrt(eta) s`, `P = X + b dt + sum_j s_j dW_j`, `R_j = X + b dt +- s_j sqrt(dt)` and
/// `U_j = X +- s_j sqrt(dt)`:
///
///     X + (b(P) + b)/2 dt
///       + 1/4 sum_j [s_j(R_j+) + s_j(R_j-) + 2 s_j + sum_{r != j} (s_j(U_r+) + s_j(U_r-) - 2 s_j)] dW_j
///       + 1/(4 sqrt(dt)) sum_j [(s_j(R_j+) - s_j(R_j-)) (dW_j^2 - dt)
///                               + sum_{r != j} (s_j(U_r+) - s_j(U_r-)) (dW_j dW_r + V_rj)]
///
/// where `V_rj = -V_jr` is `dt` or `-dt` with probability one half. Source: Kloeden and Platen 1992, (15.1.3).
struct PlatenStep: IntegratorStep {
    private let model: any DiffusionKernel
    private let directions: NoiseDirections
    /// The auxiliary number and the sign with which it stands for `V_rj`, by `r` and `j`.
    private let areas: [[NoiseDirections.Motion]: (number: Int, sign: Double)]

    init(_ model: any DiffusionKernel) {
        self.model = model
        directions = NoiseDirections(of: model)
        var areas: [[NoiseDirections.Motion]: (number: Int, sign: Double)] = [:]
        for (number, pair) in directions.pairs.enumerated() {
            areas[[pair.0, pair.1]] = (number, 1)
            areas[[pair.1, pair.0]] = (number, -1)
        }
        self.areas = areas
    }

    var auxiliaryCount: Int { areas.count / 2 }
    var scratchCount: Int { 5 * model.variableCount + 4 * model.factorCount }
    var evaluationCount: Int {
        let groups = directions.groups.count
        return 2 + 2 * groups + (groups > 1 ? 2 * groups : 0)
    }

    func advance(_ states: LaneBlock, normals: LaneBlock, time: Double, by length: Double, scratch: LaneBlock) {
        let (n, d) = (model.variableCount, model.dimension)
        let parts = Parts(scratch, model)
        let (increments, areaNumbers) = normals.split(at: model.brownianCount)
        model.evaluate(states, time: time, drift: parts.drift, factor: parts.factor)
        let amplitude = (model.stepSize * length).squareRoot()
        for index in parts.factor.values.indices { parts.factor.values[index] *= amplitude }
        parts.start.base.update(from: states.base, count: n * states.lanes)
        // X + b dt, about which the R lie, stays in `middle`.
        for index in states.values.indices {
            parts.middle.values[index] = states.values[index] + length * parts.drift.values[index]
        }
        addNoise(of: parts.factor, times: increments, to: states, from: parts.middle)
        // Now the states are P.
        model.evaluate(states, time: time + length, drift: parts.point, factor: parts.plus)
        for index in states.values.indices {
            states.values[index] += 0.5 * length * (parts.point.values[index] - parts.drift.values[index])
        }
        for group in directions.groups.indices {
            evaluate(beside: parts.middle, group, time: time + length, amplitude, parts)
            forEachEntry(of: group, isOwn: true) { entry, variable, own, _ in
                let (s, plus, minus) = (parts.factor[entry], parts.plus[entry], parts.minus[entry])
                let (values, z) = (states[variable], increments[own.column * d + own.coordinate])
                for lane in values.indices {
                    values[lane] +=
                        0.25 * (plus[lane] + minus[lane] - 2 * s[lane]) * z[lane]
                        + 0.25 * (plus[lane] - minus[lane]) * (z[lane] * z[lane] - 1)
                }
            }
            guard directions.groups.count > 1 else { continue }
            evaluate(beside: parts.start, group, time: time, amplitude, parts)
            forEachEntry(of: group, isOwn: false) { entry, variable, own, other in
                guard let area = areas[[other, own]] else { return }
                let (s, plus, minus) = (parts.factor[entry], parts.plus[entry], parts.minus[entry])
                let (values, z) = (states[variable], increments[own.column * d + own.coordinate])
                let (partner, number) = (increments[other.column * d + other.coordinate], areaNumbers[area.number])
                for lane in values.indices {
                    let v = number[lane] < 0 ? -area.sign : area.sign
                    values[lane] +=
                        0.25 * (plus[lane] + minus[lane] - 2 * s[lane]) * z[lane]
                        + 0.25 * (plus[lane] - minus[lane]) * (z[lane] * partner[lane] + v)
                }
            }
        }
    }

    /// Memory of a step.
    private struct Parts {
        let drift, start, middle, point, unused: LaneBlock
        let factor, plus, minus, spare: LaneBlock

        init(_ scratch: LaneBlock, _ model: any DiffusionKernel) {
            let (n, m) = (model.variableCount, model.factorCount)
            var rest: LaneBlock
            (drift, rest) = scratch.split(at: n)
            (start, rest) = rest.split(at: n)
            (middle, rest) = rest.split(at: n)
            (point, rest) = rest.split(at: n)
            (unused, rest) = rest.split(at: n)
            (factor, rest) = rest.split(at: m)
            (plus, rest) = rest.split(at: m)
            (minus, rest) = rest.split(at: m)
            (spare, _) = rest.split(at: m)
        }
    }

    /// `target = origin + sum_j s_j Z_j`.
    private func addNoise(of factor: LaneBlock, times normals: LaneBlock, to target: LaneBlock, from origin: LaneBlock)
    {
        let d = model.dimension
        target.base.update(from: origin.base, count: origin.variables * origin.lanes)
        for state in 0..<model.stateCount {
            for motion in 0..<model.brownianCount {
                let entry = factor[state * model.brownianCount + motion]
                let (values, normal) = (target[state * d + motion % d], normals[motion])
                for lane in values.indices { values[lane] += entry[lane] * normal[lane] }
            }
        }
    }

    /// The diffusion, times the amplitude, on both sides of a point along a group.
    private func evaluate(
        beside origin: LaneBlock, _ group: Int, time: Double, _ amplitude: Double, _ parts: Parts
    ) {
        for (sign, result) in [(1.0, parts.plus), (-1, parts.minus)] {
            parts.point.base.update(from: origin.base, count: origin.variables * origin.lanes)
            directions.add(group, of: parts.factor, scale: sign, to: parts.point)
            model.evaluate(parts.point, time: time, drift: parts.unused, factor: result)
            for index in result.values.indices { result.values[index] *= amplitude }
        }
    }

    /// The entries of the factor that a group moves: those of its own motions, or those of others.
    private func forEachEntry(
        of group: Int, isOwn: Bool,
        _ body: (
            _ entry: Int, _ variable: Int, _ own: NoiseDirections.Motion, _ other: NoiseDirections.Motion
        ) -> Void
    ) {
        let d = model.dimension
        for column in 0..<model.columnCount {
            for coordinate in 0..<d {
                let own = NoiseDirections.Motion(column: column, coordinate: coordinate)
                let other = directions.motion(of: group, at: coordinate)
                guard (own == other) == isOwn else { continue }
                for state in 0..<model.stateCount {
                    body((state * model.columnCount + column) * d + coordinate, state * d + coordinate, own, other)
                }
            }
        }
    }
}
