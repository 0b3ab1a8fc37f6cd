import Numerics

/// Random update rules with one to three states, composed of the functions of the rule language.
struct RandomRule {
    private let stream: RandomStream
    private var draws = 0

    init(seed: UInt64) { stream = RandomStream(seed: seed &+ 0x5eed) }

    private mutating func pick(_ choices: [String]) -> String {
        draws += 1
        let position = stream.uniform(path: 0, step: 0, component: draws) * Double(choices.count)
        return choices[min(Int(position), choices.count - 1)]
    }

    /// A function of the gradient: piecewise polynomial, with a closed expectation, or smooth, with a named one.
    private mutating func noisy(_ depth: Int = 0) -> String {
        let leaves = [
            "g", "log(1 + g^2)", "sign(g)", "abs(g)", "clip(g, -c, c)", "g^2", "max(g, 0)", "g*abs(g)", "tanh(g)",
            "erf(g)",
            "log(1 + g^2)", "sqrt(c + g^2)", "exp(-g^2)", "g/(abs(g) + c)",
        ]
        if depth >= 1 { return pick(leaves) }
        let (u, w) = (noisy(depth + 1), noisy(depth + 1))
        return pick(
            leaves + ["(\(u) + \(w)/2)", "max(\(u), \(w))", "min(\(u), c)", "abs(\(u) - \(w))", "clip(\(u), -1, c)"])
    }

    private mutating func smooth(of states: [String]) -> String {
        let leaves = states.flatMap {
            ["tanh(\($0))", "\($0)", "sin(\($0))", "erf(\($0)/2)", "exp(-\($0)^2)", "log(1 + \($0)^2)"]
        }
        return pick(leaves + ["1/2", "c"])
    }

    var text: String {
        var copy = self
        return copy.makeText()
    }

    private mutating func makeText() -> String {
        let kind = pick(["x", "xm", "xv", "xmv"])
        let hasMean = kind.contains("m")
        let hasScale = kind.contains("v")
        var lines = [
            "optimizer Random", "step eta", "parameter rho : positive", "parameter c : positive",
            "parameter epsilon : positive",
            "state x",
        ]
        if hasMean { lines.append("state m = 0") }
        if hasScale { lines.append("state v : nonnegative = 0") }
        lines += ["gradient g at x", "noise gaussian"]
        if hasMean { lines.append("m' = m + eta*rho*(\(noisy()) - m)") }
        if hasScale {
            lines.append(
                "v' = v + eta*rho*(\(pick(["g^2", "abs(g)", "max(g^2, c)", "min(abs(g), c)", "clip(g, 0, c)"])) - v)")
        }
        var direction = hasMean ? pick(["m'", "(m' + g/2)", "tanh(m')", "m'*\(smooth(of: ["x"]))"]) : noisy()
        if hasScale {
            direction = "(\(direction))/\(pick(["(sqrt(v') + epsilon)", "sqrt(v' + epsilon)", "(v + epsilon)"]))"
        }
        let decay = pick(["", " - eta*c*x", " - eta*\(smooth(of: hasMean ? ["x", "m"] : ["x"]))", " - eta^2*g*c"])
        lines.append("x' = x - eta*\(direction)\(decay)")
        return lines.joined(separator: "\n") + "\n"
    }
}
