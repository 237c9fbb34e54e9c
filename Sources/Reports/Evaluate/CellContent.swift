import Foundation
import Plots
import PositionedYAML
import Store

/// What a cell shows.
enum CellContent {
  case nothing
  case table([TableColumn])
  case figure(Figure)
  case printout(String)
  /// The sentence for a cell that found no rows.
  case otherwise(String)
}

/// A column of a table: which of the query's it is, and how it is headed and written.
struct TableColumn {
  var source: Int
  var heading: String
  var format: ValueFormat
}

/// A chart, drawn.
struct Figure {
  var png: Data
  var altText: String
  /// In points.
  var width: Double
  var height: Double
}

func nearestID(to id: String, among ids: [String]) -> String? { nearest(to: id, among: ids) }

extension CellContent {
  /// What `cell` makes of its rows; what is wrong is noted.
  init(_ cell: Cell, _ rows: QueryResult, _ problems: inout ProblemList) {
    if rows.rows.isEmpty, let sentence = cell.option("otherwise") {
      self = .otherwise(sentence)
      return
    }
    do {
      switch cell.kind {
      case .query: self = .nothing
      case .table: self = .table(try tableColumns(cell, rows))
      case .curves: self = .figure(try draw(.lines(try lineChart(cell, rows))))
      case .bars: self = .figure(try draw(.bars(try barChart(cell, rows))))
      case .printout:
        guard rows.columns.count == 1, rows.rows.count == 1 else {
          throw CellFault(problem: .wrongColumns(kind: "printout", expected: "of one text", found: rows.columns))
        }
        self = .printout(rows.rows[0][0].plainText)
      }
    } catch {
      let fault = error as? CellFault ?? CellFault(problem: .drawing(reason: "\(error)"))
      problems.add(fault.line ?? cell.line, fault.problem)
      self = .nothing
    }
  }
}

private struct CellFault: Error {
  var line: Int?
  var problem: ReportProblem
}

/// `columns: name=Heading:%.3f; other=Heading`; without it all columns under their names.
private func tableColumns(_ cell: Cell, _ rows: QueryResult) throws -> [TableColumn] {
  guard let option = cell.options["columns"] else {
    return rows.columns.enumerated().map {
      TableColumn(source: $0, heading: $1.replacing("_", with: " "), format: .automatic)
    }
  }
  return try option.value.split(separator: ";").map(\.trimmed).filter { !$0.isEmpty }.map { part in
    let sides = part.split(separator: "=", maxSplits: 1).map(\.trimmed)
    guard let index = rows.columns.firstIndex(of: sides[0]) else {
      throw CellFault(
        line: option.line, problem: .unknownColumn(sides[0], id: cell.id, columns: rows.columns))
    }
    var heading = sides.count > 1 ? sides[1] : sides[0].replacing("_", with: " ")
    var format = ValueFormat.automatic
    if let colon = heading.lastIndex(of: ":") {
      let name = heading[heading.index(after: colon)...].trimmed
      guard let found = ValueFormat(name) else {
        throw CellFault(
          line: option.line,
          problem: .badOption("columns", value: part, expected: "a format of \(ValueFormat.names) behind the colon"))
      }
      format = found
      heading = heading[..<colon].trimmed
    }
    return TableColumn(source: index, heading: heading, format: format)
  }
}

/// Columns `trial, metric, epoch, value`: a panel a trial, a line a metric; overlaid, one panel with all lines.
private func lineChart(_ cell: Cell, _ rows: QueryResult) throws -> LineChart {
  let expected = ["trial", "metric", "epoch", "value"]
  let places = try columns(expected, cell, rows)
  let overlay = try flag("overlay", cell)
  var titles: [String] = []
  var series: [String: [LineChart.Series]] = [:]
  for row in rows.rows {
    let trial = row[places[0]].plainText
    let metric = row[places[1]].plainText.replacing("_", with: " ")
    let x = try number(row[places[2]], "epoch")
    let y = row[places[3]] == .null ? Double.nan : try number(row[places[3]], "value")
    let title = overlay ? "" : trial
    let name = overlay ? "\(trial), \(metric)" : metric
    if series[title] == nil { titles.append(title) }
    let index = series[title, default: []].firstIndex { $0.name == name }
    if let index {
      series[title]![index].points.append(LineChart.Point(x: x, y: y))
    } else {
      series[title, default: []].append(LineChart.Series(name: name, points: [LineChart.Point(x: x, y: y)]))
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
  return LineChart(
    panels: titles.map { title in
      LineChart.Panel(
        title: title, xLabel: "epoch", yLabel: cell.option("y_label") ?? "", series: series[title]!, yRange: range)
    })
}

/// Columns `group, series, value`.
private func barChart(_ cell: Cell, _ rows: QueryResult) throws -> BarChart {
  let places = try columns(["group", "series", "value"], cell, rows)
  var groups: [String] = []
  var series: [String] = []
  var values: [String: [String: Double]] = [:]
  for row in rows.rows {
    let (group, name) = (row[places[0]].plainText, row[places[1]].plainText)
    if !groups.contains(group) { groups.append(group) }
    if !series.contains(name) { series.append(name) }
    if row[places[2]] != .null { values[group, default: [:]][name] = try number(row[places[2]], "value") }
  }
  var scale = AxisScale.linear
  if let option = cell.options["scale"] {
    guard ["log", "linear"].contains(option.value) else {
      throw CellFault(line: option.line, problem: .badOption("scale", value: option.value, expected: "linear or log"))
    }
    scale = option.value == "log" ? .logarithmic : .linear
  }
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

private func draw(_ chart: Chart) throws -> Figure {
  let list = try DisplayList(chart)
  return Figure(
    png: try renderPNG(list, scale: 2), altText: altText(for: chart), width: list.size.width, height: list.size.height)
}

private func columns(_ expected: [String], _ cell: Cell, _ rows: QueryResult) throws -> [Int] {
  let places = expected.compactMap { rows.columns.firstIndex(of: $0) }
  guard places.count == expected.count else {
    throw CellFault(
      problem: .wrongColumns(
        kind: cell.kind.rawValue, expected: expected.joined(separator: ", "), found: rows.columns))
  }
  return places
}

private func number(_ value: SQLValue, _ column: String) throws -> Double {
  guard let number = value.number else {
    throw CellFault(problem: .notANumber(column: column, value: value.plainText))
  }
  return number
}

private func flag(_ name: String, _ cell: Cell) throws -> Bool {
  guard let option = cell.options[name] else { return false }
  guard ["true", "false"].contains(option.value) else {
    throw CellFault(line: option.line, problem: .badOption(name, value: option.value, expected: "true or false"))
  }
  return option.value == "true"
}
