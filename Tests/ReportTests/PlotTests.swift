import Foundation
import Testing

@testable import Report

struct PlotTests {
    private let figure = Figure([
        Plot(
            "loss & noise", horizontal: Plot.Axis("t"), vertical: Plot.Axis("E f < 1", .logarithmic),
            lines: [
                Plot.Line("optimizer", [.init(0, 1, band: 0.5...2), .init(1, 0.1, band: -0.1...0.2)]),
                Plot.Line("model", [.init(0, 1), .init(0.5, 0), .init(1, .nan), .init(2, 0.01)], style: .dashed),
                Plot.Line("measured", [.init(1, 0.1)], style: .marks),
            ]),
        Plot("empty", horizontal: Plot.Axis("x"), vertical: Plot.Axis("y")),
    ])

    @Test func `a figure is well-formed XML, the same for the same plots`() throws {
        let document = XMLChecker(figure.svg)
        #expect(document.isWellFormed)
        #expect(document.count["polyline"] == 4)
        #expect(document.count["polygon"] == 1)
        #expect(figure.svg == figure.svg)
        #expect(!figure.svg.contains("nan") && !figure.svg.contains("inf"))
        #expect(figure.svg.contains("loss &amp; noise") && figure.svg.contains("E f &lt; 1"))
    }

    @Test func `values that a logarithmic axis has no place for are left out`() {
        let line = figure.svg.split(separator: "\n").first {
            $0.contains("stroke-dasharray") && $0.contains("polyline")
        }
        #expect(line?.split(separator: "\"")[1].split(separator: " ").count == 2)
    }

    @Test(arguments: [
        ([0.0, 1.0], Plot.Scale.linear, [0, 0.5, 1.0]), ([-3.0, 7.0], .linear, [0, 5]),
        ([1e-4, 1], .logarithmic, [1e-4, 1]),
        ([2.0, 2.0], .linear, [2]), ([], .linear, [0, 1]),
    ])
    func `ticks are round numbers within the range`(values: [Double], scale: Plot.Scale, expected: [Double]) {
        let range = AxisRange(holding: values, scale: scale)
        let ticks = range.ticks
        #expect((2...8).contains(ticks.count))
        for value in expected { #expect(ticks.contains { ($0 - value).magnitude < 1e-12 }, "\(ticks)") }
        for tick in ticks {
            guard let position = range.position(of: tick) else {
                Issue.record("no place for \(tick)")
                continue
            }
            #expect((0...1).contains(position))
        }
    }

    /// A bowed line from the left lower to the right upper corner leaves one of the other two free.
    @Test(arguments: [(0.2, "right bottom"), (20.0, "left top")])
    func `the legend stands where it hides no line`(power: Double, corner: String) throws {
        let points = (0...100).map { Plot.Point(Double($0) / 100, pow(Double($0) / 100, power)) }
        let plot = Plot("rise", horizontal: .init("x"), vertical: .init("y"), lines: [Plot.Line("a long name", points)])
        let legend = try #require(
            PlotDrawing(plot, identifier: "p").elements.split(separator: "\n").last {
                $0.contains("<rect") && $0.contains("fill-opacity=\"0.85\"")
            })
        let parts = legend.split(separator: "\"").map(String.init)
        let (x, y) = (try #require(Double(parts[1])), try #require(Double(parts[3])))
        #expect((x > PlotDrawing.width / 2) == corner.hasPrefix("right"))
        #expect((y > PlotDrawing.height / 2) == corner.hasSuffix("bottom"))
    }

    @Test func `labels of ticks are short`() {
        let range = AxisRange(holding: [1e-9, 1], scale: .logarithmic)
        #expect(range.label(1e-9) == "10⁻⁹")
        #expect(range.label(0.25) == "0.25")
        #expect(range.label(2e12) == "2·10¹²")
    }
}

/// Counts the elements of an XML text and whether they close.
private struct XMLChecker {
    private(set) var isWellFormed = true
    private(set) var count: [String: Int] = [:]

    init(_ text: String) {
        var open: [String] = []
        for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = part.firstIndex(of: ">") else {
                isWellFormed = false
                return
            }
            let tag = part[..<end]
            if tag.hasPrefix("/") {
                if open.popLast() != String(tag.dropFirst()) { isWellFormed = false }
            } else {
                let name = String(tag.prefix { $0 != " " && $0 != "/" })
                count[name, default: 0] += 1
                if !tag.hasSuffix("/") { open.append(name) }
            }
        }
        if !open.isEmpty { isWellFormed = false }
    }
}
