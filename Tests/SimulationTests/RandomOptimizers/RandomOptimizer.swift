import Numerics

/// A random update rule with one to four states, composed of all functions of the rule language, with a second gradient,
/// graded rates, bias corrections and laws other than the normal one in some.
struct RandomOptimizer {
    private let stream: RandomStream
    private var draws = 0
    private var gradients = ["g"]
    private var auxiliary: [String] = []
    private var isIsotropic = false

    init(seed: UInt64) { stream = RandomStream(seed: seed &+ 0xa71a5) }

    var text: String {
        var copy = self
        return copy.makeText()
    }

    // MARK: Choices

    private mutating func uniform() -> Double {
        draws += 1
        return stream.uniform(path: 0, step: 0, component: draws)
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[min(Int(uniform() * Double(choices.count)), choices.count - 1)]
    }

    private mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

    // MARK: Expressions

    private mutating func leaf() -> String {
        let g = pick(gradients)
        let ofOne = [
            g, g, g, "sign(\(g))", "abs(\(g))", "\(g)^2", "clip(\(g), -c, c)", "max(\(g), 0)", "min(\(g), c)",
            "\(g)*abs(\(g))", "tanh(\(g))", "erf(\(g))", "sin(\(g))", "cos(c*\(g))", "exp(-\(g)^2)", "exp(\(g)/2)",
            "log(1 + \(g)^2)", "sqrt(1 + \(g)^2)", "sqrt(abs(\(g)))", "\(g)/(abs(\(g)) + c)", "1/(1 + \(g)^2)",
            "abs(\(g))^(3/2)", "sign(\(g) - c)",
        ]
        let ofAll = [
            "\(g)/norm(\(g))", "norm(\(g))", "dot(\(g), x)", "min(1, c/norm(\(g)))*\(g)", "norm(x)*\(g)/norm(\(g))",
        ]
        return pick(isIsotropic ? ofOne + ofAll + ofAll : ofOne)
    }

    private mutating func noisy(_ depth: Int) -> String {
        if depth == 0 || happens(0.3) { return leaf() }
        let (u, w) = (noisy(depth - 1), noisy(depth - 1))
        let s = smooth()
        return pick([
            "(\(u) + \(w)/2)", "(\(u))*\(s)", "(\(u) - \(s))", "max(\(u), \(w))", "min(\(u), \(s))", "abs(\(u) - \(s))",
            "clip(\(u), -1, c)", "sign(\(u) + \(s))", "tanh(\(u) + \(s))", "erf(\(u))", "exp(-abs(\(u)))",
            "log(abs(\(u)) + c)", "sqrt(abs(\(u)) + c)", "(\(u))/(abs(\(s)) + c)", "sign(\(u))*abs(\(w))",
            "(\(u))/(sqrt(abs(\(w))) + c)",
        ])
    }

    /// A function of the states.
    private mutating func smooth() -> String {
        let y = pick(["x"] + auxiliary)
        return pick([
            y, y, "c", "tanh(\(y))", "sin(\(y))", "exp(-\(y)^2)", "erf(\(y)/2)", "abs(\(y))", "max(\(y), c)",
            "min(\(y), 1)", "clip(\(y), -c, c)", "log(1 + \(y)^2)", "sqrt(1 + \(y)^2)", "sign(\(y))", "norm(x)",
            "dot(x, \(y))", "(1 - exp(-t))",
        ])
    }

    // MARK: The rule

    private mutating func makeText() -> String {
        let count = Int(uniform() * 4)
        auxiliary = Array(["m", "v", "u"].prefix(count))
        if count > 0, happens(0.3) { auxiliary = Array(["v", "w", "m"].prefix(count)) }
        isIsotropic = happens(0.25)
        let isGraded = happens(0.25)
        let hasSecond = happens(0.3)
        let isFarther = hasSecond && happens(0.5)
        var lines = [
            "optimizer Random", "step eta", "parameter rho : positive\(isGraded ? ", O(eta^-zeta)" : "")",
            "parameter c : positive", "parameter a : positive\(isFarther ? ", O(eta^(1/2))" : "")",
            "let beta = 1 - eta*rho", "state x",
        ]
        for name in auxiliary { lines.append("state \(name)\(["v", "w"].contains(name) ? " : nonnegative" : "") = 0") }
        lines.append("gradient g at x")
        if hasSecond {
            let scale = isFarther ? "a" : "a*eta"
            let direction = pick(
                ["g", "-g", "tanh(g)", "c*x"] + auxiliary.prefix(1) + (isIsotropic ? ["g/norm(g)", "g/norm(g)"] : []))
            lines.append("gradient h at x + \(scale)*(\(direction)), \(pick(["same", "fresh"])) sample")
            gradients = ["g", "h", "h"]
        }
        let law =
            isIsotropic || happens(0.6)
            ? "gaussian" : pick(["laplace", "uniform", "logistic", "student(9)", "rademacher", "mixture(1/3, 1/2, 2)"])
        lines.append("noise \(law)\(isIsotropic ? ", isotropic" : "")")
        for name in auxiliary {
            let term: String
            switch name {
            case "v", "w":
                term = pick(["g^2", "abs(\(pick(gradients)))", "min(g^2, c)", "abs(\(noisy(1)))", "(g - x)^2"])
            default: term = noisy(1)
            }
            lines.append(
                pick([
                    "\(name)' = beta*\(name) + (1 - beta)*(\(term))", "\(name)' = \(name) + eta*((\(term)) - \(name))",
                    "\(name)' = beta*\(name) + eta*(\(term))",
                ]))
        }
        var direction = noisy(2)
        if auxiliary.contains("m") {
            direction = pick(["m'", "m'/(1 - beta^k)", "tanh(m')", "m'*\(smooth())", "(m' + \(direction))", "sign(m')"])
        }
        if auxiliary.contains("v") {
            direction =
                "(\(direction))/\(pick(["(sqrt(v') + c)", "sqrt(v' + c)", "(sqrt(v'/(1 - beta^k)) + c)", "(v + c)"]))"
        }
        if auxiliary.contains("u"), happens(0.5) { direction += pick([" + u'", " - tanh(u)"]) }
        let rest = pick(["", "", " - eta*c*x", " - eta*\(smooth())", " - eta^2*g*c"])
        lines.append("x' = x - eta*(\(direction))\(rest)")
        return lines.joined(separator: "\n") + "\n"
    }
}
