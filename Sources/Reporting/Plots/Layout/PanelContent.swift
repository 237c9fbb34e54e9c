/// A panel's data, ready to be drawn: names cleaned, looks chosen, lines cut at gaps.
struct PanelContent {
  var panel: LineChart.Panel
  var lines: [Line]

  struct Line {
    var name: String
    /// The same for the same series in every panel.
    var key: String
    var look: SeriesLook
    /// Stretches of points that have a place, in order.
    var runs: [[LineChart.Point]]

    init(name: String, key: String, look: SeriesLook, points: [LineChart.Point], scale: AxisScale) {
      self.name = name
      self.key = key
      self.look = look
      runs = points.split { !$0.x.isFinite || !$0.y.isFinite || (scale == .logarithmic && $0.y <= 0) }.map(Array.init)
    }

    /// Few points are marked each; of many only those that stand alone.
    var marked: Bool {
      let count = runs.lazy.map(\.count).reduce(0, +)
      return count > 0 && count <= 15
    }
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
