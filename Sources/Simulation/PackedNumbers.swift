import Foundation

/// Numbers that are stored in files by their bits, eight bytes each.
struct PackedNumbers: Codable, Equatable, Sendable {
    var values: [Double]

    init(_ values: [Double] = []) { self.values = values }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let data = try container.decode(Data.self)
        guard data.count % 8 == 0 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a number is cut off")
        }
        values = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { offset in
                let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                return Double(bitPattern: UInt64(littleEndian: bits))
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        let bits = values.map(\.bitPattern.littleEndian)
        var container = encoder.singleValueContainer()
        try container.encode(bits.withUnsafeBytes { Data($0) })
    }
}
