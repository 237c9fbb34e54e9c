/// What a figure shows, before anything is drawn.
public enum Chart: Sendable, Hashable, Codable {
  case lines(LineChart)
  case bars(BarChart)
}

/// One or several panels of lines, side by side, in the manner of d2l's training figures.
public struct LineChart: Sendable, Hashable, Codable {
  public var panels: [Panel]

  public struct Panel: Sendable, Hashable, Codable {
    public var title: String
    public var xLabel: String
    public var yLabel: String
    public var series: [Series]
    /// Fixed ends of an axis; nil to follow the data.
    public var xRange: ClosedRange<Double>?
    public var yRange: ClosedRange<Double>?
  }

  public struct Series: Sendable, Hashable, Codable {
    public var name: String
    public var points: [Point]
  }

  public struct Point: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double
  }
}

/// Groups of horizontal bars.
public struct BarChart: Sendable, Hashable, Codable {
  public var title: String
  public var valueLabel: String
  /// One colour and legend entry each; a chart of one series has no legend.
  public var series: [String]
  public var groups: [Group]

  public struct Group: Sendable, Hashable, Codable {
    public var name: String
    /// One value a series; nil where there is none.
    public var values: [Double?]
  }
}
