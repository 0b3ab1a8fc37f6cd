import Foundation
import Numerics
import Testing

@testable import Simulation

@Suite struct MomentTreeTests {
    /// Chunks whose moments are all different, of sizes that differ too.
    private let chunks: [StreamingMoments] = (0..<37).map { chunk in
        let scale = pow(10, Double(chunk % 7))
        let values = (0..<(chunk % 5 + 2)).map { scale * sin(Double(100 * chunk + $0)) }
        return StreamingMoments(values)
    }

    private func tree(_ range: Range<Int>) -> MomentTree {
        var tree = MomentTree()
        for chunk in range { tree.append(chunks[chunk], chunk: chunk) }
        return tree
    }

    @Test("the bits do not depend on how the chunks are grouped")
    func grouping() {
        let whole = tree(0..<37)
        for borders in [[0, 1, 37], [0, 5, 6, 36, 37], [0, 16, 32, 37], [0, 3, 3, 17, 22, 37], Array(0...37)] {
            var merged = MomentTree()
            for (begin, end) in zip(borders, borders.dropFirst()) { merged.append(tree(begin..<end)) }
            #expect(merged == whole)
            #expect(merged.total == whole.total)
        }
        // Groups may themselves be merged first.
        var (left, right) = (tree(0..<7), tree(7..<20))
        var last = tree(20..<23)
        last.append(tree(23..<37))
        right.append(last)
        left.append(right)
        #expect(left == whole)
    }

    @Test("the total is what the moments of all values are")
    func total() {
        let total = tree(0..<37).total
        var reference = StreamingMoments()
        for chunk in chunks { reference.merge(chunk) }
        #expect(total.count == reference.count)
        #expect(abs(total.mean - reference.mean) < 1e-12 * reference.standardDeviation)
        #expect(abs(total.variance / reference.variance - 1) < 1e-12)
        #expect(MomentTree().total.count == 0)
    }

    @Test("a file holds the bits")
    func coding() throws {
        var tree = MomentTree()
        for (chunk, value) in [-0.0, 0.1, .leastNonzeroMagnitude, 1e150].enumerated() {
            tree.append(StreamingMoments([value, value / 3]), chunk: 2 * chunk)
        }
        #expect(try JSONDecoder().decode(MomentTree.self, from: JSONEncoder().encode(tree)) == tree)
        let numbers = PackedNumbers([-0.0, .infinity, .pi, -.leastNonzeroMagnitude])
        let read = try JSONDecoder().decode(PackedNumbers.self, from: JSONEncoder().encode(numbers))
        #expect(read.values.map(\.bitPattern) == numbers.values.map(\.bitPattern))
    }
}
