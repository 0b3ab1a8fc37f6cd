import VectorTypes

/// The loops as this module is compiled.
package enum CompiledVectorUnit: VectorUnit {
    private typealias Lanes = VectorLoop.Lanes

    package static func run(
        _ instructions: UnsafeBufferPointer<VectorInstruction>, slots: UnsafePointer<UnsafeMutablePointer<Double>>,
        shared: UnsafePointer<Double>, lanes: Int
    ) {
        for instruction in instructions { run(instruction, slots, shared, lanes) }
    }

    @inline(__always)
    private static func run(
        _ instruction: VectorInstruction, _ slots: UnsafePointer<UnsafeMutablePointer<Double>>,
        _ shared: UnsafePointer<Double>, _ n: Int
    ) {
        let target = slots[Int(instruction.target)]
        let a = slots[Int(instruction.a)]
        let b = slots[Int(instruction.b)]
        let c = slots[Int(instruction.c)]
        let (s, t) = (shared[Int(instruction.s)], shared[Int(instruction.t)])
        // Each case has a loop of its own, so that its function is inlined there.
        switch instruction.operation {
        case .copy: target.update(from: a, count: n)
        case .splat: target.update(repeating: s, count: n)
        case .add: VectorLoop.map(a, b, into: target, n) { $0 + $1 }
        case .addShared: VectorLoop.map(a, into: target, n) { $0 + s }
        case .subtract: VectorLoop.map(a, b, into: target, n) { $0 - $1 }
        case .subtractFromShared: VectorLoop.map(a, into: target, n) { s - $0 }
        case .multiply: VectorLoop.map(a, b, into: target, n) { $0 * $1 }
        case .scale: VectorLoop.map(a, into: target, n) { $0 * s }
        case .divide: VectorLoop.map(a, b, into: target, n) { $0 / $1 }
        case .divideShared: VectorLoop.map(a, into: target, n) { s / $0 }
        case .multiplyAdd: VectorLoop.map(a, b, c, into: target, n) { $0 * $1 + $2 }
        case .multiplyAddShared: VectorLoop.map(a, b, into: target, n) { $0 * $1 + s }
        case .scaleAdd: VectorLoop.map(a, c, into: target, n) { $0 * s + $1 }
        case .scaleAddShared: VectorLoop.map(a, into: target, n) { $0 * s + t }
        case .multiplySubtract: VectorLoop.map(a, b, c, into: target, n) { $0 * $1 - $2 }
        case .subtractMultiply: VectorLoop.map(a, b, c, into: target, n) { $2 - $0 * $1 }
        case .scaleSubtract: VectorLoop.map(a, c, into: target, n) { $0 * s - $1 }
        case .subtractScale: VectorLoop.map(a, c, into: target, n) { $1 - $0 * s }
        case .negate: VectorLoop.map(a, into: target, n) { -$0 }
        case .reciprocal: VectorLoop.map(a, into: target, n) { 1 / $0 }
        case .complementOfSquare: VectorLoop.map(a, into: target, n) { $0 * (2 - $0) }
        case .squareRoot: VectorLoop.map(a, into: target, n) { VectorFunctions.squareRoot($0) }
        case .magnitude: VectorLoop.map(a, into: target, n) { VectorFunctions.magnitude($0) }
        case .sign: VectorLoop.map(a, into: target, n) { VectorFunctions.sign($0) }
        case .maximum: VectorLoop.map(a, b, into: target, n) { VectorFunctions.maximum($0, $1) }
        case .signProduct: VectorLoop.map(a, b, into: target, n) { VectorFunctions.signProduct($0, $1) }
        case .sumError: VectorLoop.map(a, b, into: target, n) { VectorFunctions.sumError($0, $1) }
        case .productError: VectorLoop.map(a, b, into: target, n) { VectorFunctions.productError($0, $1) }
        case .corrected: VectorLoop.map(a, b, into: target, n) { VectorFunctions.corrected($0, by: $1) }
        case .exponential: VectorLoop.map(a, into: target, n) { VectorFunctions.exponential($0) }
        case .logarithm: VectorLoop.map(a, into: target, n) { VectorFunctions.logarithm($0) }
        case .sine: VectorLoop.map(a, into: target, n) { VectorFunctions.sine($0) }
        case .cosine: VectorLoop.map(a, into: target, n) { VectorFunctions.cosine($0) }
        case .hyperbolicTangent: VectorLoop.map(a, into: target, n) { VectorFunctions.hyperbolicTangent($0) }
        case .errorFunction: VectorLoop.map(a, into: target, n) { VectorFunctions.errorFunction($0) }
        case .errorComplement: VectorLoop.map(a, into: target, n) { VectorFunctions.errorComplement($0) }
        case .errorCore: VectorLoop.map(a, into: target, n) { VectorFunctions.errorCore($0) }
        case .errorFromCore: VectorLoop.map(a, b, into: target, n) { VectorFunctions.errorFunction($1, core: $0) }
        case .complementFromCore:
            VectorLoop.map(a, b, into: target, n) { VectorFunctions.errorComplement($1, core: $0) }
        case .correctedComplement:
            VectorLoop.map(a, b, c, into: target, n) { VectorFunctions.correctedComplement($0, at: $1, by: $2) }
        }
    }

    package static func fillUniform(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress) {
        RandomNumbers.fillUniform(buffer, at: address)
    }

    package static func fillNormal(_ buffer: UnsafeMutableBufferPointer<Double>, at address: RandomAddress) {
        RandomNumbers.fillNormal(buffer, at: address)
    }

    package static func multiply(
        _ a: UnsafePointer<Double>, by b: Double, into target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        VectorLoop.map(a, into: target, count) { $0 * b }
    }

    package static func addSquare(
        _ a: UnsafePointer<Double>, times b: Double, to target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        @inline(__always)
        func sum(_ a: Lanes, _ c: Lanes) -> Lanes { a * a * b + c }
        VectorLoop.map(a, UnsafePointer(target), into: target, count, sum)
    }

    package static func areFinite(_ a: UnsafePointer<Double>, _ count: Int) -> Bool {
        // A number times zero is zero, unless it is not finite. Four sums that do not wait for each other.
        var sums = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var done = 0
        while done &+ 32 <= count {
            sums.0 += VectorLoop.load(a, done) * 0
            sums.1 += VectorLoop.load(a, done &+ 8) * 0
            sums.2 += VectorLoop.load(a, done &+ 16) * 0
            sums.3 += VectorLoop.load(a, done &+ 24) * 0
            done &+= 32
        }
        while done &+ 8 <= count {
            sums.0 += VectorLoop.load(a, done) * 0
            done &+= 8
        }
        if done < count { sums.1 += VectorLoop.load(a, done, count &- done) * 0 }
        return ((sums.0 + sums.1) + (sums.2 + sums.3)).sum() == 0
    }

    package static func sum(_ a: UnsafePointer<Double>, _ count: Int) -> Double { VectorLoop.sum(a, count) { $0 } }

    package static func sumOfSquares(_ a: UnsafePointer<Double>, from center: Double, _ count: Int) -> Double {
        VectorLoop.sum(a, count) { ($0 - center) * ($0 - center) }
    }
}
