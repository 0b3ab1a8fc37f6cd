/// C, a loop over the coordinates.
struct CDialect: Dialect {
    var target: SourceTarget { .c }
    var pi: String { "3.14159265358979323846" }

    func givenFunction(_ name: String) -> String { "parameters->\(name)" }

    func root(_ radicand: String, isNumber: Bool) -> String { "sqrt(\(radicand))" }
    func power(_ base: String, _ exponent: String, isNumber: Bool) -> String { "pow(\(base), \(exponent))" }
    func power(_ base: String, _ exponent: Int) -> String { "pow(\(base), \(exponent))" }

    func function(_ name: String, isNumber: Bool) -> String? {
        switch name {
        case "exp", "log", "sin", "cos", "tanh", "atan", "asin", "erf": name
        case "abs": "fabs"
        case "max": "fmax"
        case "min": "fmin"
        case "Gamma": "tgamma"
        case "sign", "clip", "one_minus_erf_squared": name
        default: nil
        }
    }

    private static let helpers: [(name: String, source: String)] = [
        ("sign", "static double sign(double u) { return (u > 0.0) - (u < 0.0); }"),
        (
            "clip",
            "static double clip(double u, double lower, double upper) { return fmax(lower, fmin(u, upper)); }"
        ),
        (
            "one_minus_erf_squared",
            """
            static double one_minus_erf_squared(double u)
            {
                const double tail = erfc(fabs(u));
                return tail * (2.0 - tail);
            }
            """
        ),
    ]

    func source(of model: SourceModel) throws(EmissionError) -> String {
        let writer = CWriter(
            model: model, name: model.identifier.lowercased(), renderer: SourceRenderer(self, for: model))
        let functions = try writer.functions()
        let helpers = Self.helpers.filter { functions.calls($0.name) }.map { $0.source + "\n\n" }
        return writer.declarations + helpers.joined() + functions
    }
}

/// Writes the declarations and the functions of one model.
private struct CWriter {
    let model: SourceModel
    /// What every name of the source begins with.
    let name: String
    let renderer: SourceRenderer

    private var capital: String { name.uppercased() }

    // MARK: Declarations

    var declarations: String {
        """
        /*
        \(model.comment.map { " * \($0)" }.joined(separator: "\n *\n"))
         */

        #include <math.h>
        #include <stddef.h>

        typedef struct {
        \(parameters)
        } \(name)_parameters;

        /* What is known of f: each function is handed the context. */
        typedef struct {
            size_t dimension;
            void *context;
        \(landscape)
        } \(name)_landscape;

        enum {
            \(capital)_STATES = \(model.states.count), /* \(model.states.joined(separator: ", ")) */
            \(capital)_MOTIONS = \(model.motionCount), /* Brownian motions of a coordinate */
            \(capital)_WORKSPACE = \(Row.stages + model.stageCount) /* numbers for each coordinate */
        };


        """
    }

    private var parameters: String {
        var lines = model.parameters.map { parameter in
            if parameter.differsByCoordinate { return "    const double *\(parameter.name); /* for each coordinate */" }
            return "    double \(parameter.name);" + (parameter.defaultValue.map { " /* usually \($0) */" } ?? "")
        }
        lines += model.functions.map { "    double (*\($0))(double t);" }
        return lines.joined(separator: "\n")
    }

    private var landscape: String {
        model.supplies.map { supply in
            switch supply {
            case .gradient, .hessianDiagonal:
                "    void (*\(supply.snakeName))(const double *x, double *result, void *context);"
            case .hessianProduct, .scaleDerivative:
                "    void (*\(supply.snakeName))(const double *x, const double *w, double *result, void *context);"
            case .loss: "    double (*\(supply.snakeName))(const double *x, void *context);"
            }
        }.joined(separator: "\n")
    }

    // MARK: Functions

    /// The rows of the workspace.
    private enum Row {
        static let gradient = 0
        static let hessianDiagonal = 1
        static let operand = 2
        static let stages = 3
    }

    func functions() throws(EmissionError) -> String {
        let drift = try function(
            "drift", "The drift b: state a of coordinate i is number a * dimension + i, as in `state`.", model.drift)
        let diffusion = try function(
            "diffusion",
            "The diffusion s: the entry of state a and motion q is number (a * \(capital)_MOTIONS + q) * dimension + i.",
            model.diffusion)
        return drift + "\n" + diffusion + "\n" + step
    }

    private func function(
        _ function: String, _ summary: String, _ body: SourceModel.Body
    ) throws(EmissionError) -> String {
        var lines = ["/* \(summary) */", "void \(name)_\(function)("]
        lines.append("    const double *state, double t, const \(name)_landscape *landscape,")
        lines.append("    const \(name)_parameters *parameters, double *workspace, double *result)")
        lines += ["{", "    const size_t count = landscape->dimension;"]
        for parameter in model.parameters where !parameter.differsByCoordinate && body.reads.contains(parameter.name) {
            lines.append("    const double \(parameter.name) = parameters->\(parameter.name);")
        }
        if body.reads.contains(SourceModel.dimension) { lines.append("    const double d = (double)count;") }
        if body.reads.contains(SourceModel.loss) {
            lines.append("    const double f = landscape->loss(state, landscape->context);")
        }
        for (field, row) in [(SourceModel.Supply.gradient, Row.gradient), (.hessianDiagonal, Row.hessianDiagonal)]
        where body.supplies.contains(field) {
            let target = "workspace\(row == 0 ? "" : " + \(row) * count")"
            lines.append("    landscape->\(field.snakeName)(state, \(target), landscape->context);")
        }
        for (number, section) in body.sections.enumerated() { lines += try loop(section, number, body) }
        let text = lines.dropFirst(4).joined(separator: "\n")
        for argument in ["state", "t", "parameters", "workspace"] where !text.mentions(argument) {
            lines.append("    (void)\(argument);")
        }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private func loop(
        _ section: SourceModel.Section, _ number: Int, _ body: SourceModel.Body
    ) throws(EmissionError) -> [String] {
        var lines: [String] = []
        if case .sum(let result) = section.result { lines.append("    double \(result) = 0.0;") }
        lines.append("    for (size_t i = 0; i < count; ++i) {")
        for (a, state) in model.states.enumerated() where section.reads.contains(state) {
            lines.append("        const double \(state) = state[\(entry(a))];")
        }
        for parameter in model.parameters
        where parameter.differsByCoordinate && section.reads.contains(parameter.name) {
            lines.append("        const double \(parameter.name) = parameters->\(parameter.name)[i];")
        }
        for (field, row) in [(SourceModel.gradient, Row.gradient), (SourceModel.hessianDiagonal, Row.hessianDiagonal)]
        where section.reads.contains(field) {
            lines.append("        const double \(field) = workspace[\(entry(row))];")
        }
        for (row, stage) in body.sections.enumerated() {
            guard let result = stage.vectorResult, section.reads.contains(result) else { continue }
            lines.append("        const double \(result) = workspace[\(entry(Row.stages + row))];")
        }
        for (name, value) in section.definitions {
            lines.append("        const double \(name) = \(try renderer.text(value));")
        }
        for (position, value) in section.values.enumerated() {
            let target =
                switch section.result {
                case .outputs: "result[\(entry(position))] ="
                case .sum(let result): "\(result) +="
                case .hessianProduct, .scaleDerivative: "workspace[\(entry(Row.operand))] ="
                }
            lines.append("        \(target) \(try renderer.text(value));")
        }
        lines.append("    }")
        let supply: SourceModel.Supply
        switch section.result {
        case .outputs, .sum: return lines
        case .hessianProduct: supply = .hessianProduct
        case .scaleDerivative: supply = .scaleDerivative
        }
        lines.append("    landscape->\(supply.snakeName)(")
        lines.append(
            "        state, workspace + \(Row.operand) * count, workspace + \(Row.stages + number) * count, "
                + "landscape->context);")
        return lines
    }

    private func entry(_ row: Int) -> String { row == 0 ? "i" : row == 1 ? "count + i" : "\(row) * count + i" }

    private var step: String {
        """
        /*
         * One step of Euler and Maruyama's scheme; motion q of coordinate i moves by normals[q * dimension + i]. The
         * workspace holds \(capital)_WORKSPACE + \(capital)_STATES * (1 + \(capital)_MOTIONS) numbers for each coordinate.
         */
        void \(name)_step(
            double *state, double t, double dt, const double *normals, const \(name)_landscape *landscape,
            const \(name)_parameters *parameters, double *workspace)
        {
            const size_t count = landscape->dimension;
            const double scale = sqrt(parameters->\(model.stepSize) * dt);
            double *drift = workspace + \(capital)_WORKSPACE * count;
            double *diffusion = drift + \(capital)_STATES * count;
            \(name)_drift(state, t, landscape, parameters, workspace, drift);
            \(name)_diffusion(state, t, landscape, parameters, workspace, diffusion);
            for (size_t a = 0; a < \(capital)_STATES; ++a) {
                for (size_t i = 0; i < count; ++i) {
                    double noise = 0.0;
                    for (size_t q = 0; q < \(capital)_MOTIONS; ++q)
                        noise += diffusion[(a * \(capital)_MOTIONS + q) * count + i] * normals[q * count + i];
                    state[a * count + i] += dt * drift[a * count + i] + scale * noise;
                }
            }
        }

        """
    }
}
