/// One panel of a line chart: head, axes, and where data lies between them.
struct PanelLayout {
  let content: PanelContent
  let xAxis: Axis
  let yAxis: Axis
  let labels: EndLabels
  private let title: String
  private let yLabel: String
  private let xLabel: String

  /// Of tick labels left of the plotting area, with their distance.
  let leftWidth: Double
  /// Of what is right of the plotting area.
  var rightWidth: Double { labels.width }

  /// Of title and y label above the plotting area.
  var headHeight: Double {
    let text = (title.isEmpty ? 0 : 18.0) + (yLabel.isEmpty ? 0 : 16.0)
    return text == 0 ? 8 : text + 8
  }

  /// Of tick labels and x label below it.
  var footHeight: Double { 19 + (xLabel.isEmpty ? 0 : 16) }

  /// What panels of one chart have in common.
  struct Frame {
    var title: String
    var width: Double
    var xRange: ClosedRange<Double>?
    var xCounts: Bool
    var yAxis: Axis
    var endLabels: EndLabels.Kind
    var valueFormat: NumberFormat
  }

  init(_ content: PanelContent, _ frame: Frame, canvas: Canvas) {
    let panel = content.panel
    let language = canvas.style.language
    let width = frame.width
    self.content = content
    yAxis = frame.yAxis
    title = canvas.elided(frame.title, to: width, .title)
    let yText = drawable(panel.yLabel)
    yLabel = canvas.elided(
      panel.yScale == .linear ? yText : yText.isEmpty ? language.logarithmic : "\(yText) (\(language.logarithmic))",
      to: width, .label)
    leftWidth = (yAxis.ticks.map { canvas.width($0.label, .tick) }.max() ?? 0) + 7
    labels = EndLabels(
      content, frame.endLabels, format: frame.valueFormat, room: width - leftWidth - 60, panelWidth: width,
      canvas: canvas)
    let plotWidth = max(width - leftWidth - labels.width, 20)
    xAxis = .linear(
      over: frame.xRange, ends: panel.xRange == nil ? .data : .fixed, steps: max(2, min(10, Int(plotWidth / 44))),
      wholeNumbers: frame.xCounts)
    xLabel = canvas.elided(drawable(panel.xLabel), to: width, .label)
  }

  /// Draws the panel around its plotting area; head and foot may use the width from `left` to `right`.
  func draw(plot: DisplayList.Rect, left: Double, right: Double, on canvas: inout Canvas) {
    var y = plot.y - headHeight
    if !title.isEmpty {
      canvas.write(title, x: left, baseline: y + 12, .title)
      y += 18
    }
    canvas.write(yLabel, x: left, baseline: y + 10, .label)
    drawAxes(plot, left: left, right: right, on: &canvas)
    // Strokes on the edge of the area keep their full width.
    let clip = DisplayList.Rect(x: plot.x - 1, y: plot.y - 1, width: plot.width + 2, height: plot.height + 2)
    for line in content.lines { drawBands(line, plot: plot, clip: clip, on: &canvas) }
    for (index, line) in content.lines.enumerated() { draw(line, index, plot: plot, clip: clip, on: &canvas) }
    drawOffAxis(plot, on: &canvas)
    if content.lines.allSatisfy(\.runs.isEmpty) {
      canvas.noData(x: plot.x + plot.width / 2, y: plot.y + plot.height / 2)
    }
    labels.draw(plot: plot, ends: labels.ends.map { point($0, plot) }, on: &canvas)
  }

  private func drawAxes(_ plot: DisplayList.Rect, left: Double, right: Double, on canvas: inout Canvas) {
    let (palette, bottom) = (canvas.palette, plot.maxY)
    let yTicks = yAxis.ticks.compactMap { tick in
      position(tick.value, yAxis, from: bottom, to: plot.y).map { (label: tick.label, y: $0) }
    }
    for tick in yTicks {
      canvas.line(
        [.init(x: plot.x, y: tick.y.rounded()), .init(x: plot.maxX, y: tick.y.rounded())], palette.grid, width: 1)
    }
    for tick in canvas.placed(yTicks) { canvas.write(tick.label, x: plot.x - 7, middle: tick.at, .tick, anchor: .end) }
    canvas.line([.init(x: plot.x, y: bottom), .init(x: plot.maxX, y: bottom)], palette.axis, width: 1)
    let xTicks = xAxis.ticks.compactMap { tick in
      position(tick.value, xAxis, from: plot.x, to: plot.maxX).map { (label: tick.label, x: $0) }
    }
    for tick in xTicks {
      canvas.line(
        [.init(x: tick.x.rounded(), y: bottom), .init(x: tick.x.rounded(), y: bottom + 4)], palette.axis, width: 1)
    }
    // Half of the gap between two panels belongs to each.
    for tick in canvas.placed(xTicks, within: left - 11...right + 11) {
      canvas.write(tick.label, x: tick.at, baseline: bottom + 15, .tick, anchor: .middle)
    }
    canvas.write(xLabel, about: plot.x + plot.width / 2, within: left...right, baseline: bottom + 31, .label)
  }

  private func drawBands(
    _ line: PanelContent.Line, plot: DisplayList.Rect, clip: DisplayList.Rect, on canvas: inout Canvas
  ) {
    /// The ends of the band at a point; what a log axis cannot show lies at its lower end.
    func end(_ x: Double, _ y: Double?) -> DisplayList.Point? {
      guard let y else { return nil }
      return point(.init(x: x, y: y), plot) ?? point(.init(x: x, y: yAxis.domain.lowerBound), plot)
    }
    for band in line.bands {
      let (lows, highs) = (band.compactMap { end($0.x, $0.low) }, band.compactMap { end($0.x, $0.high) })
      guard lows.count == highs.count, let low = lows.first, let high = highs.first else { continue }
      if lows.count == 1 {
        canvas.errorBar(from: low, to: high, cap: 3, line.look.color, clip: clip)
      } else {
        canvas.shape(highs + lows.reversed(), fill: line.look.color.with(alpha: 46), clip: clip)
      }
    }
  }

  private func draw(
    _ line: PanelContent.Line, _ index: Int, plot: DisplayList.Rect, clip: DisplayList.Rect, on canvas: inout Canvas
  ) {
    let marked = line.marked
    // With more lines than colors each has a few markers; not all at the same x.
    let count = line.runs.lazy.map(\.count).reduce(0, +)
    let every = content.lines.count > canvas.palette.series.count ? max(1, count / 6) : Int.max
    var number = 0
    for run in line.runs {
      let points = run.compactMap { point($0, plot) }
      if points.count > 1 {
        canvas.line(points, line.look.color, width: 1.8, dash: line.look.dash, clip: clip)
      }
      for point in points {
        let isChosen = every < Int.max && (number + every * (index % 5) / 5) % every == every / 2
        if marked || points.count == 1 || isChosen, isInside(point, plot) {
          canvas.mark(x: point.x, y: point.y, line.look)
        }
        number += 1
      }
    }
  }

  /// Marks points that have an x and no position on the y axis at the edge toward which they lie.
  private func drawOffAxis(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    var left = Self.offAxisLimit
    for line in content.lines {
      var last: [Edge: Double] = [:]
      for (point, reason) in line.off {
        guard left > 0, let x = position(point.x, xAxis, from: plot.x, to: plot.maxX) else { continue }
        let isAbove = (reason == .infinite || reason == .outside) && point.y > yAxis.domain.upperBound
        let edge: Edge = isAbove ? .top : .bottom
        // Marks of one line that would cover each other are one.
        if let before = last[edge], abs(before - x) < 7 { continue }
        last[edge] = x
        left -= 1
        canvas.offAxisMark(x: x, y: isAbove ? plot.y + 4 : plot.maxY - 4, reason, toward: edge, line.look.color)
      }
    }
  }

  /// Of marks in a panel, so that a list of them stays drawable; the note below counts all.
  private static let offAxisLimit = 400

  private func point(_ data: LineChart.Point, _ plot: DisplayList.Rect) -> DisplayList.Point? {
    guard let x = position(data.x, xAxis, from: plot.x, to: plot.maxX),
      let y = position(data.y, yAxis, from: plot.maxY, to: plot.y)
    else { return nil }
    return .init(x: x, y: y)
  }

  private func position(_ value: Double, _ axis: Axis, from start: Double, to end: Double) -> Double? {
    // Far outside a fixed range, the position is kept near enough to be drawn to.
    axis.fraction(value).map { start + min(max($0, -20), 20) * (end - start) }
  }

  private func isInside(_ point: DisplayList.Point, _ plot: DisplayList.Rect) -> Bool {
    point.x >= plot.x - 0.5 && point.x <= plot.maxX + 0.5 && point.y >= plot.y - 0.5 && point.y <= plot.maxY + 0.5
  }
}
