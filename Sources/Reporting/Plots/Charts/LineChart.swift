/// One or several panels of lines, in the manner of d2l's training figures.
public struct LineChart: Sendable, Hashable, Codable {
  /// In reading order.
  public var panels: [Panel]
  /// Side by side or one below the other.
  public var arrangement: Arrangement
  /// Which panels have the same axes.
  public var axes: AxisSharing
  /// What the bands of its series are; nil where there are none.
  public var intervals: Intervals?

  /// A chart of panels.
  public init(
    panels: [Panel], arrangement: Arrangement = .row, axes: AxisSharing = .whereLabelsMatch,
    intervals: Intervals? = nil
  ) {
    self.panels = panels
    self.arrangement = arrangement
    self.axes = axes
    self.intervals = intervals
  }

  /// How panels are arranged.
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

  /// One pair of axes with its lines.
  public struct Panel: Sendable, Hashable, Codable {
    /// Above the panel; may be empty.
    public var title: String
    /// Below the x axis; may be empty.
    public var xLabel: String
    /// Above the y axis; may be empty.
    public var yLabel: String
    /// Names are unique in a panel.
    public var series: [Series]
    /// Fixed ends of the x axis; nil to follow the data.
    public var xRange: ClosedRange<Double>?
    /// Fixed ends of the y axis; nil to follow the data.
    public var yRange: ClosedRange<Double>?
    /// Of the y axis.
    public var yScale: AxisScale
    /// The x axis counts something (epochs), so that its ticks are whole numbers wherever two of them fit.
    public var xCounts: Bool
    /// How values at the ends of lines are written.
    public var valueFormat: NumberFormat

    /// A panel with its labels and lines.
    public init(
      title: String, xLabel: String, yLabel: String, series: [Series],
      xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil,
      yScale: AxisScale = .linear, xCounts: Bool = false, valueFormat: NumberFormat = .automatic
    ) {
      self.title = title
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.series = series
      self.xRange = xRange
      self.yRange = yRange
      self.yScale = yScale
      self.xCounts = xCounts
      self.valueFormat = valueFormat
    }
  }

  /// A named line. Series of the same name look the same in every panel.
  public struct Series: Sendable, Hashable, Codable {
    /// Unique in its panel.
    public var name: String
    /// In the order they are joined, one for each x. A point that is not finite interrupts the line and is marked.
    public var points: [Point]
    /// Which values are good; nil to tell from the name ("loss", "accuracy").
    public var better: Direction?

    /// A line by its points.
    public init(name: String, points: [Point], better: Direction? = nil) {
      self.name = name
      self.points = points
      self.better = better
    }
  }

  /// Which values of a series are good.
  public enum Direction: String, Sendable, Hashable, Codable {
    case lower, higher
  }

  /// A value of a series.
  public struct Point: Sendable, Hashable, Codable {
    /// Along the x axis.
    public var x: Double
    /// NaN where there is no value.
    public var y: Double
    /// The band's lower end; nil where there is none.
    public var low: Double?
    /// The band's upper end; nil where there is none.
    public var high: Double?

    /// A value, and the ends of the band there.
    public init(x: Double, y: Double, low: Double? = nil, high: Double? = nil) {
      self.x = x
      self.y = y
      self.low = low
      self.high = high
    }
  }
}

extension LineChart {
  /// A row of a query: a value of a panel's series.
  public struct Row: Sendable, Hashable {
    /// The panel's title.
    public var panel: String
    /// The series' name.
    public var series: String
    /// The value with its band's ends.
    public var point: Point

    /// A row by its keys and values.
    public init(panel: String, series: String, point: Point) {
      self.panel = panel
      self.series = series
      self.point = point
    }
  }

  /// A chart of rows: panels and series in the order of their first rows, points by x.
  ///
  /// Where `intervals` is a range or a mean's interval, the rows of one panel, series and x are replicates: the line
  /// is their mean, the band their interval. Otherwise there is one row for each.
  ///
  /// - Parameters:
  ///   - rows: the points, each with the titles of its panel and series.
  ///   - kind: what a band or bar spans; nil for none.
  ///   - panel: makes a panel of its title and series.
  /// - Throws: `PlotError.duplicate`.
  public init(
    rows: [Row], intervals kind: IntervalKind? = nil, panel: (String, [Series]) -> Panel
  ) throws(PlotError) {
    var titles = OrderedGroups<String, Row>()
    for row in rows { titles.append(row, to: row.panel) }
    var panels: [Panel] = []
    var counts: ClosedRange<Int>?
    var missing = 0
    for (title, rows) in titles.groups {
      var names = OrderedGroups<String, Point>()
      for row in rows { names.append(row.point, to: row.series) }
      let series = try names.groups.map { name, points throws(PlotError) in
        var places = OrderedGroups<Double, Point>()
        for point in points { places.append(point, to: point.x) }
        let merged = try places.groups.map { x, points throws(PlotError) in
          if kind?.isOfReplicates == true {
            let summary = ReplicateSummary(points.map(\.y), kind)
            counts = joined(counts, summary.count)
            missing += summary.missing
            return Point(x: x, y: summary.mean, low: summary.low, high: summary.high)
          }
          guard points.count == 1 else {
            throw .duplicate(.point(panel: title, series: name, x: x, count: points.count))
          }
          return points[0]
        }
        return Series(name: name, points: merged.sorted { $0.x < $1.x })
      }
      panels.append(panel(title, series))
    }
    self.init(
      panels: panels, intervals: kind.map { Intervals($0, counts: counts, missing: missing > 0 ? missing : nil) })
  }
}

/// Values under keys, both in the order in which they came.
struct OrderedGroups<Key: Hashable, Value> {
  private(set) var groups: [(key: Key, values: [Value])] = []
  private var indices: [Key: Int] = [:]

  mutating func append(_ value: Value, to key: Key) {
    if let index = indices[key] {
      groups[index].values.append(value)
    } else {
      indices[key] = groups.count
      groups.append((key, [value]))
    }
  }
}

func joined(_ range: ClosedRange<Int>?, _ count: Int) -> ClosedRange<Int> {
  range.map { min($0.lowerBound, count)...max($0.upperBound, count) } ?? count...count
}
