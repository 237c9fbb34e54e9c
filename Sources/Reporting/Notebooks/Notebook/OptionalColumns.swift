package import Store
import Text

extension Cell {
  /// Throws for a column that the cell does not read and that looks like an optional one which the query has not.
  package func checkColumns(
    _ rows: QueryResult, needed: [String], optional: [String]
  ) throws(CellFault) {
    let absent = optional.filter { !rows.columns.contains($0) }
    for column in rows.columns where !needed.contains(column) && !optional.contains(column) {
      guard let name = absent.first(where: { isMisspelt(column, of: $0) }) else { continue }
      throw CellFault(problem: .misspeltColumn(column, kind: kind.rawValue, nearest: name))
    }
  }
}

/// Whether a column's name looks like another one written wrongly, and not like a word of its own.
private func isMisspelt(_ column: String, of name: String) -> Bool {
  let word = column.lowercased()
  // One of several of a kind, such as effect_2.
  let rest = word.hasPrefix(name) ? word.dropFirst(name.count) : ""
  guard rest.first != "_", rest.isEmpty || !rest.allSatisfy(\.isNumber) else { return false }
  guard word.first == name.first, nearest(to: word, among: [name]) != nil, nearest(to: name, among: [word]) != nil
  else { return false }
  // One letter for another makes another word of a short one: raw is not row.
  return name.count > 3 || word.count != name.count || word.sorted() == name.sorted()
}
