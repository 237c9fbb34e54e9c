/// Groups of horizontal bars.
public struct BarChart: Sendable, Hashable, Codable {
  /// Above the chart; may be empty.
  public var title: String
  /// What the values are.
  public var valueLabel: String
  /// One look and legend entry each, with unique names; a chart of one series has no legend.
  public var series: [String]
  /// From the top, with unique names.
  public var groups: [Group]
  /// Linear bars start at zero, logarithmic ones at a round number below the smallest value.
  public var scale: AxisScale
  /// How values beside bars are written.
  public var valueFormat: NumberFormat
  /// What the error bars are; nil where there are none.
  public var intervals: Intervals?

  /// A chart of groups that have one value a series.
  public init(
    title: String, valueLabel: String, series: [String], groups: [Group],
    scale: AxisScale = .linear, valueFormat: NumberFormat = .automatic, intervals: Intervals? = nil
  ) {
    self.title = title
    self.valueLabel = valueLabel
    self.series = series
    self.groups = groups
    self.scale = scale
    self.valueFormat = valueFormat
    self.intervals = intervals
  }

  /// Bars that belong together.
  public struct Group: Sendable, Hashable, Codable {
    /// Unique in its chart.
    public var name: String
    /// One value a series; nil where there is none.
    public var values: [Double?]
    /// One error bar a series, nil where there is none; empty for a group without error bars.
    public var errors: [Ends?]

    /// A group by its values.
    public init(name: String, values: [Double?], errors: [Ends?] = []) {
      self.name = name
      self.values = values
      self.errors = errors
    }

    func ends(_ series: Int) -> Ends? { series < errors.count ? errors[series] : nil }
  }

  /// The ends of an error bar.
  public struct Ends: Sendable, Hashable, Codable {
    /// Not above `high`.
    public var low: Double
    /// Not below `low`.
    public var high: Double

    /// An error bar from its lower to its upper end.
    public init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }
}

extension BarChart {
  /// A row of a query: one bar.
  public struct Row: Sendable, Hashable {
    /// The group's name.
    public var group: String
    /// The series' name.
    public var series: String
    /// Nil where there is none.
    public var value: Double?
    /// The error bar; nil where there is none.
    public var error: Ends?

    /// A row by its keys and values.
    public init(group: String, series: String, value: Double?, error: Ends? = nil) {
      self.group = group
      self.series = series
      self.value = value
      self.error = error
    }
  }

  /// A chart of rows: groups and series in the order of their first rows.
  ///
  /// Where `intervals` is a range or a mean's interval, the rows of one group and series are replicates: the bar is
  /// their mean, the error bar their interval. Otherwise there is one row for each.
  ///
  /// - Throws: `PlotError.duplicate`.
  public init(
    title: String, valueLabel: String, rows: [Row], scale: AxisScale = .linear, valueFormat: NumberFormat = .automatic,
    intervals kind: IntervalKind? = nil
  ) throws(PlotError) {
    var series = OrderedGroups<String, Row>()
    var bars = OrderedGroups<String, Row>()
    for row in rows {
      series.append(row, to: row.series)
      bars.append(row, to: row.group)
    }
    var counts: ClosedRange<Int>?
    var missing = 0
    var groups: [Group] = []
    for (name, rows) in bars.groups {
      var group = Group(name: name, values: [])
      let bySeries = Dictionary(grouping: rows, by: \.series)
      for (series, _) in series.groups {
        let rows = bySeries[series] ?? []
        if kind?.isOfReplicates == true {
          let summary = ReplicateSummary(rows.map { $0.value ?? .nan }, kind)
          if summary.count > 0 { counts = joined(counts, summary.count) }
          missing += summary.missing
          group.values.append(summary.count == 0 ? nil : summary.mean)
          group.errors.append(summary.ends)
        } else {
          guard rows.count < 2 else {
            throw .duplicate(.bar(group: name, series: series, count: rows.count))
          }
          group.values.append(rows.first?.value)
          group.errors.append(rows.first?.error)
        }
      }
      if group.errors.allSatisfy({ $0 == nil }) { group.errors = [] }
      groups.append(group)
    }
    self.init(
      title: title, valueLabel: valueLabel, series: series.groups.map(\.key), groups: groups, scale: scale,
      valueFormat: valueFormat,
      intervals: kind.map { Intervals($0, counts: counts, missing: missing > 0 ? missing : nil) })
  }
}
