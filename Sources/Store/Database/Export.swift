import Foundation
import GRDB

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
    let rows = try reading { database in
      guard try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) != nil else {
        throw StoreError.noSuchRun(run)
      }
      return try Row.fetchAll(
        database,
        sql: """
          SELECT run, attempt, name, step, epoch, value FROM \(attempts ? "metric" : "latest_metric")
          WHERE run = ? ORDER BY attempt, step, name
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
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/runs"))?.sorted() ?? []
    let written = names.filter { name in
      var status = stat()
      return RunFolder.isID(name) && stat(RunFolder.journalPath(store: directory, run: name), &status) == 0
        && status.st_size > 0
    }
    return try reading { database in
      let offsets = Dictionary(
        uniqueKeysWithValues: try Row.fetchAll(database, sql: "SELECT run, offset FROM journal").map { row in
          (row["run"] as String, row["offset"] as Int)
        })
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
            let table: String = row[0]
            return "a row of \(table) refers to what is not there"
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
