/// What a chart shows, in words, for readers who do not see it.
///
/// Each series' first, best and last value, then the order at the end; each group's values for bars. All of it
/// is made from the data.
public func altText(for chart: Chart, language: FigureLanguage = .english) -> String {
  switch chart {
  case .lines(let chart): LineChartDescription(chart, language).text
  case .bars(let chart): describe(chart, language)
  case .scatter(let chart): describe(chart, language)
  }
}

private struct LineChartDescription {
  let chart: LineChart
  let language: FigureLanguage
  let isEnglish: Bool

  init(_ chart: LineChart, _ language: FigureLanguage) {
    self.chart = chart
    self.language = language
    isEnglish = language == .english
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
    sentences += chart.panels.map(describe)
    sentences += rankings()
    return sentences.joined(separator: isEnglish ? " " : "")
  }

  private func describe(_ panel: LineChart.Panel) -> String {
    let parts = panel.series.map { describe($0, in: panel) }
    let heading = [drawable(panel.title), drawable(panel.yLabel)].filter { !$0.isEmpty }
    let head = heading.joined(separator: isEnglish ? ", " : "，")
    let colon = isEnglish ? ": " : "："
    let body = parts.isEmpty ? language.noData : parts.joined(separator: isEnglish ? "; " : "；")
    return (head.isEmpty ? "" : head + colon) + body + (isEnglish ? "." : "。")
  }

  private func describe(_ series: LineChart.Series, in panel: LineChart.Panel) -> String {
    let name = drawable(series.name)
    let points = finite(series)
    let value = panel.valueFormat.text
    let lead = name.isEmpty ? "" : isEnglish ? name + " " : name
    guard let first = points.first, let last = points.last,
      let least = points.min(by: { $0.y < $1.y }), let most = points.max(by: { $0.y < $1.y })
    else { return lead + language.noData }
    if points.count == 1 {
      return isEnglish ? "\(lead)is \(value(first.y)) at \(at(first))" : "\(lead)在\(at(first))处为\(value(first.y))"
    }
    let (start, end) = (value(first.y), value(last.y))
    switch direction(series, panel) {
    case let direction?:
      let best = direction == .lower ? least : most
      return isEnglish
        ? "\(lead)starts at \(start), best \(value(best.y)) at \(at(best)), ends at \(end)"
        : "\(lead)从\(start)开始，在\(at(best))处最佳（\(value(best.y))），最终为\(end)"
    case nil:
      return isEnglish
        ? "\(lead)starts at \(start), lowest \(value(least.y)), highest \(value(most.y)), ends at \(end)"
        : "\(lead)从\(start)开始，最低\(value(least.y))，最高\(value(most.y))，最终为\(end)"
    }
  }

  private func at(_ point: LineChart.Point) -> String { NumberFormat.decimal(point.x, decimals: 2).trimmingZeros }

  private func finite(_ series: LineChart.Series) -> [LineChart.Point] {
    series.points.filter { $0.x.isFinite && $0.y.isFinite }
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
      let ranked = panel.series.compactMap { series in
        finite(series).last.map { Ranked(name: drawable(series.name), final: $0.y) }
      }
      return ranking(ranked, of: "", direction: directions.first ?? nil, panel).map { [$0] } ?? []
    }
    var names: [String] = []
    for name in chart.panels.flatMap(\.series).map(\.name) where !names.contains(name) { names.append(name) }
    return names.compactMap { name in
      var ranked: [Ranked] = []
      var direction: LineChart.Direction?
      for panel in chart.panels {
        guard let series = panel.series.first(where: { $0.name == name }), let last = finite(series).last else {
          continue
        }
        direction = direction ?? self.direction(series, panel)
        ranked.append(Ranked(name: drawable(panel.title), final: last.y))
      }
      return ranking(ranked, of: drawable(name), direction: direction, chart.panels[0])
    }
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
    if isEnglish {
      let sense = direction == nil ? "from highest to lowest" : "from best to worst"
      return "At the end, \(name.isEmpty ? "" : name + " ")\(sense): \(list.joined(separator: ", "))."
    }
    let sense = direction == nil ? "从高到低" : "从优到劣"
    return "最终\(name)\(sense)：\(list.joined(separator: "，"))。"
  }
}

private func describe(_ chart: BarChart, _ language: FigureLanguage) -> String {
  let isEnglish = language == .english
  let (comma, colon, stop) = isEnglish ? (", ", ": ", ".") : ("，", "：", "。")
  let head = [drawable(chart.title), drawable(chart.valueLabel)].filter { !$0.isEmpty }.joined(separator: comma)
  func text(_ value: Double?) -> String {
    value.map { $0.isNaN ? language.noData : chart.valueFormat.text($0) } ?? language.noData
  }
  let groups = chart.groups.map { group in
    let values = group.values.enumerated().map { index, value in
      let name = chart.series.count > 1 && index < chart.series.count ? drawable(chart.series[index]) + " " : ""
      return name + text(value)
    }
    return drawable(group.name) + " " + values.joined(separator: comma)
  }
  let kind = isEnglish ? "Bar chart" : "条形图"
  var sentences = [kind + (head.isEmpty ? "" : colon + head) + stop]
  sentences.append((groups.isEmpty ? language.noData : groups.joined(separator: isEnglish ? "; " : "；")) + stop)
  for (index, name) in chart.series.enumerated() {
    let known = chart.groups.compactMap { group -> (name: String, value: Double)? in
      guard index < group.values.count, let value = group.values[index], value.isFinite else { return nil }
      return (drawable(group.name), value)
    }
    guard known.count > 1, let most = known.max(by: { $0.value < $1.value }),
      let least = known.min(by: { $0.value < $1.value })
    else { continue }
    let of = chart.series.count > 1 ? drawable(name) : ""
    let (high, low) = ("\(most.name) \(text(most.value))", "\(least.name) \(text(least.value))")
    sentences.append(
      isEnglish
        ? "\(of.isEmpty ? "Highest" : of + " highest"): \(high); lowest: \(low)."
        : "\(of)最高：\(high)；最低：\(low)。")
  }
  return sentences.joined(separator: isEnglish ? " " : "")
}

/// Each series' number of points and their ranges; where points are few and named, each of them.
private func describe(_ chart: ScatterChart, _ language: FigureLanguage) -> String {
  let isEnglish = language == .english
  let (comma, colon, stop) = isEnglish ? (", ", ": ", ".") : ("，", "：", "。")
  let (x, y) = (drawable(chart.xLabel), drawable(chart.yLabel))
  var head = isEnglish ? "Scatter chart" : "散点图"
  if !x.isEmpty && !y.isEmpty { head += isEnglish ? " of \(y) over \(x)" : "，\(y)对\(x)" }
  var sentences = [head + stop]
  for series in chart.series {
    let points = series.points.filter { $0.hasPlace(chart.xScale, chart.yScale) }
    let name = drawable(series.name)
    let lead = name.isEmpty ? "" : name + colon
    guard let xs = extent(points.map(\.x)), let ys = extent(points.map(\.y)) else {
      sentences.append(lead + language.noData + stop)
      continue
    }
    let text = NumberFormat.automatic.text
    if points.count <= 12 {
      let each = points.map { point in
        let name = drawable(point.label ?? "")
        return (name.isEmpty ? "" : name + " ") + "(\(text(point.x)), \(text(point.y)))"
      }
      sentences.append(lead + each.joined(separator: comma) + stop)
    } else {
      let (from, to) = (
        "\(text(xs.lowerBound))–\(text(xs.upperBound))", "\(text(ys.lowerBound))–\(text(ys.upperBound))"
      )
      sentences.append(
        lead + (isEnglish ? "\(points.count) points, x \(from), y \(to)." : "\(points.count)个点，横轴\(from)，纵轴\(to)。"))
    }
  }
  return sentences.joined(separator: isEnglish ? " " : "")
}

extension String {
  fileprivate var trimmingZeros: String {
    guard contains(".") else { return self }
    var text = self
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
