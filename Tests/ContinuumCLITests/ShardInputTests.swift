import Testing

@testable import ContinuumCLI

@Suite struct ShardInputTests {
    private func shard(_ text: String, _ environment: [String: String] = [:]) throws -> String {
        try ShardInput(text, environment: environment).description
    }

    private func message(_ text: String, _ environment: [String: String] = [:]) -> String {
        do {
            return "no failure, but \(try ShardInput(text, environment: environment))"
        } catch {
            return error.message
        }
    }

    @Test("a part is named by its number from 1 and the number of parts")
    func explicit() throws {
        #expect(try shard("3/64") == "3/64")
        #expect(try shard(" 1 / 1 ") == "1/1")
        for text in ["0/4", "5/4", "-1/4", "1/0", "1/1000001"] { #expect(message(text).contains("there is no part")) }
        for text in ["", "3", "a/4", "3/b", "1/2/3", "3/", "auto/", "automatic"] {
            #expect(message(text).contains("--shard is I/N"))
        }
    }

    @Test("a variable out of range is a failure", arguments: ["\(Int.min)", "\(Int.max)", "1e3", "x"])
    func outOfRange(_ text: String) {
        #expect(message("auto/4", ["PARALLEL_SEQ": text]).contains("PARALLEL_SEQ is '\(text)', not a whole number"))
    }

    @Test("the variables of job arrays say which part a task makes")
    func schedulers() throws {
        let slurm = [
            "SLURM_ARRAY_TASK_ID": "12", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_MAX": "16",
            "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "4",
        ]
        #expect(try shard("auto", slurm) == "2/4")
        let zeroBased = [
            "SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "63",
            "SLURM_ARRAY_TASK_COUNT": "64",
        ]
        #expect(try shard("auto", zeroBased) == "1/64")
        #expect(try shard("auto/64", zeroBased) == "1/64")
        let sge = ["SGE_TASK_ID": "7", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "9", "SGE_TASK_STEPSIZE": "3"]
        #expect(try shard("auto", sge) == "3/3")
        #expect(try shard("auto", ["LSB_JOBINDEX": "5", "LSB_JOBINDEX_END": "8"]) == "5/8")
        #expect(try shard("auto/8", ["PBS_ARRAY_INDEX": "8"]) == "8/8")
        #expect(try shard("auto/3", ["PARALLEL_SEQ": "2"]) == "2/3")
        #expect(
            try shard("auto", ["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "2"]) == "1/2")
        #expect(try shard("auto", ["CLOUD_RUN_TASK_INDEX": "4", "CLOUD_RUN_TASK_COUNT": "5"]) == "5/5")
    }

    @Test("what the environment does not say, or says twice, has a message")
    func badEnvironment() {
        #expect(message("auto").contains("no variable of a job array is set"))
        #expect(message("auto", ["SGE_TASK_ID": "undefined"]).contains("no variable"))
        #expect(message("auto", ["PBS_ARRAY_INDEX": "3"]).contains("--shard auto/N"))
        #expect(message("auto/4", ["PBS_ARRAY_INDEX": "5"]).contains("is not one of 4"))
        #expect(message("auto/4", ["PBS_ARRAY_INDEX": "0"]).contains("is not one of 4"))
        #expect(message("auto/4", ["PBS_ARRAY_INDEX": "x"]).contains("'x', not a whole number"))
        #expect(message("auto/4", ["PBS_ARRAY_INDEX": "1", "PARALLEL_SEQ": "1"]).contains("both set"))
        let gaps = [
            "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "7",
            "SLURM_ARRAY_TASK_COUNT": "3",
        ]
        #expect(message("auto", gaps).contains("without gaps"))
    }
}
