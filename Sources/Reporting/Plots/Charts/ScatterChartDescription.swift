/// A scatter chart in words: each series' number of points and their ranges; where points are few, each of them.
struct ScatterChartDescription {
  let chart: ScatterChart
  let language: FigureLanguage

  var text: String {
    let (x, y) = (drawable(chart.xLabel), drawable(chart.yLabel))
    var head = language.isEnglish ? "Scatter chart" : "散点图"
    if !x.isEmpty && !y.isEmpty { head += language.isEnglish ? " of \(y) over \(x)" : "，\(y)对\(x)" }
    var sentences = [head + language.stop]
    if let intervals = chart.intervals { sentences.append(language.note(intervals, isBand: false) + language.stop) }
    sentences += chart.series.map(describe)
    return sentences.joined(separator: language.between)
  }

  private func describe(_ series: ScatterChart.Series) -> String {
    let points = series.points.filter { chart.reasonOff($0) == nil }
    let omitted = series.points.compactMap { point in
      chart.reasonOff(point).map { (at: each(point), reason: $0) }
    }
    let name = drawable(series.name)
    let lead = name.isEmpty ? "" : name + language.colon
    let number = NumberFormat.automatic.text
    var parts: [String]
    if let xs = extent(points.map(\.x)), let ys = extent(points.map(\.y)) {
      if points.count <= 12 {
        parts = points.map(each)
      } else {
        let (from, to) = (
          "\(number(xs.lowerBound))–\(number(xs.upperBound))", "\(number(ys.lowerBound))–\(number(ys.upperBound))"
        )
        parts = [
          language.isEnglish
            ? "\(points.count) points, x \(from), y \(to)" : "\(points.count)个点，横轴\(from)，纵轴\(to)"
        ]
      }
    } else {
      parts = [language.noData]
    }
    return lead + (parts + omissions(omitted, language)).joined(separator: language.comma) + language.stop
  }

  private func each(_ point: ScatterChart.Point) -> String {
    func number(_ value: Double) -> String { value.isNaN ? "–" : NumberFormat.automatic.text(value) }
    let name = drawable(point.label ?? "")
    var text = (name.isEmpty ? "" : name + " ") + "(\(number(point.x)), \(number(point.y))"
    if let low = point.low, let high = point.high {
      text += language.isEnglish ? ", \(number(low)) to \(number(high))" : "，\(number(low))至\(number(high))"
    }
    return text + ")"
  }
}
