/// Rules without a second moment. An average of rate rho that the rule uses after its update moves the position by
/// `m + kappa (g - m)` with `kappa = eta rho`.
extension GoldenForm {
    static let gradientForms: [GoldenForm] = [
        GoldenForm(
            rule: "sgd", drift: ["x": "-df"], covariance: ["x,x": "sigma^2"],
            correction: ["x": "-sum_j(d_ij f*d_j f)/2"]),
        GoldenForm(
            rule: "sgdw", drift: ["x": "-df - gamma*x"], covariance: ["x,x": "sigma^2"],
            correction: ["x": "-sum_j(d_ij f*(d_j f + gamma*x_j))/2 - gamma*(df + gamma*x)/2"]),
        GoldenForm(rule: "sgda", drift: ["x": "-s*df"], covariance: ["x,x": "s^2*sigma^2"]),
        GoldenForm(
            rule: "extragradient", drift: ["x": "-s*(df - rho*sum_j(d_ij f*s_j*d_j f))"],
            covariance: ["x,x": "s^2*sigma^2"]),
        GoldenForm(
            rule: "usam", drift: ["x": "-df - rho*sum_j(d_ij f*d_j f)"], covariance: ["x,x": "sigma^2"]),
        // clip(g) = (|g + c| - |g - c|)/2 with the mean of a folded normal variable.
        GoldenForm(
            rule: "clippedsgd", drift: ["x": "-(\(folded("(df + c)")) - \(folded("(df - c)")))/2"],
            covariance: [
                "x,x":
                    "\(truncated(2, "c")) + c^2*(1 - \(inside("c"))) - (\(folded("(df + c)")) - \(folded("(df - c)")))^2/4"
            ]),
    ]

    /// E|a + sigma Z|.
    private static func folded(_ a: String) -> String {
        "(sigma*sqrt(2/pi)*exp(-\(a)^2/(2*sigma^2)) + \(a)*erf(\(a)/(sqrt(2)*sigma)))"
    }

    static let momentumForms: [GoldenForm] = [
        GoldenForm(
            rule: "momentum", drift: ["x": "-(m + eta*rho*(df - m))", "m": "rho*(df - m)"],
            covariance: ["x,x": "eta^2*rho^2*sigma^2", "x,m": "-eta*rho^2*sigma^2", "m,m": "rho^2*sigma^2"],
            correction: ["x": "-rho*(df - m)/2", "m": "rho*sum_j(d_ij f*m_j)/2 + rho^2*(df - m)/2"]),
        GoldenForm(
            rule: "qhm",
            drift: ["x": "-(1 - nu)*df - nu*(m + eta*rho*(df - m))", "m": "rho*(df - m)"],
            covariance: [
                "x,x": "(1 - nu + nu*eta*rho)^2*sigma^2", "x,m": "-(1 - nu + nu*eta*rho)*rho*sigma^2",
                "m,m": "rho^2*sigma^2",
            ]),
        GoldenForm(
            rule: "aggmo",
            drift: [
                "x": "-(m + eta*rho1*(df - m) + n + eta*rho2*(df - n))/2", "m": "rho1*(df - m)",
                "n": "rho2*(df - n)",
            ],
            covariance: [
                "x,x": "eta^2*(rho1 + rho2)^2*sigma^2/4", "x,m": "-eta*(rho1 + rho2)*rho1*sigma^2/2",
                "x,n": "-eta*(rho1 + rho2)*rho2*sigma^2/2", "m,m": "rho1^2*sigma^2", "m,n": "rho1*rho2*sigma^2",
                "n,n": "rho2^2*sigma^2",
            ]),
        GoldenForm(
            rule: "heavyball", drift: ["x": "p", "p": "-rho*p - df"], covariance: ["p,p": "sigma^2"],
            correction: ["x": "-(rho*p + df)/2", "p": "sum_j(d_ij f*p_j)/2 - rho*(rho*p + df)/2"]),
        // The gradient at the position before, x + eta m, adds -eta sum_j H_ij m_j to the mean.
        GoldenForm(
            rule: "storm", drift: ["x": "-m", "m": "rho*(df - m) - sum_j(d_ij f*m_j)"],
            covariance: ["m,m": "rho^2*sigma^2"]),
        // beta mean = y - (1 - beta) z moves by (eta/t)(beta z - beta mean).
        GoldenForm(
            rule: "schedulefreesgd", drift: ["y": "-(1 - beta)*df + (z - y)/t", "z": "-df"],
            covariance: ["y,y": "(1 - beta)^2*sigma^2", "y,z": "(1 - beta)*sigma^2", "z,z": "sigma^2"]),
        // The gradient at x + eta beta p adds -eta^2 sum_j H_ij p_j to the velocity.
        GoldenForm(
            rule: "nesterov", drift: ["x": "p", "p": "-rho*p - df"], covariance: ["p,p": "sigma^2"],
            correction: ["x": "-(rho*p + df)/2", "p": "-sum_j(d_ij f*p_j)/2 - rho*(rho*p + df)/2"]),
    ]

    static let signForms: [GoldenForm] = [
        GoldenForm(
            rule: "signsgd", drift: ["x": "-erf(df/(sqrt(2)*sigma))"],
            covariance: ["x,x": "1 - erf(df/(sqrt(2)*sigma))^2"],
            correction: ["x": "-phi(df/sigma)/sigma*sum_j(d_ij f*erf(d_j f/(sqrt(2)*sigma_j)))"]),
        // The sign of the sum of three signs is (s1 + s2 + s3 - s1 s2 s3)/2.
        GoldenForm(
            rule: "majorityvote", drift: ["x": "-(3*\(erf) - \(erf)^3)/2"],
            covariance: ["x,x": "1 - (3*\(erf) - \(erf)^3)^2/4"]),
        signOfMean("signum", "rho", "rho", decay: ""),
        signOfMean("tiger", "rho", "rho", decay: " - gamma*x"),
        signOfMean("lion", "rho1", "rho2", decay: " - gamma*x"),
    ]

    private static let erf = "erf(df/(sqrt(2)*sigma))"

    /// The sign of `m + kappa (g - m)`, kappa = eta rho, beside a mean of rate rho2; Cov(sign(a + b Z), Z) = 2 phi(a/b).
    private static func signOfMean(_ rule: String, _ rho: String, _ rho2: String, decay: String) -> GoldenForm {
        let ratio = "((m + eta*\(rho)*(df - m))/(eta*\(rho)*sigma))"
        return GoldenForm(
            rule: rule, drift: ["x": "-erf(\(ratio)/sqrt(2))\(decay)", "m": "\(rho2)*(df - m)"],
            covariance: [
                "x,x": "1 - erf(\(ratio)/sqrt(2))^2", "x,m": "-2*\(rho2)*sigma*phi(\(ratio))",
                "m,m": "\(rho2)^2*sigma^2",
            ])
    }
}
