extension SourceModel.Supply {
    /// The name in languages that join words by underscores.
    var snakeName: String {
        switch self {
        case .gradient: "gradient"
        case .hessianProduct: "hessian_product"
        case .hessianDiagonal: "hessian_diagonal"
        case .loss: "loss"
        case .scaleDerivative: "scale_derivative"
        }
    }

    /// The name in languages that join words by capitals.
    var camelName: String {
        switch self {
        case .hessianProduct: "hessianProduct"
        case .hessianDiagonal: "hessianDiagonal"
        case .scaleDerivative: "scaleDerivative"
        case .gradient, .loss: snakeName
        }
    }

    var meaning: String {
        switch self {
        case .gradient: "the gradient of f, a function of x"
        case .hessianProduct: "the Hessian of f at x times a vector, a function of x and the vector"
        case .hessianDiagonal: "the diagonal of the Hessian of f, a function of x"
        case .loss: "f itself, a function of x"
        case .scaleDerivative: "the derivative of the noise scale along a vector, a function of x and the vector"
        }
    }
}
