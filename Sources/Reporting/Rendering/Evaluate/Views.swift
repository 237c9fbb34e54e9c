package import Notebooks

/// The views of a notebook: queries that later cells read from by their ids.
package struct Views {
  /// In the notebook's order.
  package let cells: [Cell]
  /// All other cells, which no query can read.
  private let others: [Cell]
  /// The views that each view names, by ids; only of those before it.
  private let named: [String: [Cell]]
  /// How often a view's query is worked through for one use of it, the views behind it included.
  private let weights: [String: Int]

  /// Views that one query may use, the views behind them included, and how often they may be worked through for it:
  /// each use of a view repeats all that is behind it.
  package static let limit = 100
  package static let weightLimit = 1_000
  private static let remedy = "put several views into one"

  package init(_ notebook: Notebook) {
    cells = notebook.cells.filter(\.isView).sorted { $0.order < $1.order }
    others = notebook.cells.filter { !$0.isView }
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

  /// The views that a query names, in any case and in quotes too, and how often.
  private static func uses(_ sql: String, of views: [String: Cell]) -> [(view: Cell, count: Int)] {
    guard !views.isEmpty else { return [] }
    var counts: [String: Int] = [:]
    for token in sqlTokens(sql) where token.kind == .name {
      let name = token.name.lowercased()
      if views[name] != nil { counts[name, default: 0] += 1 }
    }
    // An id that SQL takes for something else is named without quotes behind FROM and JOIN only.
    for name in tables(readBy: sql) where views[name] != nil && counts[name] == nil { counts[name] = 1 }
    return counts.sorted { $0.key < $1.key }.map { (views[$0.key]!, $0.value) }
  }

  private static func weight(_ uses: [(view: Cell, count: Int)], _ weights: [String: Int]) -> Int {
    uses.reduce(1) { min(weightLimit + 1, $0 + min(weightLimit + 1, $1.count * (weights[$1.view.id] ?? 1))) }
  }

  /// A cell's query with the views that it reads from before it, each as a common table expression.
  ///
  /// Throws a fault where views are stacked so high that no query could work through them.
  package func sql(of cell: Cell) throws(CellFault) -> String {
    let uses = Self.uses(cell.sql, of: earlier(than: cell))
    guard Self.weight(uses, weights) <= Self.weightLimit else {
      throw CellFault(
        problem: .tooMany("uses of views behind one another", limit: Self.weightLimit, remedy: Self.remedy))
    }
    var needed: [String: Cell] = [:]
    var open = uses.map(\.view)
    while let view = open.popLast() {
      guard needed.updateValue(view, forKey: view.id) == nil else { continue }
      guard needed.count <= Self.limit else {
        throw CellFault(problem: .tooMany("views behind one query", limit: Self.limit, remedy: Self.remedy))
      }
      open += named[view.id] ?? []
    }
    guard !needed.isEmpty else { return cell.sql }
    let ids = Set(needed.keys)
    let views = needed.values.sorted { $0.order < $1.order }.map { view in
      "\(Self.nameNeedsQuotes(view.id) ? sqlQuoted(view.id) : view.id) AS (\n"
        + "\(quotingTables(sqlBody(view.sql), ids.intersection(named[view.id, default: []].map(\.id))))\n)"
    }
    let text = quotingTables(sqlBody(cell.sql), ids)
    let tokens = sqlTokens(text).filter { $0.kind != .comment }
    guard let first = tokens.first, first.isWord("with") else {
      return "WITH \(views.joined(separator: ",\n"))\n\(text)"
    }
    let isRecursive = tokens.dropFirst().first?.isWord("recursive") ?? false
    let rest = text[tokens[isRecursive ? 1 : 0].source.endIndex...]
    return "\(text[..<first.source.startIndex])WITH \(isRecursive ? "RECURSIVE " : "")"
      + "\(views.joined(separator: ",\n")),\(rest)"
  }

  /// The views that a cell's query names, in the notebook's order.
  package func named(by cell: Cell) -> [Cell] {
    Self.uses(cell.sql, of: earlier(than: cell)).map(\.view).sorted { $0.order < $1.order }
  }

  private func earlier(than cell: Cell) -> [String: Cell] {
    Dictionary(uniqueKeysWithValues: cells.filter { $0.order < cell.order }.map { ($0.id, $0) })
  }

  /// Whether SQL takes an id for something else than a name.
  private static func nameNeedsQuotes(_ id: String) -> Bool {
    id.contains("-") || id.utf8.first.map { (48...57).contains($0) } ?? false || sqlKeywords.contains(id)
  }

  /// A query with the ids behind FROM and JOIN in quotes, where they need some.
  private func quotingTables(_ sql: String, _ ids: Set<String>) -> String {
    let awkward = ids.filter(Self.nameNeedsQuotes)
    guard !awkward.isEmpty else { return sql }
    var result = ""
    var kept = sql.startIndex
    for (range, name) in Self.tableNames(sql) where awkward.contains(name) && sql[range].lowercased() == name {
      result += sql[kept..<range.lowerBound] + sqlQuoted(name)
      kept = range.upperBound
    }
    return result + sql[kept...]
  }

  /// The names behind FROM and JOIN, and commas between them, where they are; a dash within one belongs to it.
  private static func tableNames(_ sql: String) -> [(range: Range<String.Index>, name: String)] {
    let tokens = sqlTokens(sql).filter { $0.kind != .comment }
    var found: [(range: Range<String.Index>, name: String)] = []
    for (place, token) in tokens.enumerated() where token.isWord("from") || token.isWord("join") {
      guard place + 1 < tokens.count, tokens[place + 1].kind != .sign, tokens[place + 1].kind != .text else { continue }
      var last = place + 1
      var name = tokens[last].kind == .name ? tokens[last].name : String(tokens[last].source)
      while !tokens[place + 1].isQuoted, last + 1 < tokens.count,
        tokens[last + 1].source.startIndex == tokens[last].source.endIndex, tokens[last + 1].kind != .text,
        tokens[last + 1].source == "-" || tokens[last + 1].kind != .sign, !tokens[last + 1].isQuoted
      {
        last += 1
        name += tokens[last].source
      }
      found.append((tokens[place + 1].source.startIndex..<tokens[last].source.endIndex, name.lowercased()))
    }
    return found
  }

  /// What a query that cannot be answered has wrong with the views it reads from; nil for nothing.
  package func problem(of cell: Cell) -> ReportProblem? {
    if let circle = circle(from: cell) { return .viewCircle(circle) }
    let read = Self.tables(readBy: cell.sql)
    guard let later = cells.first(where: { $0.order > cell.order && read.contains($0.id) }) else { return nil }
    return .laterView(later.id, line: later.line)
  }

  /// What is wrong with a query that SQLite refused for a table that is not there but is a cell's id; nil for other reasons.
  package func problem(of cell: Cell, refused reason: String) -> ReportProblem? {
    guard let found = reason.firstRange(of: "no such table: ") else { return nil }
    let table = reason[found.upperBound...].prefix { $0 != ";" && !$0.isNewline }.trimmed.lowercased()
    let named = others.first { $0.id != cell.id && ($0.id == table || table.hasSuffix(".\($0.id)")) }
    guard let named else { return nil }
    let place = (named.file.map { "\($0), " } ?? "") + "line \(named.line)"
    return .notAView(named.id, kind: named.kind.rawValue, place: place)
  }

  /// The shortest way from a view back to itself, both ends named.
  private func circle(from start: Cell) -> [String]? {
    guard start.isView else { return nil }
    var paths = [[start]]
    var seen: Set<String> = []
    while !paths.isEmpty {
      let path = paths.removeFirst()
      let read = Self.tables(readBy: path[path.count - 1].sql)
      for view in cells where read.contains(view.id) {
        if view.id == start.id { return path.map(\.id) + [view.id] }
        if seen.insert(view.id).inserted { paths.append(path + [view]) }
      }
    }
    return nil
  }

  /// The names behind FROM and JOIN, in lower case.
  private static func tables(readBy sql: String) -> Set<String> { Set(tableNames(sql).map(\.name)) }
}

/// SQLite's key words that cannot be names without quotes, and those that are better quoted.
private let sqlKeywords = Set(
  """
  add all alter analyze and as asc attach autoincrement begin between by cascade case cast check collate column commit conflict
  constraint create cross current current_date current_time current_timestamp database default deferrable deferred delete desc
  detach distinct do drop each else end escape except exclude exclusive exists explain fail filter first following for foreign
  from full generated glob group groups having if ignore immediate in index indexed initially inner insert instead intersect
  into is isnull join key last left like limit match materialized natural no not nothing notnull null nulls of offset on or
  order others outer over partition plan pragma preceding primary query raise range recursive references regexp reindex
  release rename replace restrict returning right rollback row rows savepoint select set table temp temporary then ties to
  transaction trigger unbounded union unique update using vacuum values view virtual when where window with without
  """.split { $0 == " " || $0 == "\n" }.map(String.init))
