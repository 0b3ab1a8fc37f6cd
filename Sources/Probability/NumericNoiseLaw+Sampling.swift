import Foundation
import Numerics

/// Random numbers of a law, each a pure function of its address in a random stream.
///
/// The normal, the uniform and Rademacher's law give the same bits on every platform; the others use the system's
/// elementary functions and may differ in the last place.
extension NumericNoiseLaw {
    /// How many components of the stream one draw uses.
    public var componentsPerDraw: Int {
        switch kind {
        case .student, .mixture: 2
        default: 1
        }
    }

    /// The standardized noise at an address.
    ///
    /// The draw of number `component` uses the components `component * componentsPerDraw` and those that follow it of
    /// the stream. The normal law takes the stream's normal number; Laplace's, the uniform and the logistic law invert
    /// their distribution; Student's is the polar method of Bailey (1994, "Polar generation of random variates with the
    /// t-distribution"); a mixture chooses its part by a uniform number.
    public func sample(from stream: RandomStream, path: Int, step: Int, component: Int) -> Double {
        let first = component * componentsPerDraw
        switch kind {
        case .gaussian: return stream.normal(path: path, step: step, component: first)
        case .mixture:
            return transformed(
                stream.uniform(path: path, step: step, component: first),
                stream.normal(path: path, step: step, component: first + 1))
        case .student:
            return transformed(
                stream.uniform(path: path, step: step, component: first),
                stream.uniform(path: path, step: step, component: first + 1))
        default: return transformed(stream.uniform(path: path, step: step, component: first), 0)
        }
    }

    /// Fills the buffer with the noise of consecutive paths at one step, the same numbers as ``sample(from:path:step:component:)``.
    public func fill(
        _ buffer: UnsafeMutableBufferPointer<Double>, from stream: RandomStream, firstPath: Int, step: Int,
        component: Int
    ) {
        let first = component * componentsPerDraw
        guard kind != .gaussian else {
            return stream.fillNormal(buffer, firstPath: firstPath, step: step, component: first)
        }
        stream.fillUniform(buffer, firstPath: firstPath, step: step, component: first)
        guard componentsPerDraw == 2 else {
            for index in buffer.indices { buffer[index] = transformed(buffer[index], 0) }
            return
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: buffer.count) { second in
            if case .mixture = kind {
                stream.fillNormal(second, firstPath: firstPath, step: step, component: first + 1)
            } else {
                stream.fillUniform(second, firstPath: firstPath, step: step, component: first + 1)
            }
            for index in buffer.indices { buffer[index] = transformed(buffer[index], second[index]) }
        }
    }

    /// The draw coupled to a standard normal number: the increasing transformation `quantile(normalDistribution(z))`,
    /// accurate in both tails.
    public func draw(coupledTo normal: Double) -> Double {
        if kind == .gaussian { return normal }
        if kind == .rademacher { return normal < 0 ? -1 : 1 }
        if case .sample = kind { return quantile(SpecialFunctions.normalDistribution(normal)) }
        let magnitude = quantile(SpecialFunctions.normalDistribution(-normal.magnitude))
        return normal < 0 ? magnitude : -magnitude
    }

    /// The noise made from a uniform number u and a second number, uniform or, for a mixture, normal.
    private func transformed(_ u: Double, _ second: Double) -> Double {
        switch kind {
        case .gaussian: return second
        case .student(let degrees):
            // sqrt(nu (u^(-2/nu) - 1)) cos(2 pi v); beyond exp(50) the one is lost and the power is halved.
            let logarithm = -2 / degrees * log(u)
            let root = logarithm > 50 ? exp(0.5 * logarithm) : expm1(logarithm).squareRoot()
            return degrees.squareRoot() * root * cos(2 * .pi * second)
        case .laplace, .uniform, .logistic, .rademacher, .sample: return quantile(u)
        case .mixture(let weight, let firstScale, let secondScale):
            return second * (u < weight ? firstScale : secondScale)
        }
    }
}
