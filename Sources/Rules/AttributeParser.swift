import Algebra
import ExactNumbers

/// Reads `: positive, integer, O(eta^-zeta)` after the names of parameters or states.
struct AttributeParser {
    struct Attributes {
        var bounds = Bounds.real
        var isInteger = false
        var isOfCoordinate = false
        var size = Weight.zero
    }

    private(set) var cursor: TokenCursor
    private let stepSize: Symbol?
    private let allowsParameterAttributes: Bool

    init(_ cursor: TokenCursor, stepSize: Symbol?, allowsParameterAttributes: Bool) {
        self.cursor = cursor
        self.stepSize = stepSize
        self.allowsParameterAttributes = allowsParameterAttributes
    }

    private var names: [String] {
        ["positive", "nonnegative", "in"] + (allowsParameterAttributes ? ["integer", "each", "O"] : [])
    }

    /// The attributes at the cursor; none where no colon stands there.
    mutating func attributes() throws(Diagnostic) -> Attributes {
        var result = Attributes()
        guard cursor.take(.colon) else { return result }
        var seen: Set<String> = []
        repeat {
            guard let (name, token) = cursor.takeName() else { throw cursor.expected("an attribute", remedy: hint) }
            guard names.contains(name) else {
                let nearest = nearestName(to: name, among: names)
                throw cursor.failure(
                    at: token, "unknown attribute `\(name)`", remedy: nearest.map { "Did you mean `\($0)`?" } ?? hint)
            }
            let kind = ["integer", "each", "O"].contains(name) ? name : "range"
            guard seen.insert(kind).inserted else {
                throw cursor.failure(
                    at: token, kind == "range" ? "the range is declared twice" : "`\(name)` stands here twice")
            }
            switch name {
            case "positive": result.bounds = .positive
            case "nonnegative": result.bounds = .nonnegative
            case "in": result.bounds = try interval()
            case "integer": result.isInteger = true
            case "each":
                guard cursor.token.kind == .name("coordinate") else {
                    throw cursor.expected(
                        "`coordinate` after `each`",
                        remedy: "A parameter with a value for each coordinate is `: each coordinate`.")
                }
                cursor.advance()
                result.isOfCoordinate = true
            default: result.size = try size(token)
            }
        } while cursor.take(.comma)
        return result
    }

    private var hint: String {
        let attributes =
            "positive, nonnegative, in (0, 1)"
            + (allowsParameterAttributes ? ", integer, each coordinate, O(eta^-zeta)" : "")
        return "The attributes are \(attributes)."
    }

    /// `(0, 1)`: an open interval.
    private mutating func interval() throws(Diagnostic) -> Bounds {
        let start = cursor.token
        try cursor.expect(.open, "and two numbers after `in`", remedy: "Write the open interval as `in (0, 1)`.")
        let lower = try number()
        try cursor.expect(.comma, "between the ends of an interval")
        let upper = try number()
        try cursor.expect(.close, "after an interval")
        guard let bounds = Bounds.open(lower.doubleValue, upper.doubleValue) else {
            throw cursor.failure(at: start, "the interval (\(lower), \(upper)) is empty")
        }
        return bounds
    }

    private mutating func number() throws(Diagnostic) -> Rational {
        let place = cursor.token
        var parser = ExpressionParser(cursor, scope: Scope())
        let value = try parser.expression()
        cursor = parser.cursor
        guard let number = value.number, number.doubleValue.isFinite else {
            throw cursor.failure(at: place, "expected a number")
        }
        return number
    }

    /// `(1)`, `(eta^-zeta)`: the size of a quantity as a power of the step size.
    private mutating func size(_ token: Token) throws(Diagnostic) -> Weight {
        guard let stepSize else {
            throw cursor.failure(
                at: token, "a size is declared before the step size",
                remedy: "Move the `step` statement above this line.")
        }
        let name = stepSize.name
        let remedy = """
            A size is O(1), O(\(name)), or O(\(name)^a) with a number a such as 2, -1 or 1/2, or an affine function of zeta such as \
            -zeta; a factor is no part of it.
            """
        try cursor.expect(.open, "after `O`", remedy: remedy)
        let place = cursor.token
        var scope = Scope()
        scope.declare(stepSize)
        scope.declare(Weight.zeta)
        // As a factor is no part of a size, eta^1/2 can only mean the root.
        let isWrittenAsPower = place.kind == .name(name) && cursor.next.isMark(.power)
        if isWrittenAsPower {
            cursor.advance()
            cursor.advance()
        }
        var parser = ExpressionParser(cursor, scope: scope)
        let expression = try parser.expression()
        cursor = parser.cursor
        try cursor.expect(.close, "after a size", remedy: remedy)
        guard let weight = isWrittenAsPower ? Weight(expression) : Weight(ofPower: expression, of: stepSize) else {
            throw cursor.failure(at: place, "expected 1 or a power of \(name)", remedy: remedy)
        }
        let largest = Rational(ExpressionParser.largestExponent)
        guard weight.constant.magnitude <= largest, weight.slope.magnitude <= largest else {
            throw cursor.failure(at: place, ExpressionParser.exponentIsTooLarge)
        }
        return weight
    }
}

extension Weight {
    /// The exponent of a power of the step size; nil where the expression is none.
    init?(ofPower power: Expression, of stepSize: Symbol) {
        switch power.content {
        case .number(let value) where value.isOne: self.init(0)
        case .symbol(stepSize): self.init(1)
        case .product(let coefficient, let factors) where coefficient.isOne && factors.count == 1:
            guard factors[0].base.symbol == stepSize else { return nil }
            self.init(factors[0].exponent)
        default: return nil
        }
    }

    /// The size written as `O(1)`, `O(eta^-zeta)` or `O(eta^(1/2))`.
    ///
    /// - Throws: a diagnostic where the text is not a size.
    public init(parsing text: String, stepSize: Symbol, file: String = "size") throws(Diagnostic) {
        let source = try SourceText(": " + text, file: file)
        let cursor = try TokenCursor(source, in: source.wholeRange)
        var parser = AttributeParser(cursor, stepSize: stepSize, allowsParameterAttributes: true)
        let attributes = try parser.attributes()
        guard parser.cursor.isAtEnd, !attributes.isInteger, attributes.bounds == .real else {
            throw Diagnostic(
                file: file, message: "`\(text)` is not a size",
                remedy: "Write it as O(1) or a power of the step size, O(eta^-1/2).")
        }
        self = attributes.size
    }
}
