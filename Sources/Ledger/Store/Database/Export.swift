import Foundation
import GRDB
import Journals
import Text

/// A text format for measured values.
public enum MetricFormat: String, Sendable, CaseIterable {
  /// Comma-separated values with a header.
  case csv
  /// A JSON object a line.
  case jsonl
}

/// A measured value of a run.
public struct MeasuredValue: Sendable, Hashable {
  /// The run's id.
  public var run: String
  /// From 1.
  public var attempt: Int
  /// One of `MetricName`, or another of another version.
  public var metric: String
  /// From 0 or 1, as the training counts.
  public var step: Int
  /// Epochs done then, with a fraction.
  public var epoch: Double
  /// Not a number where the training diverged.
  public var value: Double
}

extension Store {
  /// A run's measured values in the order of attempt, step and metric. What a later attempt did again is left out of the earlier
  /// one, unless `attempts` asks for everything.
  ///
  /// Throws `StoreError/noSuchRun(_:)`: the run is named by its whole id.
  public func measuredValues(run: String, attempts: Bool = false) throws(StoreError) -> [MeasuredValue] {
    try reading { database in
      guard try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) != nil else {
        throw StoreError.noSuchRun(run)
      }
      return try Fetched<ExportedMetric>.all(
        database,
        """
        SELECT run, attempt, name AS metric, step, epoch, value FROM \(attempts ? "metric" : "latest_metric")
        WHERE run = ? ORDER BY attempt, step, name
        """, [run]
      ).map(\.measured)
    }
  }

  /// Runs' measured values: `run,attempt,metric,step,epoch,value`, run by run in the order of attempt, step and metric, numbers
  /// in full precision, what is not finite as `nan`, `inf` or `-inf`. What a later attempt did again is left out of the earlier
  /// one, unless `attempts` asks for everything.
  ///
  /// Throws `StoreError/noSuchRun(_:)`: the runs are named by their whole ids.
  public func exportMetrics(
    runs: [String], format: MetricFormat, attempts: Bool = false
  ) throws(StoreError) -> String {
    let columns = ExportedMetric.CodingKeys.allCases.map(\.rawValue)
    var text = format == .csv ? QueryResult(columns: columns, rows: []).csv : ""
    for run in runs {
      let rows = try measuredValues(run: run, attempts: attempts).map(\.cells)
      switch format {
      case .csv: text += QueryResult(columns: columns, rows: rows).csvRows
      case .jsonl:
        for row in rows {
          text += "{" + zip(columns, row).map { "\(jsonQuoted($0)):\($1.jsonLiteral)" }.joined(separator: ",") + "}\n"
        }
      }
    }
    return text
  }

  /// The same for one run.
  public func exportMetrics(
    run: String, format: MetricFormat, attempts: Bool = false
  ) throws(StoreError) -> String { try exportMetrics(runs: [run], format: format, attempts: attempts) }

  /// How the store is, for `vgglab doctor`.
  public func health() throws(StoreError) -> StoreHealth {
    let written = try allRuns().filter { ($0.size(of: RunFiles.journal) ?? 0) > 0 }.map(\.run)
    return try reading { database in
      let progress = try Fetched<IndexRows.Progress>.all(database, "SELECT run, offset, annotation_offset FROM journal")
      let offsets = Dictionary(progress.map { ($0.run, $0.offset) }) { first, _ in first }
      let runs = Set(try String.fetchAll(database, sql: "SELECT id FROM run"))
      // A journal that was read and yet made no run; one that was never read is merely new.
      let unreadable = written.filter { offsets[$0, default: 0] > 0 && !runs.contains($0) }
      return StoreHealth(
        path: databasePath,
        version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
        backups: Self.backups(in: directory).map { "\(directory)/\($0)" },
        runs: runs.count,
        metrics: try Int.fetchOne(database, sql: "SELECT count(*) FROM metric") ?? 0,
        networkFileSystem: networkFileSystem,
        journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
        bytes: try Int.fetchOne(
          database, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0,
        problems: try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
          + Fetched<Dangling>.all(database, "SELECT \"table\" AS name FROM pragma_foreign_key_check").map { row in
            "a row of \(row.name) refers to what is not there"
          } + unreadable.map { "runs/\($0): its journal does not begin with its run record; nothing was ingested" })
    }
  }
}

/// A row of an export, with its columns in their order.
private struct ExportedMetric: Decodable {
  var run: String
  var attempt: Int
  var metric: String
  var step: Int
  var epoch: Double
  var value: Double?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case run, attempt, metric, step, epoch, value
  }

  var measured: MeasuredValue {
    MeasuredValue(run: run, attempt: attempt, metric: metric, step: step, epoch: epoch, value: value ?? .nan)
  }
}

extension MeasuredValue {
  fileprivate var cells: [SQLValue] {
    [.text(run), .integer(Int64(attempt)), .text(metric), .integer(Int64(step)), .real(epoch), .real(value)]
  }
}

/// A row of a table that refers to what is not there.
private struct Dangling: Decodable {
  var name: String
}

/// How a store is.
public struct StoreHealth: Sendable, Hashable, Codable {
  /// The database's file.
  public var path: String
  /// The version of its tables.
  public var version: Int
  /// Copies of the index that were kept when it was brought up to date, those of the earliest versions first.
  public var backups: [String]
  /// How many runs it has.
  public var runs: Int
  /// How many rows of metrics it has.
  public var metrics: Int
  /// Its name; nil for a local one.
  public var networkFileSystem: String?
  /// SQLite's: `wal`, or `delete` on a network file system.
  public var journalMode: String
  /// Of the database, without the journals and weights of the runs.
  public var bytes: Int
  /// Empty for a sound database.
  public var problems: [String]

  private enum CodingKeys: String, CodingKey {
    case path, version, backups, runs, metrics, bytes, problems
    case networkFileSystem = "network_file_system"
    case journalMode = "journal_mode"
  }
}
