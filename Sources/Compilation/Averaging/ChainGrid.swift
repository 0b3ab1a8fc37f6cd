import Numerics

/// The transition operator of a frozen chain on the points of a grid, with its stationary law.
struct ChainGrid {
    /// The noise at one point: weights, the values of the functions, and where the next state lies.
    struct Row {
        let weights: [Double]
        /// F, b, then k0 and k1 of each rate, each for every noise.
        let values: [[Double]]
        let places: [PanelGrid.Place]
    }

    private let rows: [Row]
    /// The companion's slope a.
    private let slope: Double
    /// E[b^p f(F)] as matrices, p = 0, 1, 2; the latter two where there is a companion.
    private let operators: [DenseMatrix]
    /// The stationary law.
    private let stationary: [Double]
    /// I - P plus a matrix of rank one that makes it regular.
    private let poisson: DenseMatrix
    private let nodeCount: Int

    private var count: Int { rows.count }

    /// - Returns: nil where the chain has no single stationary law.
    init?(_ axis: PanelGrid, _ rows: [Row], slope: Double) {
        self.rows = rows
        self.slope = slope
        nodeCount = axis.nodeCount
        let n = rows.count
        let hasCompanion = rows.contains { $0.values[1].contains { $0 != 0 } }
        var operators = (0..<(hasCompanion ? 3 : 1)).map { _ in DenseMatrix(rows: n, columns: n) }
        for (i, row) in rows.enumerated() {
            for (q, place) in row.places.enumerated() {
                var weight = row.weights[q]
                for p in operators.indices {
                    for k in place.weights.indices {
                        operators[p].entries[i * n + place.first + k] += weight * place.weights[k]
                    }
                    weight *= row.values[1][q]
                }
            }
        }
        self.operators = operators
        let even = 1 / Double(n)
        var matrix = DenseMatrix(rows: n, columns: n)
        for i in 0..<n {
            for j in 0..<n { matrix[i, j] = (i == j ? 1 : 0) - operators[0][i, j] + even }
        }
        poisson = matrix
        guard let law = try? matrix.transposed.solve([Double](repeating: even, count: n)) else { return nil }
        stationary = law
    }

    /// The weight of the law on the first and on the last panel.
    var endWeights: (low: Double, high: Double) {
        func weight(_ part: ArraySlice<Double>) -> Double { part.reduce(0) { $0 + $1.magnitude } }
        return (weight(stationary.prefix(nodeCount - 1)), weight(stationary.suffix(nodeCount - 1)))
    }

    private func mean(_ values: [Double]) -> Double { zip(stationary, values).reduce(0) { $0 + $1.0 * $1.1 } }

    private func apply(_ power: Int, _ values: [Double]) -> [Double] {
        operators.indices.contains(power) ? operators[power] * values : [Double](repeating: 0, count: count)
    }

    /// f with `f - factor P f = right`.
    private func resolvent(_ factor: Double, _ right: [Double]) -> [Double]? {
        guard factor != 0, right.contains(where: { $0 != 0 }) else { return right }
        var matrix = (-factor) * operators[0]
        for i in 0..<count { matrix[i, i] += 1 }
        return try? matrix.solve(right)
    }

    /// E over the noise of a product of functions at every point.
    private func average(_ body: (Row, Int, Int) -> Double) -> [Double] {
        rows.indices.map { i in
            let row = rows[i]
            var sum = 0.0
            for q in row.weights.indices { sum += row.weights[q] * body(row, i, q) }
            return sum
        }
    }

    /// The stationary mean of a rate, and the parts of the solution of its Poisson equation `chi0(u) + chi1(u) m`.
    private func solution(of rate: Int) -> (mean: Double, constant: [Double], linear: [Double])? {
        let constant = average { row, _, q in row.values[2 + 2 * rate][q] }
        let linear = average { row, _, q in row.values[3 + 2 * rate][q] }
        guard let chi1 = resolvent(slope, linear) else { return nil }
        let right = zip(constant, apply(1, chi1)).map(+)
        let mean = mean(right)
        guard let chi0 = try? poisson.solve(right.map { $0 - mean }) else { return nil }
        return (mean, chi0, chi1)
    }

    func mean(of rate: Int) -> Double? { solution(of: rate)?.mean }

    /// `Cov_0 + sum over j >= 1 of (Cov_j + Cov_j^T)`.
    func covariance(_ left: Int, _ right: Int) -> Double? {
        guard let first = solution(of: left), let second = left == right ? first : solution(of: right) else {
            return nil
        }
        // A rate and the solution at the next state, both affine in the companion before the step.
        func parts(
            _ rate: Int, _ solution: (mean: Double, constant: [Double], linear: [Double]), _ row: Row, _ q: Int
        ) -> (rate: (Double, Double), later: (Double, Double)) {
            let (constant, linear) = (row.places[q].value(solution.constant), row.places[q].value(solution.linear))
            return (
                (row.values[2 + 2 * rate][q] - solution.mean, row.values[3 + 2 * rate][q]),
                (constant + row.values[1][q] * linear, slope * linear)
            )
        }
        var squares = [[Double]](repeating: [Double](repeating: 0, count: count), count: 3)
        for i in rows.indices {
            let row = rows[i]
            for q in row.weights.indices {
                let (h, x) = parts(left, first, row, q)
                let (k, y) = left == right ? (h, x) : parts(right, second, row, q)
                let weight = row.weights[q]
                squares[0][i] += weight * (h.0 * k.0 + h.0 * y.0 + k.0 * x.0)
                squares[1][i] +=
                    weight * (h.0 * k.1 + h.1 * k.0 + h.0 * y.1 + h.1 * y.0 + k.0 * x.1 + k.1 * x.0)
                squares[2][i] += weight * (h.1 * k.1 + h.1 * y.1 + k.1 * x.1)
            }
        }
        // The stationary mean of q0 + q1 m + q2 m^2.
        guard let psi2 = resolvent(slope * slope, squares[2]) else { return nil }
        let mixed = apply(1, psi2)
        guard let psi1 = resolvent(slope, squares[1].indices.map { squares[1][$0] + 2 * slope * mixed[$0] }) else {
            return nil
        }
        let (own, cross) = (apply(2, psi2), apply(1, psi1))
        return mean(squares[0].indices.map { squares[0][$0] + own[$0] + cross[$0] })
    }
}
