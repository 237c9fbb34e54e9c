/// Places points, their labels and two axes.
struct ScatterChartLayout {
  private let chart: ScatterChart
  private let width: Double
  private let points: [Placed]
  private let looks: [SeriesLook]
  private let xAxis: Axis
  private let yAxis: Axis
  private let legend: Legend?
  private let canvas: Canvas

  private struct Placed {
    var series: Int
    var x: Double
    var y: Double
    var label: String
  }

  private static let margin = 16.0
  private static let radius = 4.0
  private static let labelHeight = 12.0

  init(_ chart: ScatterChart, width: Double, canvas: Canvas) {
    self.chart = chart
    self.width = width
    self.canvas = canvas
    looks = chart.series.indices.map { SeriesLook($0) }
    points = chart.series.enumerated().flatMap { index, series in
      series.points.filter { $0.hasPlace(chart.xScale, chart.yScale) }
        .map { Placed(series: index, x: $0.x, y: $0.y, label: drawable($0.label ?? "")) }
    }
    xAxis = Self.axis(points.map(\.x), chart.xScale, steps: max(3, min(8, Int(width / 90))))
    yAxis = Self.axis(points.map(\.y), chart.yScale, steps: max(3, Int(canvas.style.panelHeight / 42)))
    let shown = Set(points.map(\.series))
    let entries = chart.series.enumerated().map { index, series in
      let absent = shown.contains(index) ? "" : " (\(canvas.style.language.noData))"
      return Legend.Entry(name: drawable(series.name) + absent, look: SeriesLook(index), marked: true)
    }
    legend =
      entries.count < 2 ? nil : Legend(entries, sample: .mark, width: width - 2 * Self.margin, canvas: canvas)
  }

  private static func axis(_ values: [Double], _ scale: AxisScale, steps: Int) -> Axis {
    scale == .linear
      ? .linear(over: extent(values), ends: .ticks, steps: steps)
      : .logarithmic(over: extent(values), ends: .ticks, steps: steps)
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
    let xLabel = canvas.elided(named(chart.xLabel, chart.xScale), to: inner, .label)
    canvas.write(xLabel, x: plot.x + plot.width / 2, baseline: plot.maxY + 33, .label, anchor: .middle)
    let height = plot.maxY + (xLabel.isEmpty ? 20 : 38) + 12
    return DisplayList(size: .init(width: width, height: height.rounded(.up)), items: canvas.items)
  }

  private func named(_ label: String, _ scale: AxisScale) -> String {
    let text = drawable(label)
    let log = canvas.style.language.logarithmic
    return scale == .linear ? text : text.isEmpty ? log : "\(text) (\(log))"
  }

  private func drawAxes(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    for tick in yAxis.ticks {
      guard let fraction = yAxis.fraction(tick.value) else { continue }
      let y = (plot.maxY - fraction * plot.height).rounded()
      canvas.line([.init(x: plot.x, y: y), .init(x: plot.maxX, y: y)], Palette.grid, width: 1)
      canvas.write(tick.label, x: plot.x - 7, middle: y, .tick, anchor: .end)
    }
    var free = -Double.infinity
    for tick in xAxis.ticks {
      guard let fraction = xAxis.fraction(tick.value) else { continue }
      let x = (plot.x + fraction * plot.width).rounded()
      canvas.line([.init(x: x, y: plot.y), .init(x: x, y: plot.maxY)], Palette.grid, width: 1)
      canvas.line([.init(x: x, y: plot.maxY), .init(x: x, y: plot.maxY + 4)], Palette.axis, width: 1)
      let half = canvas.width(tick.label, .tick) / 2
      // The last tick's label stays inside the figure.
      let middle = min(x, width - 2 - half)
      if middle - half < free { continue }
      free = middle + half + 4
      canvas.write(tick.label, x: middle, baseline: plot.maxY + 16, .tick, anchor: .middle)
    }
    canvas.line([.init(x: plot.x, y: plot.maxY), .init(x: plot.maxX, y: plot.maxY)], Palette.axis, width: 1)
  }

  private func drawPoints(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    if points.isEmpty { canvas.noData(x: plot.x + plot.width / 2, y: plot.y + plot.height / 2) }
    let places = points.map { point in
      DisplayList.Point(
        x: plot.x + (xAxis.fraction(point.x) ?? 0) * plot.width,
        y: plot.maxY - (yAxis.fraction(point.y) ?? 0) * plot.height)
    }
    let radius = Self.radius
    var taken = places.map {
      DisplayList.Rect(x: $0.x - radius, y: $0.y - radius, width: 2 * radius, height: 2 * radius)
    }
    for (point, place) in zip(points, places) {
      canvas.mark(x: place.x, y: place.y, looks[point.series], radius: radius)
    }
    for (point, place) in zip(points, places) where !point.label.isEmpty {
      let label = canvas.elided(point.label, to: plot.width * 0.4, .value)
      guard let box = room(for: label, at: place, in: plot, taken, canvas) else { continue }
      taken.append(box)
      canvas.write(
        label, x: box.x, middle: box.y + box.height / 2, .value, colour: looks[point.series].colour.readable())
    }
  }

  /// Where a label stands beside its point without touching another: right of it, left, above, below; nil if nowhere.
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
