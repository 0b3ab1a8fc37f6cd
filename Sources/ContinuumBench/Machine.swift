import Foundation
import Numerics

/// What the figures were measured on.
struct Machine {
    let processor: String
    let cores: Int
    let memoryInGibibytes: Double
    /// The bits of the registers that vector code uses.
    let registerBits: Int
    let system: String
    let compiler: String

    static func current() -> Machine {
        let information = ProcessInfo.processInfo
        return Machine(
            processor: processorName() ?? "unknown processor", cores: information.activeProcessorCount,
            memoryInGibibytes: Double(information.physicalMemory) / 0x1p30,
            registerBits: VectorUnits.choice.registerBits, system: information.operatingSystemVersionString,
            compiler: compilerVersion)
    }

    private static func processorName() -> String? {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
            let colon = line.firstIndex(of: ":")
        else { return nil }
        return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }

    private static var compilerVersion: String {
        #if compiler(>=6.4)
            "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift before 6.3"
        #endif
    }

    var description: String {
        let memory = String(format: "%.0f", memoryInGibibytes)
        return
            "\(processor), \(cores) cores, \(memory) GiB, registers of \(registerBits) bits; \(system); \(compiler), release build"
    }
}
