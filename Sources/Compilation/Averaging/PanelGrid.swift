import Numerics

/// Points on consecutive panels, and interpolation between them by a polynomial on each.
struct PanelGrid {
    let edges: [Double]
    let nodeCount: Int
    let points: [Double]
    private let barycentric: [Double]
    private let nodes: [Double]

    /// - Parameter nodes: the Gauss-Legendre points of a panel.
    init(edges: [Double], nodes count: Int) {
        self.edges = edges
        nodeCount = count
        let nodes = GaussRule.legendre(count).nodes
        self.nodes = nodes
        points = zip(edges, edges.dropFirst()).flatMap { a, b in nodes.map { a + 0.5 * (b - a) * (1 + $0) } }
        barycentric = nodes.indices.map { k in
            nodes.indices.reduce(1.0) { $1 == k ? $0 : $0 / (nodes[k] - nodes[$1]) }
        }
    }

    /// The first point that a value depends on, and the weights of it and the following ones; outside of the panels, those
    /// of the nearest end.
    struct Place {
        let first: Int
        let weights: [Double]
    }

    func place(_ x: Double) -> Place {
        let panels = edges.count - 1
        var (low, high) = (0, panels)
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
                return Place(first: low * nodeCount, weights: weights)
            }
            weights[k] = barycentric[k] / distance
            sum += weights[k]
        }
        for k in 0..<nodeCount { weights[k] /= sum }
        return Place(first: low * nodeCount, weights: weights)
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
