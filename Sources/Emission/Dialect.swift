import Algebra

/// How a language spells formulas, and the source around them.
protocol Dialect: Sendable {
    var target: SourceTarget { get }
    /// How long an expression may be before it is taken apart.
    var length: SharedSubexpressions.Length { get }

    /// The square root; `isNumber` says that the radicand holds no symbol.
    func root(_ radicand: String, isNumber: Bool) -> String
    func power(_ base: String, _ exponent: String, isNumber: Bool) -> String
    /// A power of an operand by a small whole number.
    func power(_ base: String, _ exponent: Int) -> String
    /// The name of a function of the formulas, by its name in ASCII; nil where the language has none.
    func function(_ name: String, isNumber: Bool) -> String?
    /// How a function is called that the caller of the source gives.
    func givenFunction(_ name: String) -> String
    /// The number pi.
    var pi: String { get }

    /// The whole source.
    func source(of model: SourceModel) throws(EmissionError) -> String
}

extension Dialect {
    func givenFunction(_ name: String) -> String { name }
    var length: SharedSubexpressions.Length { .init(size: 28, width: 6) }
}
