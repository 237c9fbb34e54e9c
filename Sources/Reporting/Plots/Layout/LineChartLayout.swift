/// Places panels, the legend and the axes of a line chart.
struct LineChartLayout {
  private let chart: LineChart
  private let size: (width: Double, margin: Double)
  private let panels: [PanelLayout]
  private let columns: Int
  private let legend: Legend?
  private var canvas: Canvas

  private static let gap = 26.0
  private static let narrowestPanel = 200.0

  init(_ chart: LineChart, width: Double, canvas: Canvas) throws(PlotError) {
    self.chart = chart
    self.canvas = canvas
    let margin = 16.0
    size = (width, margin)
    let inner = width - 2 * margin
    let fitting = max(1, Int((inner + Self.gap) / (Self.narrowestPanel + Self.gap)))
    columns = chart.arrangement == .column ? 1 : max(1, min(chart.panels.count, fitting))

    let contents = Self.contents(chart)
    for content in contents { try content.checkRanges() }
    let xRanges = Self.xRanges(chart, contents)
    let axes = Self.yAxes(chart, contents, height: canvas.style.panelHeight)
    let direct = Self.labelsAtEnds(chart, contents, style: canvas.style)
    let ends: PanelLayout.EndLabels = direct ? .names : canvas.style.showsFinalValues ? .values : .none
    let formats = Self.finalFormats(contents)
    let panelWidth = (inner - Double(columns - 1) * Self.gap) / Double(columns)
    var layouts: [PanelLayout] = []
    for (index, panel) in contents.enumerated() {
      layouts.append(
        PanelLayout(
          panel, width: panelWidth, xRange: xRanges[index], yAxis: axes[index], endLabels: ends,
          valueFormat: formats[index], canvas: canvas))
    }
    panels = layouts
    legend = direct ? nil : Self.legend(contents, width: inner, canvas: canvas)
  }

  /// Cleans names and gives every series name its look, the same in all panels.
  private static func contents(_ chart: LineChart) -> [PanelContent] {
    var looks: [String: SeriesLook] = [:]
    return chart.panels.map { panel in
      var occurrences: [String: Int] = [:]
      let series = panel.series.map { series in
        let name = drawable(series.name)
        occurrences[name, default: 0] += 1
        let key = "\(occurrences[name, default: 0])\n\(name)"
        let look = looks[key] ?? SeriesLook(looks.count)
        looks[key] = look
        return PanelContent.Line(name: name, key: key, look: look, points: series.points, scale: panel.yScale)
      }
      return PanelContent(panel: panel, lines: series)
    }
  }

  /// The range of each panel's x axis; nil where nothing has a place.
  private static func xRanges(_ chart: LineChart, _ contents: [PanelContent]) -> [ClosedRange<Double>?] {
    let first = chart.panels.first
    let areAlike = chart.panels.allSatisfy { $0.xLabel == first?.xLabel && $0.xRange == first?.xRange }
    func range(_ panels: [PanelContent]) -> ClosedRange<Double>? {
      panels.lazy.compactMap(\.panel.xRange).first
        ?? extent(panels.lazy.flatMap(\.lines).flatMap(\.runs).joined().map(\.x))
    }
    if chart.axes == .all || (chart.axes == .whereLabelsMatch && areAlike) {
      let one = range(contents)
      return contents.map { _ in one }
    }
    return contents.map { range([$0]) }
  }

  /// How final values are written: where the format is automatic, with as many decimals everywhere.
  private static func finalFormats(_ contents: [PanelContent]) -> [NumberFormat] {
    let finals = contents.filter { $0.panel.valueFormat == .automatic }.flatMap { content in
      content.lines.compactMap { $0.runs.last?.last?.y }
    }
    let common = NumberFormat.automatic(for: finals)
    return contents.map { $0.panel.valueFormat == .automatic ? common : $0.panel.valueFormat }
  }

  private static func yAxes(
    _ chart: LineChart, _ contents: [PanelContent], height: Double
  ) -> [Axis] {
    let first = chart.panels.first
    let areAlike = chart.panels.allSatisfy {
      $0.yLabel == first?.yLabel && $0.yScale == first?.yScale && $0.yRange == first?.yRange
    }
    let shared = chart.axes == .all || (chart.axes == .whereLabelsMatch && areAlike)
    let steps = max(2, Int(height / 42))
    func axis(_ panels: [PanelContent]) -> Axis {
      let fixed = panels.lazy.compactMap(\.panel.yRange).first
      let range = fixed ?? extent(panels.lazy.flatMap(\.lines).flatMap(\.runs).joined().map(\.y))
      let format: NumberFormat
      if case .percent(let decimals) = panels[0].panel.valueFormat {
        format = .percent(decimals)
      } else {
        format = .automatic
      }
      return panels[0].panel.yScale == .linear
        ? .linear(over: range, ends: fixed == nil ? .ticks : .fixed, steps: steps, format: format)
        : .logarithmic(over: range, ends: fixed == nil ? .ticks : .fixed, steps: steps, format: format)
    }
    if shared, !contents.isEmpty {
      let one = axis(contents)
      return contents.map { _ in one }
    }
    return contents.map { axis([$0]) }
  }

  /// Whether lines are named at their ends instead of in a legend.
  private static func labelsAtEnds(_ chart: LineChart, _ contents: [PanelContent], style: FigureStyle) -> Bool {
    switch style.seriesLabels {
    case .lineEnds: return true
    case .legend: return false
    case .automatic:
      guard contents.count == 1, let lines = contents.first?.lines else { return false }
      let ends = lines.compactMap { $0.runs.last?.last?.x }
      let range = extent(lines.lazy.flatMap(\.runs).joined().map(\.x)) ?? 0...1
      let reach = range.upperBound - (range.upperBound - range.lowerBound) * 0.05
      return ends.count == lines.count && ends.allSatisfy { $0 >= reach }
        && Double(lines.count) * PanelLayout.endLabelHeight <= style.panelHeight
    }
  }

  private static func legend(_ contents: [PanelContent], width: Double, canvas: Canvas) -> Legend? {
    var entries: [Legend.Entry] = []
    var indices: [String: Int] = [:]
    var drawn: Set<String> = []
    for line in contents.flatMap(\.lines) where !line.name.isEmpty {
      if !line.runs.isEmpty { drawn.insert(line.key) }
      if let index = indices[line.key] {
        entries[index].marked = entries[index].marked || line.marked
      } else {
        indices[line.key] = entries.count
        entries.append(.init(name: line.name, look: line.look, marked: line.marked))
      }
    }
    for (key, index) in indices where !drawn.contains(key) {
      entries[index].name += " (\(canvas.style.language.noData))"
    }
    return entries.isEmpty ? nil : Legend(entries, sample: .line, width: width, canvas: canvas)
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = 14.0
    if let legend {
      legend.draw(x: size.margin, y: y, on: &canvas)
      y += legend.height + 10
    }
    if panels.isEmpty {
      canvas.noData(x: size.width / 2, y: y + 20)
      y += 40
    }
    var start = 0
    while start < panels.count {
      let row = panels[start..<min(start + columns, panels.count)]
      if start > 0 { y += 20 }
      y += draw(row, y: y, on: &canvas)
      start += columns
    }
    return DisplayList(size: .init(width: size.width, height: (y + 12).rounded(.up)), items: canvas.items)
  }

  /// Draws the panels of one row and returns its height.
  private func draw(_ row: ArraySlice<PanelLayout>, y: Double, on canvas: inout Canvas) -> Double {
    let plotTop = row.map(\.headHeight).max() ?? 0
    let footHeight = row.map(\.footHeight).max() ?? 0
    let inner = size.width - 2 * size.margin
    let left = row.map(\.leftWidth).max() ?? 0
    let right = row.map(\.rightWidth).max() ?? 0
    let panelWidth = (inner - Double(columns - 1) * Self.gap) / Double(columns)
    let plotHeight = canvas.style.panelHeight
    for (column, panel) in row.enumerated() {
      let x = size.margin + Double(column) * (panelWidth + Self.gap)
      let plot = DisplayList.Rect(
        x: (x + left).rounded(), y: (y + plotTop).rounded(),
        width: max(panelWidth - left - right, 20).rounded(), height: plotHeight.rounded())
      panel.draw(plot: plot, left: x, right: x + panelWidth, on: &canvas)
    }
    return plotTop + plotHeight + footHeight
  }
}

/// The smallest and largest of the finite values.
func extent(_ values: some Sequence<Double>) -> ClosedRange<Double>? {
  var range: ClosedRange<Double>?
  for value in values where value.isFinite {
    guard let known = range else {
      range = value...value
      continue
    }
    range = min(known.lowerBound, value)...max(known.upperBound, value)
  }
  return range
}
