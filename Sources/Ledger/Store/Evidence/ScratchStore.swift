import Foundation

/// A store's rows in memory, from which runs can be taken away to see what depends on them. What was measured step by step
/// is not copied: views read it from the store itself, without the runs that are taken away.
///
/// One transaction spans its whole life, so that it sees the store as it was at one moment.
final class ScratchStore {
  let connection: QueryConnection
  /// The names of its tables, in the schema's order.
  let tables = StoreTable.all.map(\.name)
  /// The version of its tables.
  let schema = Schema.version
  /// The names of those that are not copied.
  let measured = StoreTable.all.filter(\.isMeasured).map(\.name)

  /// Over a store's database file.
  convenience init(path: String) throws(StoreError) {
    let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    try self.init { connection throws(StoreError) in
      func attach(_ mode: String) throws(StoreError) {
        try connection.execute("ATTACH 'file:\(escaped.replacing("'", with: "''"))?\(mode)' AS source")
        _ = try connection.rows("SELECT count(*) FROM source.sqlite_master")
      }
      do throws(StoreError) { try attach("mode=ro") } catch {
        // A folder that cannot be written to: nobody else writes either, so the file is taken as it is.
        try? connection.execute("DETACH source")
        try attach("immutable=1")
      }
    }
  }

  /// Over the bytes of a database; all queries together may take `budget` steps and `seconds`.
  convenience init(serialized bytes: Data, budget: Int, seconds: Double) throws(StoreError) {
    try self.init(budget: budget, seconds: seconds) { connection throws(StoreError) in
      try connection.execute("ATTACH ':memory:' AS source")
      try connection.deserialize(bytes, as: "source")
    }
  }

  private init(
    budget: Int? = nil, seconds: Double? = nil, _ attach: (QueryConnection) throws(StoreError) -> Void
  ) throws(StoreError) {
    var bounds = QueryBounds.notebook
    bounds.seconds = seconds
    connection = try QueryConnection(inMemory: budget, bounds) { connection throws(StoreError) in
      try attach(connection)
    }
    let version = try connection.trustedRows("PRAGMA source.user_version").first?.first
    guard version == .integer(Int64(Schema.version)) else {
      throw .notADatabase(path: "source", reason: "it has no tables of a store of this version")
    }
    for step in Schema.steps + [Schema.views] { try connection.execute(step) }
    try connection.execute(
      """
      CREATE TEMP TABLE hidden_run (run TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TEMP TABLE hidden_name (name TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TEMP TABLE bent (run TEXT PRIMARY KEY, value REAL) WITHOUT ROWID;
      CREATE TEMP TABLE chosen (run TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TEMP TABLE chosen_measured (run TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TEMP TABLE chosen_value (run TEXT, name TEXT, PRIMARY KEY (run, name)) WITHOUT ROWID;
      CREATE TEMP TABLE touched (kind TEXT, digest TEXT, PRIMARY KEY (kind, digest)) WITHOUT ROWID;
      """)
    for table in measured { try connection.execute(Self.perturbableView(table, try connection.columnNames(table))) }
    // Views of the main database would not see the temporary ones.
    for row in try connection.trustedRows("SELECT sql FROM main.sqlite_master WHERE type = 'view' ORDER BY rowid") {
      try connection.execute(row[0].plainText.replacing("CREATE VIEW", with: "CREATE TEMP VIEW", maxReplacements: 1))
    }
    try connection.execute(
      """
      CREATE INDEX main.scratch_run_by_network ON run (network);
      CREATE INDEX main.scratch_attempt_by_environment ON attempt (environment);
      """)
    // The transaction begins behind the last table that is made: where it had made one, each way back to a savepoint would
    // read the whole schema again.
    try connection.execute("BEGIN")
    for table in tables where !measured.contains(table) {
      let columns = try connection.columnNames(table).joined(separator: ", ")
      try connection.execute("INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM source.\(table)")
    }
    try removeLocalFacts()
  }

  /// A view in the place of a measured table, over the store's own, without what is hidden and with what is bent.
  private static func perturbableView(_ table: String, _ columns: [String]) -> String {
    let list = columns.map { column in
      guard column == "value" else { return "m.\(column)" }
      return """
        CASE WHEN m.run IN (SELECT run FROM bent) THEN (SELECT value FROM bent WHERE bent.run = m.run) ELSE m.value END \
        AS value
        """
    }
    return """
      CREATE TEMP VIEW \(table) AS SELECT \(list.joined(separator: ", ")) FROM source.\(table) AS m
      WHERE m.run NOT IN (SELECT run FROM hidden_run) AND m.name NOT IN (SELECT name FROM hidden_name)
      """
  }

  /// Runs by experiment, the oldest first.
  func runsByExperiment() throws(StoreError) -> [(experiment: String, runs: [String])] {
    var found: [(experiment: String, runs: [String])] = []
    for row in try connection.trustedRows(
      "SELECT experiment, id FROM main.run ORDER BY experiment, \(Schema.oldestFirst("run"))")
    {
      if found.last?.experiment != row[0].plainText { found.append((row[0].plainText, [])) }
      found[found.count - 1].runs.append(row[1].plainText)
    }
    return found
  }

  /// Does something while runs are away, with what nothing else refers to.
  func without<T>(_ runs: [String], _ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    try reverting { () throws(StoreError) in
      for run in runs {
        try set("INSERT INTO hidden_run VALUES (:run)", ["run": .text(run)])
      }
      let hidden = "(SELECT run FROM hidden_run)"
      for (table, sharing) in StoreTable.shared {
        try connection.execute(
          """
          INSERT OR IGNORE INTO touched
          SELECT '\(table.name)', key FROM (SELECT NULL AS key WHERE 0 UNION \(sharing.touched.replacing("{runs}", with: hidden)))
          """)
      }
      for table in StoreTable.ofOneRun where !table.isMeasured {
        try connection.execute("DELETE FROM main.\(table.name) WHERE run IN \(hidden)")
      }
      try connection.execute("DELETE FROM main.run WHERE id IN \(hidden)")
      for (table, sharing) in StoreTable.shared {
        try connection.execute(
          """
          DELETE FROM main.\(table.name) AS t
          WHERE t.\(sharing.key) IN (SELECT digest FROM touched WHERE kind = '\(table.name)') AND \(sharing.isOrphan)
          """)
      }
      return try body()
    }
  }

  /// Does something while everything that was measured of a run has one value; of several runs each has another, farther from
  /// zero than the one before it.
  func perturbing<T>(_ runs: [String], to value: Double, _ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    try reverting { () throws(StoreError) in
      for (place, run) in runs.enumerated() {
        let value = value * Double(place + 1)
        let bound: [String: SQLValue] = ["run": .text(run), "value": .real(value), "whole": .integer(Int64(value))]
        try set("INSERT INTO bent VALUES (:run, :value)", bound)
        try set("UPDATE main.final_metric SET value = :value WHERE run = :run", bound)
        try set(
          """
          UPDATE main.run SET training_seconds = :value, seconds = :value, peak_rss_bytes = :whole
          WHERE id = :run AND seconds IS NOT NULL
          """, bound)
      }
      return try body()
    }
  }

  /// Does something while values of a name are away.
  func hiding<T>(_ name: String, _ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    try reverting { () throws(StoreError) in
      try set("INSERT INTO hidden_name VALUES (:name)", ["name": .text(name)])
      return try body()
    }
  }

  private func reverting<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    try connection.execute("SAVEPOINT scratch")
    do throws(StoreError) {
      let result = try body()
      try connection.execute("ROLLBACK TO scratch; RELEASE scratch")
      return result
    } catch {
      try connection.execute("ROLLBACK TO scratch; RELEASE scratch")
      throw error
    }
  }

  private func set(_ sql: String, _ parameters: [String: SQLValue]) throws(StoreError) {
    try connection.change(sql, parameters)
  }
}
