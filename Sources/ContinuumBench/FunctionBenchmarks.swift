import Continuum
import Foundation

/// Functions of many numbers by a program, whose loops are vector code, beside the calls of the system's library.
enum FunctionBenchmarks {
    private typealias Function = @Sendable (Double) -> Double

    private static let count = 4096
    /// Numbers in (0, 4], about a quarter of which lie below 1.
    private static let numbers = (1...count).map { 4 * Double($0) / Double(count) }

    private static let functions: [(name: String, library: Function)] = [
        ("exp", { Foundation.exp($0) }), ("log", { Foundation.log($0) }), ("erf", { Foundation.erf($0) }),
        ("sin", { Foundation.sin($0) }), ("cos", { Foundation.cos($0) }), ("tanh", { Foundation.tanh($0) }),
        ("sqrt", { $0.squareRoot() }),
    ]

    static let all: [Benchmark] = functions.flatMap { [vector($0.name), library($0.name, $0.library)] }

    private static func vector(_ name: String) -> Benchmark {
        Benchmark(
            "\(name), vector", units: Double(count), "values",
            prepareNumber: {
                var scope = Scope()
                let x = Symbol("x", bounds: .positive)
                scope.declare(x)
                let program = try Program([Expression(parsing: "\(name)(x)", in: scope)], inputs: [x])
                return {
                    numbers.withUnsafeBufferPointer { source in
                        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { target in
                            guard let input = source.baseAddress, let output = target.baseAddress else { return .nan }
                            program.evaluate(inputs: [input], outputs: [output], count: count)
                            return target[count / 2]
                        }
                    }
                }
            })
    }

    private static func library(_ name: String, _ function: @escaping Function) -> Benchmark {
        Benchmark(
            "\(name), library", units: Double(count), "values",
            prepareNumber: {
                {
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { target in
                        for (lane, number) in numbers.enumerated() { target[lane] = function(number) }
                        return target[count / 2]
                    }
                }
            })
    }
}
