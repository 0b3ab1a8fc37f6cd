/// A text to be parsed, with the name it is reported under.
///
/// Places in it are offsets into its UTF-8 bytes.
public struct SourceText: Sendable {
    /// The largest text that is read, in bytes.
    public static let largestSize = 1_000_000

    public let file: String
    let bytes: [UInt8]

    /// - Throws: a diagnostic when the text is larger than ``largestSize``.
    public init(_ text: String, file: String) throws(Diagnostic) {
        try self.init(bytes: Array(text.utf8), file: file)
    }

    /// - Throws: a diagnostic when the bytes are more than ``largestSize`` or are not UTF-8 text.
    public init(bytes: [UInt8], file: String) throws(Diagnostic) {
        guard bytes.count <= SourceText.largestSize else {
            throw Diagnostic(
                file: file, message: "the text is larger than \(SourceText.largestSize) bytes, the most that is read")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Diagnostic(
                file: file, message: "this is not a text", remedy: "Save the file as plain text, encoded in UTF-8.")
        }
        self.file = file
        // A byte order mark says nothing more about UTF-8.
        self.bytes = text.unicodeScalars.first == "\u{FEFF}" ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The byte ranges of the lines, without their ends; `\n`, `\r\n` and `\r` end a line.
    package var lines: [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        for (offset, byte) in bytes.enumerated() {
            let endsLine = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            guard endsLine else { continue }
            let isSecondOfPair = byte == UInt8(ascii: "\n") && offset > 0 && bytes[offset - 1] == UInt8(ascii: "\r")
            if !isSecondOfPair { result.append(start..<offset) }
            start = offset + 1
        }
        result.append(start..<bytes.count)
        return result
    }

    package var wholeRange: Range<Int> { bytes.indices }

    package func text(in range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: wholeRange)], as: UTF8.self)
    }

    /// A diagnostic that points at the byte `offset`.
    ///
    /// - Complexity: linear in the offset.
    package func diagnostic(at offset: Int, _ message: String, remedy: String? = nil) -> Diagnostic {
        let place = max(0, min(offset, bytes.count))
        let ranges = lines
        let number = ranges.lastIndex { $0.lowerBound <= place } ?? 0
        let range = ranges[number]
        let before = text(in: range.lowerBound..<max(range.lowerBound, min(place, range.upperBound)))
        let after = text(in: max(range.lowerBound, min(place, range.upperBound))..<range.upperBound)
        return Diagnostic(
            file: file, line: number + 1, column: before.count + 1, message: message, remedy: remedy,
            excerpt: SourceText.excerpt(before: before, after: after))
    }

    /// A window of the line around the place, and a caret below it.
    private static func excerpt(before: String, after: String) -> String {
        let margin = 60
        var left = String(before.suffix(margin)).map(printable)
        if before.count > margin { left.insert("…", at: 0) }
        var right = String(after.prefix(margin)).map(printable)
        if after.count > margin { right.append("…") }
        let padding = left.map { $0 == "\t" ? Character("\t") : " " }
        return "    \(String(left + right))\n    \(String(padding))^"
    }

    /// Control characters are not sent to a terminal.
    private static func printable(_ character: Character) -> Character {
        let isControl = character.unicodeScalars.contains {
            $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
        }
        return isControl && character != "\t" ? "\u{FFFD}" : character
    }
}
