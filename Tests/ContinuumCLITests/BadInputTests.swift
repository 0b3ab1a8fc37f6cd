import Foundation
import Testing

@testable import ContinuumCLI

/// Each mistake has status 2, nothing on standard output, and a message that helps its author.
@Suite struct BadInputTests {
    static let rule = """
        optimizer Mine
        step      eta
        parameter rho : positive
        state     x
        state     v : nonnegative = 0
        gradient  g at x
        noise     gaussian

        v' = v + eta*rho*(g^2 - v)
        x' = x - eta*g/(sqrt(v') + 1)
        """

    /// The message for a rule file in which one text stands in place of another.
    func message(_ old: String, _ new: String) throws -> String {
        let folder = try TemporaryFolder()
        #expect(Self.rule.contains(old))
        let path = try folder.file("mine.rule", Self.rule.replacing(old, with: new))
        let run = RecordedRun(["derive", path])
        #expect(run.status == .badInput)
        #expect(run.output.isEmpty)
        #expect(run.error.hasPrefix("continuum: \(path):"))
        return run.error
    }

    func expectBad(_ line: String, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        let run = RecordedRun(line)
        #expect(run.status == .badInput, sourceLocation: sourceLocation)
        #expect(run.output.isEmpty, sourceLocation: sourceLocation)
        #expect(run.error.hasPrefix("continuum: "), sourceLocation: sourceLocation)
        for part in parts {
            #expect(run.error.contains(part), sourceLocation: sourceLocation)
        }
    }

    // MARK: Rule files

    @Test("the rule itself is good")
    func goodRule() throws {
        let folder = try TemporaryFolder()
        let run = RecordedRun(["derive", try folder.file("mine.rule", Self.rule)])
        #expect(run.status == .done)
        #expect(run.error.isEmpty)
    }

    @Test("a misspelt name is shown with a caret and the nearest name")
    func misspeltName() throws {
        let text = try message("eta*rho*(g^2", "eta*roh*(g^2")
        #expect(text.contains("mine.rule:9:14:"))
        #expect(text.contains("`roh`"))
        #expect(text.contains("^"))
        #expect(text.contains("`rho`"))
    }

    @Test("a missing parenthesis is shown where it is missed")
    func missingParenthesis() throws {
        let text = try message("(sqrt(v') + 1)", "(sqrt(v') + 1")
        #expect(text.contains("mine.rule:10:"))
        #expect(text.contains("`)`"))
    }

    @Test("a state without an update is named")
    func stateNeverUpdated() throws {
        let text = try message("v' = v + eta*rho*(g^2 - v)\n", "").replacing("v'", with: "v")
        #expect(text.contains("`v`"))
    }

    @Test("an exponent of 10^9 and 20,000 nested parentheses are refused")
    func hugeExpressions() throws {
        #expect(try message("g^2", "g^1000000000").contains("exponent"))
        let nested = String(repeating: "(", count: 20_000) + "g" + String(repeating: ")", count: 20_000)
        #expect(try message("g^2", nested).contains("longer than"))
        #expect(try message("g^2", String(repeating: "(", count: 20_000)).contains("mine.rule:9:"))
    }

    @Test("a file that is not text, an empty one and one that is not there")
    func unreadableFiles() throws {
        let folder = try TemporaryFolder()
        let binary = try folder.file("binary.rule", Data([0x7F, 0x45, 0x4C, 0x46, 0, 1, 0xFF, 0xFE]))
        #expect(RecordedRun(["derive", binary]).error.contains("not a text"))
        #expect(RecordedRun(["derive", binary]).status == .badInput)
        #expect(RecordedRun(["derive", try folder.file("empty.rule", "")]).status == .badInput)
        let missing = RecordedRun(["derive", folder.url.path + "/missing.rule"])
        #expect(missing.status == .badInput)
        #expect(missing.error.contains("missing.rule"))
        #expect(RecordedRun(["derive", folder.url.path + "/"]).status == .badInput)
    }

    // MARK: Options and values

    @Test("options")
    func options() {
        expectBad("derive signsgdd", "there is no built-in rule `signsgdd`", "Did you mean `signsgd`?")
        expectBad("derive signsgd --oder 2", "unknown option '--oder'; did you mean '--order'?")
        expectBad("derive signsgd --order 3", "--order is from 1 to 2, not 3")
        expectBad("derive signsgd --format tex", "--format is one of text, json, latex, markdown, not 'tex'")
        expectBad("derive signsgd --diffusion partial", "full, declared")
        expectBad("derive signsgd --noise gausian", "did you mean 'gaussian'?")
        expectBad("derive signsgd --noise student", "there is no law 'student'", "student(nu)")
        expectBad("derive signsgd --noise student(", "student(nu)")
        expectBad("derive adam --regime rho3=O(1)", "there is no parameter, state or scale 'rho3'")
        expectBad("derive adam --regime rho1", "--regime: expected NAME=SIZE")
        expectBad("derive adam --regime rho1=small", "--regime:")
        expectBad("derive", "derive needs a RULE")
        expectBad("list signsgd", "unexpected argument 'signsgd'")
    }

    @Test("values of parameters")
    func parameters() {
        expectBad("evaluate rmsprop --set eta=0.1,sigma=1 --at x=1,v=1,gradient=1", "'rho' has no value", "--set rho=")
        expectBad("evaluate rmsprop --set eta=0.1,sigma=-1,rho=1 --at v=1,gradient=1", "sigma = -1 is not positive")
        expectBad("evaluate rmsprop --set eta=0.1,sigma=1,rho=1,epsilon=-1 --at v=1", "epsilon = -1 is not nonnegative")
        expectBad("evaluate rmsprop --set eta=0.1,sigma=1,roh=1 --at v=1", "no parameter 'roh'; did you mean 'rho'?")
        expectBad("evaluate sgd --set eta=0.1,eta=0.2", "'eta' is given twice")
        expectBad("evaluate sgd --set eta", "expected NAME=VALUE, not 'eta'")
        expectBad("evaluate sgd --set eta=x", "--set eta:1:1", "unknown name `x`")
        expectBad("evaluate sgd --set eta=1/0", "eta")
        expectBad("evaluate sgd --set eta=0,sigma=1 --at gradient=1", "eta = 0 is not positive")
    }

    @Test("definitions given in place of parameters")
    func definitions() {
        expectBad(
            "evaluate adam --set eta=0.1,beta1=1.5,rho2=1,sigma=1 --at t=1", "beta1 = 1.5 gives rho1 = -5", "positive")
        expectBad("evaluate adam --set eta=0.1,beta1=0.5,rho1=1,rho2=1,sigma=1 --at t=1", "it follows", "beta1 = 0.9")
        expectBad("evaluate adam --set beta1=0.5,rho2=1,sigma=1 --at t=1", "'beta1' alone does not tell eta and rho1")
    }

    @Test("states at which coefficients are evaluated")
    func points() {
        let set = "evaluate rmsprop --set eta=0.1,sigma=1,rho=1"
        expectBad("\(set) --at v=1", "the coefficients need the gradient")
        expectBad("\(set) --at gradient=1", "the state 'v' has no value")
        expectBad("\(set) --at v=-1,gradient=1", "v = -1.0 is not nonnegative")
        expectBad("\(set) --at v=1,w=2,gradient=1", "there is no state 'w'")
        expectBad("\(set) --at v=1,gradient=1 --order 2", "the coefficients need the second derivative")
        expectBad("\(set) --at v=1,gradient=1,x=1 --landscape x1^2", "a gradient or hessian beside --landscape")
        expectBad("\(set),epsilon=0 --at v=0,gradient=1", "is not finite at this state")
        expectBad("evaluate adam --set eta=0.1,rho1=1,rho2=1,sigma=1 --at m=0,v=1,gradient=1", "depend on the time")
    }

    @Test("landscapes")
    func landscapes() {
        let command = "simulate sgd --set eta=0.1,sigma=1 --landscape"
        expectBad("\(command) (x1^2", "--landscape:1:6", "^")
        expectBad("\(command) x1^2+y", "unknown name `y`")
        expectBad("\(command) 3", "contains no coordinate")
        expectBad("\(command) quadratic(1,a)", "unknown name `a`")
        expectBad("\(command) quadratic()", "--landscape")
        expectBad("\(command) x1^1000000000", "exponent")
        expectBad("\(command) x10000000", "--landscape")
    }

    @Test("runs")
    func runs() throws {
        let simulate = "simulate sgd --set eta=0.1,sigma=1"
        expectBad("\(simulate) --x0 1,2", "--x0 has 2 numbers, but the landscape has 1 coordinate")
        expectBad("\(simulate) --paths 0", "--paths is from 1")
        expectBad("\(simulate) --steps -5", "--steps is from 1", "not -5")
        expectBad("\(simulate) --steps 5 --horizon 1", "--steps and --horizon")
        expectBad("\(simulate) --horizon 0.01", "--horizon")
        expectBad("\(simulate) --horizon 0", "--horizon takes positive numbers")
        expectBad("\(simulate) --dt 0.1", "--dt is eta or eta/M")
        expectBad("\(simulate) --dt eta/0", "--dt")
        expectBad("\(simulate) --seed abc", "--seed is a whole number")
        expectBad("\(simulate) --threads 0", "--threads")
        expectBad("\(simulate) --test x2", "--test")
        expectBad("\(simulate) --start v=1", "no state but its position")
        expectBad("simulate rmsprop --set eta=0.1,rho=1,sigma=1 --start w=1", "there is no state 'w'")
        expectBad("simulate rmsprop --set eta=0.1,rho=1,sigma=1 --start v=-1", "v = -1.0 is not nonnegative")
        expectBad("\(simulate) --start t=1", "an ensemble starts at t = 0")
        expectBad("verify rmsprop --set rho=1,sigma=1 --start t=-1", "t = -1.0 is not a time")
        expectBad("verify sgd --set eta=0.1", "--etas")
        expectBad("verify sgd --etas 0.1", "at least two different step sizes")
        expectBad("verify sgd --etas 0.1,0", "--etas takes positive numbers")
        expectBad("verify sgd --etas 5,6 --horizon 1", "horizon")
    }

    @Test("an output that cannot be written is refused before the work, and leaves nothing behind")
    func unwritableOutput() throws {
        let folder = try TemporaryFolder()
        for path in ["/nonexistent/result.txt", folder.url.path, "/proc/nothing/x", ""] {
            let run = RecordedRun(["derive", "sgd", "--output", path])
            #expect(run.status == .badInput)
            #expect(run.output.isEmpty)
            #expect(run.error.contains("cannot be written"))
        }
        #expect(folder.contents.isEmpty)
    }
}
