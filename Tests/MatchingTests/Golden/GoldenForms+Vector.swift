/// Rules of the length of the whole gradient, under isotropic noise.
extension GoldenForm {
    private static let noncentrality = "(sum_j((d_j f)^2)/(2*sigma^2))"
    /// E[g_i/|g|]/df in d dimensions.
    private static let shrinkage =
        "(gamma((d + 1)/2)/(sqrt(2)*sigma*gamma(d/2 + 1))*kummer(1/2, d/2 + 1, -\(noncentrality)))"
    /// E[g g^T/|g|^2] = A I + C m m^T with m = df/sigma, whose trace is 1.
    private static let isotropicPart = "(kummer(1, d/2 + 1, -\(noncentrality))/d)"
    private static let directedPart = "(kummer(1, d/2 + 2, -\(noncentrality))/((d + 2)*sigma^2))"
    private static let length = "sqrt(sum_j((d_j f + sigma*Z_g_j)^2))"

    private static let spreadOfSquare = "(4*sigma^2*sum_j((d_j f)^2) + 2*d*sigma^4)"

    static let vectorForms: [GoldenForm] = [
        GoldenForm(
            rule: "normalizedsgd", drift: ["x": "-df*\(shrinkage)"],
            covariance: ["x,x": "\(isotropicPart) + df^2*(\(directedPart) - \(shrinkage)^2)"],
            betweenCoordinates: ["x,x": "df*d_j f*(\(directedPart) - \(shrinkage)^2)"]),
        GoldenForm(
            rule: "sam", drift: ["x": "-df - rho*\(shrinkage)*sum_j(d_ij f*d_j f)"],
            covariance: ["x,x": "sigma^2"]),
        // Cov(g_i, |g|^2) = 2 df sigma^2 and Var(|g|^2) = 4 sigma^2 |grad f|^2 + 2 d sigma^4.
        GoldenForm(
            rule: "novograd",
            drift: [
                "x": "-m", "m": "rho1*(df/(sqrt(v) + epsilon) + gamma*x - m)",
                "v": "rho2*(sum_j((d_j f)^2) + d*sigma^2 - v)",
            ],
            covariance: [
                "m,m": "rho1^2*sigma^2/(sqrt(v) + epsilon)^2", "m,v": "2*rho1*rho2*df*sigma^2/(sqrt(v) + epsilon)",
                "v,v": "rho2^2*\(spreadOfSquare)",
            ],
            betweenCoordinates: [
                "m,v": "2*rho1*rho2*df*sigma^2/(sqrt(v) + epsilon)",
                "v,m": "2*rho1*rho2*d_j f*sigma^2/(sqrt(v_j) + epsilon)", "v,v": "rho2^2*\(spreadOfSquare)",
            ]),
        GoldenForm(
            rule: "normclippedsgd", drift: ["x": "-E[min(1, c/\(length))*(df + sigma*Z_g)]"],
            covariance: [
                "x,x":
                    "E[(min(1, c/\(length))*(df + sigma*Z_g))^2] - E[min(1, c/\(length))*(df + sigma*Z_g)]^2"
            ],
            betweenCoordinates: [
                "x,x":
                    "E[min(1, c/\(length))^2*(df + sigma*Z_g)*(d_j f + sigma*Z_g_j)] - E[min(1, c/\(length))*(df + sigma*Z_g)]*E[min(1, c/\(length))*(d_j f + sigma*Z_g_j)]"
            ]),
        GoldenForm(
            rule: "lars",
            drift: ["x": "-\(layer)*(E[(df + sigma*Z_g)/\(ratio)] + gamma*x*E[1/\(ratio)])"],
            covariance: [
                "x,x":
                    "\(layer)^2*(E[(df + sigma*Z_g)^2/\(ratio)^2] + 2*gamma*x*E[(df + sigma*Z_g)/\(ratio)^2] + gamma^2*x^2*E[1/\(ratio)^2] - (E[(df + sigma*Z_g)/\(ratio)] + gamma*x*E[1/\(ratio)])^2)"
            ],
            betweenCoordinates: [
                "x,x":
                    "\(layer)^2*(E[(df + sigma*Z_g)*(d_j f + sigma*Z_g_j)/\(ratio)^2] + gamma*x*E[(d_j f + sigma*Z_g_j)/\(ratio)^2] + gamma*x_j*E[(df + sigma*Z_g)/\(ratio)^2] + gamma^2*x*x_j*E[1/\(ratio)^2] - (E[(df + sigma*Z_g)/\(ratio)] + gamma*x*E[1/\(ratio)])*(E[(d_j f + sigma*Z_g_j)/\(ratio)] + gamma*x_j*E[1/\(ratio)]))"
            ]),
    ]

    private static let layer = "sqrt(sum_j(x_j^2))"
    private static let ratio = "(\(length) + gamma*\(layer))"
}
