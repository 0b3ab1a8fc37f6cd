/// How the quantiles of an ensemble are found.
public enum QuantileMethod: String, CaseIterable, Codable, Sendable {
    /// From all values: memory grows with the paths and the saved times.
    case exact
    /// From counts of values in narrow classes, see ``QuantileSketch``.
    case sketch
    /// Quantiles are left out.
    case none

    /// The largest number of values that are kept unless more are asked for: 80 MB.
    public static let largestKeptCount = 10_000_000

    /// The largest relative error of a quantile that is read off a sketch.
    public static let sketchError = QuantileSketch.relativeError

    /// Exact while the values that are to be kept are few.
    ///
    /// - Parameter values: the numbers of paths, of saved times and of quantities, multiplied.
    public static func chosen(values: Int) -> QuantileMethod { values <= largestKeptCount ? .exact : .sketch }

    /// What a reader must know of the quantiles; `nil` for exact ones.
    var note: String? {
        switch self {
        case .exact: nil
        case .sketch: "q05 and q95 are read off a sketch: the relative error is at most \(Self.sketchError)"
        case .none: "q05 and q95 are left out"
        }
    }
}
