import Algebra
import ExactNumbers

/// Two parallel lines that hold a function over an interval: `m y + q1 <= h(y) <= m y + q2`, m the slope of the chord.
public struct LinearBracket: Sendable {
    /// The slope of the chord, exactly.
    public let slopeFormula: Expression
    public let slope: Double
    /// The intercept of the lower line.
    public let lower: Double
    /// The intercept of the upper line.
    public let upper: Double
    /// Where the lines touch the function.
    public let touchesLower: Double
    public let touchesUpper: Double

    /// Finds the extrema of `h(y) - m y` at the ends and at the zeros of its derivative, which a grid separates.
    ///
    /// - Returns: nil where the function has another symbol than the variable, or no finite value.
    public init?(of function: Expression, in variable: Symbol, over interval: ClosedRange<Rational>) {
        guard function.symbols.subtracting([variable]).isEmpty else { return nil }
        let (start, end) = (interval.lowerBound, interval.upperBound)
        guard let width = Rational.one.dividing(by: end - start) else { return nil }
        func exact(_ place: Rational) -> Expression { function.substituting(variable, by: Expression(place)) }
        slopeFormula = ((exact(end) - exact(start)) * Expression(width)).simplified()
        let slope = slopeFormula.evaluated(at: [:])
        self.slope = slope
        let derivative = function.derivative(by: variable)
        func rest(_ y: Double) -> Double { function.evaluated(at: [variable: y]) - slope * y }
        func change(_ y: Double) -> Double { derivative.evaluated(at: [variable: y]) - slope }
        let (a, b) = (start.doubleValue, end.doubleValue)
        let count = 200
        let grid = (0...count).map { a + (b - a) * Double($0) / Double(count) }
        var places = [a, b]
        for (left, right) in zip(grid, grid.dropFirst()) where change(left) * change(right) <= 0 {
            var (low, high) = (left, right)
            for _ in 0..<100 {
                let centre = (low + high) / 2
                if change(low) * change(centre) <= 0 { high = centre } else { low = centre }
            }
            places.append((low + high) / 2)
        }
        let values = places.map(rest)
        guard slope.isFinite, values.allSatisfy(\.isFinite), let least = values.min(), let most = values.max(),
            let lowest = values.firstIndex(of: least), let highest = values.firstIndex(of: most)
        else { return nil }
        (lower, upper) = (least, most)
        (touchesLower, touchesUpper) = (places[lowest], places[highest])
    }
}
