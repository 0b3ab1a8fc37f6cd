import ExactNumbers
import TestSupport

@testable import Algebra

/// Seeded random expressions in positive and in unrestricted symbols.
struct RandomExpressions: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }

    static let symbols = [
        Symbol("p", bounds: .positive), Symbol("q", bounds: .positive), Symbol("x"), Symbol("y"),
    ]

    mutating func point() -> [Symbol: Double] {
        RandomExpressions.symbols.reduce(into: [:]) { result, symbol in
            let range = symbol.bounds.isPositive ? 0.3...2.0 : -1.5...1.5
            result[symbol] = Double.random(in: range, using: &self)
        }
    }

    /// An expression of at most the depth, smooth wherever it is defined where `hasKinks` is false.
    mutating func expression(depth: Int, hasKinks: Bool = true, leaves: [Expression]? = nil) -> Expression {
        if depth == 0 || Int.random(in: 0..<8, using: &self) == 0 {
            if Int.random(in: 0..<4, using: &self) == 0 {
                return Expression(Rational(Int.random(in: -4...4, using: &self), Int.random(in: 1...3, using: &self)))
            }
            let leaves = leaves ?? RandomExpressions.symbols.map { Expression($0) }
            return leaves[Int.random(in: 0..<leaves.count, using: &self)]
        }
        let u = expression(depth: depth - 1, hasKinks: hasKinks, leaves: leaves)
        switch Int.random(in: 0..<(hasKinks ? 14 : 12), using: &self) {
        case 0...3: return u + expression(depth: depth - 1, hasKinks: hasKinks, leaves: leaves)
        case 4...6: return u * expression(depth: depth - 1, hasKinks: hasKinks, leaves: leaves)
        case 7: return u / expression(depth: depth - 1, hasKinks: hasKinks, leaves: leaves)
        case 8: return u ** Int.random(in: -2...3, using: &self)
        case 9: return sqrt(1 + u * u)
        case 10: return [sin, cos, erf, tanh, atan].randomElement(using: &self).map { $0(u) } ?? u
        case 11: return exp(tanh(u))
        case 12: return abs(u)
        default: return sign(u) * u
        }
    }
}
