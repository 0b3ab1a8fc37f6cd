import Simulation

/// One of several parts of an ensemble, as `simulate --shard` writes it and `merge` reads it.
struct EnsemblePart: Codable, Sendable {
    let ruleName: String
    let settings: RunSettings
    let shard: ShardInput
    let processes: [EnsembleState]

    /// The statistics of all parts, given in any order.
    ///
    /// - Throws: a failure for parts of different runs, and for a part that is missing or given twice.
    static func merged(_ parts: [(path: String, part: EnsemblePart)]) throws(Failure) -> [EnsembleState] {
        guard let (path, first) = parts.first else { return [] }
        var byIndex: [Int: (path: String, part: EnsemblePart)] = [:]
        for other in parts {
            if let difference = other.part.settings.difference(
                from: first.settings, here: "'\(other.path)'", there: "'\(path)'")
            {
                throw Failure("the parts are not of one run: \(difference)")
            }
            guard other.part.shard.count == first.shard.count else {
                throw Failure(
                    "the parts are not of one run: '\(other.path)' is one of \(other.part.shard.count) parts, and "
                        + "'\(path)' one of \(first.shard.count)")
            }
            if let twin = byIndex.updateValue(other, forKey: other.part.shard.index) {
                throw Failure("part \(other.part.shard) is given twice: '\(twin.path)' and '\(other.path)'")
            }
        }
        let missing = (1...first.shard.count).filter { byIndex[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.prefix(10).map(String.init).joined(separator: ", ")
            throw Failure(
                "of \(first.shard.count) parts, \(missing.count == 1 ? "one is" : "\(missing.count) are") missing: "
                    + "\(names)\(missing.count > 10 ? ", ..." : "")\nMake them with --shard I/\(first.shard.count).")
        }
        let ordered = byIndex.sorted { $0.key < $1.key }.map(\.value)
        var result = ordered[0].part.processes
        for (path, part) in ordered.dropFirst() {
            guard part.processes.count == result.count else { throw doesNotFit(path) }
            for index in result.indices {
                do { try result[index].append(part.processes[index]) } catch { throw doesNotFit(path) }
            }
        }
        return result
    }

    private static func doesNotFit(_ path: String) -> Failure {
        Failure("'\(path)' does not continue the parts before it\nMake the parts again with one version of continuum.")
    }
}
