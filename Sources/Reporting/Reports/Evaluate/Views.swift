/// The views of a notebook: queries that later cells read from by their ids.
struct Views {
  /// In the notebook's order.
  let cells: [Cell]
  /// The views that each view names, by ids; only of those before it.
  private let named: [String: [Cell]]
  /// How often a view's query is worked through for one use of it, the views behind it included.
  private let weights: [String: Int]

  /// Views that one query may use, the views behind them included, and how often they may be worked through for it:
  /// each use of a view repeats all that is behind it.
  static let limit = 100
  static let weightLimit = 1_000

  init(_ notebook: Notebook) {
    cells = notebook.cells.filter(\.isView)
    var named: [String: [Cell]] = [:]
    var weights: [String: Int] = [:]
    var earlier: [String: Cell] = [:]
    for view in cells {
      let uses = Self.uses(view.sql, of: earlier)
      named[view.id] = uses.map(\.view)
      weights[view.id] = Self.weight(uses, weights)
      earlier[view.id] = view
    }
    (self.named, self.weights) = (named, weights)
  }

  /// The views that a query names, and how often.
  private static func uses(_ sql: String, of views: [String: Cell]) -> [(view: Cell, count: Int)] {
    guard !views.isEmpty else { return [] }
    var counts: [String: Int] = [:]
    for word in sqlWords(sql) where views[String(word)] != nil { counts[String(word), default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { (views[$0.key]!, $0.value) }
  }

  private static func weight(_ uses: [(view: Cell, count: Int)], _ weights: [String: Int]) -> Int {
    uses.reduce(1) { min(weightLimit + 1, $0 + min(weightLimit + 1, $1.count * (weights[$1.view.id] ?? 1))) }
  }

  /// A cell's query with the views that it reads from before it, each as a common table expression.
  ///
  /// Throws a fault where views are stacked so high that no query could work through them.
  func sql(of cell: Cell) throws(CellFault) -> String {
    let earlier = Dictionary(uniqueKeysWithValues: cells.filter { $0.line < cell.line }.map { ($0.id, $0) })
    let uses = Self.uses(cell.sql, of: earlier)
    guard Self.weight(uses, weights) <= Self.weightLimit else {
      throw CellFault(problem: .tooMany("uses of views behind one another", limit: Self.weightLimit))
    }
    var needed: [String: Cell] = [:]
    var open = uses.map(\.view)
    while let view = open.popLast() {
      guard needed.updateValue(view, forKey: view.id) == nil else { continue }
      guard needed.count <= Self.limit else {
        throw CellFault(problem: .tooMany("views behind one query", limit: Self.limit))
      }
      open += named[view.id] ?? []
    }
    let views = needed.values.sorted { $0.line < $1.line }.map { "\($0.id) AS (\n\($0.sql.trimmed)\n)" }
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
    let read = tables(readBy: cell.sql)
    guard let later = cells.first(where: { $0.line > cell.line && read.contains($0.id) }) else { return nil }
    return .laterView(later.id, line: later.line)
  }

  /// The shortest way from a view back to itself, both ends named.
  private func circle(from start: Cell) -> [String]? {
    guard start.isView else { return nil }
    var paths = [[start]]
    var seen: Set<String> = []
    while !paths.isEmpty {
      let path = paths.removeFirst()
      let read = tables(readBy: path[path.count - 1].sql)
      for view in cells where read.contains(view.id) {
        if view.id == start.id { return path.map(\.id) + [view.id] }
        if seen.insert(view.id).inserted { paths.append(path + [view]) }
      }
    }
    return nil
  }

  /// The names behind FROM and JOIN.
  private func tables(readBy sql: String) -> Set<String> {
    let words = sqlWords(sql)
    return Set(
      zip(words, words.dropFirst()).filter { ["from", "join"].contains($0.0.lowercased()) }.map { String($0.1) })
  }
}

/// The names and key words of a query.
func sqlWords(_ sql: String) -> [Substring] {
  sql.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
}
