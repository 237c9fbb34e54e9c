/// A bar chart in words.
struct BarChartDescription {
  let chart: BarChart
  let language: FigureLanguage

  var text: String {
    let head = [drawable(chart.title), drawable(chart.valueLabel)].filter { !$0.isEmpty }
      .joined(separator: language.comma)
    let kind = language.isEnglish ? "Bar chart" : "条形图"
    var sentences = [kind + (head.isEmpty ? "" : language.colon + head) + language.stop]
    if let intervals = chart.intervals { sentences.append(language.note(intervals, isBand: false) + language.stop) }
    let groups = chart.groups.map(describe)
    sentences.append((groups.isEmpty ? language.noData : groups.joined(separator: language.semicolon)) + language.stop)
    sentences += chart.series.indices.compactMap(extremes)
    return sentences.joined(separator: language.between)
  }

  private func describe(_ group: BarChart.Group) -> String {
    let values = group.values.enumerated().map { index, value in
      let name = chart.series.count > 1 && index < chart.series.count ? drawable(chart.series[index]) + " " : ""
      var text = name + text(value)
      if let ends = group.ends(index) {
        let (low, high) = (chart.valueFormat.text(ends.low), chart.valueFormat.text(ends.high))
        text += language.isEnglish ? " (\(low) to \(high))" : "（\(low)至\(high)）"
      }
      return text
    }
    return drawable(group.name) + " " + values.joined(separator: language.comma)
  }

  private func text(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return language.noData }
    let text = chart.valueFormat.text(value)
    guard OffAxis(value, chart.scale) == .notOnLogAxis else { return text }
    return "\(text) (\(language.notOnLogAxis))"
  }

  /// The groups with the highest and the lowest value of a series, of those that can be shown.
  private func extremes(_ index: Int) -> String? {
    let known = chart.groups.compactMap { group -> (name: String, value: Double)? in
      guard index < group.values.count, let value = group.values[index], OffAxis(value, chart.scale) == nil else {
        return nil
      }
      return (drawable(group.name), value)
    }
    guard known.count > 1, let most = known.max(by: { $0.value < $1.value }),
      let least = known.min(by: { $0.value < $1.value })
    else { return nil }
    let of = chart.series.count > 1 ? drawable(chart.series[index]) : ""
    let (high, low) = ("\(most.name) \(text(most.value))", "\(least.name) \(text(least.value))")
    return language.isEnglish
      ? "\(of.isEmpty ? "Highest" : of + " highest"): \(high); lowest: \(low)." : "\(of)最高：\(high)；最低：\(low)。"
  }
}
