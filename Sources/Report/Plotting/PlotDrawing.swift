import Foundation

/// One panel as elements of an SVG document.
struct PlotDrawing {
    static let width = 460.0
    static let height = 340.0

    private static let (left, right, top, bottom) = (64.0, 14.0, 30.0, 46.0)
    /// Colours that readers with any colour vision tell apart (Okabe and Ito 2008).
    private static let colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"]

    private let plot: Plot
    private let identifier: String
    private let horizontal: AxisRange
    private let vertical: AxisRange

    init(_ plot: Plot, identifier: String) {
        self.plot = plot
        self.identifier = identifier
        let points = plot.lines.flatMap(\.points)
        horizontal = AxisRange(holding: points.map(\.x), scale: plot.horizontal.scale)
        let heights = points.flatMap { [$0.y, $0.band?.lowerBound ?? $0.y, $0.band?.upperBound ?? $0.y] }
        // On a logarithmic axis a band that reaches down to zero would take all the room.
        let shown = plot.vertical.scale == .linear ? heights : points.map(\.y)
        vertical = AxisRange(
            holding: shown.filter { $0 >= plot.vertical.floor ?? -.infinity }, scale: plot.vertical.scale)
    }

    var elements: String {
        var text = frame
        text += "<g clip-path=\"url(#\(identifier))\">\n"
        for (index, line) in plot.lines.enumerated() { text += band(of: line, color(index)) }
        for (index, line) in plot.lines.enumerated() { text += drawing(of: line, color(index)) }
        return text + "</g>\n" + legend
    }

    private func color(_ index: Int) -> String {
        let named = plot.lines[...index].filter { !$0.name.isEmpty }.count
        return Self.colors[max(0, named - 1) % Self.colors.count]
    }

    // MARK: Places

    private var innerWidth: Double { Self.width - Self.left - Self.right }
    private var innerHeight: Double { Self.height - Self.top - Self.bottom }

    private func x(_ value: Double) -> Double? {
        horizontal.position(of: value).map { Self.left + $0 * innerWidth }
    }

    /// The height of a value; a place far outside is drawn just outside, which the clip hides.
    private func y(_ value: Double) -> Double? {
        if plot.vertical.scale == .logarithmic, value <= 0 { return Self.height }
        return vertical.position(of: value).map { Self.top + (1 - max(-1, min(2, $0))) * innerHeight }
    }

    private func place(_ x: Double, _ y: Double) -> String { "\(number(x)),\(number(y))" }

    private func number(_ value: Double) -> String { String(format: "%.2f", value) }

    // MARK: Parts

    private var frame: String {
        let (bottom, right) = (Self.top + innerHeight, Self.left + innerWidth)
        let rectangle = """
            x="\(number(Self.left))" y="\(number(Self.top))" width="\(number(innerWidth))" \
            height="\(number(innerHeight))"
            """
        var text = "<clipPath id=\"\(identifier)\"><rect \(rectangle)/></clipPath>\n"
        for tick in horizontal.ticks {
            guard let x = x(tick) else { continue }
            text += grid(x, Self.top, x, bottom)
            text += label(x, bottom + 16, "middle", horizontal.label(tick))
        }
        for tick in vertical.ticks {
            guard let y = y(tick) else { continue }
            text += grid(Self.left, y, right, y)
            text += label(Self.left - 6, y + 4, "end", vertical.label(tick))
        }
        text += "<rect \(rectangle) fill=\"none\" stroke=\"#444444\"/>\n"
        text += label(Self.left + innerWidth / 2, Self.top - 10, "middle", plot.title, " font-size=\"13\"")
        text += label(Self.left + innerWidth / 2, Self.height - 10, "middle", plot.horizontal.label)
        let middle = Self.top + innerHeight / 2
        return text
            + label(
                14, middle, "middle", plot.vertical.label, " transform=\"rotate(-90 14 \(number(middle)))\"")
    }

    private func grid(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        """
        <line x1="\(number(x1))" y1="\(number(y1))" x2="\(number(x2))" y2="\(number(y2))" stroke="#DDDDDD"/>

        """
    }

    private func label(
        _ x: Double, _ y: Double, _ anchor: String, _ text: String, _ attributes: String = ""
    ) -> String {
        let quoted = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        return "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(attributes)>\(quoted)</text>\n"
    }

    private func band(of line: Plot.Line, _ color: String) -> String {
        let banded = line.points.compactMap { point -> (x: Double, low: Double, high: Double)? in
            guard let band = point.band, let x = x(point.x), let low = y(band.lowerBound), let high = y(band.upperBound)
            else { return nil }
            return (x, low, high)
        }
        guard banded.count > 1 else { return "" }
        let corners = banded.map { place($0.x, $0.high) } + banded.reversed().map { place($0.x, $0.low) }
        return "<polygon points=\"\(corners.joined(separator: " "))\" fill=\"\(color)\" fill-opacity=\"0.15\"/>\n"
    }

    private func drawing(of line: Plot.Line, _ color: String) -> String {
        let places = line.points.compactMap { point -> (x: Double, y: Double)? in
            if plot.vertical.scale == .logarithmic, point.y <= 0 { return nil }
            guard let x = x(point.x), let y = y(point.y) else { return nil }
            return (x, y)
        }
        guard line.style != .marks else {
            return places.map { "<circle cx=\"\(number($0.x))\" cy=\"\(number($0.y))\" r=\"3\" fill=\"\(color)\"/>\n" }
                .joined()
        }
        return "<polyline points=\"\(places.map { place($0.x, $0.y) }.joined(separator: " "))\" "
            + "\(stroke(line.style, color))/>\n"
    }

    private func stroke(_ style: Plot.Style, _ color: String) -> String {
        let dashes =
            switch style {
            case .solid, .marks: ""
            case .dashed: " stroke-dasharray=\"7 4\""
            case .dotted: " stroke-dasharray=\"2 3\""
            }
        return "fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.6\"\(dashes)"
    }

    /// The corner of the legend that hides the fewest points, the right upper one where several do.
    private func legendCorner(width: Double, height: Double) -> (x: Double, y: Double) {
        let (left, right) = (Self.left + 6, Self.left + innerWidth - width - 6)
        let (top, bottom) = (Self.top + 6, Self.top + innerHeight - height - 6)
        let places = plot.lines.flatMap(\.points).compactMap { point in
            x(point.x).flatMap { x in y(point.y).map { (x: x, y: $0) } }
        }
        func hidden(_ corner: (x: Double, y: Double)) -> Int {
            places.count {
                (corner.x - 4...corner.x + width + 4).contains($0.x)
                    && (corner.y - 4...corner.y + height + 4).contains($0.y)
            }
        }
        let corners = [(right, top), (left, bottom), (right, bottom), (left, top)]
        return corners.min { hidden($0) < hidden($1) } ?? (right, top)
    }

    private var legend: String {
        let lines = plot.lines.enumerated().filter { !$0.element.name.isEmpty }
        guard let longest = lines.map(\.element.name.count).max() else { return "" }
        let width = 48 + 7.2 * Double(longest)
        let height = 8 + 16 * Double(lines.count)
        let corner = legendCorner(width: width, height: height)
        var text = """
            <rect x="\(number(corner.x))" y="\(number(corner.y))" width="\(number(width))" \
            height="\(number(height))" fill="white" fill-opacity="0.85" stroke="#CCCCCC"/>

            """
        for (row, entry) in lines.enumerated() {
            let y = corner.y + 12 + 16 * Double(row)
            let (index, line) = entry
            if line.style == .marks {
                text +=
                    "<circle cx=\"\(number(corner.x + 19))\" cy=\"\(number(y))\" r=\"3\" fill=\"\(color(index))\"/>\n"
            } else {
                let places = "\(place(corner.x + 6, y)) \(place(corner.x + 32, y))"
                text += "<polyline points=\"\(places)\" \(stroke(line.style, color(index)))/>\n"
            }
            text += label(corner.x + 38, y + 4, "start", line.name)
        }
        return text
    }
}
