/// Writes records of comma-separated values (RFC 4180).
///
/// A field that holds a comma, a quotation mark or a line break is quoted, quotation marks inside of it doubled.
public struct CSVWriter: Sendable {
    /// What ends a record: `\r\n` in the letter of RFC 4180, `\n` where line-based tools read the file.
    public let lineEnding: String
    public private(set) var text = ""

    public init(lineEnding: String = "\r\n") { self.lineEnding = lineEnding }

    public mutating func append(_ fields: [String]) {
        text += fields.map(CSVWriter.quoted).joined(separator: ",") + lineEnding
    }

    private static func quoted(_ field: String) -> String {
        let isPlain = !field.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        return isPlain ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }
}

extension Table {
    /// The titles and the rows as comma-separated values.
    public func csv(lineEnding: String = "\r\n") -> String {
        var writer = CSVWriter(lineEnding: lineEnding)
        writer.append(columns.map(\.title))
        for row in rows { writer.append(row) }
        return writer.text
    }
}
