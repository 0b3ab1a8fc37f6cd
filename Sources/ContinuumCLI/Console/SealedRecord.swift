import Foundation

/// A JSON text that the tool writes for itself, with a sum by which a damaged or truncated file is noticed.
enum SealedRecord {
    enum Kind: String, Codable {
        case part = "ensemble part"
        case checkpoint = "ensemble checkpoint"

        var remedy: String {
            switch self {
            case .part: "Make the part again."
            case .checkpoint: "Remove it to start from the beginning."
            }
        }
    }

    /// The version of what is written.
    private static let format = 1

    private struct Header: Codable {
        let continuum: String
        let format: Int
        let sum: String
    }

    private static let middle = ",\"content\":\n"
    private static let end = "\n}\n"

    static func text(of content: some Encodable, as kind: Kind) throws(Failure) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            let data = try encoder.encode(content)
            let header = try encoder.encode(Header(continuum: kind.rawValue, format: format, sum: sum(of: data)))
            return String(decoding: header.dropLast(), as: UTF8.self) + middle + String(decoding: data, as: UTF8.self)
                + end
        } catch {
            throw Failure("the \(kind.rawValue) cannot be written: \(error)")
        }
    }

    /// - Throws: a failure for a file that cannot be read, is something else, or is damaged.
    static func content<Content: Decodable>(
        of path: String, _ kind: Kind, as type: Content.Type = Content.self
    ) throws(Failure) -> Content {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure("the file '\(path)' cannot be read: \(error.localizedDescription)")
        }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let begin = data.range(of: Data(middle.utf8), in: 0..<min(data.count, 256))
        guard let begin, let header = try? decoder.decode(Header.self, from: data[..<begin.lowerBound] + Data("}".utf8))
        else {
            throw Failure("'\(path)' is no \(kind.rawValue), or its beginning is lost\n\(kind.remedy)")
        }
        guard header.continuum == kind.rawValue else {
            throw Failure("'\(path)' is no \(kind.rawValue) but an \(header.continuum)")
        }
        guard header.format == format else {
            throw Failure(
                "'\(path)' has format \(header.format), and this version of continuum reads format \(format)\n"
                    + "Use the version that wrote it. \(kind.remedy)")
        }
        let content = data[begin.upperBound...].dropLast(end.utf8.count)
        guard data.suffix(end.utf8.count) == Data(end.utf8), sum(of: content) == header.sum,
            let result = try? decoder.decode(Content.self, from: content)
        else { throw Failure("'\(path)' is truncated or damaged\n\(kind.remedy)") }
        return result
    }

    /// The sum of Fowler, Noll and Vo (FNV-1a, 64 bits) in hexadecimal digits.
    private static func sum(of data: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        data.withUnsafeBytes { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
