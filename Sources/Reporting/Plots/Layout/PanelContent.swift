/// A panel's data, ready to be drawn: names cleaned, looks chosen, lines cut at gaps.
struct PanelContent {
  var panel: LineChart.Panel
  var lines: [Line]

  struct Line {
    var name: String
    /// The same for the same series in every panel.
    var key: String
    var look: SeriesLook
    /// Stretches of points that have a position, in order.
    var runs: [[LineChart.Point]] = []
    /// Stretches of points that have a band.
    var bands: [[LineChart.Point]] = []
    /// Points without a position inside the axes that have one along x.
    var off: [(point: LineChart.Point, reason: OffAxis)] = []
    /// All points without a position inside the axes, and ends of bands that a log axis cannot show.
    var omitted = OffAxisCounts()

    init(_ series: LineChart.Series, look: SeriesLook, in panel: LineChart.Panel) {
      name = drawable(series.name)
      key = series.name
      self.look = look
      var isOpen = false
      var isBanded = false
      for point in series.points {
        if let reason = OffAxis(point.x, .linear, fixed: panel.xRange)
          ?? OffAxis(point.y, panel.yScale, fixed: panel.yRange)
        {
          omitted.add(reason)
          let isAlongX = OffAxis(point.x, .linear, fixed: panel.xRange) == nil
          if isAlongX { off.append((point, reason)) }
          // A line runs out of a fixed range, and stops at a gap.
          if reason != .outside {
            (isOpen, isBanded) = (false, false)
            continue
          }
        }
        if isOpen { runs[runs.count - 1].append(point) } else { runs.append([point]) }
        isOpen = true
        guard let low = point.low, let high = point.high, low.isFinite, high.isFinite,
          panel.yScale == .linear || high > 0
        else {
          isBanded = false
          continue
        }
        if isBanded { bands[bands.count - 1].append(point) } else { bands.append([point]) }
        isBanded = true
      }
    }

    /// Few points are marked each; of many only isolated ones.
    var marked: Bool {
      let count = runs.lazy.map(\.count).reduce(0, +)
      return count > 0 && count <= 15
    }

    /// The last point that has a position, where a fixed range shows it.
    func end(in panel: LineChart.Panel) -> LineChart.Point? {
      guard let range = panel.xRange else { return runs.last?.last }
      return runs.last?.last { range.contains($0.x) }
    }
  }

  /// Values that the y axis should show: those of lines, and of their bands where the axis has them.
  var yValues: some Sequence<Double> {
    lines.lazy.flatMap { line in
      line.runs.lazy.joined().map(\.y) + line.bands.lazy.joined().flatMap { [$0.low ?? $0.y, $0.high ?? $0.y] }
    }.filter { panel.yScale == .linear || $0 > 0 }
  }

  var xValues: some Sequence<Double> {
    lines.lazy.flatMap { line in line.runs.lazy.joined().map(\.x) + line.off.lazy.map(\.point.x) }
  }

  func checkRanges() throws(PlotError) {
    if let range = panel.xRange, !range.lowerBound.isFinite || !range.upperBound.isFinite {
      throw .axisRange(panel: panel.title, axis: "x", range: range)
    }
    if let range = panel.yRange,
      !range.lowerBound.isFinite || !range.upperBound.isFinite
        || (panel.yScale == .logarithmic && range.lowerBound <= 0)
    {
      throw .axisRange(panel: panel.title, axis: "y", range: range)
    }
  }
}
