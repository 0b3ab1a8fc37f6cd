import Numerics

extension Landscape {
    /// The loss at a point of ``dimension`` coordinates.
    public func value(at point: [Double]) -> Double {
        switch kernels {
        case .compiled(let value, _, _, _): return value(point)[0]
        case .quadratic(let curvatures): return zip(curvatures, point).reduce(0) { $0 + $1.1 * $1.1 * (0.5 * $1.0) }
        case .closures(let value, _, _): return value(point)
        }
    }

    /// The gradient at a point.
    public func gradient(at point: [Double]) -> [Double] {
        switch kernels {
        case .compiled(_, let gradient, _, _): return gradient(point)
        case .quadratic(let curvatures): return zip(curvatures, point).map { $0 * $1 }
        case .closures(_, let gradient, _): return gradient(point)
        }
    }

    /// The Hessian at a point times a direction.
    ///
    /// - Throws: ``CompilationError/noKernel(function:)`` where the loss has a kink.
    public func hessianProduct(at point: [Double], _ direction: [Double]) throws(CompilationError) -> [Double] {
        switch kernels {
        case .compiled(_, _, let product, _): return try product.get()(point + direction)
        case .quadratic(let curvatures): return zip(curvatures, direction).map { $0 * $1 }
        case .closures(_, _, let product): return product(point, direction)
        }
    }

    /// The Hessian at a point, symmetric.
    ///
    /// - Throws: ``CompilationError/noKernel(function:)`` where the loss has a kink.
    public func hessian(at point: [Double]) throws(CompilationError) -> DenseMatrix {
        var result = DenseMatrix(rows: dimension, columns: dimension)
        for j in 0..<dimension {
            let unit = (0..<dimension).map { $0 == j ? 1.0 : 0 }
            for (i, entry) in try hessianProduct(at: point, unit).enumerated() { result[i, j] = entry }
        }
        return result
    }

    /// Whether products with the Hessian can be had.
    func requireHessian() throws(CompilationError) {
        if case .compiled(_, _, let product, let diagonal) = kernels {
            _ = try product.get()
            _ = try diagonal.get()
        }
    }

    /// Whether components of the gradient and of the Hessian's diagonal can be had without the others.
    var isCoordinatewise: Bool { if case .quadratic = kernels { true } else { false } }

    // MARK: Many points at once; a table of positions has a row for each coordinate.

    /// The losses at many points.
    public func value(at positions: LaneRows, into result: UnsafeMutablePointer<Double>, count: Int) {
        switch kernels {
        case .compiled(let value, _, _, _):
            value.evaluate([positions], into: LaneRows(result, stride: count), count: count)
        case .quadratic(let curvatures):
            result.update(repeating: 0, count: count)
            for (i, curvature) in curvatures.enumerated() {
                VectorUnits.current.addSquare(positions[i], times: 0.5 * curvature, to: result, count)
            }
        case .closures(let value, _, _):
            for lane in 0..<count { result[lane] = value(point(positions, lane)) }
        }
    }

    /// The gradients at many points, a row for each coordinate.
    public func gradient(at positions: LaneRows, into result: LaneRows, count: Int) {
        gradient(at: positions, coordinates: 0..<dimension, into: result, count: count)
    }

    /// The components of the gradients for some coordinates, which follow each other in the result.
    ///
    /// - Precondition: the landscape ``isCoordinatewise``, or the coordinates are all.
    func gradient(at positions: LaneRows, coordinates: Range<Int>, into result: LaneRows, count: Int) {
        switch kernels {
        case .compiled(_, let gradient, _, _): gradient.evaluate([positions], into: result, count: count)
        case .quadratic(let curvatures):
            for i in coordinates {
                VectorUnits.current.multiply(
                    positions[i], by: curvatures[i], into: result[i - coordinates.lowerBound], count)
            }
        case .closures(_, let gradient, _):
            for lane in 0..<count { store(gradient(point(positions, lane)), in: result, lane) }
        }
    }

    /// The Hessians at many points, each times its direction; NaN where the loss has a kink.
    public func hessianProduct(at positions: LaneRows, _ directions: LaneRows, into result: LaneRows, count: Int) {
        switch kernels {
        case .compiled(_, _, .success(let product), _):
            product.evaluate([positions, directions], into: result, count: count)
        case .quadratic(let curvatures):
            for (i, curvature) in curvatures.enumerated() {
                VectorUnits.current.multiply(directions[i], by: curvature, into: result[i], count)
            }
        case .compiled: for i in 0..<dimension { result[i].update(repeating: .nan, count: count) }
        case .closures(_, _, let product):
            for lane in 0..<count { store(product(point(positions, lane), point(directions, lane)), in: result, lane) }
        }
    }

    /// The diagonals of the Hessians at many points; NaN where the loss has a kink.
    ///
    /// - Precondition: the landscape ``isCoordinatewise``, or the coordinates are all.
    func hessianDiagonal(at positions: LaneRows, coordinates: Range<Int>, into result: LaneRows, count: Int) {
        switch kernels {
        case .compiled(_, _, _, .success(let diagonal)): diagonal.evaluate([positions], into: result, count: count)
        case .quadratic(let curvatures):
            for i in coordinates {
                result[i - coordinates.lowerBound].update(repeating: curvatures[i], count: count)
            }
        case .compiled: for i in 0..<dimension { result[i].update(repeating: .nan, count: count) }
        case .closures(_, _, let product):
            for lane in 0..<count {
                let position = point(positions, lane)
                for i in 0..<dimension {
                    let unit = (0..<dimension).map { $0 == i ? 1.0 : 0 }
                    let entries = product(position, unit)
                    result[i][lane] = i < entries.count ? entries[i] : .nan
                }
            }
        }
    }

    private func point(_ rows: LaneRows, _ lane: Int) -> [Double] { (0..<dimension).map { rows[$0][lane] } }

    private func store(_ values: [Double], in rows: LaneRows, _ lane: Int) {
        // A function that gives too few numbers gives no answer, rather than an old one.
        for i in 0..<dimension { rows[i][lane] = i < values.count ? values[i] : .nan }
    }
}

extension Program {
    /// Evaluates with inputs that fill whole tables, one after the other, in equal parts, and outputs in one table.
    func evaluate(_ inputs: [LaneRows], into outputs: LaneRows, count: Int) {
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Double>.self, capacity: inputCount + outputCount + 1) {
            guard let table = $0.baseAddress else { return }
            let part = inputCount / inputs.count
            for (k, rows) in inputs.enumerated() { for r in 0..<part { table[k * part + r] = rows[r] } }
            for k in 0..<outputCount { table[inputCount + k] = outputs[k] }
            evaluate(table, uniforms: [], count: count)
        }
    }
}
