import Continuum
import Foundation

// Times the algebra, the derivations, the closures and the simulation, and prints what it was measured on.
//
//     swift run -c release continuum-bench [--filter TEXT] [--samples N] [--json]

let usage = "usage: continuum-bench [--filter TEXT] [--samples N] [--json]"

func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(2)
}

#if DEBUG
    stop("continuum-bench measures release builds only: swift run -c release continuum-bench")
#else
    var harness = Harness()
    var filter = ""
    var writesJSON = false
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
        switch argument {
        case "--filter":
            guard let text = arguments.popFirst() else { stop(usage) }
            filter = text.lowercased()
        case "--samples":
            guard let number = arguments.popFirst().flatMap({ Int($0) }), (1...10_000).contains(number) else {
                stop(usage)
            }
            harness.samples = number
        case "--json": writesJSON = true
        case "--help", "-h":
            print(usage)
            exit(0)
        default: stop("unknown argument `\(argument)`\n\(usage)")
        }
    }

    let groups = [
        ("algebra", AlgebraBenchmarks.all), ("expectation", ProbabilityBenchmarks.all),
        ("derivation", DerivationBenchmarks.all), ("compilation", CompilationBenchmarks.all),
        ("function", FunctionBenchmarks.all), ("simulation", SimulationBenchmarks.all),
    ]
    let machine = Machine.current()
    if !writesJSON { print(machine.description + "\n") }
    var records: [JSONValue] = []
    do {
        for (group, benchmarks) in groups {
            let chosen = benchmarks.filter { filter.isEmpty || "\(group) \($0.name)".lowercased().contains(filter) }
            if chosen.isEmpty { continue }
            var table = BenchmarkReport.table(group)
            for benchmark in chosen {
                let measurement = try harness.measure(benchmark)
                table.append(BenchmarkReport.row(measurement))
                records.append(BenchmarkReport.record(group, measurement))
            }
            if !writesJSON { print(table.text()) }
        }
        if writesJSON {
            let report: JSONValue = ["machine": .string(machine.description), "results": .array(records)]
            print(try report.encoded(.indented))
        } else {
            print("checksum \(harness.blackHole)")
        }
    } catch {
        stop("\(error)")
    }
#endif
