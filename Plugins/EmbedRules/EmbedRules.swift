import Foundation
import PackagePlugin

/// Embeds every `Derivations/*.rule` file in the target, so that the folder alone decides which rules are built in
/// and the executable needs no file beside it.
@main
struct EmbedRules: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "Derivations")
        let rules = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "rule" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedRules.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(rules.count) rules",
                executable: try context.tool(named: "embed-rules").url,
                arguments: [output.path] + rules.map(\.path),
                inputFiles: rules,
                outputFiles: [output])
        ]
    }
}
