import Foundation

/// Where text goes.
protocol TextSink: Sendable {
    /// - Throws: a failure where the text cannot be written.
    func write(_ text: String) throws(Failure)
}

/// Standard output or standard error.
///
/// A reader that has gone away (a closed pipe) is no failure: what it did not want is dropped.
struct StandardStream: TextSink {
    private let descriptor: Int32
    private let name: String

    static let output = StandardStream(descriptor: STDOUT_FILENO, name: "standard output")
    static let error = StandardStream(descriptor: STDERR_FILENO, name: "standard error")

    var isTerminal: Bool { isatty(descriptor) != 0 }

    func write(_ text: String) throws(Failure) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                start += count
            } else if errno == EPIPE {
                return
            } else if errno != EINTR {
                throw Failure("\(name) cannot be written: \(String(cString: strerror(errno)))")
            }
        }
    }
}
