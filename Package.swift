// swift-tools-version: 6.3
import PackageDescription

// The loops over lanes are compiled again for the wider registers that some processors have, and chosen as the program starts.
// CONTINUUM_WIDE_REGISTERS=0 leaves them out, as a build for another processor must.
#if os(Linux) && arch(x86_64)
    let isWide = Context.environment["CONTINUUM_WIDE_REGISTERS"] != "0"
#else
    let isWide = false
#endif

func vectorCode(_ name: String, _ level: String) -> Target {
    // Gathers are slow on many processors; a load for each lane is fast on all.
    let flags = ["-march=\(level)", "-mno-gather"].flatMap { ["-Xcc", $0] }
    return .target(name: name, dependencies: ["VectorTypes"], swiftSettings: [.unsafeFlags(flags)])
}

let wideTargets =
    isWide ? [vectorCode("VectorCode256", "x86-64-v3"), vectorCode("VectorCode512", "x86-64-v4")] : []

/// The modules stand in the order in which data flows through them; each may import only what stands before it.
let package = Package(
    name: "continuum",
    products: [
        .library(name: "Continuum", targets: ["Continuum"]),
        .executable(name: "continuum", targets: ["ContinuumCLI"]),
    ],
    targets: wideTargets + [
        .target(name: "ExactNumbers"),
        .target(name: "VectorTypes"),
        .target(name: "VectorCode", dependencies: ["VectorTypes"]),
        .target(name: "MachineCode", dependencies: ["VectorTypes"]),
        .target(
            name: "Numerics", dependencies: ["VectorCode"] + wideTargets.map { .target(name: $0.name) },
            swiftSettings: isWide ? [.define("WIDE_REGISTERS")] : []),
        .target(name: "Algebra", dependencies: ["ExactNumbers", "Numerics"]),
        .target(name: "Probability", dependencies: ["Algebra"]),
        .target(name: "Rules", dependencies: ["Probability"]),
        .target(name: "Matching", dependencies: ["Rules"]),
        .target(name: "Analysis", dependencies: ["Matching"]),
        .target(name: "Compilation", dependencies: ["Matching", "MachineCode"]),
        .target(name: "Emission", dependencies: ["Compilation"]),
        .target(name: "Simulation", dependencies: ["Compilation"]),
        .target(name: "Report", dependencies: ["Analysis", "Simulation"]),
        .executableTarget(name: "embed-rules", path: "Sources/EmbedRulesTool"),
        .plugin(name: "EmbedRules", capability: .buildTool(), dependencies: ["embed-rules"]),
        .target(name: "BuiltInRules", dependencies: ["Rules"], plugins: ["EmbedRules"]),
        .target(name: "Reproduction", dependencies: ["Report", "BuiltInRules"]),
        .target(name: "Continuum", dependencies: ["Emission", "Reproduction"]),
        .executableTarget(name: "ContinuumCLI", dependencies: ["Continuum"]),
        .executableTarget(
            name: "continuum-bench", dependencies: ["Continuum", "Numerics"], path: "Sources/ContinuumBench"),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "ExactNumbersTests", dependencies: ["ExactNumbers", "TestSupport"]),
        .testTarget(name: "VectorCodeTests", dependencies: ["Numerics"]),
        .testTarget(name: "MachineCodeTests", dependencies: ["MachineCode", "Numerics"]),
        .testTarget(name: "NumericsTests", dependencies: ["Numerics"]),
        .testTarget(name: "AlgebraTests", dependencies: ["Algebra", "TestSupport"]),
        .testTarget(name: "ProbabilityTests", dependencies: ["Probability", "TestSupport"]),
        .testTarget(name: "RulesTests", dependencies: ["Rules", "BuiltInRules", "TestSupport"]),
        .testTarget(name: "MatchingTests", dependencies: ["Compilation", "BuiltInRules"]),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "Simulation", "BuiltInRules"]),
        .testTarget(name: "CompilationTests", dependencies: ["Compilation", "BuiltInRules"]),
        .testTarget(name: "EmissionTests", dependencies: ["Emission", "BuiltInRules"]),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation", "BuiltInRules"]),
        .testTarget(name: "ReportTests", dependencies: ["Report", "BuiltInRules"]),
        .testTarget(name: "ReproductionTests", dependencies: ["Reproduction"]),
        .testTarget(name: "ContinuumCLITests", dependencies: ["ContinuumCLI"]),
    ],
    swiftLanguageModes: [.v6]
)
