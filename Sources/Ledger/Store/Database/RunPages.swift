import GRDB

/// Some of the runs that a selection finds, and how many it finds in all.
public struct RunPage: Sendable, Hashable {
  /// Those of the page.
  public var runs: [RunSummary]
  /// All that were found.
  public var total: Int
}

extension Store {
  /// A page of the runs that filters let through: `size` of them from number `offset` on, counted from 0 in the selection's
  /// order. Its limit is not looked at. Only the runs of the page are read in full.
  ///
  /// Throws ``StoreError``.
  public func page(of selection: RunSelection, offset: Int, size: Int) throws(StoreError) -> RunPage {
    precondition(offset >= 0 && size >= 0, "\(size) runs from \(offset) on")
    guard selection.filters.allSatisfy(\.isDecidedBySQL) else {
      var all = selection
      all.limit = nil
      let found = try runs(all)
      return RunPage(runs: Array(found.dropFirst(offset).prefix(size)), total: found.count)
    }
    let conditions = selection.filters.map(\.sql)
    let condition = (["1"] + conditions.map(\.condition)).joined(separator: " AND ")
    let arguments = conditions.flatMap(\.arguments)
    let order = (selection.order.map { [$0.sql] } ?? []) + [Self.oldestFirst]
    let byName = selection.filters.contains(where: \.isOfName)
    let removed = selection.includesRemoved ? "" : "AND s.removed_at IS NULL"
    let source = """
      FROM \(byName ? Self.summaryByName : "run_summary") AS s WHERE \(condition) \(removed) \
      \(byName ? "GROUP BY s.run HAVING max(s.is_own) IS NOT NULL" : "")
      """
    let (ids, total) = try reading { database in
      (
        try String.fetchAll(
          database,
          sql: "SELECT s.run \(source) ORDER BY \(order.joined(separator: ", ")) LIMIT \(size) OFFSET \(offset)",
          arguments: StatementArguments(arguments)),
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM (SELECT s.run \(source))", arguments: StatementArguments(arguments)) ?? 0
      )
    }
    let marks = Array(repeating: "?", count: ids.count).joined(separator: ", ")
    return RunPage(
      runs: try runs(
        where: "\(condition) AND s.run IN (\(marks))", arguments + ids, order: order.joined(separator: ", "),
        includesRemoved: selection.includesRemoved, byName: byName),
      total: total)
  }

  /// What changes when a list of runs is out of date: how many there are, have an end, or were removed.
  public func census() throws(StoreError) -> String {
    try reading { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT (SELECT count(*) FROM run) || '.' || (SELECT count(outcome) FROM run) || '.' ||
            (SELECT count(*) FROM attempt) || '.' || (SELECT count(*) FROM removal)
          """) ?? ""
    }
  }
}
