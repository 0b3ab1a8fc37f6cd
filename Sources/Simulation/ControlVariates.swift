import Numerics

/// Quantities of mean 0 that go along with test functions, path by path.
enum ControlVariates {
    /// The weights of the controls in the regression of each target on them.
    ///
    /// Controls that go along with each other are told apart by a trifle of ridge: any weights leave the mean alone.
    static func weights(of targets: [[Double]], on controls: [[Double]]) -> [[Double]] {
        let scales = controls.map { values in
            (values.reduce(0) { $0 + $1 * $1 } / Double(max(1, values.count))).squareRoot()
        }
        let used = controls.indices.filter { scales[$0] > 0 && scales[$0].isFinite }
        let none = targets.map { _ in [Double](repeating: 0, count: controls.count) }
        guard !used.isEmpty else { return none }
        let standard = used.map { index in controls[index].map { $0 / scales[index] } }
        func product(_ first: [Double], _ second: [Double]) -> Double {
            zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let means = standard.map { $0.reduce(0, +) / Double($0.count) }
        let centred = zip(standard, means).map { values, mean in values.map { $0 - mean } }
        var normal = DenseMatrix(rows: used.count, columns: used.count)
        for i in used.indices {
            for j in 0...i {
                normal[i, j] = product(centred[i], centred[j])
                normal[j, i] = normal[i, j]
            }
            normal[i, i] *= 1 + 1e-9
        }
        var right = DenseMatrix(rows: used.count, columns: targets.count)
        for i in used.indices {
            for (column, target) in targets.enumerated() { right[i, column] = product(centred[i], target) }
        }
        guard let solution = try? normal.solve(right) else { return none }
        var result = none
        for (i, index) in used.enumerated() {
            for column in targets.indices { result[column][index] = solution[i, column] / scales[index] }
        }
        return result
    }

    /// Values less the weighted controls.
    static func rest(_ values: [Double], less weights: [Double], _ controls: [[Double]]) -> [Double] {
        var result = values
        for (weight, control) in zip(weights, controls) where weight != 0 {
            for index in result.indices { result[index] -= weight * control[index] }
        }
        return result
    }
}
