import Continuum
import Foundation

/// How measurements are printed.
enum BenchmarkReport {
    static func table(_ group: String) -> Table {
        Table([
            Table.Column(group), Table.Column("result", .right), Table.Column("median", .right),
            Table.Column("least", .right),
            Table.Column("most", .right), Table.Column("rate", .right),
        ])
    }

    static func row(_ measurement: Harness.Measurement) -> [String] {
        let benchmark = measurement.benchmark
        let rate = benchmark.unit.map { scaled(benchmark.unitsPerCall / measurement.median) + " \($0)/s" } ?? ""
        return [
            benchmark.name, String(format: "%.6g", measurement.result), time(measurement.median),
            time(measurement.minimum),
            time(measurement.maximum), rate,
        ]
    }

    static func record(_ group: String, _ measurement: Harness.Measurement) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("group", .string(group)), .init("name", .string(measurement.benchmark.name)),
            .init("result", .number(measurement.result)), .init("samples", .integer(measurement.seconds.count)),
            .init("median", .number(measurement.median)), .init("least", .number(measurement.minimum)),
            .init("most", .number(measurement.maximum)),
        ]
        if let unit = measurement.benchmark.unit {
            members.append(.init("unit", .string(unit)))
            members.append(.init("unitsPerSecond", .number(measurement.benchmark.unitsPerCall / measurement.median)))
        }
        return .object(members)
    }

    /// Seconds with three significant digits in the unit that suits.
    private static func time(_ seconds: Double) -> String {
        for (unit, scale) in [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)] where seconds >= scale {
            return significant(seconds / scale) + " \(unit)"
        }
        return significant(seconds / 1e-9) + " ns"
    }

    private static func scaled(_ number: Double) -> String {
        for (suffix, scale) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] where number >= scale {
            return significant(number / scale) + " \(suffix)"
        }
        return significant(number)
    }

    private static func significant(_ number: Double) -> String {
        String(format: number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number)
    }
}
