/// A line chart in words.
struct LineChartDescription {
  private let chart: LineChart
  private let language: FigureLanguage
  private var isEnglish: Bool { language.isEnglish }

  init(_ chart: LineChart, _ language: FigureLanguage) {
    self.chart = chart
    self.language = language
  }

  var text: String {
    guard let first = chart.panels.first else {
      return isEnglish ? "Line chart: no data." : "折线图：无数据。"
    }
    let x = drawable(first.xLabel)
    var sentences: [String]
    if isEnglish {
      let panels = chart.panels.count == 1 ? "Line chart" : "Line charts, \(chart.panels.count) panels"
      sentences = [panels + (x.isEmpty ? "." : " over \(x).")]
    } else {
      let panels = chart.panels.count == 1 ? "折线图" : "折线图，共\(chart.panels.count)幅"
      sentences = [panels + (x.isEmpty ? "。" : "，横轴为\(x)。")]
    }
    if let intervals = chart.intervals { sentences.append(language.note(intervals, isBand: true) + language.stop) }
    sentences += chart.panels.map(describe)
    sentences += rankings()
    return sentences.joined(separator: language.between)
  }

  private func describe(_ panel: LineChart.Panel) -> String {
    let parts = panel.series.map { describe($0, in: panel) }
    let heading = [drawable(panel.title), drawable(panel.yLabel)].filter { !$0.isEmpty }
    let head = heading.joined(separator: language.comma)
    let body = parts.isEmpty ? language.noData : parts.joined(separator: language.semicolon)
    return (head.isEmpty ? "" : head + language.colon) + body + language.stop
  }

  private func describe(_ series: LineChart.Series, in panel: LineChart.Panel) -> String {
    let name = drawable(series.name)
    let points = shown(series, in: panel)
    let lead = name.isEmpty ? "" : isEnglish ? name + " " : name
    let omitted = series.points.compactMap { point in
      reasonOff(point, panel).map { (at: at(point), reason: $0) }
    }
    var parts: [String] = []
    if points.isEmpty {
      parts = [lead + language.noData]
    } else if points.count == 1 {
      let (value, place) = (panel.valueFormat.text(points[0].y), at(points[0]))
      parts = [isEnglish ? "\(lead)is \(value) at \(place)" : "\(lead)在\(place)处为\(value)"]
    } else {
      parts = [lead + course(points, series, panel)]
    }
    if let band = band(points, panel) { parts.append(band) }
    return (parts + omissions(omitted, language)).joined(separator: language.comma)
  }

  /// Where a line of two or more points starts, is best and ends.
  private func course(_ points: [LineChart.Point], _ series: LineChart.Series, _ panel: LineChart.Panel) -> String {
    let value = panel.valueFormat.text
    guard let first = points.first, let last = points.last,
      let least = points.min(by: { $0.y < $1.y }), let most = points.max(by: { $0.y < $1.y })
    else { return language.noData }
    let start = value(first.y)
    var end = isEnglish ? "ends at \(value(last.y))" : "最终为\(value(last.y))"
    // A line whose last value cannot be shown does not end where it is last seen.
    if let final = series.points.last, final != last {
      let what = final.y.isNaN ? language.noData : value(final.y)
      end =
        isEnglish
        ? "last shown at \(at(last)) with \(value(last.y)), then at \(at(final)) \(what)"
        : "最后显示在\(at(last))处，为\(value(last.y))，之后在\(at(final))处为\(what)"
    }
    switch direction(series, panel) {
    case let direction?:
      let best = direction == .lower ? least : most
      return isEnglish
        ? "starts at \(start), best \(value(best.y)) at \(at(best)), \(end)"
        : "从\(start)开始，在\(at(best))处最佳（\(value(best.y))），\(end)"
    case nil:
      return isEnglish
        ? "starts at \(start), lowest \(value(least.y)), highest \(value(most.y)), \(end)"
        : "从\(start)开始，最低\(value(least.y))，最高\(value(most.y))，\(end)"
    }
  }

  /// The band at the last point that has one.
  private func band(_ points: [LineChart.Point], _ panel: LineChart.Panel) -> String? {
    guard let point = points.last(where: { $0.low != nil && $0.high != nil }), let low = point.low,
      let high = point.high
    else { return nil }
    let (from, to) = (panel.valueFormat.text(low), panel.valueFormat.text(high))
    return isEnglish ? "band at \(at(point)) from \(from) to \(to)" : "\(at(point))处色带为\(from)至\(to)"
  }

  private func at(_ point: LineChart.Point) -> String {
    guard point.x.isFinite else { return NumberFormat.automatic.text(point.x) }
    let rounded = NumberFormat.withoutZeros(NumberFormat.decimal(point.x, decimals: 2))
    return abs(point.x) >= 1 || point.x == 0 ? rounded : NumberFormat.automatic.text(point.x)
  }

  private func reasonOff(_ point: LineChart.Point, _ panel: LineChart.Panel) -> OffAxis? {
    OffAxis(point.x, .linear, fixed: panel.xRange) ?? OffAxis(point.y, panel.yScale, fixed: panel.yRange)
  }

  /// The points that have a position, if only outside of a fixed range.
  private func shown(_ series: LineChart.Series, in panel: LineChart.Panel) -> [LineChart.Point] {
    series.points.filter { point in
      let reason = reasonOff(point, panel)
      return reason == nil || reason == .outside
    }
  }

  /// Which values are good, from what the series says of itself, else from words in its name or the axis label.
  private func direction(_ series: LineChart.Series, _ panel: LineChart.Panel) -> LineChart.Direction? {
    if let better = series.better { return better }
    for text in [series.name.lowercased(), panel.yLabel.lowercased()] {
      if ["loss", "error", "损失", "误差"].contains(where: text.contains) { return .lower }
      if ["accuracy", "acc", "准确率", "精度"].contains(where: text.contains) { return .higher }
    }
    return nil
  }

  private struct Ranked {
    var name: String
    var final: Double
  }

  /// The same series over the panels if there are several, else the series of the one panel.
  private func rankings() -> [String] {
    if chart.panels.count == 1 {
      let panel = chart.panels[0]
      // Losses and accuracies have no order among each other.
      let directions = Set(panel.series.map { direction($0, panel) })
      guard directions.count == 1 else { return [] }
      let ranked = panel.series.compactMap { self.ranked($0, named: $0.name, in: panel) }
      return ranking(ranked, of: "", direction: directions.first ?? nil, panel).map { [$0] } ?? []
    }
    return OrderedSet(chart.panels.flatMap(\.series).map(\.name)).elements.compactMap { name in
      var order: [Ranked] = []
      var direction: LineChart.Direction?
      for panel in chart.panels {
        guard let series = panel.series.first(where: { $0.name == name }),
          let ranked = self.ranked(series, named: panel.title, in: panel)
        else { continue }
        direction = direction ?? self.direction(series, panel)
        order.append(ranked)
      }
      return ranking(order, of: drawable(name), direction: direction, chart.panels[0])
    }
  }

  /// A series by its last value, if that can be shown.
  private func ranked(_ series: LineChart.Series, named name: String, in panel: LineChart.Panel) -> Ranked? {
    guard let last = shown(series, in: panel).last, last == series.points.last else { return nil }
    return Ranked(name: drawable(name), final: last.y)
  }

  private func ranking(
    _ ranked: [Ranked], of name: String, direction: LineChart.Direction?, _ panel: LineChart.Panel
  ) -> String? {
    guard ranked.count > 1, ranked.allSatisfy({ !$0.name.isEmpty }) else { return nil }
    let order = ranked.enumerated().sorted { a, b in
      if a.element.final == b.element.final { return a.offset < b.offset }
      return direction == .lower ? a.element.final < b.element.final : a.element.final > b.element.final
    }
    let list = order.map { "\($0.element.name) \(panel.valueFormat.text($0.element.final))" }
      .joined(separator: language.comma)
    if isEnglish {
      let sense = direction == nil ? "from highest to lowest" : "from best to worst"
      return "At the end, \(name.isEmpty ? "" : name + " ")\(sense): \(list)."
    }
    let sense = direction == nil ? "从高到低" : "从优到劣"
    return "最终\(name)\(sense)：\(list)。"
  }
}
