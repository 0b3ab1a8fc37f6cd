import Testing

@testable import ContinuumCLI

@Suite struct ArgumentParserTests {
    static let order = Option("order", "1|2", "")
    static let set = Option("set", "NAME=NUMBER", "", isRepeatable: true)
    static let steps = Option("steps", nil, "")
    static let syntax = CommandSyntax(
        name: "test", summary: "", operand: CommandSyntax.rule, options: [order, set, steps])

    func parse(_ arguments: String...) throws(Failure) -> ParsedArguments {
        try ArgumentParser.parse(arguments, as: ArgumentParserTests.syntax)
    }

    func message(_ arguments: String...) -> String {
        do {
            _ = try ArgumentParser.parse(arguments, as: ArgumentParserTests.syntax)
            return "no failure"
        } catch {
            return error.message
        }
    }

    @Test("a value follows its option, or an equals sign")
    func values() throws {
        #expect(try parse("sgd", "--order", "2")[Self.order] == "2")
        #expect(try parse("--order=2", "sgd")[Self.order] == "2")
        #expect(try parse("sgd", "--set", "a=1", "--set=b=2").all(Self.set) == ["a=1", "b=2"])
        #expect(try parse("sgd", "--set", "-1")[Self.set] == "-1")
        #expect(try parse("--", "--sgd").operand == "--sgd")
        #expect(try parse("sgd", "--steps").contains(Self.steps))
        #expect(try !parse("sgd").contains(Self.steps))
    }

    @Test("each mistake is named with what would put it right")
    func mistakes() {
        #expect(message("sgd", "--ordr", "2").hasPrefix("unknown option '--ordr'; did you mean '--order'?"))
        #expect(message("sgd", "-x").hasPrefix("unknown option '-x'"))
        #expect(message("sgd", "--order").hasPrefix("the option '--order' needs a value: --order 1|2"))
        #expect(message("sgd", "--order", "--steps").hasPrefix("the option '--order' needs a value"))
        #expect(message("sgd", "--order", "1", "--order", "2").hasPrefix("the option '--order' is given twice"))
        #expect(message("sgd", "--steps=3").hasPrefix("the option '--steps' takes no value"))
        #expect(message("sgd", "adam").hasPrefix("unexpected argument 'adam'"))
        #expect(message("--steps").hasPrefix("test needs a RULE"))
        #expect(message("sgd", "--ordr").hasSuffix("See 'continuum test --help'."))
    }

    @Test("numbers, lists and names are read with their ranges")
    func typedValues() throws {
        let number = Option("n", "N", "")
        func parsed(_ text: String) throws -> ParsedArguments {
            try ArgumentParser.parse(["--n", text], as: CommandSyntax(name: "t", summary: "", options: [number]))
        }
        #expect(try parsed("12").integer(number, in: 1...100) == 12)
        #expect(try parsed("1e3").integer(number, in: 1...1000) == 1000)
        #expect(try parsed("10_000").integer(number, in: 1...100_000) == 10_000)
        for text in ["0", "-3", "1.5", "many", "1e300", "nan", ""] {
            #expect(throws: Failure.self) { try parsed(text).integer(number, in: 1...100) }
        }
        #expect(try parsed("1/4").positive(number) == 0.25)
        #expect(try parsed("1e-3").positive(number) == 0.001)
        for text in ["0", "-1", "1/0", "x", "1,2"] {
            #expect(throws: Failure.self) { try parsed(text).positive(number) }
        }
        #expect(try parsed("0.2,1/10").positives(number) == [0.2, 0.1])
        #expect(try parsed("1,-2").numbers(number) == [1, -2])
        #expect(throws: Failure.self) { try parsed("1,,2").numbers(number) }
    }

    @Test("commas inside of parentheses do not separate")
    func commas() {
        #expect("a, f(b, c),d".splitAtCommas == ["a", "f(b, c)", "d"])
        #expect("".splitAtCommas == [""])
        #expect(")),(a".splitAtCommas == ["))", "(a"])
    }

    @Test("every option of every command appears in its help, with an example")
    func help() {
        for command in Tool.commands {
            let text = command.syntax.helpText
            for option in command.syntax.allOptions { #expect(text.contains(option.spelling)) }
            #expect(!command.syntax.summary.isEmpty)
            #expect(text.contains("continuum \(command.syntax.name)"))
            #expect(!command.syntax.examples.isEmpty)
            #expect(Set(command.syntax.allOptions.map(\.name)).count == command.syntax.allOptions.count)
        }
    }
}
