/// The views of a notebook: queries that later cells read from by their ids.
struct Views {
  /// In the notebook's order.
  let cells: [Cell]

  init(_ notebook: Notebook) { cells = notebook.cells.filter(\.isView) }

  /// A cell's query with the views that it reads from before it, each as a common table expression.
  func sql(of cell: Cell) -> String {
    var needed: Set<String> = []
    let earlier = cells.filter { $0.line < cell.line }
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

  /// What a query that cannot be answered has wrong with the views it reads from; nil for nothing.
  func problem(of cell: Cell) -> ReportProblem? {
    if let circle = circle(from: cell) { return .viewCircle(circle) }
    guard let later = cells.first(where: { $0.line > cell.line && readsFrom(cell.sql, $0.id) }) else { return nil }
    return .laterView(later.id, line: later.line)
  }

  /// The shortest way from a view back to itself, both ends named.
  private func circle(from start: Cell) -> [String]? {
    guard start.isView else { return nil }
    var paths = [[start]]
    var seen: Set<String> = []
    while !paths.isEmpty {
      let path = paths.removeFirst()
      for view in cells where readsFrom(path[path.count - 1].sql, view.id) {
        if view.id == start.id { return path.map(\.id) + [view.id] }
        if seen.insert(view.id).inserted { paths.append(path + [view]) }
      }
    }
    return nil
  }

  private func mentions(_ sql: String, _ id: String) -> Bool { sqlWords(sql).contains { $0 == id } }

  /// Whether a table of this name stands behind FROM or JOIN.
  private func readsFrom(_ sql: String, _ id: String) -> Bool {
    let words = sqlWords(sql)
    return zip(words, words.dropFirst()).contains { $1 == id && ["from", "join"].contains($0.lowercased()) }
  }
}

/// The names and key words of a query.
func sqlWords(_ sql: String) -> [Substring] {
  sql.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
}
