/// One panel of a line chart: head, axes, lines, and labels at the lines' ends.
struct PanelLayout {
  enum EndLabels {
    case none, values, names
  }

  static let endLabelHeight = 14.0

  private let content: PanelContent
  private let xAxis: Axis
  private let yAxis: Axis
  private let endLabels: [EndLabel]
  private let title: String
  private let yLabel: String
  private let xLabel: String
  private let language: FigureLanguage

  /// Of tick labels left of the plotting area, with their distance.
  let leftWidth: Double
  /// Of what stands right of the plotting area.
  let rightWidth: Double

  private struct EndLabel {
    var look: SeriesLook
    var x: Double
    var y: Double
    var value: String
    var name: String
  }

  /// Of title and y label above the plotting area.
  var headHeight: Double {
    let text = (title.isEmpty ? 0 : 18.0) + (yLabel.isEmpty ? 0 : 16.0)
    return text == 0 ? 8 : text + 8
  }

  /// Of tick labels and x label below it.
  var footHeight: Double { 19 + (xLabel.isEmpty ? 0 : 16) }

  init(
    _ content: PanelContent, width: Double, xRange: ClosedRange<Double>?, yAxis: Axis, endLabels kind: EndLabels,
    valueFormat: NumberFormat, canvas: Canvas
  ) {
    let panel = content.panel
    self.content = content
    self.yAxis = yAxis
    language = canvas.style.language
    title = canvas.elided(drawable(panel.title), to: width, .title)
    let yText = drawable(panel.yLabel)
    yLabel = canvas.elided(
      panel.yScale == .linear ? yText : yText.isEmpty ? language.logarithmic : "\(yText) (\(language.logarithmic))",
      to: width, .label)
    leftWidth = (yAxis.ticks.map { canvas.width($0.label, .tick) }.max() ?? 0) + 7

    // Lines that ended before a gap keep their last point's value.
    var labels: [EndLabel] = []
    var widest = 0.0
    if kind != .none {
      for line in content.lines {
        guard let last = line.runs.last?.last else { continue }
        let value = canvas.style.showsFinalValues ? valueFormat.text(last.y) : ""
        let valueWidth = canvas.width(value, .value)
        let room = width * 0.4 - valueWidth - 12
        let name = kind == .names ? canvas.elided(line.name, to: room, .value) : ""
        labels.append(EndLabel(look: line.look, x: last.x, y: last.y, value: value, name: name))
        widest = max(widest, Self.nameOffset(value, canvas) + canvas.width(name, .value))
      }
    }
    endLabels = labels
    rightWidth = max(labels.isEmpty ? 0 : Self.labelDistance + widest, 10)

    let plotWidth = max(width - leftWidth - rightWidth, 20)
    xAxis = .linear(
      over: xRange, ends: panel.xRange == nil ? .data : .fixed, steps: max(2, min(10, Int(plotWidth / 44))),
      wholeNumbers: true)
    xLabel = canvas.elided(drawable(panel.xLabel), to: width, .label)
  }

  private static let labelDistance = 9.0

  private static func nameOffset(_ value: String, _ canvas: Canvas) -> Double {
    value.isEmpty ? 0 : canvas.width(value, .value) + 6
  }

  /// Draws the panel around its plotting area; head and foot may use the width from `left` to `right`.
  func draw(plot: DisplayList.Rect, left: Double, right: Double, on canvas: inout Canvas) {
    var y = plot.y - headHeight
    if !title.isEmpty {
      canvas.write(title, x: left, baseline: y + 12, .title)
      y += 18
    }
    canvas.write(yLabel, x: left, baseline: y + 10, .label)
    drawAxes(plot, on: &canvas)
    // Strokes on the edge of the area keep their full width.
    let clip = DisplayList.Rect(x: plot.x - 1, y: plot.y - 1, width: plot.width + 2, height: plot.height + 2)
    for line in content.lines { draw(line, plot: plot, clip: clip, on: &canvas) }
    if content.lines.allSatisfy(\.runs.isEmpty) {
      canvas.noData(x: plot.x + plot.width / 2, y: plot.y + plot.height / 2)
    }
    drawEndLabels(plot, on: &canvas)
  }

  private func drawAxes(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    for tick in yAxis.ticks {
      guard let y = place(tick.value, yAxis, from: plot.maxY, to: plot.y) else { continue }
      canvas.line([.init(x: plot.x, y: y.rounded()), .init(x: plot.maxX, y: y.rounded())], Palette.grid, width: 1)
      canvas.write(tick.label, x: plot.x - 7, middle: y, .tick, anchor: .end)
    }
    canvas.line([.init(x: plot.x, y: plot.maxY), .init(x: plot.maxX, y: plot.maxY)], Palette.axis, width: 1)
    var free = -Double.infinity
    for tick in xAxis.ticks {
      guard let x = place(tick.value, xAxis, from: plot.x, to: plot.maxX) else { continue }
      canvas.line(
        [.init(x: x.rounded(), y: plot.maxY), .init(x: x.rounded(), y: plot.maxY + 4)], Palette.axis, width: 1)
      let half = canvas.width(tick.label, .tick) / 2
      if x - half < free { continue }
      free = x + half + 4
      canvas.write(tick.label, x: x, baseline: plot.maxY + 15, .tick, anchor: .middle)
    }
    canvas.write(xLabel, x: plot.x + plot.width / 2, baseline: plot.maxY + 31, .label, anchor: .middle)
  }

  private func draw(_ line: PanelContent.Line, plot: DisplayList.Rect, clip: DisplayList.Rect, on canvas: inout Canvas)
  {
    let marked = line.marked
    for run in line.runs {
      let points = run.compactMap { point($0, plot) }
      if points.count > 1 {
        canvas.line(points, line.look.colour, width: 1.8, dash: line.look.dash, clip: clip)
      }
      if marked || points.count == 1 {
        for point in points where isInside(point, plot) { canvas.mark(x: point.x, y: point.y, line.look) }
      }
    }
  }

  private func drawEndLabels(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    let ends = endLabels.map { point(.init(x: $0.x, y: $0.y), plot) ?? .init(x: plot.maxX, y: plot.maxY) }
    let half = Self.endLabelHeight / 2
    let wanted = ends.map { min(max($0.y, plot.y), plot.maxY) }
    let placed = spread(wanted, height: Self.endLabelHeight, within: plot.y - half...plot.maxY + half)
    let valueWidth = endLabels.map { Self.nameOffset($0.value, canvas) }.max() ?? 0
    let x = plot.maxX + Self.labelDistance
    for (index, label) in endLabels.enumerated() {
      let colour = label.look.colour.readable()
      // A label that had to give way is joined to its line.
      if abs(placed[index] - wanted[index]) > 3, abs(ends[index].x - plot.maxX) < 12 {
        var faint = label.look.colour
        faint.alpha = 150
        canvas.line(
          [.init(x: max(ends[index].x, plot.maxX - 1) + 2, y: wanted[index]), .init(x: x - 1.5, y: placed[index])],
          faint, width: 0.75)
      }
      canvas.write(label.value, x: x, middle: placed[index], .value, colour: colour)
      canvas.write(label.name, x: x + valueWidth, middle: placed[index], .value, colour: colour)
    }
  }

  private func point(_ data: LineChart.Point, _ plot: DisplayList.Rect) -> DisplayList.Point? {
    guard let x = place(data.x, xAxis, from: plot.x, to: plot.maxX),
      let y = place(data.y, yAxis, from: plot.maxY, to: plot.y)
    else { return nil }
    return .init(x: x, y: y)
  }

  private func place(_ value: Double, _ axis: Axis, from start: Double, to end: Double) -> Double? {
    // Far outside a fixed range, the place is kept near enough to be drawn to.
    axis.fraction(value).map { start + min(max($0, -20), 20) * (end - start) }
  }

  private func isInside(_ point: DisplayList.Point, _ plot: DisplayList.Rect) -> Bool {
    point.x >= plot.x - 0.5 && point.x <= plot.maxX + 0.5 && point.y >= plot.y - 0.5 && point.y <= plot.maxY + 0.5
  }
}
