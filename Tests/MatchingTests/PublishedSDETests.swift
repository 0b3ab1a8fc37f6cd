import Algebra
import BuiltInRules
import Matching
import Numerics
import Rules
import Testing

/// SDEs written by people.
struct PublishedSDETests {
    typealias Q = Quantity

    private func read(_ text: String, for rule: String = "rmsprop") throws -> PublishedSDE {
        try PublishedSDE(parsing: text, for: BuiltInRules.rule(named: rule), file: "paper.sde")
    }

    @Test func `an SDE of the slow states has no equation for a fast one and does not hold it`() throws {
        let rule = try BuiltInRules.rule(named: "signum")
        func read(_ text: String) throws -> SDE {
            try PublishedSDE(parsing: text, for: rule, averagedOver: [rule.states[1].symbol]).sde
        }
        let slow = try read("dx = -df dt + sqrt(eta)*sigma dW")
        #expect(slow.states == [rule.states[0].symbol])
        #expect(slow.covariance == [[Q.sigma ** 2]])
        for text in ["dx = -m dt", "dx = -df dt\ndm = 0 dt"] {
            #expect {
                _ = try read(text)
            } throws: {
                "\($0)".contains("`m` is averaged over")
            }
        }
    }

    @Test func `equations, comments and definitions are read`() throws {
        let published = try read(
            """
            # RMSprop
            let P = sqrt(v) + epsilon   # the preconditioner
            dx = -df/P dt - sqrt(eta)*sigma/P dW

            dv = rho*(df^2 + sigma^2 - v) dt
            """)
        let root = sqrt(Q.v) + Q.epsilon
        #expect(published.sde.drift[0] == -Q.gradient / root)
        #expect(published.sde.diffusion == [[-Q.sigma / root], [0]])
        #expect(published.sde.covariance[0][0] == (Q.sigma ** 2 / root ** 2))
        #expect(published.sde.covariance[1][1].isZero)
        #expect(published.unscaledEntries.isEmpty)
    }

    @Test(arguments: ["df", "grad f", "d_i f", "∂_i f", "∂ᵢf", "∇f"])
    func `the gradient may be written in several ways`(gradient: String) throws {
        let published = try read("dx_i = -\(gradient) dt + √η·σ_i dW_i", for: "sgd")
        #expect(published.sde.drift == [-Q.gradient])
        #expect(published.sde.diffusion == [[Q.sigma]])
    }

    @Test func `states may be written with capital letters, and terms in any number and order`() throws {
        let published = try read(
            "dV = sqrt(eta)*rho*sigma^2 dW2 - rho*V dt + rho*(df^2 + sigma^2) dt\ndX = -df dt + sqrt(eta)*sigma dW1 + dt"
        )
        #expect(published.sde.drift[0] == 1 - Q.gradient)
        expectEqual(published.sde.drift[1], Q.rho * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
        #expect(published.sde.diffusion == [[Q.sigma, 0], [0, Q.rho * Q.sigma ** 2]])
    }

    @Test func `a Hessian times a vector is a sum over coordinates`() throws {
        let published = try read("dx = (-df - eta/2*sum_j(d_ij f*d_j f)) dt + sqrt(eta)*sigma dW", for: "sgd")
        let derivation = try Derivation(of: BuiltInRules.rule(named: "sgd"), options: DerivationOptions(order: 2))
        #expect(published.sde.drift == derivation.sde.drift)
        #expect(ModelComparison(of: published, with: derivation).verdict == .agrees)
        #expect(ModelComparison(of: published, with: derivation).level == .m2)
    }

    @Test func `definitions of the rule are known`() throws {
        let published = try read(
            "dx = -df dt\ndv = (1 - beta)/eta*(df^2 + sigma^2 - v) dt", for: "rmsprop")
        expectEqual(published.sde.drift[1], Q.rho * (Q.gradient ** 2 + Q.sigma ** 2 - Q.v))
    }

    @Test func `an entry without the root of the step size is reported and divided by it`() throws {
        let published = try read("dx = -df dt + sigma dW", for: "sgd")
        #expect(published.sde.diffusion == [[Q.sigma / sqrt(Q.eta)]])
        #expect(published.unscaledEntries.map(\.motion) == ["dW"])
        #expect(published.unscaledEntries.map(\.state.name) == ["x"])
    }

    @Test(arguments: ["sgd", "sgdw", "signsgd", "rmsprop", "rmspropw", "adam", "adamw"])
    func `a derived model is read back from its text`(name: String) throws {
        let rule = try BuiltInRules.rule(named: name)
        let derivation = try Derivation(of: rule)
        let published = try PublishedSDE(parsing: PublishedSDE(derivation.sde).description, for: rule)
        #expect(ModelComparison(of: published, with: derivation).verdict == .agrees)
    }

    // MARK: Mistakes

    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let place: String
        let message: String
        let remedy: String
        var testDescription: String { text }
    }

    static let mistakes = [
        Mistake(
            text: "dx = -df dt", place: "paper.sde:", message: "there is no equation for `v`",
            remedy: "Add a line `dv = ... dt`."),
        Mistake(
            text: "dx = -df dt\ndx = df dt\ndv = 0 dt", place: "paper.sde:2:1:",
            message: "the equation of `x` is given a second time", remedy: "one line"),
        Mistake(
            text: "dx = -df dt\ndw = 0 dt", place: "paper.sde:2:1:",
            message: "`dw` is not the differential of a state of RMSprop", remedy: "Did you mean `dv`?"),
        Mistake(
            text: "dx = -df/(sqrt(v) + epsilom) dt", place: "paper.sde:1:21:", message: "unknown name `epsilom`",
            remedy: "Did you mean `epsilon`?"),
        Mistake(
            text: "dx = -df", place: "paper.sde:1:9:",
            message: "expected `dt` or a Brownian motion such as `dW1` after this term", remedy: ""),
        Mistake(
            text: "dx = -df - rho*x dt", place: "paper.sde:1:10:", message: "expected `dt` or a Brownian motion",
            remedy: "put in parentheses"),
        Mistake(
            text: "dv = sqrt(eta)*rho dW", place: "paper.sde:1:1:", message: "the equation of `v` has no `dt`",
            remedy: "Write `0 dt`"),
        Mistake(
            text: "dx = -df*dt", place: "paper.sde:1:10:", message: "`dt` stands here as a factor",
            remedy: "without a `*`"),
        Mistake(
            text: "dx = -rho df dt", place: "paper.sde:1:11:", message: "expected `dt`",
            remedy: "A product is written with `*`."),
        Mistake(
            text: "dx = -g dt", place: "paper.sde:1:7:", message: "`g` is the random gradient of one step",
            remedy: "Write `df` for its mean."),
        Mistake(
            text: "dx = -df/(1 - beta^k) dt", place: "paper.sde:1:20:", message: "knows no index of the step",
            remedy: "k = t/eta + 1"),
        Mistake(
            text: "dx = -df dt + sqrt(eta) dW\ndv = 0 dt + sqrt(eta) dW1", place: "paper.sde:2:23:",
            message: "some Brownian motions have a number and some have none", remedy: "`dW1`, `dW2`"),
        Mistake(
            text: "let rho = 2", place: "paper.sde:1:5:", message: "`rho` has a meaning already",
            remedy: "Choose another name."),
        Mistake(
            text: "dx = d_j f dt", place: "paper.sde:1:6:", message: "the index `j` is not bound by a sum",
            remedy: "Write `sum_j(...)`."),
        Mistake(
            text: "dx = x1 dt", place: "paper.sde:1:6:", message: "names coordinate 1", remedy: ""),
        Mistake(text: "dx = df/0 dt", place: "paper.sde:1:9:", message: "division by zero", remedy: ""),
        Mistake(text: "= df dt", place: "paper.sde:1:1:", message: "expected an equation", remedy: ""),
    ]

    @Test(arguments: mistakes)
    func `a mistake is answered with its place and a remedy`(mistake: Mistake) throws {
        let rule = try BuiltInRules.rule(named: "rmsprop")
        let diagnostic = try #require(throws: Diagnostic.self) {
            try PublishedSDE(parsing: mistake.text, for: rule, file: "paper.sde")
        }
        let text = "\(diagnostic)"
        #expect(text.hasPrefix(mistake.place), "\(text)")
        #expect(diagnostic.message.contains(mistake.message), "\(text)")
        if !mistake.remedy.isEmpty { #expect(diagnostic.remedy?.contains(mistake.remedy) == true, "\(text)") }
    }

    @Test func `a text that was damaged gives an SDE or a diagnostic`() throws {
        let rule = try BuiltInRules.rule(named: "rmsprop")
        let text = Array("let P = sqrt(v) + epsilon\ndx = -df/P dt - sqrt(eta)*sigma/P dW1\ndv = rho*(grad f^2 - v) dt")
        let pieces = Array("dWxvt01=+-*/^()[],'_∇∂ \n#E") + ["\u{0}", "é"]
        let stream = RandomStream(seed: 5)
        var diagnostics = 0
        for path in 0..<400 {
            var damaged = text
            for edit in 0..<3 {
                func draw(_ component: Int, below bound: Int) -> Int {
                    Int(stream.uniform(path: path, step: edit, component: component) * Double(bound))
                }
                let place = draw(0, below: damaged.count)
                let piece = pieces[draw(1, below: pieces.count)]
                if draw(2, below: 2) == 0 { damaged[place] = piece } else { damaged.insert(piece, at: place) }
            }
            do {
                let sde = try PublishedSDE(parsing: String(damaged), for: rule).sde
                #expect(sde.drift.count == 2)
            } catch {
                #expect(!error.message.isEmpty)
                diagnostics += 1
            }
        }
        #expect(diagnostics > 0)
    }
}
