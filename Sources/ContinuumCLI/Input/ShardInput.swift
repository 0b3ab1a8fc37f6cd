import Foundation

/// Which part of an ensemble a run makes: `--shard 3/64`, or `--shard auto` inside a job array.
struct ShardInput: Codable, Equatable, Sendable, CustomStringConvertible {
    static let shard = Option(
        "shard", "I/N|auto|auto/N",
        "make part I of N, to be put together with merge; auto reads I and N from the variables of a job array, auto/N the "
            + "index alone")

    static let largestCount = 1_000_000

    /// From 1 to the count.
    let index: Int
    let count: Int

    var description: String { "\(index)/\(count)" }

    /// The variables by which a scheduler tells a task which one of a job array it is.
    private struct Scheduler {
        let index: String
        /// The first index: a variable, and what it is where there is none.
        var first: (variable: String?, value: Int) = (nil, 1)
        var last: String?
        var count: String?
        var step: String?
    }

    private static let schedulers = [
        Scheduler(
            index: "SLURM_ARRAY_TASK_ID", first: ("SLURM_ARRAY_TASK_MIN", 1), last: "SLURM_ARRAY_TASK_MAX",
            count: "SLURM_ARRAY_TASK_COUNT", step: "SLURM_ARRAY_TASK_STEP"),
        Scheduler(
            index: "SGE_TASK_ID", first: ("SGE_TASK_FIRST", 1), last: "SGE_TASK_LAST", step: "SGE_TASK_STEPSIZE"),
        Scheduler(index: "LSB_JOBINDEX", last: "LSB_JOBINDEX_END", step: "LSB_JOBINDEX_STEP"),
        Scheduler(index: "PBS_ARRAY_INDEX"),
        Scheduler(index: "PBS_ARRAYID"),
        Scheduler(index: "AWS_BATCH_JOB_ARRAY_INDEX", first: (nil, 0), count: "AWS_BATCH_JOB_ARRAY_SIZE"),
        Scheduler(index: "BATCH_TASK_INDEX", first: (nil, 0), count: "BATCH_TASK_COUNT"),
        Scheduler(index: "CLOUD_RUN_TASK_INDEX", first: (nil, 0), count: "CLOUD_RUN_TASK_COUNT"),
        Scheduler(index: "JOB_COMPLETION_INDEX", first: (nil, 0)),
        Scheduler(index: "PARALLEL_SEQ"),
    ]

    /// - Throws: a failure for an index or a count that is no part, and where the variables of a job array are missing or
    ///   contradict each other.
    init(_ text: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws(Failure) {
        let parts = text.trimmed.split(separator: "/", omittingEmptySubsequences: false).map { String($0).trimmed }
        let given = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count == 1 ? parts[0] == "auto" : parts.count == 2 && given != nil else {
            throw Failure("--shard is I/N, such as 3/64, or auto, not '\(text)'")
        }
        if parts[0] == "auto" {
            (index, count) = try Self.task(of: given, environment)
        } else {
            guard let index = Int(parts[0]), let given else {
                throw Failure("--shard is I/N, such as 3/64, or auto, not '\(text)'")
            }
            (self.index, count) = (index, given)
        }
        guard (1...Self.largestCount).contains(count), (1...count).contains(index) else {
            throw Failure(
                "--shard: there is no part \(index) of \(count)\nParts are counted from 1, and there are at most "
                    + "\(Self.largestCount).")
        }
    }

    /// The index, from 1, and the count that the environment gives.
    private static func task(
        of given: Int?, _ environment: [String: String]
    ) throws(Failure) -> (index: Int, count: Int) {
        // SGE sets its variable to `undefined` outside of an array, LSF to 0.
        let found = schedulers.filter { scheduler in
            let value = environment[scheduler.index] ?? ""
            return !value.isEmpty && value != "undefined" && !(scheduler.index == "LSB_JOBINDEX" && value == "0")
        }
        guard let scheduler = found.first else {
            throw Failure(
                "--shard auto: no variable of a job array is set\nIt reads "
                    + schedulers.map(\.index).joined(separator: ", ") + ". Give --shard I/N otherwise.")
        }
        guard found.count == 1 else {
            throw Failure(
                "--shard auto: \(found.map(\.index).joined(separator: " and ")) are both set\n"
                    + "Say which part is meant with --shard I/N.")
        }
        func number(_ name: String?) throws(Failure) -> Int? {
            guard let name, let text = environment[name], !text.isEmpty, text != "undefined" else { return nil }
            guard let value = Int(text), value.magnitude <= 1 << 40 else {
                throw Failure("--shard auto: \(name) is '\(text)', not a whole number\nGive --shard I/N.")
            }
            return value
        }
        let first = try number(scheduler.first.variable) ?? scheduler.first.value
        let step = max(try number(scheduler.step) ?? 1, 1)
        let offset = (try number(scheduler.index) ?? first) - first
        let last = try number(scheduler.last)
        let stated = try number(scheduler.count)
        guard let count = given ?? stated ?? last.map({ ($0 - first) / step + 1 }) else {
            throw Failure(
                "--shard auto: \(scheduler.index) is set, but not how many tasks there are\n"
                    + "Give the number of parts with --shard auto/N.")
        }
        // A list of indices with gaps has fewer tasks than places.
        guard offset >= 0, offset % step == 0, offset / step < count, last.map({ ($0 - first) / step < count }) ?? true
        else {
            throw Failure(
                "--shard auto: \(scheduler.index) is \(offset + first), which is not one of \(count) indices from \(first)"
                    + "\(step == 1 ? "" : " in steps of \(step)")\nNumber the tasks without gaps, or give --shard I/N.")
        }
        return (offset / step + 1, count)
    }
}
