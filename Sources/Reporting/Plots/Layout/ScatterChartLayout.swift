/// Arranges points, their labels and two axes.
struct ScatterChartLayout {
  private let chart: ScatterChart
  private let width: Double
  private let points: [Placed]
  private let off: [OffPoint]
  private let looks: [SeriesLook]
  private let xAxis: Axis
  private let yAxis: Axis
  private let legend: Legend?
  private let notes: Notes
  private let canvas: Canvas

  private struct Placed {
    var series: Int
    var point: ScatterChart.Point
    var label: String
  }

  /// A point without a position on one axis.
  private struct OffPoint {
    var series: Int
    var point: ScatterChart.Point
    var reason: OffAxis
  }

  private static let margin = 16.0
  private static let radius = 4.0
  private static let labelHeight = 12.0

  init(_ chart: ScatterChart, width: Double, canvas: Canvas) {
    self.chart = chart
    self.width = width
    self.canvas = canvas
    looks = chart.series.indices.map { SeriesLook($0, canvas.palette) }
    var (points, off): ([Placed], [OffPoint]) = ([], [])
    var omitted = OffAxisCounts()
    for (index, series) in chart.series.enumerated() {
      for point in series.points {
        if let reason = chart.reasonOff(point) {
          omitted.add(reason)
          off.append(OffPoint(series: index, point: point, reason: reason))
        } else {
          points.append(Placed(series: index, point: point, label: drawable(point.label ?? "")))
        }
      }
    }
    (self.points, self.off) = (points, off)
    // A mark at one axis is drawn at the point's position on the other.
    let xs = points.map(\.point.x) + off.map(\.point.x)
    let ys =
      points.flatMap { [$0.point.y, $0.point.low, $0.point.high].compactMap(\.self) }
      + off.map(\.point.y)
    xAxis = Self.axis(xs, chart.xScale, steps: max(3, min(8, Int(width / 90))))
    yAxis = Self.axis(ys, chart.yScale, steps: max(3, Int(canvas.style.panelHeight / 42)))
    let shown = Set(points.map(\.series))
    let entries = chart.series.enumerated().map { index, series in
      let absent = shown.contains(index) ? "" : " (\(canvas.style.language.noData))"
      return Legend.Entry(
        name: drawable(series.name), suffix: absent, look: SeriesLook(index, canvas.palette), marked: true)
    }
    let inner = width - 2 * Self.margin
    legend = entries.count < 2 ? nil : Legend(entries, sample: .mark, width: inner, canvas: canvas)
    notes = Notes(
      intervals: chart.intervals.map { canvas.style.language.note($0, isBand: false) }, omitted: omitted,
      common: [legend?.common ?? ""].filter { !$0.isEmpty }, width: inner, canvas: canvas)
  }

  private static func axis(_ values: [Double], _ scale: AxisScale, steps: Int) -> Axis {
    scale == .linear
      ? .linear(over: extent(values), ends: .ticks, steps: steps)
      : .logarithmic(over: extent(values.filter { $0 > 0 }), ends: .ticks, steps: steps)
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = 14.0
    let inner = width - 2 * Self.margin
    if let legend {
      legend.draw(x: Self.margin, y: y, on: &canvas)
      y += legend.height + 10
    }
    let title = canvas.elided(drawable(chart.title), to: inner, .title)
    if !title.isEmpty {
      canvas.write(title, x: Self.margin, baseline: y + 12, .title)
      y += 20
    }
    let yLabel = canvas.elided(named(chart.yLabel, chart.yScale), to: inner, .label)
    canvas.write(yLabel, x: Self.margin, baseline: y + 10, .label)
    y += yLabel.isEmpty ? 6 : 22
    let left = (yAxis.ticks.map { canvas.width($0.label, .tick) }.max() ?? 0) + 7
    let plot = DisplayList.Rect(
      x: (Self.margin + left).rounded(), y: y.rounded(), width: max(inner - left - 10, 20).rounded(),
      height: canvas.style.panelHeight.rounded())
    drawAxes(plot, on: &canvas)
    drawPoints(plot, on: &canvas)
    drawOffAxis(plot, on: &canvas)
    let xLabel = named(chart.xLabel, chart.xScale)
    canvas.write(
      xLabel, about: plot.x + plot.width / 2, within: Self.margin...width - Self.margin, baseline: plot.maxY + 33,
      .label)
    y = plot.maxY + (xLabel.isEmpty ? 20 : 38)
    notes.draw(x: Self.margin, y: y, on: &canvas)
    return canvas.list(width: width, height: y + notes.height + 12)
  }

  private func named(_ label: String, _ scale: AxisScale) -> String {
    let text = drawable(label)
    let log = canvas.style.language.logarithmic
    return scale == .linear ? text : text.isEmpty ? log : "\(text) (\(log))"
  }

  private func drawAxes(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    let palette = canvas.palette
    let yTicks = yAxis.ticks.compactMap { tick in
      yAxis.fraction(tick.value).map { (label: tick.label, y: (plot.maxY - $0 * plot.height).rounded()) }
    }
    for tick in yTicks {
      canvas.line([.init(x: plot.x, y: tick.y), .init(x: plot.maxX, y: tick.y)], palette.grid, width: 1)
    }
    for tick in canvas.placed(yTicks) { canvas.write(tick.label, x: plot.x - 7, middle: tick.at, .tick, anchor: .end) }
    let xTicks = xAxis.ticks.compactMap { tick in
      xAxis.fraction(tick.value).map { (label: tick.label, x: (plot.x + $0 * plot.width).rounded()) }
    }
    for tick in xTicks {
      canvas.line([.init(x: tick.x, y: plot.y), .init(x: tick.x, y: plot.maxY)], palette.grid, width: 1)
      canvas.line([.init(x: tick.x, y: plot.maxY), .init(x: tick.x, y: plot.maxY + 4)], palette.axis, width: 1)
    }
    for tick in canvas.placed(xTicks, within: 3...width - 3) {
      canvas.write(tick.label, x: tick.at, baseline: plot.maxY + 16, .tick, anchor: .middle)
    }
    canvas.line([.init(x: plot.x, y: plot.maxY), .init(x: plot.maxX, y: plot.maxY)], palette.axis, width: 1)
  }

  private func drawPoints(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    if points.isEmpty { canvas.noData(x: plot.x + plot.width / 2, y: plot.y + plot.height / 2) }
    /// What a log axis cannot show lies at its lower end.
    func height(_ value: Double) -> Double { plot.maxY - (yAxis.fraction(value) ?? 0) * plot.height }
    let places = points.map { item in
      DisplayList.Point(x: plot.x + (xAxis.fraction(item.point.x) ?? 0) * plot.width, y: height(item.point.y))
    }
    let radius = Self.radius
    var taken = places.map {
      DisplayList.Rect(x: $0.x - radius, y: $0.y - radius, width: 2 * radius, height: 2 * radius)
    }
    for (item, place) in zip(points, places) {
      if let low = item.point.low, let high = item.point.high, low.isFinite, high.isFinite {
        canvas.errorBar(
          from: .init(x: place.x, y: height(low)), to: .init(x: place.x, y: height(high)), cap: 3,
          looks[item.series].color, clip: nil)
      }
    }
    for (item, place) in zip(points, places) {
      canvas.mark(x: place.x, y: place.y, looks[item.series], radius: radius)
    }
    for (item, place) in zip(points, places) where !item.label.isEmpty {
      let label = canvas.measure.cut(item.label, to: plot.width * 0.4, font: canvas.font(.value), tail: 0.5)
      guard let box = room(for: label, at: place, in: plot, taken, canvas) else { continue }
      taken.append(box)
      canvas.write(
        label, x: box.x, middle: box.y + box.height / 2, .value,
        color: looks[item.series].color.readable(on: canvas.palette.background))
    }
  }

  /// Marks points without a position at the edge toward which they lie.
  private func drawOffAxis(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    for item in off {
      let (x, y) = (item.point.x, item.point.y)
      let isAlongX = OffAxis(x, chart.xScale) != nil
      let isPast = item.reason == .infinite && (isAlongX ? x : y) > 0
      let edge: Edge = isAlongX ? (isPast ? .right : .left) : (isPast ? .top : .bottom)
      let across = xAxis.fraction(x).map { plot.x + min(max($0, 0), 1) * plot.width }
      let up = yAxis.fraction(y).map { plot.maxY - min(max($0, 0), 1) * plot.height }
      canvas.offAxisMark(
        x: isAlongX ? (isPast ? plot.maxX - 5 : plot.x + 5) : across ?? plot.x + 5,
        y: isAlongX ? up ?? plot.maxY - 5 : (isPast ? plot.y + 5 : plot.maxY - 5), item.reason, toward: edge,
        looks[item.series].color)
    }
  }

  /// Where a label is placed beside its point without touching another: right of it, left, above, below; nil if nowhere.
  private func room(
    for label: String, at place: DisplayList.Point, in plot: DisplayList.Rect, _ taken: [DisplayList.Rect],
    _ canvas: Canvas
  ) -> DisplayList.Rect? {
    let (width, height) = (canvas.width(label, .value), Self.labelHeight)
    let away = Self.radius + 3
    let corners = [
      (place.x + away, place.y - height / 2), (place.x - away - width, place.y - height / 2),
      (place.x - width / 2, place.y - away - height + 1), (place.x - width / 2, place.y + away - 1),
    ]
    return corners.lazy.map { DisplayList.Rect(x: $0.0, y: $0.1, width: width, height: height) }.first { box in
      box.x >= plot.x && box.maxX <= self.width - 2 && box.y >= plot.y - height / 2 && box.maxY <= plot.maxY
        && !taken.contains { $0.x < box.maxX && box.x < $0.maxX && $0.y < box.maxY && box.y < $0.maxY }
    }
  }
}

extension ScatterChart {
  /// Why a point has no position; nil for one that has.
  func reasonOff(_ point: Point) -> OffAxis? { OffAxis(point.x, xScale) ?? OffAxis(point.y, yScale) }
}
