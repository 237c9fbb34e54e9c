/// What a chart shows, in words, for readers who do not see it.
///
/// Each series' first, best and last value, then the order at the end; each group's values for bars; the largest squares of a
/// heatmap; the lines below images; what a chart cannot show, and what its bands and error bars are. All of it is made from the data.
public func altText(for chart: Chart, language: FigureLanguage = .english) -> String {
  switch chart {
  case .lines(let chart): LineChartDescription(chart, language).text
  case .bars(let chart): BarChartDescription(chart: chart, language: language).text
  case .scatter(let chart): ScatterChartDescription(chart: chart, language: language).text
  case .heatmap(let chart): HeatmapDescription(chart: chart, language: language).text
  case .images(let grid): ImageGridDescription(grid: grid, language: language).text
  }
}

/// "2 points infinite (at 3, 5)" for values that a chart cannot show; empty where it shows all.
func omissions(
  _ omitted: [(at: String, reason: OffAxis)], _ language: FigureLanguage,
  noun: (one: String, many: String, chinese: String) = ("point", "points", "点")
) -> [String] {
  OffAxis.allCases.compactMap { reason in
    let places = omitted.filter { $0.reason == reason }.map(\.at)
    guard !places.isEmpty else { return nil }
    let named = places.prefix(5).joined(separator: language.comma) + (places.count > 5 ? " …" : "")
    let what = reason == .missing && language.isEnglish ? "without a value" : reason.text(language)
    return language.isEnglish
      ? "\(places.count) \(places.count == 1 ? noun.one : noun.many) \(what) (at \(named))"
      : "\(places.count)个\(noun.chinese)\(what)（位于\(named)）"
  }
}
