public import Store

/// Where a report's rows come from.
public protocol RowSource: Sendable {
  /// The rows of one SELECT.
  func query(_ sql: String) throws -> QueryResult
}

extension Store: RowSource {}

/// A notebook with what its cells found.
struct EvaluatedNotebook {
  let notebook: Notebook
  /// By the cells' places; nil for those that stand under a condition that does not hold.
  var cells: [EvaluatedCell?]
  /// The values' texts by their places; nil likewise.
  var values: [BoundValue?]
  /// The lines that stand.
  var lines: [String]
}

/// A cell and its rows.
struct EvaluatedCell {
  var cell: Cell
  var rows: QueryResult
  /// What is shown.
  var content: CellContent
}

/// A value within a sentence.
struct BoundValue {
  var value: SQLValue
  var text: String
  var query: String
}

/// Answers all queries of a notebook. Throws ``ReportError`` with everything that is wrong.
func evaluate(_ notebook: Notebook, _ source: any RowSource) throws(ReportError) -> EvaluatedNotebook {
  var evaluation = Evaluation(notebook: notebook, source: source)
  return try evaluation.run()
}

private struct Evaluation {
  let notebook: Notebook
  let source: any RowSource
  var problems = ProblemList()
  /// By cell; nil for a query that went wrong.
  var answers: [String: QueryResult?] = [:]
  var truths: [Condition: Bool] = [:]

  init(notebook: Notebook, source: any RowSource) {
    self.notebook = notebook
    self.source = source
  }

  mutating func run() throws(ReportError) -> EvaluatedNotebook {
    var result = EvaluatedNotebook(notebook: notebook, cells: [], values: [], lines: notebook.lines)
    for condition in Set(notebook.conditions.joined()) { truths[condition] = holds(condition) }
    try problems.finish(notebook.file)
    let stands = notebook.conditions.map { conditions in conditions.allSatisfy { truths[$0] == true } }
    for index in result.lines.indices where !stands[index] { result.lines[index] = "" }
    let conditional = Set(notebook.conditions.joined().map(\.id))
    for cell in notebook.cells {
      guard stands[cell.line - 1] else {
        result.cells.append(nil)
        continue
      }
      let isOptional =
        cell.kind == .query && (cell.option("optional") == "true" || cell.isView || conditional.contains(cell.id))
      guard let rows = rows(of: cell), !rows.rows.isEmpty || isOptional || cell.option("otherwise") != nil else {
        if let answer = answers[cell.id], answer != nil {
          problems.add(cell.line, .noRows(kind: cell.kind.rawValue, id: cell.id))
        }
        result.cells.append(nil)
        continue
      }
      let content = CellContent(cell, rows, &problems)
      result.cells.append(EvaluatedCell(cell: cell, rows: rows, content: content))
    }
    for value in notebook.values {
      result.values.append(stands[value.line - 1] ? bind(value) : nil)
    }
    try problems.finish(notebook.file)
    return result
  }

  /// A cell's rows, asked for once; nil, and a problem noted the first time, if the query is wrong.
  private mutating func rows(of cell: Cell) -> QueryResult? {
    if let answer = answers[cell.id] { return answer }
    do {
      let rows = try source.query(withViews(cell))
      answers[cell.id] = .some(rows)
      return rows
    } catch {
      answers[cell.id] = .some(nil)
      problems.add(cell.line, .badQuery(reason: "\(error)"))
      return nil
    }
  }

  /// The cell's query with the views that it reads from before it, each as a common table expression.
  private func withViews(_ cell: Cell) -> String {
    var needed: Set<String> = []
    func mentions(_ sql: String, _ id: String) -> Bool {
      sql.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { $0 == id }
    }
    let earlier = notebook.cells.filter { $0.isView && $0.line < cell.line }
    for view in earlier.reversed() {
      let readers = [cell.sql] + earlier.filter { needed.contains($0.id) }.map(\.sql)
      if readers.contains(where: { mentions($0, view.id) }) { needed.insert(view.id) }
    }
    let views = earlier.filter { needed.contains($0.id) }.map { "\($0.id) AS (\n\($0.sql.trimmed)\n)" }
    guard !views.isEmpty else { return cell.sql }
    let text = cell.sql.trimmed
    let isRecursive = text.lowercased().hasPrefix("with recursive")
    if text.lowercased().hasPrefix("with") {
      let rest = text.dropFirst(isRecursive ? "with recursive".count : "with".count)
      return "WITH \(isRecursive ? "RECURSIVE " : "")\(views.joined(separator: ",\n")),\(rest)"
    }
    return "WITH \(views.joined(separator: ",\n"))\n\(text)"
  }

  /// Whether the first value of a condition's query is there and neither zero nor empty.
  private mutating func holds(_ condition: Condition) -> Bool {
    guard let cell = notebook.cells.first(where: { $0.id == condition.id }) else {
      problems.add(condition.line, unknown(condition.id))
      return false
    }
    guard let rows = rows(of: cell) else { return false }
    let value = rows.rows.first?.first ?? .null
    let truth =
      switch value {
      case .null: false
      case .integer(let number): number != 0
      case .real(let number): number != 0
      case .text(let text): !text.isEmpty
      case .blob: true
      }
    return truth != condition.negated
  }

  private mutating func bind(_ value: InlineValue) -> BoundValue? {
    guard let cell = notebook.cells.first(where: { $0.id == value.id }) else {
      problems.add(value.line, unknown(value.id))
      return nil
    }
    guard let rows = rows(of: cell) else { return nil }
    guard let column = rows.columns.firstIndex(of: value.column) else {
      problems.add(value.line, .unknownColumn(value.column, id: value.id, columns: rows.columns))
      return nil
    }
    guard let row = rows.rows.first else {
      problems.add(value.line, .noRows(kind: cell.kind.rawValue, id: cell.id))
      return nil
    }
    return BoundValue(value: row[column], text: value.format.text(row[column]), query: value.id)
  }

  private func unknown(_ id: String) -> ReportProblem {
    .unknownID(id, nearest: nearestID(to: id, among: notebook.cells.map(\.id)))
  }
}
