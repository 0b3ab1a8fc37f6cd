/// The next iterates from many positions, with their probabilities.
struct StepOutcomes {
    private(set) var values: [Double]
    private(set) var weights: [Double]
    /// Those of position `i` have the indices `starts[i]..<starts[i + 1]`.
    private(set) var starts: [Int]

    var count: Int { starts.count - 1 }

    func range(_ position: Int) -> Range<Int> { starts[position]..<starts[position + 1] }
}

extension ScalarOptimizer {
    /// The values of the next iterate from each position, with weights that integrate any smooth function of them.
    ///
    /// Between kinks the law of the noise is integrated by a ``NoiseQuadrature``; where the update is constant between two
    /// kinks one value with the exact probability stands for the piece.
    func outcomes(at positions: [Double], step: Int, quadrature: NoiseQuadrature?) -> StepOutcomes {
        var rules = [NoiseQuadrature.Nodes](repeating: .init(), count: positions.count)
        switch noise {
        case .atoms(let atoms):
            for position in positions.indices {
                rules[position] = .init(values: atoms.map(\.value), weights: atoms.map(\.weight))
            }
        case .density:
            guard let quadrature else { break }
            let cuts = kinkPoints(at: positions, step: step, quadrature)
            let pieces = cuts.map { cuts in
                Array(zip([quadrature.lower] + cuts, cuts + [quadrature.upper])).filter { $0 < $1 }
            }
            let areConstant = constantPieces(pieces, at: positions, step: step)
            for position in positions.indices {
                for (piece, isConstant) in zip(pieces[position], areConstant[position]) {
                    let (a, b) = piece
                    if isConstant {
                        rules[position].values.append(a + (b - a) / 2)
                        rules[position].weights.append(quadrature.probability(from: a, to: b))
                    } else {
                        quadrature.append(from: a, to: b, to: &rules[position])
                    }
                }
                // The quadrature's own rounding and the neglected tails must not make or lose mass.
                let total = rules[position].weights.reduce(0, +)
                for index in rules[position].weights.indices { rules[position].weights[index] /= total }
            }
        }
        var starts = [0]
        for rule in rules { starts.append(starts[starts.count - 1] + rule.values.count) }
        let values = evaluate(next, of: positions, noise: rules.map(\.values), step: step)
        return StepOutcomes(values: values, weights: rules.flatMap(\.weights), starts: starts)
    }

    /// A function at each position with several values of the noise.
    private func evaluate(
        _ function: LaneFunction, outputs: Int = 1, of positions: [Double], noise: [[Double]], step: Int
    ) -> [Double] {
        let lanes = noise.reduce(0) { $0 + $1.count }
        let (x, z) = (LaneStorage(variables: 1, lanes: lanes), LaneStorage(variables: 1, lanes: lanes))
        var start = 0
        for (position, values) in zip(positions, noise) {
            (x.block.base + start).update(repeating: position, count: values.count)
            for (index, value) in values.enumerated() { z.block.base[start + index] = value }
            start += values.count
        }
        let result = LaneStorage(variables: outputs, lanes: lanes)
        if lanes > 0 { function(x.block, z.block, step, result.block) }
        return Array(result.block.values)
    }

    /// Whether the next iterate is the same at five irregular points of each piece of the noise.
    private func constantPieces(
        _ pieces: [[(Double, Double)]], at positions: [Double], step: Int
    ) -> [[Bool]] {
        let places = [0.031, 0.237, 0.5, 0.741, 0.983]
        let probes = pieces.map { $0.flatMap { a, b in places.map { a + $0 * (b - a) } } }
        let values = evaluate(next, of: positions, noise: probes, step: step)
        var start = 0
        return pieces.map { pieces in
            pieces.map { _ in
                defer { start += places.count }
                return values[start..<start + places.count].allSatisfy { $0 == values[start] }
            }
        }
    }

    // MARK: Kinks

    /// The values of the noise at which an argument of a function with a kink changes its sign, ascending.
    private func kinkPoints(at positions: [Double], step: Int, _ quadrature: NoiseQuadrature) -> [[Double]] {
        var cuts = [[Double]](repeating: [], count: positions.count)
        guard kinkCount > 0 else { return cuts }
        let edges = quadrature.edges
        let probes = zip(edges, edges.dropFirst()).flatMap { a, b in (0..<4).map { a + (b - a) * Double($0) / 4 } }
        // The zeros of one kink part those of another that lie close together, as |g| = c does about g = 0.
        for _ in 0..<(kinkCount > 1 ? 2 : 1) {
            let points = cuts.map {
                $0.isEmpty ? probes + [quadrature.upper] : (probes + $0 + [quadrature.upper]).sorted()
            }
            let values = evaluate(kinks, outputs: kinkCount, of: positions, noise: points, step: step)
            let lanes = values.count / kinkCount
            var brackets: [KinkBracket] = []
            var start = 0
            for (position, points) in points.enumerated() {
                for kink in 0..<kinkCount {
                    let first = kink * lanes + start
                    for index in 1..<points.count {
                        let (low, high) = (values[first + index - 1], values[first + index])
                        if (low < 0) != (high < 0) {
                            brackets.append(
                                KinkBracket(
                                    position: position, kink: kink, low: (points[index - 1], low),
                                    high: (points[index], high)))
                        }
                    }
                }
                start += points.count
            }
            close(&brackets, at: positions, step: step)
            for bracket in brackets { cuts[bracket.position].append(bracket.zero) }
            cuts = cuts.map { Set($0).sorted() }
        }
        return cuts
    }

    /// Narrows all brackets at once.
    private func close(_ brackets: inout [KinkBracket], at positions: [Double], step: Int) {
        for round in 0..<150 {
            let open = brackets.indices.filter { !brackets[$0].isClosed }
            guard !open.isEmpty else { return }
            let trials = open.map { brackets[$0].trial(round: round) }
            let values = evaluate(
                kinks, outputs: kinkCount, of: open.map { positions[brackets[$0].position] },
                noise: trials.map { [$0] },
                step: step)
            for (lane, index) in open.enumerated() {
                brackets[index].narrow(to: trials[lane], value: values[brackets[index].kink * open.count + lane])
            }
        }
    }
}

/// An interval of the noise in which the argument of a function with a kink changes its sign.
private struct KinkBracket {
    let position: Int
    let kink: Int
    private var low: (z: Double, value: Double)
    private var high: (z: Double, value: Double)
    private let scale: Double
    private(set) var isClosed = false
    private(set) var zero: Double

    init(position: Int, kink: Int, low: (Double, Double), high: (Double, Double)) {
        self.position = position
        self.kink = kink
        (self.low, self.high) = (low, high)
        scale = max(low.1.magnitude, high.1.magnitude)
        zero = high.0
        if low.1 == 0 || high.1 == 0 {
            zero = low.1 == 0 ? low.0 : high.0
            isClosed = true
        }
    }

    /// By the secant, and every third time the middle: arguments that are straight close at once, others surely.
    func trial(round: Int) -> Double {
        let secant = high.z - high.value * (high.z - low.z) / (high.value - low.value)
        let isInside = secant > low.z && secant < high.z
        return isInside && round % 3 != 2 ? secant : low.z + (high.z - low.z) / 2
    }

    mutating func narrow(to z: Double, value: Double) {
        zero = z
        if value.magnitude <= 4e-16 * scale || z <= low.z || z >= high.z {
            isClosed = true
        } else if (value < 0) == (low.value < 0) {
            low = (z, value)
        } else {
            high = (z, value)
        }
    }
}
