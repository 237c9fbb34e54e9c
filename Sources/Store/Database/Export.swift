import GRDB

/// A text format for measured values.
public enum MetricFormat: String, Sendable, CaseIterable {
  case csv, jsonl
}

extension Store {
  /// A run's measured values: `run,attempt,metric,step,epoch,value`, in the order of attempt, step and metric, numbers in
  /// full precision.
  public func exportMetrics(run: String, format: MetricFormat) throws(StoreError) -> String {
    let rows = try reading { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT run, attempt, name, step, epoch, value FROM metric WHERE run = ? ORDER BY attempt, step, name
          """, arguments: [run])
    }
    let columns = ["run", "attempt", "metric", "step", "epoch", "value"]
    let values = rows.map { row -> [SQLValue] in
      let run: String = row["run"]
      let name: String = row["name"]
      let value: Double? = row["value"]
      return [
        .text(run), .integer(row["attempt"]), .text(name), .integer(row["step"]), .real(row["epoch"]),
        .real(value ?? .nan),
      ]
    }
    switch format {
    case .csv: return QueryResult(columns: columns, rows: values).csv
    case .jsonl:
      return values.map { row in
        "{" + zip(columns, row).map { "\(quoted($0)):\($1.jsonLiteral)" }.joined(separator: ",") + "}\n"
      }.joined()
    }
  }

  /// How the store is, for `vgglab doctor`.
  public func health() throws(StoreError) -> StoreHealth {
    try reading { database in
      StoreHealth(
        path: databasePath,
        version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
        runs: try Int.fetchOne(database, sql: "SELECT count(*) FROM run") ?? 0,
        metrics: try Int.fetchOne(database, sql: "SELECT count(*) FROM metric") ?? 0,
        problems: try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
          + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
            let table: String = row[0]
            return "a row of \(table) refers to what is not there"
          })
    }
  }
}

/// How a store is.
public struct StoreHealth: Sendable, Hashable, Codable {
  public var path: String
  public var version: Int
  public var runs: Int
  public var metrics: Int
  /// Empty for a sound database.
  public var problems: [String]
}
