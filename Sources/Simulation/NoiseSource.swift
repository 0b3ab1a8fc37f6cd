import Numerics

/// Standardized draws of a noise law, made from the normal numbers of a random stream.
///
/// A law other than the normal one is reached through `z -> quantile(normalDistribution(z))`, so that draws of every
/// law remain coupled to the same normal numbers.
public struct NoiseSource: Sendable {
    public static let gaussian = NoiseSource(transform: nil)

    private let transform: (@Sendable (Double) -> Double)?

    /// - Parameter transform: carries a standard normal number to a draw of the law; `nil` for the normal law itself.
    public init(transform: (@Sendable (Double) -> Double)?) { self.transform = transform }

    /// The draw that belongs to a standard normal number.
    func draw(_ normal: Double) -> Double { transform?(normal) ?? normal }

    func fill(_ noise: LaneBlock, stream: RandomStream, firstPath: Int, step: Int) {
        for component in 0..<noise.variables {
            stream.fillNormal(noise[component], firstPath: firstPath, step: step, component: component)
        }
        if let transform {
            for index in noise.values.indices { noise.values[index] = transform(noise.values[index]) }
        }
    }
}
