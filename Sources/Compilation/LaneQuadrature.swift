import Numerics

/// An integral of a compiled integrand over one variable for many states, by adaptive quadrature to 1e-12.
struct LaneQuadrature: Sendable {
    /// Where a state's integral goes, and what the integrand is multiplied by.
    struct Range {
        let lower: Double
        let upper: Double
        /// Where the integrand has a kink, a jump or a sharp bend.
        let breakpoints: [Double]
        /// A density that is no part of the integrand; where it is zero the integrand does not count.
        var density: ((Double) -> Double)?
    }

    /// The integrand, its variable being the input after those of the kernel.
    let integrand: Program
    /// What the range of a state is made from.
    let constants: Program

    /// The integral for many states; NaN where there is no range or the quadrature does not converge.
    ///
    /// - Parameters:
    ///   - table: the inputs of the kernel's programs.
    ///   - range: made from the number and the constants of a state.
    func evaluate(
        _ table: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, uniforms: UnsafePointer<Double>,
        into result: UnsafeMutablePointer<Double>, count: Int, range: (_ lane: Int, _ constants: [Double]) -> Range?
    ) {
        let inputCount = integrand.inputCount - 1
        let width = AdaptiveQuadrature.pointCount
        let quadrature = AdaptiveQuadrature(relativeTolerance: 1e-12)
        let constantCount = constants.outputCount
        let tableSize = inputCount + 2 + constantCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (inputCount + 2) * width + constantCount) { memory in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: tableSize) { tables in
                guard let base = memory.baseAddress, let inner = tables.baseAddress else { return }
                for k in 0...inputCount { inner[k] = base + k * width }
                let values = base + (inputCount + 2) * width
                for lane in 0..<count {
                    for k in 0..<inputCount { inner[k].update(repeating: table[k][lane], count: width) }
                    for k in 0..<constantCount { inner[inputCount + k] = values + k }
                    if constantCount > 0 { constants.evaluate(inner, uniforms: uniforms, count: 1) }
                    guard let range = range(lane, (0..<constantCount).map { values[$0] }) else {
                        result[lane] = .nan
                        continue
                    }
                    inner[inputCount] = base + inputCount * width
                    inner[inputCount + 1] = base + (inputCount + 1) * width
                    let value = try? quadrature.integral(
                        from: range.lower, to: range.upper, breakpoints: range.breakpoints,
                        ofBatch: { points in
                            guard let source = points.baseAddress else { return }
                            inner[inputCount].update(from: source, count: width)
                            integrand.evaluate(inner, uniforms: uniforms, count: width)
                            let heights = inner[inputCount + 1]
                            for k in 0..<width {
                                let density = range.density.map { $0(source[k]) } ?? 1
                                source[k] = density == 0 ? 0 : density * heights[k]
                            }
                        })
                    result[lane] = value ?? .nan
                }
            }
        }
    }
}
