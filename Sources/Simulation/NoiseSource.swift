import Numerics
import Probability
import Synchronization

/// Standardized draws of a noise law, made from the normal numbers of a random stream.
///
/// A law other than the normal one is reached through `z -> quantile(normalDistribution(z))`, so that draws of every
/// law remain coupled to the same normal numbers.
public struct NoiseSource: Sendable {
    public static let gaussian = NoiseSource(transform: nil, jumps: [], table: nil, factor: nil)

    /// Carries a standard normal number to a draw of the law; `nil` for the normal law itself.
    private let transform: (@Sendable (Double) -> Double)?
    /// The transform for many numbers, where it is odd and smooth.
    private let table: LazyTable?
    /// The normal numbers at which the draw jumps.
    let jumps: [Double]
    /// The lower triangular factor of the correlations of normal noise between coordinates; `nil` for independent ones.
    private let factor: DenseMatrix?

    private init(
        transform: (@Sendable (Double) -> Double)?, jumps: [Double], table: LazyTable?, factor: DenseMatrix?
    ) {
        self.transform = transform
        self.jumps = jumps
        self.table = table
        self.factor = factor
    }

    /// Draws of a law.
    public init(_ law: NumericNoiseLaw) {
        guard law.law != .gaussian else {
            self = .gaussian
            return
        }
        let draw: @Sendable (Double) -> Double = { law.draw(coupledTo: $0) }
        // A law without atoms is symmetric and has a density between the ends of its support.
        self.init(
            transform: draw, jumps: law.jumps, table: law.atoms.isEmpty ? LazyTable(draw) : nil, factor: nil)
    }

    /// Normal noise that is correlated between coordinates: `L Z` with `L` lower triangular.
    public init(correlationFactor: DenseMatrix) {
        self.init(transform: nil, jumps: [], table: nil, factor: correlationFactor)
    }

    /// Whether draws of a coordinate need nothing of the others.
    var isCoordinatewise: Bool { factor == nil }

    /// The draw that belongs to a standard normal number.
    func draw(_ normal: Double) -> Double { transform?(normal) ?? normal }

    func fill(_ noise: LaneBlock, stream: RandomStream, firstPath: Int, step: Int) {
        for component in 0..<noise.variables {
            stream.fillNormal(noise[component], firstPath: firstPath, step: step, component: component)
        }
        transformNormals(noise)
    }

    /// Makes draws of standard normal numbers, in place.
    func transformNormals(_ noise: LaneBlock) {
        if let table {
            table.value.apply(to: noise.values)
        } else if let transform {
            for index in noise.values.indices { noise.values[index] = transform(noise.values[index]) }
        }
        if let factor { correlate(noise, by: factor) }
    }

    /// A table of the transform, made when the first numbers are drawn.
    private final class LazyTable: Sendable {
        private let transform: @Sendable (Double) -> Double
        private let table = Mutex<OddFunctionTable?>(nil)

        init(_ transform: @escaping @Sendable (Double) -> Double) { self.transform = transform }

        var value: OddFunctionTable {
            table.withLock { table in
                if let table { return table }
                // No normal number of a stream is larger.
                let made = OddFunctionTable(of: transform, below: 6.8)
                table = made
                return made
            }
        }
    }

    /// Multiplies the noise of the coordinates by the factor in place, each draw of a gradient on its own.
    private func correlate(_ noise: LaneBlock, by factor: DenseMatrix) {
        for first in stride(from: 0, to: noise.variables, by: factor.rows) {
            for row in (0..<factor.rows).reversed() {
                let target = noise[first + row]
                for lane in target.indices { target[lane] *= factor[row, row] }
                for column in 0..<row where factor[row, column] != 0 {
                    let source = noise[first + column]
                    for lane in target.indices { target[lane] += factor[row, column] * source[lane] }
                }
            }
        }
    }
}
