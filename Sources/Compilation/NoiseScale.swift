import Algebra

/// The scale of the gradient noise of every coordinate as a function of the position.
public struct NoiseScale: Sendable {
    private let dimension: Int
    private let value: Program
    /// sum_j d_j sigma_i w_j, in the position and the direction w.
    private let derivative: Program

    /// - Parameter formulas: the scale of each coordinate in `x1`, `x2`, ...; a single one for all.
    /// - Throws: ``CompilationError`` for a number of formulas that is not the dimension, a symbol without a value or a
    ///   function without a kernel or a derivative.
    public init(_ formulas: [Expression], dimension: Int) throws(CompilationError) {
        guard dimension >= 1, formulas.count == dimension || formulas.count == 1 else {
            throw .invalidDimension(formulas.count)
        }
        self.dimension = dimension
        let positions = (1...dimension).map { Symbol("x\($0)") }
        let directions = (1...dimension).map { Symbol("w\($0)") }
        let scales = (0..<dimension).map { i in
            let formula = formulas[formulas.count == 1 ? 0 : i]
            var coordinates: [Symbol: Expression] = [:]
            for symbol in formula.symbols {
                guard let k = Landscape.coordinate(of: symbol), k <= dimension else { continue }
                coordinates[symbol] = Expression(positions[k - 1])
            }
            return formula.substituting(coordinates)
        }
        value = try Program(scales, inputs: positions)
        derivative = try Program(
            scales.map { scale in
                Expression.sum(of: zip(positions, directions).map { scale.derivative(by: $0) * Expression($1) })
            }, inputs: positions + directions)
    }

    /// The scales at many points, a row for each coordinate; NaN where one is not positive.
    func value(at positions: LaneRows, into result: LaneRows, count: Int) {
        value.evaluate([positions], into: result, count: count)
        for i in 0..<dimension {
            for lane in 0..<count where !(result[i][lane] > 0) { result[i][lane] = .nan }
        }
    }

    /// The derivatives of the scales along a direction.
    func derivative(at positions: LaneRows, along directions: LaneRows, into result: LaneRows, count: Int) {
        derivative.evaluate([positions, directions], into: result, count: count)
    }
}
