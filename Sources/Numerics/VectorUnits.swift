import Foundation
import VectorCode
import VectorTypes

#if WIDE_REGISTERS
    import VectorCode256
    import VectorCode512
#endif

/// The loops over lanes for the registers that this processor has.
package enum VectorUnits {
    /// A unit and the bits of its registers.
    package struct Choice: Sendable {
        package let registerBits: Int
        package let unit: any VectorUnit.Type
    }

    /// Those that this processor can run, the widest last.
    package static let available: [Choice] = {
        var choices = [Choice(registerBits: 128, unit: VectorCode.CompiledVectorUnit.self)]
        #if WIDE_REGISTERS
            if Processor.has(level: 3) {
                choices.append(Choice(registerBits: 256, unit: VectorCode256.CompiledVectorUnit.self))
            }
            if Processor.has(level: 4) {
                choices.append(Choice(registerBits: 512, unit: VectorCode512.CompiledVectorUnit.self))
            }
        #endif
        return choices
    }()

    /// The widest one; not wider than the variable `CONTINUUM_REGISTER_BITS` of the environment, where that is a number.
    package static let choice: Choice = available.last { $0.registerBits <= largestRegisterBits } ?? available[0]

    package static let current: any VectorUnit.Type = choice.unit

    /// The bits of the registers that machine code made at run time is to use, those of this build or not; `nil` where the
    /// processor has only narrow ones, or the variable `CONTINUUM_MACHINE_CODE` of the environment is 0.
    package static let machineCodeBits: Int? = {
        guard ProcessInfo.processInfo.environment["CONTINUUM_MACHINE_CODE"] != "0" else { return nil }
        if Processor.has(level: 4), largestRegisterBits >= 512 { return 512 }
        return Processor.has(level: 3) && largestRegisterBits >= 256 ? 256 : nil
    }()

    private static let largestRegisterBits =
        ProcessInfo.processInfo.environment["CONTINUUM_REGISTER_BITS"].flatMap { Int($0) } ?? .max
}
