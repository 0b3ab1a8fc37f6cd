import func Foundation.cos

/// Points on consecutive panels, and interpolation between them by a polynomial on each.
///
/// Neighbours share the point at their common end, so that functions are continuous and no panel is closed to a chain
/// that moves by little. Outside of the panels a function has the value of the nearest end.
package struct PanelGrid: Sendable {
    package let edges: [Double]
    /// The points of a panel, both ends included.
    package let nodeCount: Int
    package let points: [Double]
    private let nodes: [Double]

    /// - Parameters:
    ///   - edges: ascending, two or more.
    ///   - count: the Chebyshev points of a panel, two or more.
    package init(edges: [Double], nodes count: Int) {
        self.edges = edges
        nodeCount = count
        let nodes = (0..<count).map { -cos(.pi * Double($0) / Double(count - 1)) }
        self.nodes = nodes
        points =
            zip(edges, edges.dropFirst()).flatMap { a, b in nodes.dropLast().map { a + 0.5 * (b - a) * (1 + $0) } }
            + edges.suffix(1)
    }

    /// The first point that a value depends on, and the weights of it and the following ones.
    package struct Place {
        package let first: Int
        package let weights: [Double]
    }

    package func place(_ x: Double) -> Place {
        var first = 0
        let weights = [Double](unsafeUninitializedCapacity: nodeCount) { buffer, count in
            buffer.initialize(repeating: 0)
            if let base = buffer.baseAddress { withPlacement { first = $0.fill(base, at: x) } }
            count = nodeCount
        }
        return Place(first: first, weights: weights)
    }

    /// Adds to a row, which has an entry for each point, weighted sums of values at some places.
    package func add(
        _ places: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>,
        to row: UnsafeMutablePointer<Double>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: nodeCount) { memory in
            guard let factors = memory.baseAddress, let x = places.baseAddress, let w = weights.baseAddress else {
                return
            }
            withPlacement { placement in
                var index = 0
                while index < places.count {
                    let target = row + placement.fill(factors, at: x[index])
                    var k = 0
                    while k < placement.count {
                        target[k] += w[index] * factors[k]
                        k += 1
                    }
                    index += 1
                }
            }
        }
    }

    /// Values at some places of functions given at the points, one function after the other in the table.
    package func interpolate(
        _ table: [Double], at places: UnsafeBufferPointer<Double>,
        _ receive: (_ function: Int, _ place: Int, _ value: Double) -> Void
    ) {
        let count = points.count
        withUnsafeTemporaryAllocation(of: Double.self, capacity: nodeCount) { memory in
            table.withUnsafeBufferPointer { table in
                guard let factors = memory.baseAddress, let x = places.baseAddress, let values = table.baseAddress
                else { return }
                withPlacement { placement in
                    for index in 0..<places.count {
                        let first = placement.fill(factors, at: x[index])
                        for function in 0..<table.count / count {
                            let source = values + (function * count + first)
                            var (sum, k) = (0.0, 0)
                            while k < placement.count {
                                sum += factors[k] * source[k]
                                k += 1
                            }
                            receive(function, index, sum)
                        }
                    }
                }
            }
        }
    }

    private func withPlacement(_ body: (Placement) -> Void) {
        edges.withUnsafeBufferPointer { edges in
            nodes.withUnsafeBufferPointer { nodes in
                guard let edge = edges.baseAddress, let node = nodes.baseAddress else { return }
                body(Placement(edges: edge, panels: edges.count - 1, nodes: node, count: nodes.count))
            }
        }
    }

    /// The arrays of a grid as pointers, for the innermost loops.
    private struct Placement {
        let edges: UnsafePointer<Double>
        let panels: Int
        let nodes: UnsafePointer<Double>
        let count: Int

        /// Writes the weights of the points of the panel around `x`; returns the first of these points.
        func fill(_ weights: UnsafeMutablePointer<Double>, at x: Double) -> Int {
            var (low, high) = (0, panels)
            while high - low > 1 {
                let middle = (low + high) / 2
                if x < edges[middle] { high = middle } else { low = middle }
            }
            let (a, b) = (edges[low], edges[low + 1])
            let t = x <= a ? -1 : x >= b ? 1 : 2 * (x - a) / (b - a) - 1
            let last = count - 1
            var sum = 0.0
            var k = 0
            while k <= last {
                let distance = t - nodes[k]
                if distance == 0 {
                    weights.update(repeating: 0, count: count)
                    weights[k] = 1
                    return low * last
                }
                // The barycentric weights of these points are +-1, halved at the ends (Berrut and Trefethen 2004).
                let size = k == 0 || k == last ? 0.5 : 1
                let weight = (k & 1 == 0 ? size : -size) / distance
                weights[k] = weight
                sum += weight
                k += 1
            }
            let scale = 1 / sum
            k = 0
            while k <= last {
                weights[k] *= scale
                k += 1
            }
            return low * last
        }
    }
}

extension PanelGrid.Place {
    /// The value there of a function given at the points.
    package func value(_ values: [Double]) -> Double {
        var sum = 0.0
        for k in weights.indices { sum += weights[k] * values[first + k] }
        return sum
    }
}
