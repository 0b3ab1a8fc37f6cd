import Continuum

/// Expectations over the noise, the ones that general systems find hard.
enum ProbabilityBenchmarks {
    private static let (a, u) = (Expression(Symbol("a")), Expression(Symbol("u", bounds: .positive)))
    private static let b = Expression(Symbol("b", bounds: .positive))
    private static let noise = Symbol("g", role: .noise, indices: [.free("i")])

    private static func expectation(_ name: String, _ body: @escaping @Sendable (Expression) -> Expression) -> Benchmark
    {
        Benchmark("E[\(name)], g = a + bZ, Gaussian") {
            let draw = GradientDraw(symbol: noise, mean: a, scale: b, law: .gaussian)
            let function = body(Expression(noise))
            return { try draw.expectation(of: function).size }
        }
    }

    static let all: [Benchmark] = [
        expectation("sign g") { sign($0) },
        expectation("g^4") { $0 ** 4 },
        expectation("max(u, |g|)") { max(u, abs($0)) },
        expectation("clip(g, -1, 1)^2") { clip($0, -1, 1) ** 2 },
    ]
}
