import Files
public import Foundation
import GRDB

extension Store {
  /// Runs as an SQLite file with three plain tables, for tools that read SQLite: `run` (the columns of `run_summary`), `metric` (every
  /// measured value; of those that a later attempt measured again the later ones) and `epoch` (a line an epoch with its last
  /// losses, accuracies and rate). Columns have types and tables have row ids: DuckDB needs both.
  ///
  /// Throws ``StoreError``.
  public func exportDatabase(runs: [RunSummary]) throws(StoreError) -> Data {
    let folder: TemporaryFolder
    do throws(FileError) { folder = try TemporaryFolder("vgglab-export") } catch { throw .file(error) }
    let path = "\(folder.path)/export.sqlite"
    do {
      let target = try DatabaseQueue(path: path)
      try target.write { output in
        try queue.read { source in
          try Self.copy(runs, from: source, to: output)
        }
        try output.execute(sql: Self.epochTable)
      }
      try target.close()
      return try readFile(path, limit: .max)
    } catch let error as StoreError { throw error } catch let error as FileError { throw .file(error) } catch {
      throw .database(path: path, reason: Self.reason(error))
    }
  }

  private static func copy(_ runs: [RunSummary], from source: Database, to output: Database) throws {
    let columns = SummaryColumn.all()
    func declared(_ column: SummaryColumn) -> String {
      let type =
        switch column.kind {
        case .text, .seed: " TEXT"
        case .truth, .whole: " INTEGER"
        case .number: " REAL"
        }
      return "\(column.name)\(type)"
    }
    try output.execute(
      sql: """
        CREATE TABLE run (\(columns.map(declared).joined(separator: ", ")), state TEXT NOT NULL, tags TEXT NOT NULL);
        CREATE TABLE metric (
          run TEXT NOT NULL, attempt INTEGER NOT NULL, metric TEXT NOT NULL, step INTEGER NOT NULL, epoch REAL NOT NULL,
          value REAL, PRIMARY KEY (run, metric, step, attempt));
        """)
    let marks = Array(repeating: "?", count: columns.count + 2).joined(separator: ", ")
    let insertRun = try output.makeStatement(sql: "INSERT INTO run VALUES (\(marks))")
    let insertMetric = try output.makeStatement(sql: "INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?)")
    let names = columns.map(\.name).joined(separator: ", ")
    for run in runs {
      guard
        let row = try Row.fetchOne(source, sql: "SELECT \(names) FROM run_summary WHERE run = ?", arguments: [run.id])
      else { throw StoreError.noSuchRun(run.id) }
      let values = row.databaseValues + [run.state.name.databaseValue, run.tags.joined(separator: ",").databaseValue]
      try insertRun.execute(arguments: StatementArguments(values))
      let rows = try Row.fetchCursor(
        source,
        sql:
          "SELECT run, attempt, name, step, epoch, value FROM latest_metric WHERE run = ? ORDER BY name, step, attempt",
        arguments: [run.id])
      while let row = try rows.next() {
        try insertMetric.execute(arguments: StatementArguments(Array(row.databaseValues)))
      }
    }
  }

  /// Test metrics are measured at an epoch's end: their steps say where epochs end.
  private static let epochTable = """
    CREATE TABLE epoch (
      run TEXT NOT NULL, epoch REAL NOT NULL, step INTEGER NOT NULL, train_loss REAL, train_accuracy REAL, test_loss REAL,
      test_accuracy REAL, examples_per_second REAL, seconds REAL, PRIMARY KEY (run, step));
    INSERT INTO epoch
      SELECT run, epoch, step,
        max(value) FILTER (WHERE metric = 'train_loss') AS train_loss,
        max(value) FILTER (WHERE metric = 'train_accuracy') AS train_accuracy,
        max(value) FILTER (WHERE metric = 'test_loss') AS test_loss,
        max(value) FILTER (WHERE metric = 'test_accuracy') AS test_accuracy,
        max(value) FILTER (WHERE metric = 'examples_per_second') AS examples_per_second,
        max(value) FILTER (WHERE metric = 'epoch_seconds') AS seconds
      FROM metric GROUP BY run, step
      HAVING max(metric IN ('test_accuracy', 'epoch_seconds')) = 1 ORDER BY run, step;
    """
}
