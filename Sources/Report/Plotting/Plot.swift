/// Lines over two axes, with bands around them: what a figure shows in one panel.
public struct Plot: Hashable, Sendable {
    public enum Scale: Hashable, Sendable {
        case linear
        /// Values that are not positive are left out.
        case logarithmic
    }

    public struct Axis: Hashable, Sendable {
        public var label: String
        public var scale: Scale
        /// The smallest value that the axis makes room for; nil for the smallest there is.
        public var floor: Double?

        public init(_ label: String, _ scale: Scale = .linear, floor: Double? = nil) {
            self.label = label
            self.scale = scale
            self.floor = floor
        }
    }

    public struct Point: Hashable, Sendable {
        public let x: Double
        public let y: Double
        /// The band around the line at this place, such as a mean with its standard deviation on either side.
        public let band: ClosedRange<Double>?

        public init(_ x: Double, _ y: Double, band: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.band = band
        }
    }

    public enum Style: Hashable, Sendable {
        case solid, dashed, dotted
        /// A mark at each point, without a line.
        case marks
    }

    public struct Line: Hashable, Sendable {
        /// What the legend calls it; a line without a name belongs to the one before, and has its colour.
        public let name: String
        public let points: [Point]
        public let style: Style

        public init(_ name: String, _ points: [Point], style: Style = .solid) {
            self.name = name
            self.points = points
            self.style = style
        }
    }

    public var title: String
    public var horizontal: Axis
    public var vertical: Axis
    public var lines: [Line]

    public init(_ title: String, horizontal: Axis, vertical: Axis, lines: [Line] = []) {
        self.title = title
        self.horizontal = horizontal
        self.vertical = vertical
        self.lines = lines
    }
}
