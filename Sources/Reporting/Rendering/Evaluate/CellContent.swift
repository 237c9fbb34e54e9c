package import Notebooks
package import Plots
import PositionedYAML
package import Store

/// What a cell shows.
package enum CellContent: Sendable {
  case nothing
  case table([TableColumn])
  case figure(Figure)
  case printout(String)
  /// With what is said where it found no rows.
  case claim(JudgedClaim, otherwise: [Inline]?)
  /// The sentence for a cell that found no rows.
  case otherwise([Inline])
}

/// A column of a table: which of the query's it is, and how it is headed and written.
package struct TableColumn: Sendable {
  package var source: Int
  package var heading: String
  package var format: ValueFormat
  /// Characters that a value is shown with; nil for all.
  package var limit: Int?

  /// Of the data behind a figure: pixels and the like are not read as text, and the files of data have them whole.
  package static let dataLimit = 80

  /// A value as it is shown.
  package func text(_ value: SQLValue) -> String {
    let text = format.text(value)
    guard let limit, text.utf8.count > limit, text.count > limit else { return text }
    return text.prefix(limit) + "…"
  }
}

extension CellContent {
  package static let tableRows = 10_000
  package static let tableCells = 50_000

  /// What `cell` makes of its rows; what is wrong is noted.
  package init(_ cell: Cell, _ rows: QueryResult, _ language: String, _ problems: inout ProblemList) {
    if rows.rows.isEmpty, let sentence = cell.sentence("otherwise") {
      self = .otherwise(sentence)
      return
    }
    let words = Words(language: language)
    do {
      switch cell.kind {
      case .query, .claim: self = .nothing
      // What it shows is known when the runs are.
      case .provenance: self = .table([])
      case .scatter: self = .figure(try Figure(.scatter(try scatterChart(cell, rows, words)), language: words.figures))
      case .heatmap: self = .figure(try Figure(.heatmap(try heatmap(cell, rows, words)), language: words.figures))
      case .grid: self = .figure(try Figure(.images(try imageGrid(cell, rows)), language: words.figures))
      case .table:
        let columns = try tableColumns(cell, rows)
        try limit(rows.rows.count, to: Self.tableRows, "rows in a table")
        try limit(rows.rows.count * columns.count, to: Self.tableCells, "cells in a table")
        self = .table(columns)
      case .curves: self = .figure(try Figure(.lines(try lineChart(cell, rows, words)), language: words.figures))
      case .bars: self = .figure(try Figure(.bars(try barChart(cell, rows, words)), language: words.figures))
      case .printout:
        guard rows.columns.count == 1 else {
          throw CellFault(problem: .wrongColumns(kind: "printout", expected: "of one text", found: rows.columns))
        }
        guard rows.rows.count == 1 else {
          throw CellFault(problem: .tooManyRows(id: cell.id, rows: rows.rows.count))
        }
        self = .printout(rows.rows[0][0].plainText)
      }
    } catch {
      let fault = error as? CellFault ?? CellFault(problem: .drawing(reason: "\(error)"))
      problems.add(fault.line ?? cell.line, fault.problem, file: cell.file)
      self = .nothing
    }
  }
}

/// `columns: name=Heading:%.3f; other=Heading`; without it all columns under their names.
private func tableColumns(_ cell: Cell, _ rows: QueryResult) throws -> [TableColumn] {
  guard let option = cell.options["columns"] else {
    return rows.columns.enumerated().map {
      TableColumn(source: $0, heading: $1.replacing("_", with: " "), format: .automatic)
    }
  }
  let parts = option.value.split(separator: ";").map(\.trimmed).filter { !$0.isEmpty }
  guard !parts.isEmpty else {
    throw CellFault(
      line: option.line,
      problem: .badOption("columns", value: option.value, expected: "name=heading, separated by semicolons"))
  }
  return try parts.map { part in
    let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
    guard !sides[0].isEmpty else {
      throw CellFault(
        line: option.line,
        problem: .badOption("columns", value: part, expected: "name=heading, separated by semicolons"))
    }
    guard let index = rows.columns.firstIndex(of: sides[0]) else {
      guard !sides[0].contains(":") else {
        throw CellFault(
          line: option.line, problem: .badOption("columns", value: part, expected: "name=heading:format"))
      }
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

extension Words {
  /// Of the words in figures.
  package var figures: FigureLanguage { language == "zh" ? .chinese : .english }
}
