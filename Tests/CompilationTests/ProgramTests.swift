import Algebra
import ExactNumbers
import Testing
import VectorTypes

@testable import Compilation

/// The distance of two numbers, relative to the expected one.
func relativeError(_ value: Double, _ expected: Double) -> Double {
    value == expected ? 0 : ((value - expected) / expected).magnitude
}

/// A sequence of numbers that looks random and is the same in every run.
struct Numbers {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(in range: ClosedRange<Double>) -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Double(state >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
    }
}

struct ProgramTests {
    private let x = Symbol("x"), m = Symbol("m"), v = Symbol("v", bounds: .nonnegative), t = Symbol("t")
    private let g = Symbol("g"), sigma = Symbol("sigma", bounds: .positive), h = Symbol("h")
    private let rho = Symbol("rho"), rho2 = Symbol("rho2"), gamma = Symbol("gamma")
    private let epsilon = Symbol("epsilon", bounds: .positive)

    private func check(
        _ outputs: [Expression], _ symbols: [Symbol], _ table: [(inputs: [Double], values: [Double])],
        location: SourceLocation = #_sourceLocation
    ) throws {
        for (inputs, values) in table {
            // Once with every symbol given for each lane, once with the last ones known as constants.
            let lanes = try Program(outputs, inputs: symbols)
            let constants = Dictionary(uniqueKeysWithValues: zip(symbols.dropFirst(), inputs.dropFirst()))
            let folded = try Program(outputs, inputs: [symbols[0]], constants: constants)
            let uniform = try Program(outputs, inputs: [symbols[0]], uniforms: Array(symbols.dropFirst()))
            let results = [
                lanes(inputs), folded([inputs[0]]), uniform([inputs[0]], uniforms: Array(inputs.dropFirst())),
            ]
            for result in results {
                for (k, (value, expected)) in zip(result, values).enumerated() {
                    #expect(
                        relativeError(value, expected) <= 1e-13, "output \(k) at \(inputs): \(value), not \(expected)",
                        sourceLocation: location)
                }
            }
        }
    }

    @Test func `SignSGD's model keeps its digits far in the tails`() throws {
        let u = Expression(g) / (sqrt(2) * Expression(sigma))
        let variance = 1 - erf(u) ** 2
        try check(
            [
                -erf(u), variance, sqrt(variance),
                -erf(u) * exp(-(u ** 2)) * Expression(h) / (Expression(sigma) * sqrt(2 * .pi)),
            ], [g, sigma, h], ReferenceValues.signSGD)
    }

    @Test func `RMSprop's model of order two agrees with 60 digits`() throws {
        let (g, s, v, r) = (Expression(g), Expression(sigma), Expression(v), Expression(rho))
        let p = sqrt(v) + Expression(epsilon)
        let q = g ** 2 + s ** 2
        let slope = 1 / (2 * sqrt(v))
        let curvature = Expression(1.7)
        let kurtosis = 4 * g ** 2 * s ** 2 + 2 * s ** 4
        let skew = r * (g ** 3 + 3 * g * s ** 2 - v * g) * slope / p ** 2
        let transport = g * curvature / p ** 2 + r * (q - v) * g * slope / p ** 2
        try check(
            [
                -g / p, r * (q - v), s ** 2 / p ** 2, -2 * r * g * s ** 2 / p, r ** 2 * kurtosis,
                skew - transport / 2,
            ], [self.g, sigma, self.v, rho, epsilon], ReferenceValues.rmsprop)
    }

    @Test func `AdamW's model agrees with 60 digits from the first instant on`() throws {
        let (x, m, v, t, g) = (Expression(x), Expression(m), Expression(v), Expression(t), Expression(g))
        let (s, r1, r2) = (Expression(sigma), Expression(rho), Expression(rho2))
        let (g1, g2) = (1 - exp(-r1 * t), 1 - exp(-r2 * t))
        try check(
            [
                -sqrt(g2) / g1 * m / (sqrt(v) + Expression(epsilon) * sqrt(g2)) - Expression(gamma) * x,
                r1 * (g - m), r2 * (g ** 2 + s ** 2 - v), r1 ** 2 * s ** 2, 2 * r1 * r2 * g * s ** 2,
                r2 ** 2 * (4 * g ** 2 * s ** 2 + 2 * s ** 4),
            ], [self.x, self.m, self.v, self.t, self.g, sigma, rho, rho2, epsilon, gamma], ReferenceValues.adamW)
    }

    @Test func `differences that cancel are computed in a stable form`() throws {
        let unit = Symbol("u", bounds: .openUnit)
        let (u, w) = (Expression(unit), Expression(x))
        try check(
            [
                exp(u) - 1, w * exp(u) - w, log(1 + u), 1 + erf(w), erf(w) - erf(w + 1),
                1 - (1 - u) ** Expression(m),
            ], [unit, x, m], ReferenceValues.stable)
    }

    @Test func `a number close to one keeps its digits over many steps`() throws {
        let unit = Symbol("u", bounds: .openUnit)
        let power = (1 - Expression(unit)) ** (Expression(m) + 1)
        let uniform = try Program([power, 1 - power], inputs: [], uniforms: [unit, m])
        for (inputs, values) in ReferenceValues.powers {
            let folded = try Program([power, 1 - power], inputs: [], constants: [unit: inputs[0], m: inputs[1]])
            for result in [folded([]), uniform([], uniforms: inputs)] {
                #expect(relativeError(result[0], values[0]) < 1e-13)
                #expect(relativeError(result[1], values[1]) < 1e-13)
            }
        }
    }

    @Test func `a sign of zero makes a product zero`() throws {
        let program = try Program([sign(Expression(x)) * abs(Expression(x)) ** Expression(-0.5)], inputs: [x])
        #expect(program([0]) == [0])
        #expect(program([-4]) == [-0.5])
    }

    @Test func `blocks of any length hold what single states give`() throws {
        let (x, v) = (Expression(x), Expression(v))
        let program = try Program(
            [x * sqrt(v) + 3, max(x, v) - tanh(x) * v, 1 / (sqrt(v) + x ** 2), x, 2, cos(x) * sin(v) - x * v],
            inputs: [self.x, self.v])
        var numbers = Numbers(seed: 5)
        let count = 1000
        let inputs = [
            (0..<count).map { _ in numbers.next(in: -2...2) }, (0..<count).map { _ in numbers.next(in: 0.1...3) },
        ]
        var results = [[Double]](repeating: [Double](repeating: 0, count: count), count: 6)
        try withPointers(inputs, &results) { sources, targets in
            program.evaluate(inputs: sources, outputs: targets, count: count)
        }
        for lane in 0..<count {
            #expect(program([inputs[0][lane], inputs[1][lane]]) == results.map { $0[lane] })
        }
    }

    @Test(arguments: [
        ["m", "x"], ["x + m", "x - m"], ["x*m", "x"], ["x", "x"], ["m", "m"], ["2", "x + m"], ["m + 1", "m + 1"],
        ["m^2 + x", "m^2 - 1/x"], ["x", "erf(x) - m"], ["erf(x) + m", "1 - erf(x)^2"],
    ])
    func `outputs may be written over the inputs of the same number`(_ formulas: [String]) throws {
        let program = try Program(
            try formulas.map { try Expression(parsing: $0) }, inputCount: 2, uniformCount: 0, replacing: 2
        ) { symbol throws(CompilationError) in .input(symbol == x ? 0 : 1) }
        // More than one block, the last one with a few lanes.
        let count = 2 * Program.blockSize + 5
        var numbers = Numbers(seed: 3)
        var first = (0..<count).map { _ in numbers.next(in: -2...2) }
        var second = (0..<count).map { _ in numbers.next(in: -2...2) }
        let expected = (0..<count).map { program([first[$0], second[$0]]) }
        first.withUnsafeMutableBufferPointer { first in
            second.withUnsafeMutableBufferPointer { second in
                guard let x = first.baseAddress, let m = second.baseAddress else { return }
                program.evaluate(inputs: [UnsafePointer(x), UnsafePointer(m)], outputs: [x, m], count: count)
            }
        }
        for lane in 0..<count { #expect([first[lane], second[lane]] == expected[lane]) }
    }

    @Test func `erf and erfc have one core where both occur, and the same bits`() throws {
        let u = Expression(x)
        let alone = try Program([erf(u)], inputs: [x])
        let complement = try Program([1 - erf(u) ** 2], inputs: [x])
        let together = try Program([erf(u), 1 - erf(u) ** 2], inputs: [x])
        func uses(_ program: Program, _ operation: VectorOperation) -> Bool {
            program.vectorCode.contains { $0.operation == operation }
        }
        #expect(uses(alone, .errorFunction) && uses(complement, .errorComplement))
        #expect(uses(together, .errorCore))
        #expect(!uses(together, .errorFunction) && !uses(together, .errorComplement))
        for value in [0, 1e-300, 0.3, -0.3, 0.7499999, 0.75, -0.75, 1.2, -2.5, 6, -30, .infinity, -.infinity] {
            #expect(together([value]) == alone([value]) + complement([value]), "at \(value)")
        }
        #expect(together([.nan])[0].isNaN)
    }

    @Test func `shared subexpressions are computed once`() throws {
        let u = sqrt(Expression(v)) + 1
        let program = try Program([1 / u, Expression(x) / u, Expression(x) ** 2 / u ** 2], inputs: [x, v])
        // sqrt, + 1, 1/u, x/u, and the squares of x and 1/u with their product.
        #expect(program.instructionCount <= 7)
    }

    @Test func `compiled expressions agree with the interpreter`() throws {
        var numbers = Numbers(seed: 9)
        let symbols = [x, m, g]
        var pool = symbols.map { Expression($0) } + [2, Expression(-0.5), .pi]
        for step in 0..<300 {
            func pick() -> Expression { pool[Int(numbers.next(in: 0...(Double(pool.count) - 0.001)))] }
            let (a, b) = (pick(), pick())
            let made: Expression =
                switch step % 9 {
                case 0: a + b
                case 1: a * b
                case 2: a - 2 * b
                case 3: erf(a)
                case 4: tanh(a) * b
                case 5: sqrt(1 + a ** 2)
                case 6: max(a, b)
                case 7: sign(a) * b
                default: a / (1 + b ** 2)
                }
            if made.size < 60 { pool.append(made) }
        }
        let program = try Program(pool, inputs: symbols)
        for _ in 0..<20 {
            let values = symbols.map { _ in numbers.next(in: -1.5...1.5) }
            let point = Dictionary(uniqueKeysWithValues: zip(symbols, values))
            for (expression, value) in zip(pool, program(values)) {
                let expected = expression.evaluated(at: point)
                #expect(
                    (value - expected).magnitude <= 1e-12 * (1 + expected.magnitude), "\(expression) at \(values)")
            }
        }
    }

    @Test func `what has no value is a typed error`() {
        #expect(throws: CompilationError.unboundSymbol("sigm", nearest: "sigma")) {
            try Program([Expression(Symbol("sigm"))], inputs: [sigma, x])
        }
        #expect(throws: CompilationError.undefined) { try Program([.undefined], inputs: []) }
        let schedule = Function.unnamed("s", derivatives: [0])
        let application = Expression.function(schedule, [Expression(t)])
        #expect(throws: CompilationError.noKernel(function: "s")) { try Program([application], inputs: [t]) }
        var deep = Expression(x)
        for _ in 0..<1200 { deep = sin(deep) + 1 }
        #expect(throws: CompilationError.tooLarge(measure: "depth", limit: 1000)) { try Program([deep], inputs: [x]) }
    }

    @Test func `functions known by name are supplied by the caller`() throws {
        let schedule = Function.unnamed("s", derivatives: [0])
        let output = Expression.function(schedule, [Expression(t)]) * Expression(x)
        let functions: [Function: ExternalFunction] = [schedule: { 1 / (1 + $0[0]) }]
        #expect(try Program([output], inputs: [x, t], functions: functions)([3, 1]) == [1.5])
        #expect(try Program([output], inputs: [x], uniforms: [t], functions: functions)([3], uniforms: [2]) == [1])
    }
}

/// Calls the body with pointers to the columns of both tables.
func withPointers(
    _ inputs: [[Double]], _ outputs: inout [[Double]],
    _ body: ([UnsafePointer<Double>], [UnsafeMutablePointer<Double>]) throws -> Void
) throws {
    let sources = inputs.map { column in
        let copy = UnsafeMutablePointer<Double>.allocate(capacity: column.count)
        copy.initialize(from: column, count: column.count)
        return copy
    }
    let targets = outputs.map { UnsafeMutablePointer<Double>.allocate(capacity: $0.count) }
    defer { for pointer in sources + targets { pointer.deallocate() } }
    for (target, column) in zip(targets, outputs) { target.initialize(repeating: 0, count: column.count) }
    try body(sources.map { UnsafePointer($0) }, targets)
    for k in outputs.indices { outputs[k] = Array(UnsafeBufferPointer(start: targets[k], count: outputs[k].count)) }
}

extension Expression {
    /// The exact value of a double.
    init(_ value: Double) { self = Rational(exactly: value).map { Expression($0) } ?? .undefined }
}
