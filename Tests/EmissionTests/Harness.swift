@testable import Emission

/// A main program in C that prints the coefficients of each model on a line.
struct CHarness {
    private let models: [EmittedModel]

    init(_ models: [EmittedModel]) { self.models = models }

    var source: String {
        Self.landscape + "int main(void) {\n" + models.enumerated().map(call).joined() + "    return 0;\n}\n"
    }

    /// x1^4/4 + x1 x2 + x2^2.
    private static let landscape = """

        #include <stdio.h>
        static void gradient(const double *x, double *r, void *c) { (void)c; r[0] = x[0]*x[0]*x[0] + x[1]; r[1] = x[0] + 2*x[1]; }
        static void product(const double *x, const double *w, double *r, void *c)
        { (void)c; double a = 3*x[0]*x[0]*w[0] + w[1], b = w[0] + 2*w[1]; r[0] = a; r[1] = b; }
        void diagonal(const double *x, double *r, void *c) { (void)c; r[0] = 3*x[0]*x[0]; r[1] = 2; }
        double loss(const double *x, void *c) { (void)c; return x[0]*x[0]*x[0]*x[0]/4 + x[0]*x[1] + x[1]*x[1]; }

        """

    private func call(_ number: Int, _ model: EmittedModel) -> String {
        let supplies = model.source.supplies.map { supply in
            switch supply {
            case .gradient: "gradient"
            case .hessianProduct: "product"
            case .hessianDiagonal: "diagonal"
            case .loss: "loss"
            case .scaleDerivative: "0"
            }
        }
        let parameters = model.source.parameters.map { $0.differsByCoordinate ? "sigma" : "\(model.value(of: $0))" }
        let count = model.source.states.count * 2 * (1 + model.source.motionCount)
        let state = model.state.joined().map { "\($0)" }.joined(separator: ", ")
        let sigma = EmittedModel.noiseScale.map { "\($0)" }.joined(separator: ", ")
        let name = "model\(number)"
        return """
                {
                    const double sigma[] = {\(sigma)}, state[] = {\(state)};
                    (void)sigma;
                    const \(name)_landscape landscape = {\((["2", "0"] + supplies).joined(separator: ", "))};
                    const \(name)_parameters parameters = {\(parameters.joined(separator: ", "))};
                    double workspace[100], result[\(count)];
                    \(name)_drift(state, \(EmittedModel.time), &landscape, &parameters, workspace, result);
                    \(name)_diffusion(state, \(EmittedModel.time), &landscape, &parameters, workspace, result + \(model.source.states.count * 2));
                    for (int k = 0; k < \(count); ++k) printf("%.17g ", result[k]);
                    printf("\\n");
                }

            """
    }
}

/// The same in Swift.
struct SwiftHarness {
    private let models: [EmittedModel]

    init(_ models: [EmittedModel]) { self.models = models }

    var source: String { Self.landscape + models.enumerated().map(call).joined() }

    private static let landscape = """

        let gradient: @Sendable ([Double]) -> [Double] = { x in [x[0] * x[0] * x[0] + x[1], x[0] + 2 * x[1]] }
        let product: @Sendable ([Double], [Double]) -> [Double] = { x, w in
            [3 * x[0] * x[0] * w[0] + w[1], w[0] + 2 * w[1]]
        }
        let diagonal: @Sendable ([Double]) -> [Double] = { x in [3 * x[0] * x[0], 2] }

        """

    private func call(_ number: Int, _ model: EmittedModel) -> String {
        var arguments = model.source.parameters.map { parameter in
            "\(parameter.name): \(parameter.differsByCoordinate ? "\(EmittedModel.noiseScale)" : "\(model.value(of: parameter))")"
        }
        arguments += model.source.supplies.map { supply in
            switch supply {
            case .gradient: "gradient: gradient"
            case .hessianProduct: "hessianProduct: product"
            case .hessianDiagonal: "hessianDiagonal: diagonal"
            case .loss, .scaleDerivative: ""
            }
        }
        return """
            do {
                let model = Model\(number)(\(arguments.joined(separator: ", ")))
                let state: [[Double]] = \(model.state)
                let drift = Array(model.drift(state, at: \(EmittedModel.time)).joined())
                let values = drift + model.diffusion(state, at: \(EmittedModel.time)).joined().joined()
                print(values.map { "\\($0)" }.joined(separator: " "))
            }

            """
    }
}
