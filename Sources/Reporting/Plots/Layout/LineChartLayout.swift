/// Arranges panels, the legend, notes and the axes of a line chart.
struct LineChartLayout {
  private let width: Double
  private let panels: [PanelLayout]
  private let columns: Int
  private let panelHeight: Double
  private let legend: Legend?
  private let notes: Notes
  private var canvas: Canvas

  private static let margin = 16.0
  private static let gap = 26.0
  private static let narrowestPanel = 200.0
  /// Of figures that have names beside their lines.
  private static let widthForNames = 480.0
  /// How much higher a panel may become to have a label for each line.
  private static let tallestForLabels = 440.0

  init(_ chart: LineChart, width: Double, canvas: Canvas) throws(PlotError) {
    self.canvas = canvas
    self.width = width
    let inner = width - 2 * Self.margin
    let fitting = max(1, Int((inner + Self.gap) / (Self.narrowestPanel + Self.gap)))
    let most = max(1, min(canvas.style.columns ?? fitting, fitting))
    columns = chart.arrangement == .column ? 1 : max(1, min(chart.panels.count, most))
    let panelWidth = (inner - Double(columns - 1) * Self.gap) / Double(columns)

    let contents = Self.contents(chart, canvas.palette)
    for content in contents { try content.checkRanges() }
    let labels = Self.endLabels(contents, width: width, style: canvas.style)
    panelHeight = labels.height
    let axes = LineChartAxes(chart, contents, height: panelHeight)
    let titles = canvas.measure.shortened(
      chart.panels.map { drawable($0.title) }, to: panelWidth, font: canvas.font(.title))
    let formats = Self.finalFormats(contents, axes.y)
    panels = contents.enumerated().map { index, content in
      PanelLayout(
        content,
        PanelLayout.Frame(
          title: titles.names[index], width: panelWidth, xRange: axes.x[index], xCounts: axes.xCounts[index],
          yAxis: axes.y[index], endLabels: labels.kind, valueFormat: formats[index]), canvas: canvas)
    }
    legend = labels.kind == .names ? nil : Self.legend(contents, width: inner, canvas: canvas)
    var omitted = OffAxisCounts()
    for line in contents.flatMap(\.lines) { omitted.add(line.omitted) }
    let common = [titles.common, legend?.common ?? ""] + panels.map(\.labels.common)
    notes = Notes(
      intervals: chart.intervals.map { canvas.style.language.note($0, isBand: true) }, omitted: omitted,
      common: OrderedSet(common.filter { !$0.isEmpty }).elements, width: inner, canvas: canvas)
  }

  /// Gives every series name its look, the same in all panels.
  private static func contents(_ chart: LineChart, _ palette: Palette) -> [PanelContent] {
    var looks: [String: SeriesLook] = [:]
    return chart.panels.map { panel in
      let lines = panel.series.map { series in
        let look = looks[series.name] ?? SeriesLook(looks.count, palette)
        looks[series.name] = look
        return PanelContent.Line(series, look: look, in: panel)
      }
      return PanelContent(panel: panel, lines: lines)
    }
  }

  /// How final values are written: where the format is automatic, with as many decimals everywhere, and with those that
  /// tell the ticks apart.
  private static func finalFormats(_ contents: [PanelContent], _ axes: [Axis]) -> [NumberFormat] {
    let finals = contents.filter { $0.panel.valueFormat == .automatic }.flatMap { content in
      content.lines.compactMap { $0.end(in: content.panel)?.y }
    }
    let common = NumberFormat.automatic(for: finals)
    return zip(contents, axes).map { content, axis in
      guard content.panel.valueFormat == .automatic else { return content.panel.valueFormat }
      let decimals =
        axis.ticks.map { tick in
          tick.label.allSatisfy { $0.isASCII || String($0) == NumberFormat.minus }
            ? tick.label.split(separator: ".").dropFirst().first?.count ?? 0 : 0
        }.max() ?? 0
      guard case .fixed(let usual) = common, decimals > usual else { return common }
      return .fixed(decimals)
    }
  }

  /// Whether lines are named at their ends instead of in a legend, or have their values there, and how high that makes
  /// a panel.
  private static func endLabels(
    _ contents: [PanelContent], width: Double, style: FigureStyle
  ) -> (kind: EndLabels.Kind, height: Double) {
    let most = contents.map(\.lines.count).max() ?? 0
    let needed = Double(most) * EndLabels.height
    let fits = needed <= max(style.panelHeight, tallestForLabels)
    let named: Bool
    switch style.seriesLabels {
    case .lineEnds: named = true
    case .legend: named = false
    case .automatic:
      let lines = contents.first?.lines ?? []
      named =
        contents.count == 1 && width >= widthForNames && fits
        && lines.allSatisfy { $0.end(in: contents[0].panel) != nil }
    }
    if named { return (.names, max(style.panelHeight, needed)) }
    let hasRoom = style.showsFinalValues && needed <= style.panelHeight + EndLabels.height
    return (hasRoom ? .values : .none, style.panelHeight)
  }

  private static func legend(_ contents: [PanelContent], width: Double, canvas: Canvas) -> Legend? {
    var entries: [Legend.Entry] = []
    var indices: [String: Int] = [:]
    var drawn: Set<String> = []
    let isDense = contents.contains { $0.lines.count > canvas.palette.series.count }
    for line in contents.flatMap(\.lines) {
      if !line.runs.isEmpty { drawn.insert(line.key) }
      let marked = line.marked || isDense
      if let index = indices[line.key] {
        entries[index].marked = entries[index].marked || marked
      } else {
        indices[line.key] = entries.count
        entries.append(Legend.Entry(name: line.name, look: line.look, marked: marked))
      }
    }
    for (key, index) in indices where !drawn.contains(key) {
      entries[index].suffix = " (\(canvas.style.language.noData))"
    }
    // One line without a name needs none.
    if entries.allSatisfy({ $0.name.isEmpty && $0.suffix.isEmpty }) { return nil }
    return Legend(entries, sample: .line, width: width, canvas: canvas)
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = 14.0
    if let legend {
      legend.draw(x: Self.margin, y: y, on: &canvas)
      y += legend.height + 10
    }
    if panels.isEmpty {
      canvas.noData(x: width / 2, y: y + 20)
      y += 40
    }
    for start in stride(from: 0, to: panels.count, by: columns) {
      if start > 0 { y += 20 }
      y += draw(panels[start..<min(start + columns, panels.count)], y: y, on: &canvas)
    }
    notes.draw(x: Self.margin, y: y, on: &canvas)
    return canvas.list(width: width, height: y + notes.height + 12)
  }

  /// Draws the panels of one row and returns its height.
  private func draw(_ row: ArraySlice<PanelLayout>, y: Double, on canvas: inout Canvas) -> Double {
    let plotTop = row.map(\.headHeight).max() ?? 0
    let footHeight = row.map(\.footHeight).max() ?? 0
    let inner = width - 2 * Self.margin
    let left = row.map(\.leftWidth).max() ?? 0
    let right = row.map(\.rightWidth).max() ?? 0
    let panelWidth = (inner - Double(columns - 1) * Self.gap) / Double(columns)
    for (column, panel) in row.enumerated() {
      let x = Self.margin + Double(column) * (panelWidth + Self.gap)
      let plot = DisplayList.Rect(
        x: (x + left).rounded(), y: (y + plotTop).rounded(),
        width: max(panelWidth - left - right, 20).rounded(.down), height: panelHeight.rounded())
      panel.draw(plot: plot, left: x, right: x + panelWidth, on: &canvas)
    }
    return plotTop + panelHeight + footHeight
  }
}

/// Elements in the order of their first occurrence.
struct OrderedSet<Element: Hashable> {
  let elements: [Element]

  init(_ all: [Element]) {
    var known: Set<Element> = []
    elements = all.filter { known.insert($0).inserted }
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
