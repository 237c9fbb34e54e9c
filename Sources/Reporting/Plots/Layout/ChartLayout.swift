extension DisplayList {
  /// Lays out a chart.
  ///
  /// Text from outside is made drawable (no control characters) and shortened or wrapped to its room.
  ///
  /// - Parameters:
  ///   - chart: what is shown.
  ///   - style: width, colors and sizes.
  ///   - measure: how wide text is; must be that of the renderer for labels to fit.
  /// - Throws: `PlotError.size`, `.tooMany`, `.axisRange`, `.valueCount`, `.duplicate`, `.interval`.
  public init(_ chart: Chart, style: FigureStyle = FigureStyle(), measure: TextMeasure = .pango) throws(PlotError) {
    let width: Double
    switch chart {
    case .lines(let chart): width = style.width ?? (chart.arrangement == .column ? 400 : 720)
    case .bars, .scatter, .heatmap, .images: width = style.width ?? 720
    }
    guard FigureStyle.widths.contains(width) else {
      throw .size(width: width, height: style.panelHeight, allowed: FigureStyle.widths)
    }
    guard FigureStyle.panelHeights.contains(style.panelHeight) else {
      throw .size(width: width, height: style.panelHeight, allowed: FigureStyle.panelHeights)
    }
    try chart.check()
    let canvas = Canvas(style: style, measure: measure)
    switch chart {
    case .lines(let chart): self = try LineChartLayout(chart, width: width, canvas: canvas).drawn()
    case .bars(let chart): self = BarChartLayout(chart, width: width, canvas: canvas).drawn()
    case .scatter(let chart): self = ScatterChartLayout(chart, width: width, canvas: canvas).drawn()
    case .heatmap(let chart): self = HeatmapLayout(chart, width: width, canvas: canvas).drawn()
    case .images(let grid): self = ImageGridLayout(grid, width: width, canvas: canvas).drawn()
    }
  }
}
