/// Points in a plane, a colour a series: how one measured thing goes with another.
public struct ScatterChart: Sendable, Hashable, Codable {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var xScale: AxisScale
  public var yScale: AxisScale
  /// One colour and legend entry each; a chart of one series has no legend.
  public var series: [Series]

  public init(
    title: String, xLabel: String, yLabel: String, xScale: AxisScale = .linear, yScale: AxisScale = .linear,
    series: [Series]
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xScale = xScale
    self.yScale = yScale
    self.series = series
  }

  public struct Series: Sendable, Hashable, Codable {
    public var name: String
    /// In any order. A point that has no place on an axis (not finite, or not above zero on a logarithmic one) is left out.
    public var points: [Point]

    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  public struct Point: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double
    /// Written beside the point where there is room.
    public var label: String?

    public init(x: Double, y: Double, label: String? = nil) {
      self.x = x
      self.y = y
      self.label = label
    }

    func hasPlace(_ xScale: AxisScale, _ yScale: AxisScale) -> Bool {
      x.isFinite && y.isFinite && (xScale == .linear || x > 0) && (yScale == .linear || y > 0)
    }
  }
}
