import Foundation
import Testing

@testable import ContinuumCLI

@Suite struct CommandTests {
    @Test("derive prints both forms of the SDE, the covariance and the certificate")
    func derive() {
        let text = RecordedRun("derive signsgd").output
        for part in [
            "dx_i = -erf(∂_i f/(√2·σ_i)) dt", "dX = -erf(Σ^(-1/2) ∇f(X)/√2) dt", "S[x,x] = 1 - erf", "certificate",
        ] {
            #expect(text.contains(part))
        }
        #expect(RecordedRun("derive signsgd --steps").output.contains("step 1: noise"))
        #expect(RecordedRun("derive signsgd --format latex").output.contains("\\begin{aligned}"))
        #expect(RecordedRun("derive signsgd --format markdown").output.hasPrefix("# SignSGD\n"))
        #expect(RecordedRun("derive signsgd --format json").output.contains("\"rule\": \"SignSGD\""))
    }

    @Test("a rule that says nothing about itself has its name alone for a heading")
    func nothingAbout() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("plain.rule", "optimizer Plain\nstep eta\nstate x\ngradient g at x\nx' = x - eta*g")
        #expect(RecordedRun(["derive", path]).output.hasPrefix("Plain\nnoise"))
        #expect(RecordedRun(["derive", path, "--format", "markdown"]).output.hasPrefix("# Plain\n\n```\n"))
    }

    @Test("derive says what the literature leaves out, or what the declared model drops")
    func droppedTerms() {
        let full = RecordedRun("derive rmsprop").output
        #expect(full.contains("left out by the literature"))
        #expect(full.contains("S[x,v] = -2·ρ·∂_i f·σ_i²/(√v_i + ε)"))
        let declared = RecordedRun("derive rmsprop --diffusion declared").output
        #expect(declared.contains("dropped from the covariance"))
        #expect(!declared.contains("left out by the literature"))
    }

    @Test("what does not exist has status 3")
    func nonexistence() {
        let heavy = RecordedRun("derive sgd --noise student(2)")
        #expect(heavy.status == .doesNotExist)
        #expect(heavy.error.contains("no moment of order 2"))
        #expect(RecordedRun("derive signsgd --noise student(2)").status == .done)
        #expect(RecordedRun("derive signsgd --noise student(nu)").status == .done)
        let jump = RecordedRun("derive adamax")
        #expect(jump.status == .doesNotExist)
        #expect(jump.error.contains("there is no diffusion limit"))
        #expect(jump.output.isEmpty)
    }

    @Test("emit writes source in the language that it is told, and says which there are")
    func emit() {
        let run = RecordedRun("emit rmsprop --target python")
        #expect(run.status == .done)
        #expect(run.output.contains("def drift(state, t, gradient, *, eta, rho, sigma, epsilon=1e-08):"))
        let missing = RecordedRun("emit rmsprop")
        #expect(missing.status == .badInput)
        #expect(missing.error.contains("emit needs --target swift|c|python|jax|pytorch"))
        #expect(RecordedRun("emit rmsprop --target pyton").error.contains("did you mean 'python'?"))
        let coupled = RecordedRun("emit normalizedsgd --target c")
        #expect(coupled.status == .doesNotExist)
        #expect(coupled.error.contains("coordinates share noise"))
        let unspecified = RecordedRun("emit signsgd --target c --noise any")
        #expect(unspecified.status == .doesNotExist)
        #expect(unspecified.error.contains("Choose one with --noise."))
    }

    @Test("report has no page for a rule without a model")
    func reportWithoutModel() {
        let run = RecordedRun("report adamax")
        #expect(run.status == .doesNotExist)
        #expect(run.output.isEmpty && run.error.contains("there is no diffusion limit"))
    }

    @Test("evaluate gives SignSGD's coefficients, -erf(a) and 1 - erf(a)^2 with a = G/(sqrt 2 sigma)")
    func evaluate() throws {
        let run = RecordedRun("evaluate signsgd --set eta=0.01,sigma=0.5 --at gradient=0.3 --format json")
        let a = 0.3 / (2.0.squareRoot() * 0.5)
        #expect(abs(try #require(run.numbers("x").first) + erf(a)) < 1e-15)
        #expect(abs(try #require(run.numbers("x,x").first) - (1 - erf(a) * erf(a))) < 1e-15)
    }

    @Test("evaluate on a landscape agrees with the gradient given by its value")
    func evaluateOnLandscape() {
        let set =
            "evaluate rmspropw --set eta=0.01,rho=2,gamma=0.1,epsilon=0.001,sigma=0.5 --order 2 --format json --at"
        let landscape = RecordedRun("\(set) x=0.7,v=0.3,t=0.5 --landscape x1^4/4")
        let value = RecordedRun("\(set) x=0.7,v=0.3,gradient=\(0.7 * 0.7 * 0.7),hessian=\(3 * 0.7 * 0.7)")
        #expect(landscape.status == .done)
        for key in ["x", "v", "x,x", "x,v", "v,v"] {
            let (first, second) = (landscape.numbers(key), value.numbers(key))
            #expect(first.count == 1 && second.count == 1)
            for (a, b) in zip(first, second) { #expect(abs(a - b) <= 1e-13 * abs(b)) }
        }
    }

    @Test("a definition in place of its parameter gives the same numbers")
    func definitions() {
        let at = "sigma=0.5 --at x=1,m=0.2,v=0.3,t=0.5,gradient=0.4 --format json"
        let beta = RecordedRun("evaluate adam --set eta=0.125,beta1=0.5,beta2=0.75,\(at)")
        let rho = RecordedRun("evaluate adam --set eta=0.125,rho1=4,rho2=2,\(at)")
        #expect(beta.status == .done)
        #expect(beta.output == rho.output)
    }

    @Test("on two coordinates states are numbered")
    func coordinates() {
        let run = RecordedRun(
            "evaluate sgd --set eta=0.1,sigma1=0.5,sigma2=2 --at x1=1,x2=3 --landscape quadratic(10,2) --format json")
        #expect(run.numbers("x1") == [-10])
        #expect(run.numbers("x2") == [-6])
        #expect(run.numbers("x1,x1") == [0.25])
        #expect(run.numbers("x2,x2") == [4])
        #expect(run.numbers("x1,x2") == [0])
    }

    @Test("verify gives the errors of SignSGD's models to 2e-6")
    func verify() {
        // A deterministic solver outside of this package: x^2/2, sigma = 0.5, x0 = 0.8, T = 1, x^2 + sin x.
        let line = [
            "verify", "signsgd", "--landscape", "x1^2/2", "--set", "sigma=0.5", "--x0", "0.8", "--horizon", "1",
            "--etas", "0.2,0.1,0.05", "--test", "x1^2 + sin(x1)", "--format", "json",
        ]
        let second = RecordedRun(line + ["--order", "2"])
        #expect(second.status == .done)
        #expect(second.output.contains("\"verdict\": \"supports\""))
        for (error, known) in zip(second.numbers("error"), [-0.00443, -0.000831, -0.000172]) {
            #expect(abs(error - known) <= 0.005 * abs(known))
        }
        let first = RecordedRun(line)
        for (error, known) in zip(first.numbers("error"), [0.0348, 0.0200, 0.0106]) {
            #expect(abs(error - known) <= 0.006 * abs(known))
        }
        for (error, known) in zip(first.numbers("odeError"), [-0.0272, -0.0121, -0.00574]) {
            #expect(abs(error - known) <= 0.006 * abs(known))
        }
        #expect(first.numbers("halfwidth95") == [0, 0, 0])
    }

    @Test("simulate gives the columns that scripts rely on, and the same numbers for any number of threads")
    func simulate() {
        let line = "simulate signsgd --set eta=0.1,sigma=0.5 --steps 20 --paths 300 --save 2 --format csv --threads"
        let run = RecordedRun("\(line) 1")
        #expect(run.status == .done)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "process,step,time,quantity,mean,sd,q05,q95")
        // Two processes at the start and two later times, x and the loss.
        #expect(lines.count == 1 + 2 * 3 * 2)
        #expect(RecordedRun("\(line) 3").output == run.output)
        #expect(RecordedRun("\(line) 1 --seed 2").output != run.output)
        let optimizer = RecordedRun("\(line) 1 --process optimizer").output
        #expect(!optimizer.contains("sde"))
        #expect(run.output.hasPrefix(optimizer))
    }

    @Test("simulate and verify run the jump form of a rule that has no SDE, and say so")
    func jumpForm() {
        let set = "adamax --set rho1=1,rho2=1,sigma=0.5"
        let line = "simulate \(set),eta=0.1 --start u=2 --steps 5 --paths 200 --save 1 --format csv --threads"
        let run = RecordedRun("\(line) 1")
        #expect(run.status == .done)
        #expect(run.output.contains("\njump,5,0.5,u,"))
        #expect(run.error.contains("no diffusion limit; the model is its jump form"))
        #expect(RecordedRun("\(line) 2").output == run.output)
        #expect(!RecordedRun("\(line) 1 --process jump").output.contains("optimizer"))
        #expect(RecordedRun("simulate sgd --process jump --set eta=0.1,sigma=1").status == .badInput)

        let check = "verify \(set) --start u=2 --horizon 0.4 --etas 0.2,0.1 --test u --paths 200 --dt eta"
        let verify = RecordedRun(check)
        #expect(verify.output.contains("there is no diffusion limit"))
        #expect(verify.output.contains("E jump form"))
        #expect(RecordedRun("\(check) --order 2").status == .doesNotExist)
    }

    @Test("a noise scale may be a formula in the position")
    func noiseScale() throws {
        let set = "--set sigma=0.4*sqrt(1+x1^2)"
        let point = RecordedRun(
            "evaluate rmsprop \(set),eta=0.1,rho=2,epsilon=0.1 --at x=0.5,v=1 --landscape x1^2/2 --order 2 --format json"
        )
        let variance = 0.16 * 1.25
        #expect(abs(try #require(point.numbers("x,x").first) - variance / (1.1 * 1.1)) < 1e-14)
        // b0 + eta b1 with b1 = rho f'^2 f''/P + rho^2 (q - v)/2, less rho x (sigma^2)'/2 b0_x for the scale.
        let (x, rho, p) = (0.5, 2.0, 1.1)
        let q = x * x + variance
        let scale = rho * 0.16 * 2 * x * (x / p) / 2
        let expected = rho * (q - 1) + 0.1 * (rho * x * x / p + scale + rho * rho * (q - 1) / 2)
        #expect(abs(try #require(point.numbers("v").first) - expected) < 1e-14)

        let check = RecordedRun(
            "verify sgd \(set) --order 2 --horizon 0.5 --etas 0.1,0.05,0.025 --test sin(x1)+x1^2 --format json")
        #expect(check.status == .done)
        #expect(check.output.contains("\"method\": \"deterministic\""))
        #expect(abs(try #require(check.numbers("order").dropFirst().first) - 2) < 0.15)
        let simulation = RecordedRun("simulate sgd \(set),eta=0.1 --steps 3 --paths 10 --save 1 --format csv")
        #expect(simulation.output.contains("\nsde,3,"))
        #expect(RecordedRun("simulate sgd --set sigma=y1+x1,eta=0.1").error.contains("sigma"))
        #expect(RecordedRun("evaluate sgd \(set),eta=0.1 --at gradient=1").error.contains("'x' has no value"))
    }

    @Test("a landscape that blows up stops with step and path, and what was saved before is printed")
    func blowUp() {
        let line = "simulate sgd --landscape x1^4 --set eta=0.5,sigma=0.1 --x0 3 --steps 9 --save 9 --paths 4 --format"
        let run = RecordedRun("\(line) csv")
        #expect(run.status == .badInput)
        #expect(run.error.contains("at step"))
        #expect(run.error.contains("on path"))
        #expect(run.output.contains("optimizer,3,"))
        #expect(!run.output.contains("optimizer,9,"))
        #expect(RecordedRun("\(line) json").output.contains("\"complete\": false"))
    }

    @Test("a start that the user gives is where a regular model starts, and a bias-corrected one a step later")
    func givenStart() {
        let options = "--steps 2 --save 1 --paths 2 --process sde --format csv --start"
        let regular = RecordedRun("simulate rmsprop --set eta=0.01,rho=1,sigma=0.1 \(options) v=0.5")
        #expect(regular.output.contains("\nsde,0,0.0,v,0.5,"))
        let corrected = RecordedRun("simulate adam --set eta=0.01,rho1=1,rho2=1,sigma=0.1 \(options) m=0.1,v=0.5")
        #expect(corrected.status == .done)
        #expect(corrected.output.contains("\nsde,1,0.01,x,"))
        #expect(corrected.error.contains("singular at time 0"))
    }

    @Test("an interruption has status 130")
    func interruption() {
        let arguments = "simulate sgd --set eta=0.1,sigma=1 --steps 1000000 --format csv".split(separator: " ").map(
            String.init)
        let run = RecordedRun(arguments, cancelled: true)
        #expect(run.status == .interrupted)
        #expect(run.output.contains("optimizer,0,"))
        #expect(RecordedRun(["verify", "sgd"], cancelled: true).status == .interrupted)
    }

    @Test("schedules take their formulas from the command line")
    func schedules() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "scheduled.rule",
            "optimizer S\nstep eta\nschedule s(t)\nstate x\ngradient g at x\nnoise gaussian\nx' = x - eta*s(t)*g\n")
        let arguments = ["evaluate", path, "--set", "eta=0.1,sigma=1", "--at", "gradient=3,t=2", "--format", "json"]
        #expect(RecordedRun(arguments).error.contains("the schedule 's' has no formula"))
        let run = RecordedRun(arguments + ["--schedule", "s(t)=1/(1+t)"])
        #expect(run.numbers("x").map { abs($0 + 1) < 1e-15 } == [true])
        #expect(RecordedRun(arguments + ["--schedule", "r(t)=t"]).error.contains("there is no schedule 'r'"))
        #expect(RecordedRun(arguments + ["--schedule", "s"]).error.contains("expected a formula"))
    }

    @Test("a result goes whole into its file, through a link to the file behind it")
    func outputFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "sgd.txt").path
        let run = RecordedRun(["derive", "sgd", "--output", path])
        #expect(run.status == .done)
        #expect(run.output.isEmpty)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == RecordedRun("derive sgd").output)
        let link = folder.url.appending(path: "link.txt").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(RecordedRun(["derive", "signsgd", "--output", link]).status == .done)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == RecordedRun("derive signsgd").output)
        #expect(folder.contents.count == 2)
        #expect(RecordedRun(["derive", "sgd", "--output", "/dev/null"]).status == .done)
    }

    @Test("noise correlated between coordinates: its covariance, its options and their errors")
    func correlatedNoise() throws {
        func evaluate(_ noise: String?, _ correlation: String?, landscape: String = "quadratic(1,1)") -> RecordedRun {
            RecordedRun(
                ["evaluate", "signsgd", "--landscape", landscape, "--at", "x1=0.3,x2=-0.2"]
                    + ["--set", "eta=0.1,sigma1=0.5,sigma2=0.8", "--format", "json"]
                    + (noise.map { ["--noise", $0] } ?? []) + (correlation.map { ["--correlation", $0] } ?? []))
        }
        // Nested quadrature by mpmath.
        for correlation in ["0.6", "1,0.6;0.6,1"] {
            let run = evaluate("gaussian correlated", correlation)
            #expect(abs(try #require(run.numbers("x1,x2").first) - 0.302912696332943) < 1e-14)
        }
        #expect(evaluate("gaussian", nil).numbers("x1,x2") == [0])
        #expect(evaluate("gaussian correlated", nil).error.contains("--correlation R"))
        #expect(evaluate(nil, "0.5").error.contains("--noise 'gaussian correlated'"))
        #expect(evaluate("gaussian correlated", "1,0.5;0.4,1").error.contains("not symmetric"))
        #expect(evaluate("gaussian correlated", "1.5").error.contains("not positive semidefinite"))
        #expect(evaluate("gaussian correlated", "1,0.5").error.contains("2 rows of 2"))
        #expect(evaluate("laplace correlated", "0.5").error.contains("gaussian, not laplace"))
        let derivation = RecordedRun(["derive", "sgd", "--noise", "gaussian correlated"]).output
        #expect(derivation.contains("S[x_i,x_j] = r_ij·σ_i·σ_j  (i ≠ j)"))
        #expect(derivation.contains("noise gaussian correlated, order 1"))
    }

    @Test("a finite sample as noise: its options, its certificate, and what is refused")
    func sampleNoise() throws {
        func derive(_ rule: String, _ noise: String, _ more: String...) -> RecordedRun {
            RecordedRun(["derive", rule, "--noise", noise] + more)
        }
        let signs = derive("signsgd", "sample(-1, 0, 1/2, 3)").output
        #expect(signs.contains("noise sample(-13/8, -5/8, -1/8, 19/8)"))
        #expect(signs.contains("piecewise constant, and smoothness fails"))
        #expect(signs.contains("a coefficient jumps"))
        #expect(derive("sgd", "sample(-1, 1) batch 4").output.contains("√η (σ_i/2) dW"))
        #expect(derive("sgd", "sample(-1, 1)", "--batch").error.contains("sample(...) batch 4"))
        #expect(derive("sgd", "sample(1, 1)").error.contains("not all the same"))
        #expect(derive("sgd", "sample(/nowhere/file.csv)").error.contains("cannot be read"))
        #expect(derive("sgd", "sample(-1, 1) batch 0").error.contains("whole number from 1"))
        #expect(derive("sgd", "laplace batch 4").status == .badInput)
        #expect(derive("signsgd", "sample(-1, 0, 1/2, 3) batch 40").error.contains("more than 128 values"))
        let file = FileManager.default.temporaryDirectory.appending(path: "continuum-sample-\(UUID().uuidString).csv")
        try "0.1\n-0.25, 3".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let run = RecordedRun(
            ["evaluate", "signsgd", "--noise", "sample(\(file.path())) batch 2", "--set", "eta=0.1,sigma=1"]
                + ["--at", "gradient=0.3", "--format", "json"])
        // Means of two of -0.85, -1.2, 2.05 with 0.3 added: four of the nine pairs are negative.
        #expect(abs(try #require(run.numbers("x").first) + 1.0 / 9) < 1e-15)
    }

    @Test("a batch divides the variance, and the certificate says what is assumed of the law of a mean")
    func batch() throws {
        #expect(!RecordedRun("derive sgd --batch").output.contains("mean of B draws"))
        #expect(RecordedRun("derive sgd --batch --noise laplace").output.contains("mean of B draws"))
        for law in ["gaussian", "laplace", "student(5)"] {
            let run = RecordedRun(
                "evaluate sgd --noise \(law) --batch --set eta=0.1,sigma=0.6,B=4 --at gradient=0.3 --format json")
            let variance = law == "student(5)" ? 0.09 * 5 / 3 : 0.09
            #expect(abs(try #require(run.numbers("x,x").first) - variance) < 1e-15)
        }
    }
}
