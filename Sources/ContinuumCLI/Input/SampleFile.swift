import Foundation

/// A file of the values of a sample, separated by commas, semicolons or white space.
enum SampleFile {
    static let largestCount = 100_000

    /// The values as they are written.
    ///
    /// - Throws: a failure for a file that cannot be read or has too many values.
    static func words(of path: String) throws(Failure) -> [String] {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw Failure(
                "--noise: a sample is at least two numbers, or a file of them; the file '\(path)' cannot be read\n"
                    + "Give values such as 'sample(-1, 0, 1/2, 3)', or the path of a file.")
        }
        let words = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }.map(String.init)
        guard words.count <= largestCount else {
            throw Failure("--noise: the file '\(path)' has more than \(largestCount) values")
        }
        return words
    }
}
