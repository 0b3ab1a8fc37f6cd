import Foundation

// Writes a Swift file that holds the text of each file: embed-rules OUTPUT FILE...
let arguments = CommandLine.arguments.dropFirst()
guard let output = arguments.first else {
    FileHandle.standardError.write(Data("usage: embed-rules OUTPUT FILE...\n".utf8))
    exit(2)
}
do {
    var source = """
        /// The text of each file of `Derivations/`, by file name.
        let embeddedFiles: [(file: String, text: String)] = [

        """
    for path in arguments.dropFirst() {
        let url = URL(filePath: path)
        let text = try String(contentsOf: url, encoding: .utf8)
        source += "    (\(url.lastPathComponent.debugDescription), \(text.debugDescription)),\n"
    }
    try Data((source + "]\n").utf8).write(to: URL(filePath: output))
} catch {
    FileHandle.standardError.write(Data("embed-rules: \(error)\n".utf8))
    exit(1)
}
