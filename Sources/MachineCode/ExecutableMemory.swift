import Foundation

/// Bytes that the processor may run; first written, then closed to writing, and given back with their owner.
final class ExecutableMemory: Sendable {
    nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let size: Int

    /// - Returns: `nil` where the system grants no such memory.
    init?(_ bytes: [UInt8]) {
        #if os(Linux) && arch(x86_64)
            let size = max(1, bytes.count)
            guard
                let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                base != MAP_FAILED
            else { return nil }
            base.copyMemory(from: bytes, byteCount: bytes.count)
            guard mprotect(base, size, PROT_READ | PROT_EXEC) == 0 else {
                munmap(base, size)
                return nil
            }
            self.base = base
            self.size = size
        #else
            return nil
        #endif
    }

    deinit {
        #if os(Linux) && arch(x86_64)
            munmap(base, size)
        #endif
    }
}
