/// The gradient over the root of a mean of its square, without momentum.
extension GoldenForm {
    static let scaledForms: [GoldenForm] = [
        rootOfMean("rmsprop", decay: ""),
        rootOfMean("rmspropw", decay: " - gamma*x"),
        GoldenForm(
            rule: "adagrad", drift: ["x": "-df/(sqrt(v) + epsilon)", "v": square],
            covariance: [
                "x,x": "sigma^2/(sqrt(v) + epsilon)^2", "x,v": "-\(skew)/(sqrt(v) + epsilon)", "v,v": spread,
            ],
            // E[D2_x] = E[g^3]/(2 sqrt v P^2), P = sqrt v + epsilon, and half of the transport of b0 taken away.
            correction: [
                "x":
                    "(df^3 + 3*df*sigma^2)/(2*sqrt(v)*(sqrt(v) + epsilon)^2) - sum_j(d_ij f*d_j f/(sqrt(v_j) + epsilon))/(2*(sqrt(v) + epsilon)) - df*\(square)/(4*sqrt(v)*(sqrt(v) + epsilon)^2)",
                "v": "df*sum_j(d_ij f*d_j f/(sqrt(v_j) + epsilon))",
            ]),
        GoldenForm(
            rule: "adadelta",
            drift: [
                "x": "-sqrt(\(ratio))*df", "v": "rho*(\(square) - v)", "u": "rho*(\(ratio)*\(square) - u)",
            ],
            covariance: [
                "x,x": "\(ratio)*sigma^2", "x,v": "-sqrt(\(ratio))*rho*\(skew)",
                "x,u": "-sqrt(\(ratio))*rho*\(ratio)*\(skew)", "v,v": "rho^2*\(spread)",
                "v,u": "rho^2*\(ratio)*\(spread)", "u,u": "rho^2*\(ratio)^2*\(spread)",
            ]),
        GoldenForm(
            rule: "centeredrmsprop",
            drift: ["x": "-df/sqrt(v - m^2 + epsilon)", "m": "rho*(df - m)", "v": "rho*(\(square) - v)"],
            covariance: [
                "x,x": "sigma^2/(v - m^2 + epsilon)", "x,m": "-rho*sigma^2/sqrt(v - m^2 + epsilon)",
                "x,v": "-rho*\(skew)/sqrt(v - m^2 + epsilon)", "m,m": "rho^2*sigma^2", "m,v": "rho^2*\(skew)",
                "v,v": "rho^2*\(spread)",
            ]),
    ]

    private static let ratio = "((u + epsilon)/(v + epsilon))"

    private static func rootOfMean(_ rule: String, decay: String) -> GoldenForm {
        GoldenForm(
            rule: rule, drift: ["x": "-df/(sqrt(v) + epsilon)\(decay)", "v": "rho*(\(square) - v)"],
            covariance: [
                "x,x": "sigma^2/(sqrt(v) + epsilon)^2", "x,v": "-rho*\(skew)/(sqrt(v) + epsilon)",
                "v,v": "rho^2*\(spread)",
            ])
    }
}
