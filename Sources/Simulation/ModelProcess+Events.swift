/// The jump form: Euler and Maruyama's scheme between the gradients that may make a jump, and their jumps.
extension ModelProcess {
    /// Advances by one optimizer step. A path on which a candidate falls into a step of the scheme takes it in parts that
    /// end at the candidates, its Brownian increment divided as a bridge.
    func advance(
        _ states: LaneBlock, events: EventKernel, firstPath: Int, completedSteps: Int, scratch: LaneBlock
    ) {
        let (remaining, rest) = scratch.split(at: model.brownianCount)
        let (normals, memory) = rest.split(at: model.brownianCount)
        let clock = EventClock(
            stream: stream, noise: events.noise, dimension: model.dimension, motions: model.brownianCount,
            lanes: states.lanes, firstPath: firstPath, step: completedSteps)
        drawWholeStep(into: remaining, firstPath: firstPath, step: completedSteps)
        for substep in 0..<substeps {
            let (begin, end) = (Double(substep) / Double(substeps), Double(substep + 1) / Double(substeps))
            let time = (Double(completedSteps) + begin) * stepSize
            drawIncrement(into: normals, from: remaining, firstPath: firstPath, step: completedSteps, substep: substep)
            let due = clock.candidates.filter { $0.time >= begin && $0.time < end }
            var cut = CutPaths(states, normals: normals, due: due, begin: begin, end: end)
            model.advance(states, normals: normals, time: time, by: stepSize / Double(substeps), scratch: memory)
            while !cut.isDone {
                cut.advance(model, events, time: time) { [stream] motion, candidate in
                    stream.normal(
                        path: firstPath + candidate.lane, step: completedSteps, component: candidate.component + motion)
                }
            }
            cut.store(in: states)
        }
    }
}

/// The paths on which candidates fall into one step of the scheme, on their way through it.
private struct CutPaths {
    private let due: [[EventClock.Candidate]]
    private let states: LaneStorage
    /// What is left of the Brownian increments, of variance one in an optimizer step.
    private let increments: LaneStorage
    private var times: [Double]
    private let end: Double
    private var round = 0
    private let rounds: Int

    /// - Parameters:
    ///   - states: of all paths at the beginning.
    ///   - normals: the increments of all paths, standardized.
    ///   - due: in the order of time in each lane, the candidates of each lane together.
    init(
        _ states: LaneBlock, normals: LaneBlock, due: [EventClock.Candidate], begin: Double, end: Double
    ) {
        var groups: [[EventClock.Candidate]] = []
        for candidate in due {
            if groups.last?[0].lane == candidate.lane {
                groups[groups.count - 1].append(candidate)
            } else {
                groups.append([candidate])
            }
        }
        self.due = groups
        self.states = LaneStorage(variables: states.variables, lanes: groups.count)
        increments = LaneStorage(variables: normals.variables, lanes: groups.count)
        times = [Double](repeating: begin, count: groups.count)
        self.end = end
        rounds = (groups.map(\.count).max() ?? -1) + 1
        let deviation = (end - begin).squareRoot()
        for (place, group) in groups.enumerated() {
            for variable in 0..<states.variables {
                self.states.block[variable][place] = states[variable][group[0].lane]
            }
            for motion in 0..<normals.variables {
                increments.block[motion][place] = deviation * normals[motion][group[0].lane]
            }
        }
    }

    var isDone: Bool { round == rounds }

    /// Moves every path to its next candidate, which then may jump, or to the end of the step.
    mutating func advance(
        _ model: any DiffusionKernel, _ events: EventKernel, time: Double,
        bridge: (_ motion: Int, _ candidate: EventClock.Candidate) -> Double
    ) {
        let block = states.block
        let drift = LaneStorage(variables: model.variableCount, lanes: block.lanes)
        let factor = LaneStorage(variables: model.factorCount, lanes: block.lanes)
        model.evaluate(block, time: time, drift: drift.block, factor: factor.block)
        let draws = LaneStorage(variables: events.dimension, lanes: block.lanes)
        var jumping: [(place: Int, coordinate: Int)] = []
        for (place, candidates) in due.enumerated() where round <= candidates.count {
            let candidate = round < candidates.count ? candidates[round] : nil
            let next = candidate?.time ?? end
            let (length, left) = (next - times[place], end - times[place])
            times[place] = next
            for variable in 0..<block.variables {
                block[variable][place] += model.stepSize * length * drift.block[variable][place]
            }
            for motion in 0..<increments.block.variables {
                var part = increments.block[motion][place]
                if let candidate {
                    let deviation = (length * (left - length) / left).squareRoot()
                    part = part * length / left + deviation * bridge(motion, candidate)
                }
                increments.block[motion][place] -= part
                let (column, coordinate) = (motion / model.dimension, motion % model.dimension)
                for state in 0..<model.stateCount {
                    let entry = (state * model.columnCount + column) * model.dimension + coordinate
                    block[state * model.dimension + coordinate][place] +=
                        model.stepSize * factor.block[entry][place] * part
                }
            }
            if let candidate {
                draws.block[candidate.coordinate][place] = candidate.draw
                jumping.append((place, candidate.coordinate))
            }
        }
        jump(jumping, draws, events, time: time)
        round += 1
    }

    private func jump(
        _ jumping: [(place: Int, coordinate: Int)], _ draws: LaneStorage, _ events: EventKernel, time: Double
    ) {
        guard !jumping.isEmpty else { return }
        let places = jumping.map(\.place)
        let (chosen, gradients) = (states.gathered(places), draws.gathered(places))
        events.jump(
            chosen.block, draws: gradients.block, coordinates: jumping.map(\.coordinate), time: time)
        withExtendedLifetime(gradients) {}
        for (lane, place) in places.enumerated() {
            for variable in 0..<states.block.variables {
                states.block[variable][place] = chosen.block[variable][lane]
            }
        }
    }

    func store(in all: LaneBlock) {
        for (place, group) in due.enumerated() {
            for variable in 0..<all.variables { all[variable][group[0].lane] = states.block[variable][place] }
        }
    }
}

extension LaneStorage {
    /// Copies of some lanes.
    fileprivate func gathered(_ places: [Int]) -> LaneStorage {
        let result = LaneStorage(variables: block.variables, lanes: places.count)
        for variable in 0..<block.variables {
            for (lane, place) in places.enumerated() { result.block[variable][lane] = block[variable][place] }
        }
        return result
    }
}
