/// Loops over lanes, eight at a time.
///
/// The target may be one of the operands: every load comes before the store of the same lanes. Written out in vectors,
/// since the compiler leaves a loop scalar at run time where target and operand coincide.
enum VectorLoop {
    typealias Lanes = SIMD8<Double>

    @inline(__always)
    static func map(
        _ a: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, _ count: Int, _ body: (Lanes) -> Lanes
    ) {
        forEach(count, target) { offset in
            body(load(a, offset))
        } rest: { offset, n in
            body(load(a, offset, n))
        }
    }

    @inline(__always)
    static func map(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>,
        _ count: Int, _ body: (Lanes, Lanes) -> Lanes
    ) {
        forEach(count, target) { offset in
            body(load(a, offset), load(b, offset))
        } rest: { offset, n in
            body(load(a, offset, n), load(b, offset, n))
        }
    }

    @inline(__always)
    static func map(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>, _ count: Int, _ body: (Lanes, Lanes, Lanes) -> Lanes
    ) {
        forEach(count, target) { offset in
            body(load(a, offset), load(b, offset), load(c, offset))
        } rest: { offset, n in
            body(load(a, offset, n), load(b, offset, n), load(c, offset, n))
        }
    }

    /// The sum of a function of the numbers, by eight running sums.
    @inline(__always)
    static func sum(_ a: UnsafePointer<Double>, _ count: Int, _ body: (Lanes) -> Lanes) -> Double {
        var sums = Lanes.zero
        var done = 0
        while done &+ 8 <= count {
            sums += body(load(a, done))
            done &+= 8
        }
        var total = sums.sum()
        if done < count {
            let rest = body(load(a, done, count - done))
            for lane in 0..<count &- done { total += rest[lane] }
        }
        return total
    }

    @inline(__always)
    static func forEach(
        _ count: Int, _ target: UnsafeMutablePointer<Double>, _ whole: (_ offset: Int) -> Lanes,
        rest: (_ offset: Int, _ count: Int) -> Lanes
    ) {
        var done = 0
        while done &+ 8 <= count {
            UnsafeMutableRawPointer(target + done).storeBytes(of: whole(done), as: Lanes.self)
            done &+= 8
        }
        guard done < count else { return }
        let values = rest(done, count &- done)
        for lane in 0..<count &- done { target[done + lane] = values[lane] }
    }

    @inline(__always)
    static func load(_ source: UnsafePointer<Double>, _ offset: Int) -> Lanes {
        UnsafeRawPointer(source + offset).loadUnaligned(as: Lanes.self)
    }

    /// Fewer than eight lanes; one takes the place of those that are missing.
    @inline(__always)
    static func load(_ source: UnsafePointer<Double>, _ offset: Int, _ count: Int) -> Lanes {
        var lanes = Lanes(repeating: source[offset])
        for lane in 1..<max(1, count) { lanes[lane] = source[offset + lane] }
        return lanes
    }
}
