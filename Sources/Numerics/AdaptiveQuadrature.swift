import Foundation

/// Why an integral could not be computed.
public enum QuadratureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The integrand is infinite or not a number at this point.
    case notFinite(at: Double)
    /// The error estimate stays above the tolerance after the largest number of subdivisions.
    case notConverged(estimate: Double, error: Double)

    public var description: String {
        switch self {
        case .notFinite(let x): "the integrand is not finite at \(x)"
        case .notConverged(let estimate, let error):
            "the integral did not converge: estimate \(estimate), error about \(error)"
        }
    }
}

/// Adaptive Gauss-Kronrod quadrature with 10 and 21 points.
///
/// The interval with the largest error estimate is halved until the sum of the estimates is below
/// max(`absoluteTolerance`, `relativeTolerance` |I|), or below what rounding allows: 100 units in the last place of the
/// integral of |f|. Infinite ends are mapped to finite ones by x = c + t/(1 - |t|). Breakpoints are where the integrand
/// or its derivatives jump; an end with an integrable singularity converges, more slowly.
///
/// Source: Piessens, de Doncker-Kapenga, Überhuber and Kahaner, QUADPACK, 1983 (QAG, QAGI and QAGP).
public struct AdaptiveQuadrature: Sendable {
    public var absoluteTolerance: Double
    public var relativeTolerance: Double
    public var maximumSubdivisions: Int

    public init(absoluteTolerance: Double = 0, relativeTolerance: Double = 1e-13, maximumSubdivisions: Int = 2000) {
        self.absoluteTolerance = absoluteTolerance
        self.relativeTolerance = relativeTolerance
        self.maximumSubdivisions = maximumSubdivisions
    }

    /// The integral of f from `lower` to `upper`, either of which may be infinite; negative if they are exchanged.
    ///
    /// - Parameter breakpoints: points of non-smoothness in any order; those outside of the interval are ignored.
    /// - Throws: ``QuadratureError``.
    public func integral(
        from lower: Double, to upper: Double, breakpoints: [Double] = [], of f: (Double) -> Double
    ) throws(QuadratureError) -> Double {
        try integral(
            from: lower, to: upper, breakpoints: breakpoints,
            ofBatch: { points in
                for k in points.indices { points[k] = f(points[k]) }
            })
    }

    /// Points to be replaced by the values of an integrand there.
    public typealias Points = UnsafeMutableBufferPointer<Double>

    /// The same of an integrand that is evaluated at ``pointCount`` points at once.
    public func integral(
        from lower: Double, to upper: Double, breakpoints: [Double] = [], ofBatch f: (Points) -> Void
    ) throws(QuadratureError) -> Double {
        if lower > upper { return -(try integral(from: upper, to: lower, breakpoints: breakpoints, ofBatch: f)) }
        if lower == upper { return 0 }
        let inner = breakpoints.filter { $0 > lower && $0 < upper && $0.isFinite }.sorted()
        guard lower.isInfinite || upper.isInfinite else { return try integrate(f, over: [lower] + inner + [upper]) }
        let centre =
            inner.isEmpty ? (lower.isFinite ? lower : upper.isFinite ? upper : 0) : inner[inner.count / 2]
        let forward = { (x: Double) -> Double in
            x.isInfinite ? (x < 0 ? -1 : 1) : (x - centre) / (1 + (x - centre).magnitude)
        }
        // A doubly infinite interval is halved at the centre at once: the map has a kink there.
        let points = ([lower] + inner + (lower < centre && centre < upper ? [centre] : []) + [upper]).map(forward)
        let ends = points.sorted().reduce(into: [Double]()) { if $0.last != $1 { $0.append($1) } }
        return try integrate(
            { points in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count) { jacobians in
                    for k in points.indices {
                        let rest = 1 - points[k].magnitude
                        jacobians[k] = 1 / (rest * rest)
                        points[k] = centre + points[k] / rest
                    }
                    f(points)
                    // Far out an integrand that has underflowed stays zero however large the Jacobian.
                    for k in points.indices where points[k] != 0 { points[k] *= jacobians[k] }
                }
            }, over: ends)
    }

    private struct Piece {
        var lower, upper, value, error, magnitude: Double
    }

    private func integrate(_ f: (Points) -> Void, over ends: [Double]) throws(QuadratureError) -> Double {
        var pieces: [Piece] = []
        for (a, b) in zip(ends, ends.dropFirst()) { Self.insert(try Self.rule(f, a, b), into: &pieces) }
        while true {
            var (value, error, magnitude) = (CompensatedSum(), 0.0, 0.0)
            for piece in pieces {
                value.add(piece.value)
                error += piece.error
                magnitude += piece.magnitude
            }
            let tolerance = max(absoluteTolerance, relativeTolerance * value.value.magnitude)
            if error <= tolerance || error <= 100 * 0x1p-53 * magnitude { return value.value }
            // The heap keeps the piece with the largest error on top.
            let worst = Self.removeLargest(from: &pieces)
            let middle = 0.5 * (worst.lower + worst.upper)
            guard pieces.count < maximumSubdivisions, middle > worst.lower, middle < worst.upper else {
                throw .notConverged(estimate: value.value, error: error)
            }
            Self.insert(try Self.rule(f, worst.lower, middle), into: &pieces)
            Self.insert(try Self.rule(f, middle, worst.upper), into: &pieces)
        }
    }

    private static func insert(_ piece: Piece, into heap: inout [Piece]) {
        heap.append(piece)
        var index = heap.count - 1
        while index > 0, heap[(index - 1) / 2].error < heap[index].error {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private static func removeLargest(from heap: inout [Piece]) -> Piece {
        heap.swapAt(0, heap.count - 1)
        let largest = heap.removeLast()
        var index = 0
        while 2 * index + 1 < heap.count {
            var child = 2 * index + 1
            if child + 1 < heap.count, heap[child + 1].error > heap[child].error { child += 1 }
            guard heap[child].error > heap[index].error else { break }
            heap.swapAt(index, child)
            index = child
        }
        return largest
    }

    /// The number of points at which an integrand is evaluated at once.
    public static let pointCount = 21

    private static func rule(_ f: (Points) -> Void, _ a: Double, _ b: Double) throws(QuadratureError) -> Piece {
        let (centre, half) = (0.5 * (a + b), 0.5 * (b - a))
        // The middle, then the pairs to its left and right.
        var values = [Double](repeating: centre, count: pointCount)
        for k in 1...10 {
            values[2 * k - 1] -= half * kronrodNodes[k]
            values[2 * k] += half * kronrodNodes[k]
        }
        let points = values
        values.withUnsafeMutableBufferPointer { f($0) }
        if let bad = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(at: points[bad]) }
        var kronrod = values[0] * kronrodWeights[0]
        var gauss = 0.0
        var magnitude = kronrod.magnitude
        for k in 1...10 {
            let (left, right) = (values[2 * k - 1], values[2 * k])
            kronrod += kronrodWeights[k] * (left + right)
            magnitude += kronrodWeights[k] * (left.magnitude + right.magnitude)
            if !k.isMultiple(of: 2) { gauss += gaussWeights[k / 2] * (left + right) }
        }
        // The difference of the rules, scaled as in QUADPACK: the error falls with its power 3/2.
        let mean = 0.5 * kronrod
        var spread = 0.0
        for (k, value) in values.enumerated() { spread += kronrodWeights[(k + 1) / 2] * (value - mean).magnitude }
        spread *= half
        var error = ((kronrod - gauss) * half).magnitude
        if spread != 0, error != 0 { error = spread * min(1, pow(200 * error / spread, 1.5)) }
        error = max(error, 50 * 0x1p-53 * magnitude * half)
        return Piece(lower: a, upper: b, value: kronrod * half, error: error, magnitude: magnitude * half)
    }

    private static let kronrodNodes: [Double] = [
        0, 0.148874338981631210884826001129720, 0.294392862701460198131126603103866,
        0.433395394129247190799265943165784, 0.562757134668604683339000099272694,
        0.679409568299024406234327365114874, 0.780817726586416897063717578345042,
        0.865063366688984510732096688423493, 0.930157491355708226001207180059508,
        0.973906528517171720077964012084452, 0.995657163025808080735527280689003,
    ]

    private static let kronrodWeights: [Double] = [
        0.149445554002916905664936468389821, 0.147739104901338491374841515972068,
        0.142775938577060080797094273138717, 0.134709217311473325928054001771707,
        0.123491976262065851077958109831074, 0.109387158802297641899210590325805,
        0.093125454583697605535065465083366, 0.075039674810919952767043140916190,
        0.054755896574351996031381300244580, 0.032558162307964727478818972459390,
        0.011694638867371874278064396062192,
    ]

    private static let gaussWeights: [Double] = [
        0.295524224714752870173892994651338, 0.269266719309996355091226921569469,
        0.219086362515982043995534934228163, 0.149451349150580593145776339657697,
        0.066671344308688137593568809893332,
    ]
}
