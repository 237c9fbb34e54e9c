package import Notebooks
package import Plots
package import Store

/// Columns `trial, metric, epoch, value`: a panel a trial, a line a metric; overlaid, one panel with all lines.
package func lineChart(_ cell: Cell, _ rows: QueryResult, _ words: Words) throws -> LineChart {
  let expected = ["trial", "metric", "epoch", "value"]
  let places = try columns(expected, cell, rows)
  let overlay = try flag("overlay", cell)
  var titles: [String] = []
  var series: [String: [LineChart.Series]] = [:]
  var known: [String: [String: Int]] = [:]
  try limit(rows.rows.count, to: ChartLimit.linePoints, "points")
  for row in rows.rows {
    let trial = row[places[0]].plainText
    let metric = row[places[1]].plainText.replacing("_", with: " ")
    let x = try number(row[places[2]], "epoch")
    let y = row[places[3]] == .null ? Double.nan : try number(row[places[3]], "value")
    let title = overlay ? "" : trial
    let name = overlay ? "\(trial), \(metric)" : metric
    if series[title] == nil {
      titles.append(title)
      try limit(titles.count, to: ChartLimit.panels, "panels")
    }
    if let index = known[title]?[name] {
      series[title]![index].points.append(LineChart.Point(x: x, y: y))
    } else {
      known[title, default: [:]][name] = series[title]?.count ?? 0
      series[title, default: []].append(LineChart.Series(name: name, points: [LineChart.Point(x: x, y: y)]))
      try limit(series[title]!.count, to: ChartLimit.lines, "lines in a panel")
    }
  }
  let range = try cell.options["y_range"].map { option -> ClosedRange<Double> in
    let ends = option.value.split(separator: ",").compactMap { Double($0.trimmed) }
    guard ends.count == 2, ends[0] < ends[1], ends.allSatisfy(\.isFinite) else {
      throw CellFault(
        line: option.line, problem: .badOption("y_range", value: option.value, expected: "two numbers such as 0, 2.5"))
    }
    return ends[0]...ends[1]
  }
  let scale = try axisScale("y_scale", cell)
  return LineChart(
    panels: titles.map { title in
      LineChart.Panel(
        title: title, xLabel: cell.option("x_label") ?? words.epoch, yLabel: cell.option("y_label") ?? "",
        series: series[title]!, yRange: range, yScale: scale)
    })
}

/// Columns `group, series, value`.
package func barChart(_ cell: Cell, _ rows: QueryResult) throws -> BarChart {
  let places = try columns(["group", "series", "value"], cell, rows)
  var groups: [String] = []
  var series: [String] = []
  var values: [String: [String: Double]] = [:]
  var (knownGroups, knownSeries): (Set<String>, Set<String>) = ([], [])
  for row in rows.rows {
    let (group, name) = (row[places[0]].plainText, row[places[1]].plainText)
    if knownGroups.insert(group).inserted {
      groups.append(group)
      try limit(groups.count, to: ChartLimit.groups, "groups of bars")
    }
    if knownSeries.insert(name).inserted {
      series.append(name)
      try limit(series.count, to: ChartLimit.series, "series of bars")
    }
    if row[places[2]] != .null { values[group, default: [:]][name] = try number(row[places[2]], "value") }
  }
  let scale = try axisScale("scale", cell)
  var format = NumberFormat.automatic
  if let option = cell.options["format"] {
    switch ValueFormat(option.value) {
    case .automatic: format = .automatic
    case .fixed(let decimals): format = .fixed(decimals)
    case .grouped: format = .thousands
    case .percent(let decimals): format = .percent(decimals)
    case .bytes: format = .si
    default:
      throw CellFault(
        line: option.line,
        problem: .badOption("format", value: option.value, expected: "%.2f, grouped, percent or bytes"))
    }
  }
  return BarChart(
    title: "", valueLabel: cell.option("value_label") ?? "", series: series,
    groups: groups.map { group in BarChart.Group(name: group, values: series.map { values[group]?[$0] }) },
    scale: scale, valueFormat: format)
}

/// Columns `series, x, y` and where there is one `label`; points without a value are left out.
package func scatterChart(_ cell: Cell, _ rows: QueryResult) throws -> ScatterChart {
  let places = try columns(["series", "x", "y"], cell, rows)
  let label = rows.columns.firstIndex(of: "label")
  var names: [String] = []
  var points: [String: [ScatterChart.Point]] = [:]
  var known: Set<String> = []
  try limit(rows.rows.count, to: ChartLimit.scatterRows, "rows")
  for row in rows.rows {
    let name = row[places[0]].plainText
    if known.insert(name).inserted {
      names.append(name)
      try limit(names.count, to: ChartLimit.series, "series of points")
    }
    guard row[places[1]] != .null, row[places[2]] != .null else { continue }
    points[name, default: []].append(
      ScatterChart.Point(
        x: try number(row[places[1]], "x"), y: try number(row[places[2]], "y"),
        label: label.flatMap { row[$0] == .null ? nil : row[$0].plainText }))
  }
  return ScatterChart(
    title: "", xLabel: cell.option("x_label") ?? "", yLabel: cell.option("y_label") ?? "",
    xScale: try axisScale("x_scale", cell), yScale: try axisScale("y_scale", cell),
    series: names.map { ScatterChart.Series(name: $0, points: points[$0] ?? []) })
}

/// What one chart may have, counted before anything of it is built; what can be drawn of it is less.
package enum ChartLimit {
  package static let panels = 48
  package static let lines = 100
  package static let linePoints = 200_000
  package static let groups = 500
  package static let series = 20
  package static let scatterRows = 50_000
}

package func limit(_ count: Int, to limit: Int, _ what: String) throws(CellFault) {
  if count > limit { throw CellFault(problem: .tooMany(what, limit: limit)) }
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
    throw CellFault(problem: .notANumber(column: column, value: value.plainText))
  }
  return number
}

package func flag(_ name: String, _ cell: Cell) throws -> Bool {
  guard let option = cell.options[name] else { return false }
  guard ["true", "false"].contains(option.value) else {
    throw CellFault(line: option.line, problem: .badOption(name, value: option.value, expected: "true or false"))
  }
  return option.value == "true"
}
