import Numerics

/// Moments of chunks of paths, merged in pairs along the binary tree of the chunks' indices.
///
/// A node is merged only with its sibling: which roundings happen depends on the indices alone, and not on how the chunks
/// were divided among threads, machines or sessions. Rounding grows with the logarithm of the number of chunks, and so
/// does memory.
struct MomentTree: Codable, Equatable, Sendable {
    private struct Node: Codable, Equatable, Sendable {
        /// The index of the first chunk.
        let first: Int
        /// The number of chunks, a power of two.
        let chunks: Int
        var moments: StreamingMoments

        func isFollowed(bySibling other: Node) -> Bool {
            chunks == other.chunks && first + chunks == other.first && first % (2 * chunks) == 0
        }
    }

    /// In order of the chunks; siblings are never next to each other.
    private var nodes: [Node] = []

    /// Adds a chunk that follows all others.
    mutating func append(_ moments: StreamingMoments, chunk: Int) {
        append(Node(first: chunk, chunks: 1, moments: moments))
    }

    /// Adds chunks that follow all others.
    mutating func append(_ next: MomentTree) {
        for node in next.nodes { append(node) }
    }

    private mutating func append(_ node: Node) {
        var node = node
        while let last = nodes.last, last.isFollowed(bySibling: node) {
            nodes.removeLast()
            var moments = last.moments
            moments.merge(node.moments)
            node = Node(first: last.first, chunks: 2 * last.chunks, moments: moments)
        }
        nodes.append(node)
    }

    /// The moments of all chunks.
    var total: StreamingMoments {
        nodes.reduce(into: StreamingMoments()) { $0.merge($1.moments) }
    }
}
