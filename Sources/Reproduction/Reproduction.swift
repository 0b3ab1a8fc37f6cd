import Foundation
import Report
import Simulation

/// The experiments of the seed paper, "SDEs for Adaptive Methods: The Role of Noise", by figure.
public struct Reproduction: Sendable {
    public enum Experiment: String, CaseIterable, Sendable {
        case figure2, figure3, figure5, figure6, figure7, figure10
    }

    private let laboratory: Laboratory

    /// - Parameters:
    ///   - isQuick: whether paths and steps are cut to about a fifth.
    ///   - seed: the seed of the random streams; the results depend on nothing else.
    public init(isQuick: Bool, seed: UInt64 = 1, threads: Int? = nil, cancellation: Cancellation? = nil) {
        laboratory = Laboratory(isQuick: isQuick, seed: seed, threads: threads, cancellation: cancellation)
    }

    /// Runs an experiment.
    ///
    /// - Throws: ``ReproductionError``.
    public func run(_ experiment: Experiment) throws(ReproductionError) -> ReproducedFigure {
        switch experiment {
        case .figure2: try laboratory.figure2()
        case .figure3: try laboratory.figure3()
        case .figure5: try laboratory.figure5()
        case .figure6: try laboratory.figure6()
        case .figure7: try laboratory.figure7()
        case .figure10: try laboratory.figure10()
        }
    }
}

extension ReproducedFigure {
    /// The verdict on each claim.
    public var table: Table {
        var table = Table([
            Table.Column("claim"), Table.Column("predicted"), Table.Column("measured"), Table.Column("verdict"),
        ])
        for claim in claims {
            table.append([claim.statement, claim.predicted, claim.measured, claim.holds ? "holds" : "DOES NOT HOLD"])
        }
        return table
    }

    /// Writes the picture as `NAME.svg` and the data as `.csv` files into a folder.
    ///
    /// - Returns: the paths of the files.
    /// - Throws: ``ReproductionError/file(_:)``.
    public func write(to folder: URL) throws(ReproductionError) -> [String] {
        var paths: [String] = []
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (file, text) in [("\(name).svg", figure.svg)] + data.map({ ($0.file, $0.csv) }) {
                let url = folder.appending(path: file)
                try Data(text.utf8).write(to: url, options: .atomic)
                paths.append(url.relativePath)
            }
        } catch {
            throw .file("cannot write to \(folder.relativePath): \(error.localizedDescription)")
        }
        return paths
    }
}
