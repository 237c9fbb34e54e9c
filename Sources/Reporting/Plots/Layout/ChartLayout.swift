extension DisplayList {
  /// Lays out a chart.
  ///
  /// Text from outside is made drawable (no control characters) and elided or wrapped to its place.
  ///
  /// - Parameter measure: how wide text is; must be that of the renderer for labels to fit.
  /// - Throws: `PlotError.size`, `.tooMany`, `.axisRange`, `.valueCount`.
  public init(_ chart: Chart, style: FigureStyle = FigureStyle(), measure: TextMeasure = .pango) throws(PlotError) {
    let width: Double
    switch chart {
    case .lines(let chart): width = style.width ?? (chart.arrangement == .column ? 400 : 720)
    case .bars, .scatter: width = style.width ?? 720
    }
    guard FigureStyle.widths.contains(width) else {
      throw .size(width: width, height: style.panelHeight, allowed: FigureStyle.widths)
    }
    guard FigureStyle.panelHeights.contains(style.panelHeight) else {
      throw .size(width: width, height: style.panelHeight, allowed: FigureStyle.panelHeights)
    }
    let canvas = Canvas(style: style, measure: measure)
    switch chart {
    case .lines(let chart):
      try limit(chart.panels.count, to: 48, "panels")
      for panel in chart.panels {
        try limit(panel.series.count, to: 100, "series in a panel")
      }
      let points = chart.panels.lazy.flatMap { $0.series.lazy.map(\.points.count) }.reduce(0, +)
      try limit(points, to: 200_000, "points")
      self = try LineChartLayout(chart, width: width, canvas: canvas).drawn()
    case .bars(let chart):
      try limit(chart.groups.count, to: 500, "groups of bars")
      try limit(chart.series.count, to: 20, "series of bars")
      self = try BarChartLayout(chart, width: width, canvas: canvas).drawn()
    case .scatter(let chart):
      try limit(chart.series.count, to: 20, "series of points")
      try limit(chart.series.lazy.map(\.points.count).reduce(0, +), to: 5_000, "points")
      self = ScatterChartLayout(chart, width: width, canvas: canvas).drawn()
    }
  }
}

private func limit(_ count: Int, to limit: Int, _ what: String) throws(PlotError) {
  if count > limit { throw .tooMany(what: what, count: count, limit: limit) }
}
