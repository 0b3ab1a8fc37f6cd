import Foundation
import Testing
import VectorCode

@testable import Numerics

struct RandomStreamTests {
    @Test func `a block holds the numbers of its addresses, wherever it begins`() {
        let stream = RandomStream(seed: 42)
        for firstPath in [0, 5, 16, 1003] {
            var (normals, uniforms) = ([Double](repeating: 0, count: 53), [Double](repeating: 0, count: 53))
            normals.withUnsafeMutableBufferPointer {
                stream.fillNormal($0, firstPath: firstPath, step: 7, component: 2)
            }
            uniforms.withUnsafeMutableBufferPointer {
                stream.fillUniform($0, firstPath: firstPath, step: 7, component: 2)
            }
            for k in 0..<53 {
                #expect(normals[k] == stream.normal(path: firstPath + k, step: 7, component: 2))
                #expect(uniforms[k] == stream.uniform(path: firstPath + k, step: 7, component: 2))
            }
        }
    }

    @Test func `normal numbers are those of Box and Muller from the words of their counters`() {
        let stream = RandomStream(seed: 9)
        var keys = [UInt64](repeating: 0, count: Philox.keyCount)
        Philox.fill(&keys, first: 9, second: 0)
        for step in 0..<500 {
            let words = Philox.words(
                of: (SIMD8(0, 1, 2, 3, 4, 5, 6, 7), .zero, SIMD8(repeating: UInt64(step)), SIMD8(repeating: 3)),
                keys: keys)
            for (pair, word) in [(words.w0, words.w1), (words.w2, words.w3)].enumerated() {
                for counter in 0..<8 {
                    let radius = (-2 * log((Double(word.0[counter]) + 0.5) * 0x1p-32)).squareRoot()
                    let angle = 2 * Double.pi * Double(word.1[counter]) * 0x1p-32
                    for (half, expected) in [radius * cos(angle), radius * sin(angle)].enumerated() {
                        let path = 16 * pair + 8 * half + counter
                        let number = stream.normal(path: path, step: step, component: 3)
                        #expect((number - expected).magnitude <= 1e-11 * radius)
                        #expect(stream.mirrored.normal(path: path, step: step, component: 3) == -number)
                    }
                }
            }
        }
    }

    @Test func `every part of an address and the seed matter`() {
        let stream = RandomStream(seed: 1)
        let numbers: Set<Double> = [
            stream.uniform(path: 0, step: 0, component: 0), stream.uniform(path: 8, step: 0, component: 0),
            stream.uniform(path: 1 << 36, step: 0, component: 0), stream.uniform(path: 0, step: 1, component: 0),
            stream.uniform(path: 0, step: 1 << 36, component: 0), stream.uniform(path: 0, step: 0, component: 1),
            RandomStream(seed: 2).uniform(path: 0, step: 0, component: 0),
            RandomStream(seed: 1 | 1 << 40).uniform(path: 0, step: 0, component: 0),
        ]
        #expect(numbers.count == 8)
    }

    @Test func `numbers of other paths, steps and components are uncorrelated, and so are their squares`() {
        let stream = RandomStream(seed: 5)
        let count = 50_000
        func sample(_ firstPath: Int, _ step: Int, _ component: Int) -> [Double] {
            var sample = [Double](repeating: 0, count: count)
            sample.withUnsafeMutableBufferPointer {
                stream.fillNormal($0, firstPath: firstPath, step: step, component: component)
            }
            return sample
        }
        let reference = sample(0, 9, 0)
        // The neighbours in a group come from the same counter or from the same pair.
        let others = [1, 8, 16, 24, 32].map { sample($0, 9, 0) } + [sample(0, 10, 0), sample(0, 9, 1)]
        for other in others {
            let products = zip(reference, other).reduce(0) { $0 + $1.0 * $1.1 }
            let squares = zip(reference, other).reduce(0) { $0 + ($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1) }
            #expect(products.magnitude < 5 * Double(count).squareRoot())
            #expect(squares.magnitude < 5 * 2 * Double(count).squareRoot())
        }
    }

    @Test func `normal numbers have the moments and the distribution of the normal law`() {
        let stream = RandomStream(seed: 4)
        let count = 200_000
        var sample = [Double](repeating: 0, count: count)
        sample.withUnsafeMutableBufferPointer { stream.fillNormal($0, firstPath: 0, step: 3, component: 1) }
        for power in 1...6 {
            let moment = sample.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
            let expected = [0, 1, 0, 3, 0, 15][power - 1]
            // Five standard deviations of the mean of Z^n, whose variance is E Z^2n - (E Z^n)^2.
            let variance = [1, 2, 15, 96, 945, 10170][power - 1]
            #expect((moment - Double(expected)).magnitude < 5 * (Double(variance) / Double(count)).squareRoot())
        }
        let distance = sample.sorted().enumerated().reduce(0.0) { largest, entry in
            max(
                largest,
                (SpecialFunctions.normalDistribution(entry.1) - (Double(entry.0) + 0.5) / Double(count)).magnitude)
        }
        // The Kolmogorov distance exceeds 2/sqrt(n) with probability 7e-4.
        #expect(distance < 2 / Double(count).squareRoot())
    }
}
