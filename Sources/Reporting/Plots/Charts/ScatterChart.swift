/// Points in a plane, a look a series: how one measured thing goes with another.
public struct ScatterChart: Sendable, Hashable, Codable {
  /// Above the chart; may be empty.
  public var title: String
  /// Below the x axis.
  public var xLabel: String
  /// Above the y axis.
  public var yLabel: String
  /// Of the x axis.
  public var xScale: AxisScale
  /// Of the y axis.
  public var yScale: AxisScale
  /// One look and legend entry each, with unique names; a chart of one series has no legend.
  public var series: [Series]
  /// What the error bars are; nil where there are none.
  public var intervals: Intervals?

  /// A chart of series of points.
  public init(
    title: String, xLabel: String, yLabel: String, xScale: AxisScale = .linear, yScale: AxisScale = .linear,
    series: [Series], intervals: Intervals? = nil
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xScale = xScale
    self.yScale = yScale
    self.series = series
    self.intervals = intervals
  }

  /// Points of one look.
  public struct Series: Sendable, Hashable, Codable {
    /// Unique in its chart.
    public var name: String
    /// In any order. A point that has no position on an axis (not finite, or not above zero on a logarithmic one) is
    /// marked at the edge.
    public var points: [Point]

    /// A series by its points.
    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// A pair of values.
  public struct Point: Sendable, Hashable, Codable {
    /// Along the x axis; NaN where there is no value.
    public var x: Double
    /// Along the y axis; NaN where there is no value.
    public var y: Double
    /// Written beside the point where there is room.
    public var label: String?
    /// The error bar's lower end; nil where there is none.
    public var low: Double?
    /// The error bar's upper end; nil where there is none.
    public var high: Double?

    /// A point with its label and error bar.
    public init(x: Double, y: Double, label: String? = nil, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.label = label
      self.low = low
      self.high = high
    }
  }
}
