import Foundation

/// Plots side by side, drawn as a picture in the format SVG.
public struct Figure: Hashable, Sendable {
    public var panels: [Plot]

    public init(_ panels: [Plot]) { self.panels = panels }

    /// A standalone SVG document; the same figure gives the same text.
    public var svg: String {
        let width = Double(panels.count) * PlotDrawing.width
        let size = "width=\"\(Int(width))\" height=\"\(Int(PlotDrawing.height))\""
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" \(size) viewBox="0 0 \(Int(width)) \(Int(PlotDrawing.height))" \
            font-family="Helvetica, Arial, sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>

            """
        for (index, panel) in panels.enumerated() {
            text += "<g transform=\"translate(\(Int(Double(index) * PlotDrawing.width)) 0)\">\n"
            text += PlotDrawing(panel, identifier: "panel\(index + 1)").elements
            text += "</g>\n"
        }
        return text + "</svg>\n"
    }
}
