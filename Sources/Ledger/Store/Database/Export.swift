import Foundation
import GRDB
import Journals

/// A text format for measured values.
public enum MetricFormat: String, Sendable, CaseIterable {
  case csv, jsonl
}

extension Store {
  /// A run's measured values: `run,attempt,metric,step,epoch,value`, in the order of attempt, step and metric, numbers in
  /// full precision, what is not finite as `nan`, `inf` or `-inf`. What a later attempt did again is left out of the earlier
  /// one, unless `attempts` asks for everything.
  ///
  /// Throws ``StoreError/noSuchRun(_:)``: the run is named by its whole id.
  public func exportMetrics(
    run: String, format: MetricFormat, attempts: Bool = false
  ) throws(StoreError) -> String {
    let values = try reading { database in
      guard try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) != nil else {
        throw StoreError.noSuchRun(run)
      }
      return try Row.fetchAll(
        database,
        sql: """
          SELECT run, attempt, name, step, epoch, value FROM \(attempts ? "metric" : "latest_metric")
          WHERE run = ? ORDER BY attempt, step, name
          """, arguments: [run]
      ).map { row -> [SQLValue] in
        [
          .text(try row.value(0)), .integer(try row.value(1)), .text(try row.value(2)), .integer(try row.value(3)),
          .real(try row.value(4)), .real(try row.optional(5) ?? .nan),
        ]
      }
    }
    let columns = ["run", "attempt", "metric", "step", "epoch", "value"]
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
    let written = try allRuns().filter { ($0.size(of: RunFiles.journal) ?? 0) > 0 }.map(\.run)
    return try reading { database in
      var offsets: [String: Int] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT run, offset FROM journal") {
        offsets[try row.value(0)] = try row.value(1)
      }
      let runs = Set(try String.fetchAll(database, sql: "SELECT id FROM run"))
      // A journal that was read and yet made no run; one that was never read is merely new.
      let unreadable = written.filter { offsets[$0, default: 0] > 0 && !runs.contains($0) }
      return StoreHealth(
        path: databasePath,
        version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
        runs: runs.count,
        metrics: try Int.fetchOne(database, sql: "SELECT count(*) FROM metric") ?? 0,
        networkFileSystem: networkFileSystem,
        journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
        bytes: try Int.fetchOne(
          database, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0,
        problems: try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
          + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
            "a row of \(try row.value(0) as String) refers to what is not there"
          } + unreadable.map { "runs/\($0): its journal does not begin with its run; nothing of it was taken in" })
    }
  }
}

/// How a store is.
public struct StoreHealth: Sendable, Hashable, Codable {
  public var path: String
  public var version: Int
  public var runs: Int
  public var metrics: Int
  /// Its name; nil for a local one.
  public var networkFileSystem: String?
  /// SQLite's: `wal`, or `delete` on a network file system.
  public var journalMode: String
  /// Of the database, without the journals and weights of the runs.
  public var bytes: Int
  /// Empty for a sound database.
  public var problems: [String]
}
