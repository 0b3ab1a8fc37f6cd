import Foundation

/// What the processor says that it can do.
enum Processor {
    /// Whether it has all instructions of a level of x86-64, as its psABI defines them: level 3 has registers of 256 bits, level
    /// 4 of 512.
    static func has(level: Int) -> Bool {
        switch level {
        case 3: features.isSuperset(of: ["avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"])
        case 4:
            has(level: 3) && features.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
        default: false
        }
    }

    /// The names under which Linux lists what processor and system both offer.
    private static let features: Set<Substring> = {
        // The file is made as it is read, a part for each processor: the first suffices.
        guard let file = FileHandle(forReadingAtPath: "/proc/cpuinfo"), let data = try? file.read(upToCount: 1 << 14)
        else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        return Set(lines.first { $0.hasPrefix("flags") }?.split(separator: " ") ?? [])
    }()
}
