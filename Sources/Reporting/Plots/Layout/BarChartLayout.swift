/// Places groups of horizontal bars, their names and values.
struct BarChartLayout {
  private let chart: BarChart
  private let size: (width: Double, margin: Double)
  private let names: [[String]]
  private let nameWidth: Double
  private let bars: [[Bar]]
  private let axis: Axis
  private let legend: Legend?
  private let canvas: Canvas

  /// A value with its text; `end` is nil where nothing can be drawn.
  private struct Bar {
    var text: String
    var end: Double?
    var isQuiet: Bool
  }

  private static let nameLineHeight = 13.0
  private static let groupGap = 11.0
  private static let barGap = 2.0
  private static let labelDistance = 5.0

  private var thickness: Double { chart.series.count == 1 ? 14 : 11.5 }

  init(_ chart: BarChart, width: Double, canvas: Canvas) throws(PlotError) {
    self.chart = chart
    self.canvas = canvas
    let margin = 16.0
    size = (width, margin)
    for group in chart.groups where group.values.count != chart.series.count {
      throw .valueCount(group: group.name, values: group.values.count, series: chart.series.count)
    }
    names = chart.groups.map { group in
      canvas.measure.wrapped(
        drawable(group.name), to: (width - 2 * margin) * 0.3, lines: 2, font: canvas.font(.legend))
    }
    nameWidth = (names.joined().map { canvas.width($0, .legend) }.max() ?? 0) + 9

    let values = chart.groups.flatMap { $0.values.compactMap(\.self) }
    switch chart.scale {
    case .linear:
      let range = extent(values + [0])
      axis = .linear(over: range, ends: .data, steps: width < 400 ? 3 : 5, format: chart.valueFormat)
    case .logarithmic:
      let range = extent(values.lazy.filter { $0 > 0 })
      axis = .logarithmic(
        over: range, ends: .data, steps: width < 400 ? 4 : 6, opensBelow: true, format: chart.valueFormat)
    }
    let language = canvas.style.language
    bars = chart.groups.map { [axis] group in
      group.values.map { value in
        guard let value else { return Bar(text: language.noData, end: nil, isQuiet: true) }
        let text = chart.valueFormat.text(value)
        guard let end = axis.fraction(value) else {
          let isMissing = value.isNaN || (chart.scale == .linear && !value.isFinite)
          return Bar(text: isMissing ? text : "\(text) (\(language.notOnLogAxis))", end: nil, isQuiet: true)
        }
        return Bar(text: text, end: end, isQuiet: false)
      }
    }
    let entries = chart.series.enumerated().map {
      Legend.Entry(name: drawable($1), look: SeriesLook($0), marked: false)
    }
    legend = entries.count > 1 ? Legend(entries, sample: .bar, width: width - 2 * margin, canvas: canvas) : nil
  }

  /// Where bars begin, as a fraction of the axis.
  private var origin: Double { chart.scale == .linear ? axis.fraction(0) ?? 0 : 0 }

  /// The plotting area's ends such that every value's text fits beside its bar.
  private func plotEnds() -> (left: Double, right: Double) {
    let (outerLeft, outerRight) = (size.margin + nameWidth, size.width - size.margin)
    var (left, right) = (outerLeft, outerRight)
    // The ends depend on each other where there are bars to both sides: a few rounds settle them.
    for _ in 0..<6 {
      var (leftMargin, rightMargin) = (0.0, 8.0)
      for bar in bars.joined() {
        let room = canvas.width(bar.text, .value) + Self.labelDistance
        let end = bar.end ?? origin
        if end >= origin {
          // At a fraction f, a text of this room ends at left + f·(right − left) + room.
          let available = outerRight - left
          if end < 1 {
            rightMargin = max(rightMargin, (room - (1 - end) * available) / end.clamped(above: 1e-6))
          } else {
            rightMargin = max(rightMargin, room)
          }
        } else if end > 0 {
          leftMargin = max(leftMargin, (room - end * (right - outerLeft)) / (1 - end).clamped(above: 1e-6))
        } else {
          leftMargin = max(leftMargin, room)
        }
      }
      let widest = outerRight - outerLeft - 40
      left = outerLeft + min(leftMargin, widest / 2)
      right = outerRight - min(rightMargin, widest / 2)
    }
    return (left.rounded(.up), max(right.rounded(.down), left + 20))
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = 14.0
    let title = canvas.elided(drawable(chart.title), to: size.width - 2 * size.margin, .title)
    if !title.isEmpty {
      canvas.write(title, x: size.margin, baseline: y + 12, .title)
      y += 18
    }
    var valueLabel = drawable(chart.valueLabel)
    if chart.scale == .logarithmic {
      let scale = canvas.style.language.logarithmic
      valueLabel = valueLabel.isEmpty ? scale : "\(valueLabel) (\(scale))"
    }
    if !valueLabel.isEmpty {
      valueLabel = canvas.elided(valueLabel, to: size.width - 2 * size.margin, .label)
      canvas.write(valueLabel, x: size.margin, baseline: y + 10, .label)
      y += 16
    }
    if let legend {
      y += 4
      legend.draw(x: size.margin, y: y, on: &canvas)
      y += legend.height
    }
    y = (y + 10).rounded()

    let rows = zip(bars, names).map { bars, lines in
      max(
        Double(bars.count) * (thickness + Self.barGap) - Self.barGap, Double(lines.count) * Self.nameLineHeight, 14)
    }
    let height = max(rows.reduce(0) { $0 + $1 + Self.groupGap }, 40)
    let (left, right) = plotEnds()
    drawAxis(.init(x: left, y: y, width: right - left, height: height), on: &canvas)
    if bars.isEmpty {
      canvas.noData(x: (left + right) / 2, y: y + height / 2)
    }
    var top = y + Self.groupGap / 2
    for (index, row) in rows.enumerated() {
      drawGroup(index, middle: top + row / 2, left: left, right: right, on: &canvas)
      top += row + Self.groupGap
    }
    let zero = left + origin * (right - left)
    canvas.line([.init(x: zero, y: y), .init(x: zero, y: y + height)], Palette.axis, width: 1)
    return DisplayList(
      size: .init(width: size.width, height: (y + height + 18 + 12).rounded(.up)), items: canvas.items)
  }

  private func drawAxis(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    var free = -Double.infinity
    for tick in axis.ticks {
      guard let fraction = axis.fraction(tick.value) else { continue }
      let x = plot.x + fraction * plot.width
      canvas.line([.init(x: x.rounded(), y: plot.y), .init(x: x.rounded(), y: plot.maxY)], Palette.grid, width: 1)
      let half = canvas.width(tick.label, .tick) / 2
      if x - half < free { continue }
      free = x + half + 6
      canvas.write(tick.label, x: x, baseline: plot.maxY + 14, .tick, anchor: .middle)
    }
  }

  private func drawGroup(_ index: Int, middle: Double, left: Double, right: Double, on canvas: inout Canvas) {
    let lines = names[index]
    for (line, text) in lines.enumerated() {
      let offset = (Double(line) - Double(lines.count - 1) / 2) * Self.nameLineHeight
      canvas.write(text, x: size.margin, middle: middle + offset, .legend)
    }
    let step = thickness + Self.barGap
    var top = middle - (Double(bars[index].count) * step - Self.barGap) / 2
    for (series, bar) in bars[index].enumerated() {
      let start = left + origin * (right - left)
      let end = left + (bar.end ?? origin) * (right - left)
      if bar.end != nil, end != start {
        // The least of a bar stays visible.
        let length = max(abs(end - start), 1.5)
        canvas.fill(
          .init(x: end < start ? start - length : start, y: top, width: length, height: thickness),
          SeriesLook(series).colour)
      }
      let isLeft = end < start
      canvas.write(
        bar.text, x: isLeft ? end - Self.labelDistance : end + Self.labelDistance, middle: top + thickness / 2, .value,
        anchor: isLeft ? .end : .start, colour: bar.isQuiet ? Palette.muted : nil)
      top += step
    }
  }
}

extension Double {
  fileprivate func clamped(above least: Double) -> Double { Swift.max(self, least) }
}
