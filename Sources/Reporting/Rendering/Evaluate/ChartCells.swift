package import Notebooks
package import Plots
package import Store

/// Columns `trial, metric, epoch, value`: a panel a trial, a line a metric; overlaid, one panel with all lines.
package func lineChart(_ cell: Cell, _ rows: QueryResult, _ words: Words) throws -> LineChart {
  let places = try columns(["trial", "metric", "epoch", "value"], cell, rows)
  let overlay = cell.option("overlay") == "true"
  let band = try ChartIntervals("band", cell, rows)
  let language = words.figures
  try limit(rows.rows.count, to: ChartLimit.linePoints, "points")
  var panels: [String: Set<String>] = [:]
  let lineRows = try rows.rows.map { row in
    let trial = language.shown(text(row[places[0]]))
    let metric = language.shown(text(row[places[1]])?.replacing("_", with: " "))
    let (title, name) = overlay ? ("", "\(trial), \(metric)") : (trial, metric)
    panels[title, default: []].insert(name)
    try limit(panels.count, to: ChartLimit.panels, "panels")
    try limit(panels[title]!.count, to: ChartLimit.lines, "lines in a panel")
    let value = try numberOrNaN(row[places[3]], "value")
    let ends = try band?.ends(row, around: value, of: "\(trial), \(metric) at \(row[places[2]].plainText)")
    return LineChart.Row(
      panel: title, series: name,
      point: LineChart.Point(
        x: try number(row[places[2]], "epoch"), y: value, low: ends?.low, high: ends?.high))
  }
  let range = try cell.options["y_range"].map { option -> ClosedRange<Double> in
    let parts = option.value.split(separator: ",", omittingEmptySubsequences: false)
    let ends = parts.compactMap { decimalNumber($0.trimmed) }
    guard parts.count == 2, ends.count == 2, ends[0] < ends[1] else {
      throw CellFault(
        line: option.line, problem: .badOption("y_range", value: option.value, expected: "two numbers such as 0, 2.5"))
    }
    return ends[0]...ends[1]
  }
  let scale = try axisScale("y_scale", cell)
  let xLabel = cell.option("x_label")
  return try LineChart(rows: lineRows, intervals: band?.kind) { title, series in
    LineChart.Panel(
      title: title, xLabel: xLabel ?? words.epoch, yLabel: cell.option("y_label") ?? "", series: series,
      yRange: range, yScale: scale, xCounts: xLabel == nil)
  }
}

/// Columns `group, series, value`.
package func barChart(_ cell: Cell, _ rows: QueryResult, _ words: Words) throws -> BarChart {
  let places = try columns(["group", "series", "value"], cell, rows)
  let error = try ChartIntervals("error", cell, rows)
  var (groups, series): (Set<String>, Set<String>) = ([], [])
  let barRows = try rows.rows.map { row in
    let group = words.figures.shown(text(row[places[0]]))
    let name = words.figures.shown(text(row[places[1]]))
    groups.insert(group)
    series.insert(name)
    try limit(groups.count, to: ChartLimit.groups, "groups of bars")
    try limit(series.count, to: ChartLimit.series, "series of bars")
    if groups.count * series.count > ChartLimit.bars {
      let reason = "there are more than \(ChartLimit.bars) bars (groups × series)"
      throw CellFault(problem: .drawing(reason: "\(reason); select fewer groups or series, or draw several charts"))
    }
    let value = row[places[2]] == .null ? nil : try number(row[places[2]], "value")
    let ends = try error?.ends(row, around: value ?? .nan, of: "group \"\(group)\", series \"\(name)\"")
    return BarChart.Row(group: group, series: name, value: value, error: ends)
  }
  let scale = try axisScale("scale", cell)
  return try BarChart(
    title: "", valueLabel: cell.option("value_label") ?? "", rows: barRows, scale: scale,
    valueFormat: try valueFormat(cell),
    intervals: error?.kind)
}

/// Columns `series, x, y` and where there is one `label`.
package func scatterChart(_ cell: Cell, _ rows: QueryResult, _ words: Words) throws -> ScatterChart {
  let places = try columns(["series", "x", "y"], cell, rows)
  let error = try ChartIntervals("error", cell, rows, replicates: false)
  try cell.checkColumns(rows, needed: ["series", "x", "y"] + (error?.columns ?? []), optional: ["label"])
  let label = rows.columns.firstIndex(of: "label")
  var names: [String] = []
  var points: [String: [ScatterChart.Point]] = [:]
  try limit(rows.rows.count, to: ChartLimit.scatterRows, "rows")
  for row in rows.rows {
    let name = words.figures.shown(text(row[places[0]]))
    if points[name] == nil {
      names.append(name)
      points[name] = []
      try limit(names.count, to: ChartLimit.series, "series of points")
    }
    let y = try numberOrNaN(row[places[2]], "y")
    let ends = try error?.ends(row, around: y, of: "series \"\(name)\" at \(row[places[1]].plainText)")
    points[name]!.append(
      ScatterChart.Point(
        x: try numberOrNaN(row[places[1]], "x"), y: y, label: label.flatMap { text(row[$0]) }, low: ends?.low,
        high: ends?.high))
  }
  return ScatterChart(
    title: "", xLabel: cell.option("x_label") ?? "", yLabel: cell.option("y_label") ?? "",
    xScale: try axisScale("x_scale", cell), yScale: try axisScale("y_scale", cell),
    series: names.map { ScatterChart.Series(name: $0, points: points[$0] ?? []) },
    intervals: error.map { Intervals($0.kind) })
}

/// Columns `row, column, value`.
package func heatmap(_ cell: Cell, _ rows: QueryResult, _ words: Words) throws -> Heatmap {
  let places = try columns(["row", "column", "value"], cell, rows)
  try limit(rows.rows.count, to: ChartLimit.squares, "squares of a heatmap")
  return try Heatmap(
    rowLabel: cell.option("row_label") ?? "", columnLabel: cell.option("column_label") ?? "",
    squares: rows.rows.map { row in
      Heatmap.Row(
        row: words.figures.shown(text(row[places[0]])), column: words.figures.shown(text(row[places[1]])),
        value: row[places[2]] == .null ? nil : try number(row[places[2]], "value"))
    }, scale: try axisScale("scale", cell), valueFormat: try valueFormat(cell))
}

/// Nil for NULL.
func text(_ value: SQLValue) -> String? { value == .null ? nil : value.plainText }

/// What one chart may have, counted before anything of it is built; what can be drawn of it is less.
package enum ChartLimit {
  package static let panels = 48
  package static let lines = 100
  package static let linePoints = 200_000
  package static let groups = 500
  package static let series = 20
  /// Groups times series: what a page can draw one below the other.
  package static let bars = 1_000
  package static let scatterRows = 50_000
  package static let squares = 10_000
  package static let images = 500
  /// Of an image of a grid, in pixels.
  package static let imageSide = 256
}

/// Throws for more than there may be of something in one cell.
package func limit(_ count: Int, to limit: Int, _ what: String) throws(CellFault) {
  let remedy = "select fewer rows, or split them over several cells"
  if count > limit { throw CellFault(problem: .tooMany(what, limit: limit, remedy: remedy)) }
}

/// The option `format` of a chart's values.
private func valueFormat(_ cell: Cell) throws -> NumberFormat {
  guard let option = cell.options["format"] else { return .automatic }
  switch ValueFormat(option.value) {
  case .automatic: return .automatic
  case .fixed(let decimals): return .fixed(decimals)
  case .grouped: return .thousands
  case .percent(let decimals): return .percent(decimals)
  case .bytes: return .si
  default:
    throw CellFault(
      line: option.line,
      problem: .badOption("format", value: option.value, expected: "%.2f, grouped, percent or bytes"))
  }
}

private func axisScale(_ name: String, _ cell: Cell) throws -> AxisScale {
  guard let option = cell.options[name] else { return .linear }
  guard ["log", "linear"].contains(option.value) else {
    throw CellFault(line: option.line, problem: .badOption(name, value: option.value, expected: "linear or log"))
  }
  return option.value == "log" ? .logarithmic : .linear
}

package func columns(_ expected: [String], _ cell: Cell, _ rows: QueryResult) throws -> [Int] {
  let places = expected.compactMap { rows.columns.firstIndex(of: $0) }
  guard places.count == expected.count else {
    throw CellFault(
      problem: .wrongColumns(
        kind: cell.kind.rawValue, expected: expected.joined(separator: ", "), found: rows.columns))
  }
  return places
}

package func number(_ value: SQLValue, _ column: String) throws -> Double {
  guard let number = value.number else {
    throw CellFault(problem: .notANumber(column: column, value: value == .null ? nil : value.plainText))
  }
  return number
}

/// NaN for NULL.
private func numberOrNaN(_ value: SQLValue, _ column: String) throws -> Double {
  value == .null ? .nan : try number(value, column)
}
