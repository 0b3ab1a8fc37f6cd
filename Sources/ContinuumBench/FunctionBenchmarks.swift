import Continuum

import func Foundation.cos
import func Foundation.erf
import func Foundation.exp
import func Foundation.log
import func Foundation.sin
import func Foundation.tanh

/// Functions of many numbers by a program, whose loops are vector code, beside the calls of the system's library.
enum FunctionBenchmarks {
    /// A loop over the numbers with the library's function in it.
    private typealias Loop = @Sendable (_ target: UnsafeMutablePointer<Double>) -> Void

    private static let count = 4096
    /// Numbers in (0, 4], about a quarter of which lie below 1.
    private static let numbers = (1...count).map { 4 * Double($0) / Double(count) }

    private static let functions: [(name: String, library: Loop)] = [
        ("exp", { target in loop { target[$0] = exp($1) } }), ("log", { target in loop { target[$0] = log($1) } }),
        ("erf", { target in loop { target[$0] = erf($1) } }), ("sin", { target in loop { target[$0] = sin($1) } }),
        ("cos", { target in loop { target[$0] = cos($1) } }), ("tanh", { target in loop { target[$0] = tanh($1) } }),
        ("sqrt", { target in loop { target[$0] = $1.squareRoot() } }),
    ]

    @inline(__always)
    private static func loop(_ body: (_ lane: Int, _ number: Double) -> Void) {
        numbers.withUnsafeBufferPointer { for lane in $0.indices { body(lane, $0[lane]) } }
    }

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

    private static func library(_ name: String, _ loop: @escaping Loop) -> Benchmark {
        Benchmark(
            "\(name), library", units: Double(count), "values",
            prepareNumber: {
                {
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { target in
                        guard let output = target.baseAddress else { return .nan }
                        loop(output)
                        return target[count / 2]
                    }
                }
            })
    }
}
