import Algebra

/// The quantities of an optimizer, typed as the engine has them.
enum Quantities {
    static let eta = Expression(Symbol("eta", bounds: .positive))
    static let rho = Expression(Symbol("rho", bounds: .positive))
    static let rho1 = Expression(Symbol("rho1", bounds: .positive))
    static let rho2 = Expression(Symbol("rho2", bounds: .positive))
    static let gamma = Expression(Symbol("gamma", bounds: .nonnegative))
    static let epsilon = Expression(Symbol("epsilon", bounds: .nonnegative))
    static let t = Expression(Symbol("t", bounds: .nonnegative))
    static let batchSize = Expression(Symbol("B", bounds: .positive))

    static let x = position(.free("i"))
    static let m = Expression(Symbol("m", indices: [.free("i")]))
    static let v = secondMoment(.free("i"))
    static let g = Expression(Symbol("g", role: .noise, indices: [.free("i")]))
    static let sigma = noiseScale(.free("i"))
    static let slope = slope(.free("i"))

    static func position(_ index: Index) -> Expression { Expression(Symbol("x", role: .position, indices: [index])) }
    static func secondMoment(_ index: Index) -> Expression {
        Expression(Symbol("v", indices: [index], bounds: .nonnegative))
    }
    static func noiseScale(_ index: Index) -> Expression {
        Expression(Symbol("sigma", indices: [index], bounds: .positive))
    }
    static func slope(_ index: Index) -> Expression { Expression(Symbol("f", role: .field, derivatives: [index])) }
    static func curvature(_ i: Index, _ j: Index) -> Expression {
        Expression(Symbol("f", role: .field, derivatives: [i, j]))
    }

    static func plain(_ name: String) -> Expression { Expression(Symbol(name)) }
}
