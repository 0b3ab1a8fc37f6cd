import Algebra
import ExactNumbers
import Probability
import Rules

/// The covariance of increments of different coordinates, and the entries that are of a larger weight than Cov(D1).
struct Couplings {
    /// S[a_i, c_j] = Cov(D1_a of coordinate i, D1_c of coordinate j), i and j different; empty where it vanishes.
    private(set) var covariance: [[Expression]] = []
    /// What the model leaves out: entries of the order of D1 times what lies between D1 and D2.
    private(set) var leftOut: [Certificate.DroppedCovariance] = []

    /// - Parameter sizes: the weights of the symbols that are not O(1), the step size among them.
    init(
        of increments: Increments, _ moments: OneStepMoments, sizes: [Symbol: Weight]
    ) throws(DerivationError) {
        let states = moments.states
        let (first, rest) = (increments.first, increments.intermediate)
        let other = SDE.otherIndex
        func atOther(_ expression: Expression) -> Expression { expression.moved(from: UpdateRule.index, to: other) }
        if first.contains(where: moments.sample.couplesCoordinates) {
            for a in states.indices {
                var row: [Expression] = []
                for c in states.indices {
                    row.append(try moments.covariance(first[a], atOther(first[c]), states: (states[a], states[c])))
                }
                covariance.append(row)
            }
            if covariance.allSatisfy({ $0.allSatisfy(\.isZero) }) { covariance = [] }
        }
        for a in states.indices {
            for c in a..<states.count where !(rest[a].isZero && rest[c].isZero) {
                let pair = (states[a], states[c])
                let own =
                    try moments.covariance(first[a], rest[c], states: pair)
                    + moments.covariance(rest[a], first[c], states: pair)
                leave(out: own, [states[a], states[c]], sizes)
                let isCoupled = moments.sample.couplesCoordinates(rest[a]) || moments.sample.couplesCoordinates(rest[c])
                guard isCoupled else { continue }
                let cross =
                    try moments.covariance(first[a], atOther(rest[c]), states: pair)
                    + moments.covariance(rest[a], atOther(first[c]), states: pair)
                leave(out: cross, [states[a], states[c].mapIndices { _ in other }], sizes)
            }
        }
    }

    /// The covariance between coordinates of the states that keep their noise.
    func covariance(keeping kept: [Bool]) -> [[Expression]] {
        covariance.enumerated().map { a, row in row.enumerated().map { c, entry in kept[a] && kept[c] ? entry : .zero }
        }
    }

    private mutating func leave(out entry: Expression, _ states: [Symbol], _ sizes: [Symbol: Weight]) {
        guard !entry.isZero else { return }
        let weight = entry.leadingPart(sizes).weight + 2
        leftOut.append(
            Certificate.DroppedCovariance(
                states: states, expression: entry, weight: weight, tolerated: weight.holds(atLeast: 2)))
    }
}
