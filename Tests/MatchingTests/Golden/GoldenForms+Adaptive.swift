/// Rules with a mean m of rate rho1 and a second moment v of rate rho2, whose position moves by
/// `-factor (lead + noise g)`.
extension GoldenForm {
    /// What the position of such a rule moves by, and how its second moment moves.
    private struct Parts {
        /// Multiplies the direction.
        var factor = "1/(sqrt(v) + epsilon)"
        /// The mean of the direction.
        var direction = "(m + eta*rho1*(df - m))"
        /// The weight of the gradient in the direction.
        var weight = "eta*rho1"
        /// The scale by which the gradient enters the mean m.
        var entry = "1"
        /// The name of the second moment, its drift, its covariance with g, and its variance.
        var name = "v"
        var moment = "rho2*(\(square) - v)"
        var skew = "rho2*\(GoldenForm.skew)"
        var spread = "rho2^2*\(GoldenForm.spread)"
        var decay = ""
    }

    private static func adaptive(_ rule: String, _ parts: Parts = Parts()) -> GoldenForm {
        let (c, w, a, v) = ("(\(parts.factor))", "(\(parts.weight))", "(\(parts.entry))", parts.name)
        return GoldenForm(
            rule: rule,
            drift: [
                "x": "-\(c)*\(parts.direction)\(parts.decay)", "m": "rho1*(\(a)*df - m)", v: parts.moment,
            ],
            covariance: [
                "x,x": "\(c)^2*\(w)^2*\(a)^2*sigma^2", "x,m": "-\(c)*\(w)*rho1*\(a)^2*sigma^2",
                "x,\(v)": "-\(c)*\(w)*\(a)*\(parts.skew)", "m,m": "rho1^2*\(a)^2*sigma^2",
                "m,\(v)": "rho1*\(a)*\(parts.skew)", "\(v),\(v)": parts.spread,
            ])
    }

    /// The factor of Adam: sqrt(v/b2) + epsilon below, b1 above.
    private static func corrected(_ v: String = "v") -> String {
        "1/(\(memory("rho1"))*(sqrt(\(v)/\(memory("rho2"))) + epsilon))"
    }

    /// E|g|^q (Winkelbauer 2012, equation 17).
    private static func absoluteMoment(_ q: String) -> String {
        "(sigma^(\(q))*2^((\(q))/2)*gamma((1 + \(q))/2)/sqrt(pi)*kummer(-(\(q))/2, 1/2, -df^2/(2*sigma^2)))"
    }

    /// E[g |g|^p] (Winkelbauer 2012, equation 18).
    private static let oddMoment =
        "(df*sigma^p*2^((p + 2)/2)*gamma((p + 3)/2)/sqrt(pi)*kummer(-p/2, 3/2, -df^2/(2*sigma^2)))"

    /// E[g^n sign(g^2 - v)] = E[g^n] - 2 E[g^n 1{|g| < sqrt v}].
    private static func signed(_ n: Int, _ moment: String) -> String { "(\(moment) - 2*\(truncated(n, "sqrt(v)")))" }

    /// m moves by rho1 ((a + b v) g - b g^3 - m) with a = 1/P, P = sqrt v + epsilon, and b = eta rho2/(2 sqrt v P^2): the
    /// v' below the gradient adds a term of the explicit first power of eta, as kappa = eta rho1 is held.
    private static let scaledMomentum: GoldenForm = {
        let a = "1/(sqrt(v) + epsilon)"
        let b = "(eta*rho2/(2*sqrt(v)*(sqrt(v) + epsilon)^2))"
        let c = "(\(a) + \(b)*v)"
        let cubeWithGradient = "3*sigma^2*\(square)"
        let cubeWithSquare = "(6*df^3*sigma^2 + 12*df*sigma^4)"
        let cubeVariance = "(9*df^4*sigma^2 + 36*df^2*sigma^4 + 15*sigma^6)"
        return GoldenForm(
            rule: "rmspropmomentum",
            drift: [
                "x": "-(m + eta*rho1*(\(a)*df - m))",
                "m": "rho1*(\(c)*df - \(b)*(df^3 + 3*df*sigma^2) - m)", "v": "rho2*(\(square) - v)",
            ],
            covariance: [
                "x,x": "(eta*rho1*\(a))^2*sigma^2",
                "x,m": "-eta*rho1*\(a)*rho1*(\(c)*sigma^2 - \(b)*\(cubeWithGradient))",
                "x,v": "-eta*rho1*\(a)*rho2*\(GoldenForm.skew)",
                "m,m":
                    "rho1^2*(\(c)^2*sigma^2 - 2*\(c)*\(b)*\(cubeWithGradient) + \(b)^2*\(cubeVariance))",
                "m,v": "rho1*rho2*(\(c)*\(GoldenForm.skew) - \(b)*\(cubeWithSquare))",
                "v,v": "rho2^2*\(GoldenForm.spread)",
            ])
    }()

    /// A second mean n of rate rho3 beside m, of which the position takes alpha n.
    private static let fastAndSlowMean: GoldenForm = {
        let root = "(1/(sqrt(v/\(memory("rho2"))) + epsilon))"
        let weight = "(eta*rho1/\(memory("rho1")))"
        return GoldenForm(
            rule: "ademamix",
            drift: [
                "x": "-\(root)*((m + eta*rho1*(df - m))/\(memory("rho1")) + alpha*n) - gamma*x", "m": "rho1*(df - m)",
                "n": "rho3*(df - n)", "v": "rho2*(\(square) - v)",
            ],
            covariance: [
                "x,x": "\(root)^2*\(weight)^2*sigma^2", "x,m": "-\(root)*\(weight)*rho1*sigma^2",
                "x,n": "-\(root)*\(weight)*rho3*sigma^2", "x,v": "-\(root)*\(weight)*rho2*\(GoldenForm.skew)",
                "m,m": "rho1^2*sigma^2", "m,n": "rho1*rho3*sigma^2", "m,v": "rho1*rho2*\(GoldenForm.skew)",
                "n,n": "rho3^2*sigma^2", "n,v": "rho2*rho3*\(GoldenForm.skew)", "v,v": "rho2^2*\(GoldenForm.spread)",
            ])
    }()

    static let adaptiveForms: [GoldenForm] = [
        adaptive("adam", Parts(factor: corrected())),
        adaptive("adamw", Parts(factor: corrected(), decay: " - gamma*x")),
        // beta1 m'/(1 - beta1^(k+1)) + (1 - beta1) g/(1 - beta1^k): the gradient has the weight (1 - kappa) kappa + kappa.
        adaptive(
            "nadam",
            Parts(
                factor: corrected(), direction: "((1 - eta*rho1)*(m + eta*rho1*(df - m)) + eta*rho1*df)",
                weight: "eta*rho1*(2 - eta*rho1)")),
        // r^2 -> q/n -> 1 - rho2 t exp(-rho2 t)/b2 with b2 = 1 - exp(-rho2 t), as both grow like 2/(eta rho2).
        adaptive(
            "radam",
            Parts(
                factor:
                    "sqrt(\(memory("rho2")) - rho2*t*exp(-rho2*t))/(\(memory("rho1"))*(sqrt(v) + epsilon*sqrt(\(memory("rho2")))))"
            )),
        // g - m' = (1 - kappa) (g - m).
        adaptive(
            "adabelief",
            Parts(
                factor: corrected("s"), name: "s",
                moment: "rho2*((1 - eta*rho1)^2*((df - m)^2 + sigma^2) - s) + epsilon1/eta",
                skew: "rho2*(1 - eta*rho1)^2*2*(df - m)*sigma^2",
                spread: "rho2^2*(1 - eta*rho1)^4*(4*(df - m)^2*sigma^2 + 2*sigma^4)")),
        adaptive(
            "yogi",
            Parts(
                moment: "rho2*\(signed(2, square))",
                skew: "rho2*(\(signed(3, "(df^3 + 3*df*sigma^2)")) - df*\(signed(2, square)))",
                spread: "rho2^2*(df^4 + 6*df^2*sigma^2 + 3*sigma^4 - \(signed(2, square))^2)")),
        adaptive("padam", Parts(factor: "v^(-q)")),
        // 1 - beta2^p = p eta rho2 + O(eta^2).
        adaptive(
            "adamaxp",
            Parts(
                factor: "v^(-1/p)/\(memory("rho1"))", moment: "p*rho2*(\(absoluteMoment("p")) - v)",
                skew: "p*rho2*(\(oddMoment) - df*\(absoluteMoment("p")))",
                spread: "p^2*rho2^2*(\(absoluteMoment("2*p")) - \(absoluteMoment("p"))^2)")),
        adaptive(
            "adopt",
            Parts(
                factor: "1", direction: "(m + eta*rho1*(df/max(sqrt(v), epsilon) - m))",
                entry: "1/max(sqrt(v), epsilon)")),
        scaledMomentum,
        fastAndSlowMean,
        GoldenForm(
            rule: "lamb",
            drift: [
                "x": "-sqrt(sum_j(x_j^2))/sqrt(sum_j((m_j/(sqrt(v_j) + epsilon) + gamma*x_j)^2))"
                    + "*(m/(sqrt(v) + epsilon) + gamma*x)",
                "m": "rho1*(df - m)", "v": "rho2*(\(square) - v)",
            ],
            covariance: ["m,m": "rho1^2*sigma^2", "m,v": "rho1*rho2*\(skew)", "v,v": "rho2^2*\(spread)"]),
    ]
}
