/// A table of the index and what it is for. Evidence, consistency checks, rebuilding, removal and export take their lists of
/// tables from ``all``; the columns are in ``Schema/steps`` and, for rows that are read and written, in the records.
package struct StoreTable: Sendable, Hashable {
  /// What a table's rows are.
  package enum Role: Sendable, Hashable {
    /// Named by runs, and shared by several of them.
    case shared(Sharing)
    /// The runs themselves.
    case run
    /// What a journal says of its run.
    case fact
    /// The same, in so many rows that they are not copied.
    case measured
    /// What people say of a run, which may change after its end.
    case annotation
    /// How far a run's files were read.
    case progress
  }

  /// How rows that several runs share are found.
  package struct Sharing: Sendable, Hashable {
    /// Which rows belong to the runs of a query, which takes the place of `{runs}`.
    package var ofRuns: String
    /// Whether nothing names a row of the table `t` any more.
    package var isOrphan: String
    /// What of a run may name a row: a query of the ids `{runs}` that gives the values of ``key``.
    package var touched: String
    /// The column that those values are of.
    package var key: String
  }

  package let name: String
  package let role: Role
  /// Columns whose values say something only on the machine that they are from, and what evidence has in their place.
  package var localColumns: [LocalColumn] = []
  /// Whether a row may change or appear until its run has an end.
  package var isOpenUntilEnd = false
  /// Whether every report's ledger of runs reads it.
  package var isInEveryReport = false
  /// Whether a database that has all tables of this kind, and no application id, is a store's of an early version.
  package var isDistinctive = false

  /// What evidence has in the place of a local value.
  package enum LocalColumn: Sendable, Hashable {
    /// The same in all rows.
    case constant(name: String, value: SQLValue)
    /// Canonical JSON without the folder of the data; `keys` name a row.
    case configuration(keys: [String])
  }

  /// All tables, each behind those that it refers to.
  package static let all: [StoreTable] = [
    StoreTable(
      name: "experiment",
      role: .shared(
        Sharing(
          ofRuns: "name IN (SELECT experiment FROM main.run_name WHERE run IN {runs})",
          isOrphan: "NOT EXISTS (SELECT 1 FROM main.trial AS x WHERE x.experiment = t.name)",
          touched: "SELECT experiment FROM main.run WHERE id IN {runs}", key: "name")),
      isOpenUntilEnd: true, isInEveryReport: true),
    StoreTable(
      name: "trial",
      role: .shared(
        Sharing(
          ofRuns: """
            (experiment, name, trial_id) IN (SELECT experiment, trial, trial_id FROM main.run_name WHERE run IN {runs})
            """,
          isOrphan: """
            NOT EXISTS (SELECT 1 FROM main.run AS r
              WHERE r.experiment = t.experiment AND r.trial = t.name AND r.trial_id = t.trial_id)
            """,
          touched: "SELECT trial_id FROM main.run WHERE id IN {runs}", key: "trial_id")),
      localColumns: [.configuration(keys: ["experiment", "name", "trial_id"])], isInEveryReport: true,
      isDistinctive: true),
    StoreTable(
      name: "network",
      role: .shared(
        Sharing(
          ofRuns: "digest IN (SELECT network FROM main.run WHERE id IN {runs})",
          isOrphan: "NOT EXISTS (SELECT 1 FROM main.run AS r WHERE r.network = t.digest)",
          touched: "SELECT network FROM main.run WHERE id IN {runs} AND network IS NOT NULL", key: "digest")),
      isInEveryReport: true),
    StoreTable(
      name: "layer",
      role: .shared(
        Sharing(
          ofRuns: "network IN (SELECT network FROM main.run WHERE id IN {runs})",
          isOrphan: "NOT EXISTS (SELECT 1 FROM main.run AS r WHERE r.network = t.network)",
          touched: "SELECT network FROM main.run WHERE id IN {runs} AND network IS NOT NULL", key: "network"))),
    StoreTable(
      name: "run", role: .run, localColumns: [.configuration(keys: ["id"])], isOpenUntilEnd: true,
      isInEveryReport: true,
      isDistinctive: true),
    StoreTable(
      name: "environment",
      role: .shared(
        Sharing(
          ofRuns: "digest IN (SELECT environment FROM main.attempt WHERE run IN {runs})",
          isOrphan: "NOT EXISTS (SELECT 1 FROM main.attempt AS a WHERE a.environment = t.digest)",
          touched: "SELECT environment FROM main.attempt WHERE run IN {runs}", key: "digest")),
      isInEveryReport: true),
    StoreTable(
      name: "attempt", role: .fact,
      localColumns: [
        .constant(name: "boot_id", value: .null), .constant(name: "process_id", value: .integer(0)),
        .constant(name: "process_start", value: .null),
      ], isOpenUntilEnd: true, isInEveryReport: true, isDistinctive: true),
    StoreTable(name: "metric", role: .measured, isDistinctive: true),
    StoreTable(name: "event", role: .fact),
    StoreTable(name: "artifact", role: .fact),
    StoreTable(name: "reduction", role: .fact),
    StoreTable(name: "journal", role: .progress, isOpenUntilEnd: true, isDistinctive: true),
    StoreTable(name: "checkpoint", role: .fact),
    StoreTable(name: "forecast", role: .fact),
    StoreTable(name: "final_metric", role: .fact, isOpenUntilEnd: true),
    StoreTable(name: "tag", role: .annotation),
    StoreTable(name: "note", role: .annotation),
    StoreTable(name: "removal", role: .annotation, isInEveryReport: true),
    StoreTable(name: "layer_metric", role: .measured),
    StoreTable(name: "prediction", role: .fact),
    StoreTable(name: "epoch_timing", role: .fact),
    StoreTable(name: "class", role: .fact),
    StoreTable(name: "confusion", role: .fact),
    StoreTable(name: "calibration", role: .fact),
    StoreTable(name: "mistake", role: .fact),
    StoreTable(name: "first_filter", role: .fact),
  ]

  /// The table of a name; nil where the schema has none.
  package static func named(_ name: String) -> StoreTable? { all.first { $0.name == name } }

  /// Tables of rows that belong to one run each, those before which nothing else has to be removed first.
  package static var ofOneRun: [StoreTable] { all.filter { $0.runColumn == "run" }.reversed() }

  /// Tables of rows that several runs share, those that refer to others first.
  package static var shared: [(table: StoreTable, sharing: Sharing)] {
    all.reversed().compactMap { table in
      if case .shared(let sharing) = table.role { return (table, sharing) }
      return nil
    }
  }

  /// The column that names a row's run; nil for shared rows.
  package var runColumn: String? {
    switch role {
    case .shared: nil
    case .run: "id"
    case .fact, .measured, .annotation, .progress: "run"
    }
  }

  /// Whether its rows may be too many to be copied.
  package var isMeasured: Bool { role == .measured }

  /// Whether journals say everything that it has, so that evidence of it can be compared with them.
  package var isFromJournals: Bool { role != .annotation && name != "experiment" }

  /// The condition for the rows that belong to some runs, given as a parenthesized query of ids.
  package func condition(runs: String) -> String {
    if case .shared(let sharing) = role { return sharing.ofRuns.replacing("{runs}", with: runs) }
    return "\(runColumn ?? "run") IN \(runs)"
  }
}
