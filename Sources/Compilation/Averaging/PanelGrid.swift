import Numerics

import func Foundation.cos

/// Points on consecutive panels, and interpolation between them by a polynomial on each.
///
/// Neighbours share the point at their common end, so that functions are continuous and no panel is closed to a chain
/// that moves by little.
struct PanelGrid {
    let edges: [Double]
    /// The points of a panel, both ends included.
    let nodeCount: Int
    let points: [Double]
    private let nodes: [Double]

    /// - Parameter count: the Chebyshev points of a panel, two or more.
    init(edges: [Double], nodes count: Int) {
        self.edges = edges
        nodeCount = count
        let nodes = (0..<count).map { -cos(.pi * Double($0) / Double(count - 1)) }
        self.nodes = nodes
        points =
            zip(edges, edges.dropFirst()).flatMap { a, b in nodes.dropLast().map { a + 0.5 * (b - a) * (1 + $0) } }
            + edges.suffix(1)
    }

    /// The first point that a value depends on, and the weights of it and the following ones; outside of the panels, those
    /// of the nearest end.
    struct Place {
        let first: Int
        let weights: [Double]
    }

    func place(_ x: Double) -> Place {
        var (low, high) = (0, edges.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if x < edges[middle] { high = middle } else { low = middle }
        }
        let (a, b) = (edges[low], edges[low + 1])
        let t = min(max(2 * (x - a) / (b - a) - 1, -1), 1)
        var weights = [Double](repeating: 0, count: nodeCount)
        var sum = 0.0
        for k in 0..<nodeCount {
            let distance = t - nodes[k]
            if distance == 0 {
                weights = [Double](repeating: 0, count: nodeCount)
                weights[k] = 1
                return Place(first: low * (nodeCount - 1), weights: weights)
            }
            // The barycentric weights of these points are +-1, halved at the ends (Berrut and Trefethen 2004).
            let end = k == 0 || k == nodeCount - 1 ? 0.5 : 1
            weights[k] = (k.isMultiple(of: 2) ? end : -end) / distance
            sum += weights[k]
        }
        for k in 0..<nodeCount { weights[k] /= sum }
        return Place(first: low * (nodeCount - 1), weights: weights)
    }
}

extension PanelGrid.Place {
    /// The value there of a function given at the points.
    func value(_ values: [Double]) -> Double {
        var sum = 0.0
        for k in weights.indices { sum += weights[k] * values[first + k] }
        return sum
    }
}
