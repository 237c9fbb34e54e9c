/// Arranges groups of horizontal bars, their names and values.
struct BarChartLayout {
  private let chart: BarChart
  private let size: (width: Double, margin: Double)
  private let names: [[String]]
  private let nameWidth: Double
  private let bars: [[Bar]]
  private let axis: Axis
  private let legend: Legend?
  private let notes: Notes
  private let canvas: Canvas

  /// A value with its text; `end` is nil where nothing can be drawn.
  private struct Bar {
    var text: String
    /// Of the text, in points.
    var width = 0.0
    var end: Double?
    /// The ends of the error bar, as fractions of the axis.
    var error: ClosedRange<Double>?
    var isQuiet: Bool
    var look: SeriesLook
  }

  private static let nameLineHeight = 13.0
  /// Charts with more bars have less space between their groups.
  private static let looseBars = 500
  /// Charts with more groups have names of one line.
  private static let groupsWithLongNames = 250
  private static let barGap = 2.0
  private static let labelDistance = 5.0
  private static let narrowestPlot = 20.0

  private var groupGap: Double { chart.groups.count * chart.series.count > Self.looseBars ? 6 : 11 }
  private var thickness: Double { chart.series.count == 1 ? 14 : 11.5 }

  init(_ chart: BarChart, width: Double, canvas: Canvas) {
    self.chart = chart
    self.canvas = canvas
    let margin = 16.0
    let inner = width - 2 * margin
    size = (width, margin)
    let names = Self.names(chart, width: inner * 0.3, canvas)
    self.names = names.lines
    nameWidth = (names.lines.joined().map { canvas.width($0, .legend) }.max() ?? 0) + 9
    axis = Self.axis(chart, isNarrow: width < 400)
    bars = chart.groups.map { [axis] group in
      group.values.enumerated().map { index, value in
        var bar = Self.bar(
          value, group.ends(index), axis, chart.valueFormat, SeriesLook(index, canvas.palette), canvas.style.language)
        bar.width = canvas.width(bar.text, .value)
        return bar
      }
    }
    let entries = chart.series.enumerated().map {
      Legend.Entry(name: drawable($1), look: SeriesLook($0, canvas.palette), marked: false)
    }
    legend = entries.count > 1 ? Legend(entries, sample: .bar, width: inner, canvas: canvas) : nil
    // What has no bar says why beside its name.
    notes = Notes(
      intervals: chart.intervals.map { canvas.style.language.note($0, isBand: false) }, omitted: OffAxisCounts(),
      common: OrderedSet([names.common, legend?.common ?? ""].filter { !$0.isEmpty }).elements, width: inner,
      canvas: canvas)
  }

  /// Each group's name on at most two lines, or on one where there are many groups.
  private static func names(_ chart: BarChart, width: Double, _ canvas: Canvas) -> (lines: [[String]], common: String) {
    let font = canvas.font(.legend)
    let names = chart.groups.map { drawable($0.name) }
    let lines = names.count > groupsWithLongNames ? 1 : 2
    let wrapped = names.map { canvas.measure.wrapped($0, to: width, lines: lines, font: font) }
    // Where one is too long for its lines, all are named by what differs.
    let areWhole = zip(names, wrapped).allSatisfy { name, lines in
      lines.joined().count { $0 != " " } == name.count { $0 != " " }
    }
    if areWhole { return (wrapped, "") }
    let short = canvas.measure.shortened(names, to: width, font: font)
    return (short.names.map { [$0] }, short.common)
  }

  private static func axis(_ chart: BarChart, isNarrow: Bool) -> Axis {
    let values = chart.groups.flatMap { group in
      group.values.compactMap(\.self) + group.errors.flatMap { $0.map { [$0.low, $0.high] } ?? [] }
    }
    switch chart.scale {
    case .linear:
      return .linear(over: extent(values + [0]), ends: .data, steps: isNarrow ? 3 : 5, format: chart.valueFormat)
    case .logarithmic:
      return .logarithmic(
        over: extent(values.lazy.filter { $0 > 0 }), ends: .data, steps: isNarrow ? 4 : 6, opensBelow: true,
        format: chart.valueFormat)
    }
  }

  private static func bar(
    _ value: Double?, _ ends: BarChart.Ends?, _ axis: Axis, _ format: NumberFormat, _ look: SeriesLook,
    _ language: FigureLanguage
  ) -> Bar {
    guard let value else { return Bar(text: language.noData, isQuiet: true, look: look) }
    let text = format.text(value)
    guard let end = axis.fraction(value) else {
      let isBelow = OffAxis(value, axis.scale) == .notOnLogAxis
      return Bar(text: isBelow ? "\(text) (\(language.notOnLogAxis))" : text, isQuiet: true, look: look)
    }
    var error: ClosedRange<Double>?
    // An end that a log axis cannot show lies where the axis begins.
    if let ends, let high = axis.fraction(ends.high) {
      error = min(axis.fraction(ends.low) ?? 0, high)...high
    }
    return Bar(text: text, end: end, error: error, isQuiet: false, look: look)
  }

  /// Where bars begin, as a fraction of the axis.
  private var origin: Double { chart.scale == .linear ? axis.fraction(0) ?? 0 : 0 }

  /// Where a bar's text is, and on which side of it, as a fraction of the axis: beyond the bar and its error bar.
  private func textEnd(_ bar: Bar) -> (fraction: Double, isLeft: Bool) {
    let end = bar.end ?? origin
    return end < origin
      ? (min(end, bar.error?.lowerBound ?? end), true) : (max(end, bar.error?.upperBound ?? end), false)
  }

  /// The plotting area's ends such that every value's text fits beside its bar.
  private func plotEnds() -> (left: Double, right: Double) {
    let (outerLeft, outerRight) = (size.margin + nameWidth, size.width - size.margin)
    var (left, right) = (outerLeft, outerRight)
    // The ends depend on each other where there are bars to both sides: a few rounds settle them.
    for _ in 0..<6 {
      var (leftMargin, rightMargin) = (0.0, 8.0)
      for bar in bars.joined() {
        let room = bar.width + Self.labelDistance
        let (end, isLeft) = textEnd(bar)
        if !isLeft {
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
      // Bars that are short, rather than values that run off.
      let most = outerRight - outerLeft - Self.narrowestPlot
      let part = min(1, most / (leftMargin + rightMargin))
      left = outerLeft + leftMargin * part
      right = outerRight - rightMargin * part
    }
    return (left.rounded(.up), max(right.rounded(.down), left.rounded(.up) + 10))
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = drawHead(on: &canvas)
    let rows = zip(bars, names).map { bars, lines in
      max(
        Double(bars.count) * (thickness + Self.barGap) - Self.barGap, Double(lines.count) * Self.nameLineHeight, 14)
    }
    let height = max(rows.reduce(0) { $0 + $1 + groupGap }, 40)
    let (left, right) = plotEnds()
    drawAxis(.init(x: left, y: y, width: right - left, height: height), on: &canvas)
    if bars.isEmpty {
      canvas.noData(x: (left + right) / 2, y: y + height / 2)
    }
    var top = y + groupGap / 2
    for (index, row) in rows.enumerated() {
      drawGroup(index, middle: top + row / 2, left: left, right: right, on: &canvas)
      top += row + groupGap
    }
    let zero = left + origin * (right - left)
    canvas.line([.init(x: zero, y: y), .init(x: zero, y: y + height)], canvas.palette.axis, width: 1)
    y += height + 18
    notes.draw(x: size.margin, y: y, on: &canvas)
    return canvas.list(width: size.width, height: y + notes.height + 12)
  }

  /// Draws title, value label and legend, and returns where the plotting area begins.
  private func drawHead(on canvas: inout Canvas) -> Double {
    var y = 14.0
    let inner = size.width - 2 * size.margin
    let title = canvas.elided(drawable(chart.title), to: inner, .title)
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
      canvas.write(canvas.elided(valueLabel, to: inner, .label), x: size.margin, baseline: y + 10, .label)
      y += 16
    }
    if let legend {
      y += 4
      legend.draw(x: size.margin, y: y, on: &canvas)
      y += legend.height
    }
    return (y + 10).rounded()
  }

  private func drawAxis(_ plot: DisplayList.Rect, on canvas: inout Canvas) {
    let ticks = axis.ticks.compactMap { tick in
      axis.fraction(tick.value).map { (label: tick.label, x: plot.x + $0 * plot.width) }
    }
    for tick in ticks {
      let x = tick.x.rounded()
      canvas.line([.init(x: x, y: plot.y), .init(x: x, y: plot.maxY)], canvas.palette.grid, width: 1)
    }
    for tick in canvas.placed(ticks, within: 3...size.width - 3, distance: 6) {
      canvas.write(tick.label, x: tick.at, baseline: plot.maxY + 14, .tick, anchor: .middle)
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
    let start = left + origin * (right - left)
    for bar in bars[index] {
      let end = left + (bar.end ?? origin) * (right - left)
      if bar.end != nil, end != start {
        // The least of a bar stays visible.
        let length = max(abs(end - start), 1.5)
        canvas.bar(
          .init(x: end < start ? start - length : start, y: top, width: length, height: thickness), bar.look)
      }
      if let error = bar.error {
        let y = top + thickness / 2
        canvas.errorBar(
          from: .init(x: left + error.lowerBound * (right - left), y: y),
          to: .init(x: left + error.upperBound * (right - left), y: y), cap: 3, canvas.palette.ink, clip: nil)
      }
      let (fraction, isLeft) = textEnd(bar)
      let x = left + fraction * (right - left)
      canvas.write(
        bar.text, x: isLeft ? x - Self.labelDistance : x + Self.labelDistance, middle: top + thickness / 2, .value,
        anchor: isLeft ? .end : .start, color: bar.isQuiet ? canvas.palette.muted : nil)
      top += step
    }
  }
}

extension Double {
  fileprivate func clamped(above least: Double) -> Double { Swift.max(self, least) }
}
