import Foundation

extension SourceText {
    /// The text in a file.
    ///
    /// - Throws: a diagnostic where the file cannot be read, is no text, or is larger than ``largestSize``.
    public init(contentsOf url: URL) throws(Diagnostic) {
        let file = url.relativePath
        let bytes: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            // One byte more than is read at most tells a file that is too large, however large it is.
            bytes = Array(try handle.read(upToCount: SourceText.largestSize + 1) ?? Data())
        } catch {
            throw Diagnostic(
                file: file, message: "the file cannot be read", remedy: "Check that it exists and may be read.")
        }
        try self.init(bytes: bytes, file: file)
    }
}
