/// What a figure shows, before anything is drawn.
///
/// Charts carry data and names only; captions belong to the page around the figure.
public enum Chart: Sendable, Hashable {
  case lines(LineChart)
  case bars(BarChart)
  case scatter(ScatterChart)
}

extension Chart: Codable {
  private enum Kind: String, CodingKey {
    case lines, bars, scatter
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    if let chart = try container.decodeIfPresent(LineChart.self, forKey: .lines) {
      self = .lines(chart)
    } else if let chart = try container.decodeIfPresent(ScatterChart.self, forKey: .scatter) {
      self = .scatter(chart)
    } else {
      self = .bars(try container.decode(BarChart.self, forKey: .bars))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .lines(let chart): try container.encode(chart, forKey: .lines)
    case .bars(let chart): try container.encode(chart, forKey: .bars)
    case .scatter(let chart): try container.encode(chart, forKey: .scatter)
    }
  }
}

/// How values are spread along an axis.
public enum AxisScale: String, Sendable, Hashable, Codable {
  case linear
  /// Base 10; values that are not above zero have no place on it.
  case logarithmic
}

/// One or several panels of lines, in the manner of d2l's training figures.
public struct LineChart: Sendable, Hashable, Codable {
  public var panels: [Panel]
  public var arrangement: Arrangement
  public var axes: AxisSharing

  public init(panels: [Panel], arrangement: Arrangement = .row, axes: AxisSharing = .whereLabelsMatch) {
    self.panels = panels
    self.arrangement = arrangement
    self.axes = axes
  }

  /// Where panels stand.
  public enum Arrangement: String, Sendable, Hashable, Codable {
    /// Side by side, for a desktop page; continued in a further row when panels would become too narrow.
    case row
    /// One below the other, readable at the width of a phone.
    case column
  }

  /// Whether panels have the same x axis, and the same y axis, so that their lines can be compared.
  public enum AxisSharing: String, Sendable, Hashable, Codable {
    /// Those axes are the same that have the same label, scale and fixed range in every panel.
    case whereLabelsMatch
    case all
    /// Each panel follows its own data.
    case none
  }

  public struct Panel: Sendable, Hashable, Codable {
    public var title: String
    public var xLabel: String
    public var yLabel: String
    public var series: [Series]
    /// Fixed ends of an axis; nil to follow the data.
    public var xRange: ClosedRange<Double>?
    public var yRange: ClosedRange<Double>?
    public var yScale: AxisScale
    /// How values at the ends of lines are written.
    public var valueFormat: NumberFormat

    public init(
      title: String, xLabel: String, yLabel: String, series: [Series],
      xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil,
      yScale: AxisScale = .linear, valueFormat: NumberFormat = .automatic
    ) {
      self.title = title
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.series = series
      self.xRange = xRange
      self.yRange = yRange
      self.yScale = yScale
      self.valueFormat = valueFormat
    }
  }

  /// A named line. Series of the same name look the same in every panel.
  public struct Series: Sendable, Hashable, Codable {
    public var name: String
    /// In the order they are joined. A point that is not finite interrupts the line.
    public var points: [Point]
    /// Which values are good; nil to tell from the name ("loss", "accuracy").
    public var better: Direction?

    public init(name: String, points: [Point], better: Direction? = nil) {
      self.name = name
      self.points = points
      self.better = better
    }
  }

  public enum Direction: String, Sendable, Hashable, Codable {
    case lower, higher
  }

  public struct Point: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }
}

/// Groups of horizontal bars.
public struct BarChart: Sendable, Hashable, Codable {
  public var title: String
  public var valueLabel: String
  /// One colour and legend entry each; a chart of one series has no legend.
  public var series: [String]
  public var groups: [Group]
  /// Linear bars start at zero, logarithmic ones at a round number below the smallest value.
  public var scale: AxisScale
  public var valueFormat: NumberFormat

  public init(
    title: String, valueLabel: String, series: [String], groups: [Group],
    scale: AxisScale = .linear, valueFormat: NumberFormat = .automatic
  ) {
    self.title = title
    self.valueLabel = valueLabel
    self.series = series
    self.groups = groups
    self.scale = scale
    self.valueFormat = valueFormat
  }

  public struct Group: Sendable, Hashable, Codable {
    public var name: String
    /// One value a series; nil where there is none.
    public var values: [Double?]

    public init(name: String, values: [Double?]) {
      self.name = name
      self.values = values
    }
  }
}
