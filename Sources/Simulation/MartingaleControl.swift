import Numerics

/// A sum over the steps of what their noise does to the expected test function, as a control variate for few variables.
///
/// With `u_k(y) = E[phi(Y_N) | Y_k = y]`, `phi(Y_N) - E phi` is the sum of `u_{k+1}(Y_{k+1}) - u_k(Y_k)`. Here the summand
/// is a function of the state and one normal number that is constant on short intervals of the number, and whose mean over it
/// is 0 for every state. However roughly `u` is known, the mean of the sum is 0, exactly.
struct MartingaleControl: Sendable {
    /// With more variables the grids are too large.
    static let largestVariableCount = 2
    private static let largestTableCount = 1 << 24

    /// One step from a grid of states.
    struct Step: Sendable {
        let grid: StateGrid
        /// The components of the random stream that act.
        let components: [Int]
        /// By test function, component, point of the grid and bin.
        let tables: [Double]
    }

    private let bins: NormalBins
    private let firstStep: Int
    private let steps: [Step]
    let testCount: Int

    /// - Parameters:
    ///   - ranges: for each step from `firstStep` on, and for the end, where the paths are then.
    ///   - components: the components of the random stream that act.
    ///   - respond: what a step makes of some states, for each component in this order.
    /// - Returns: `nil` where tables would be too large or a value is not finite.
    init?(
        tests: [Quantity], ranges: [[ClosedRange<Double>]], firstStep: Int, endTime: Double, components: [Int],
        respond: (_ points: [[Double]], _ step: Int, _ bins: NormalBins) -> [NoiseResponse]
    ) {
        guard let variables = ranges.first?.count, variables <= Self.largestVariableCount else { return nil }
        bins = variables == 1 ? .fine : .coarse
        let nodes = variables == 1 ? 48 : 16
        let size = tests.count * components.count * bins.count
        let points = variables == 1 ? nodes : nodes * nodes
        guard ranges.count - 1 <= Self.largestTableCount / max(1, points * size) else { return nil }
        self.firstStep = firstStep
        testCount = tests.count
        let grids = ranges.map { StateGrid($0, nodes: nodes) }
        var values = tests.map { test in
            let states = LaneStorage(variables: variables, lanes: grids[grids.count - 1].count)
            for (lane, point) in grids[grids.count - 1].points.enumerated() {
                for (variable, value) in point.enumerated() { states.block[variable][lane] = value }
            }
            let result = LaneStorage(variables: 1, lanes: states.block.lanes)
            test.body(states.block, endTime, result.block.values)
            return Array(result.block.values)
        }
        var steps: [Step] = []
        for index in (0..<ranges.count - 1).reversed() {
            let (grid, next) = (grids[index], grids[index + 1])
            let points = grid.points
            let responses = respond(points, firstStep + index, bins)
            var tables = [Double](repeating: 0, count: size * points.count)
            var before = tests.map { _ in [Double](repeating: 0, count: points.count) }
            for test in tests.indices {
                func expected(_ state: (Int) -> Double) -> Double {
                    next.cell(state, isClamped: false).interpolate { values[test][$0] }
                }
                for (point, response) in responses.enumerated() {
                    let middle = expected { response.middle[$0] }
                    before[test][point] = middle
                    for component in components.indices {
                        let effect = response.effects[component]
                        let outcomes = (0..<bins.count).map { bin in expected { effect[$0][bin] } }
                        let mean = bins.mean(outcomes)
                        guard mean.isFinite else { return nil }
                        before[test][point] += mean - middle
                        let first = ((test * components.count + component) * points.count + point) * bins.count
                        for (bin, value) in bins.centred(outcomes).enumerated() { tables[first + bin] = value }
                    }
                }
            }
            values = before
            steps.append(Step(grid: grid, components: components, tables: tables))
        }
        self.steps = steps.reversed()
    }

    var scratchCount: Int { 1 }

    /// Adds the summands of a step to the sums, one for each test function.
    func add(
        at states: LaneBlock, to sums: LaneBlock, stream: RandomStream, firstPath: Int, step index: Int,
        scratch: LaneBlock
    ) {
        let step = steps[index - firstStep]
        let draws = scratch[0]
        let points = step.grid.count
        step.tables.withUnsafeBufferPointer { tables in
            for (number, component) in step.components.enumerated() {
                stream.fillNormal(draws, firstPath: firstPath, step: index, component: component)
                for lane in draws.indices {
                    let cell = step.grid.cell({ states[$0][lane] }, isClamped: true)
                    let bin = bins.index(of: draws[lane])
                    for test in 0..<testCount {
                        let first = (test * step.components.count + number) * points
                        sums[test][lane] += cell.interpolate { tables[(first + $0) * bins.count + bin] }
                    }
                }
            }
        }
    }
}

/// A process with sums of a control beside its states, those of the first step apart from those of the others.
struct ControlledProcess: EnsembleProcess {
    private let base: any EnsembleProcess
    private let stream: RandomStream
    private let control: MartingaleControl

    init(_ base: any EnsembleProcess, stream: RandomStream, control: MartingaleControl) {
        self.base = base
        self.stream = stream
        self.control = control
    }

    var name: String { base.name }
    var stepSize: Double { base.stepSize }
    var sumCount: Int { 2 * control.testCount }
    var variableCount: Int { base.variableCount + sumCount }
    var scratchCount: Int { max(base.scratchCount, control.scratchCount) }

    func advance(_ states: LaneBlock, firstPath: Int, completedSteps: Int, scratch: LaneBlock) {
        let (own, sums) = states.split(at: base.variableCount)
        let (first, others) = sums.split(at: control.testCount)
        control.add(
            at: own, to: completedSteps == 0 ? first : others, stream: stream, firstPath: firstPath,
            step: completedSteps, scratch: scratch)
        base.advance(own, firstPath: firstPath, completedSteps: completedSteps, scratch: scratch)
    }
}
