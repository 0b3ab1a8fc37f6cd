import Testing

@testable import Emission

@Suite("Emitted source computes what the closures compute")
struct SourceValuesTests {
    @Test("in C, for every built-in rule", .enabled(if: Toolchain.has("clang"), "needs clang"))
    func c() throws {
        let models = try EmittedModel.all(in: .c)
        var helpers: Set<String> = []
        var source = ""
        for (number, model) in models.enumerated() {
            let prefix = "\(model.name.lowercased())_"
            let text = try model.derivation.source(in: .c).replacing(prefix, with: "model\(number)_")
                .replacing(prefix.uppercased(), with: "MODEL\(number)_")
            // One translation unit holds all models, and each helper once.
            for paragraph in text.split(separator: "\n\n")
            where !paragraph.hasPrefix("static") || helpers.insert(String(paragraph)).inserted {
                source += paragraph + "\n\n"
            }
        }
        source += CHarness(models).source
        let output = try Toolchain.output(
            of: source, named: "models.c",
            compiledBy: ["clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "models.c", "-lm", "-o", "program"])
        try expectAgreement(of: output, models)
    }

    @Test("in Swift, to order 1 and 2", .enabled(if: Toolchain.has("swiftc"), "needs swiftc"))
    func swift() throws {
        let models = try EmittedModel.all(in: .swift, named: ["SignSGD", "RMSprop", "Adam", "LAMB", "ClippedSGD"])
        let source =
            try models.enumerated().map { number, model in
                try model.derivation.source(in: .swift)
                    .replacing("struct \(model.name)Model", with: "struct Model\(number)")
            }.joined(separator: "\n") + SwiftHarness(models).source
        let output = try Toolchain.output(
            of: source, named: "main.swift",
            compiledBy: ["swiftc", "-swift-version", "6", "-warnings-as-errors", "main.swift", "-o", "program"])
        try expectAgreement(of: output, models)
    }

    private func expectAgreement(of output: String, _ models: [EmittedModel]) throws {
        #expect(models.count >= 5)
        let lines = output.split(separator: "\n")
        try #require(lines.count == models.count, "\(output.prefix(2000))")
        for (line, model) in zip(lines, models) {
            let values = line.split(separator: " ").compactMap { Double($0) }
            let expected = try model.expectedValues()
            try #require(values.count == expected.count)
            let largest = expected.map(\.magnitude).max() ?? 0
            for (value, reference) in zip(values, expected) {
                #expect(
                    (value - reference).magnitude <= 1e-13 * largest + 1e-12 * reference.magnitude,
                    "\(model.name), order \(model.derivation.options.order): \(value) for \(reference)")
            }
        }
    }
}
