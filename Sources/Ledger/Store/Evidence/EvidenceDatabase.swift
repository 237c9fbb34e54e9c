public import Foundation
import Synchronization

/// A database in memory with a store's tables and views and no rows but the evidence's, asked under the same restrictions.
public final class EvidenceDatabase: Sendable {
  private let connection: Mutex<Connection>
  /// The version of the schema that the evidence was made with.
  private let version: Int

  private struct Connection {
    let query: QueryConnection
  }

  /// Steps of SQLite's machine that all queries together may take: evidence may come from anybody.
  static let stepBudget = 4_000_000_000
  /// Seconds of the processor that making the database, all queries and finding their influence may take together.
  public static let seconds = 8.0

  /// Puts the rows into new tables; those of an older schema are brought up to date like an older store.
  ///
  /// Throws ``StoreError/evidence(_:)`` for tables and columns that the schema has not, and rows that it does not allow.
  /// Making it and all that is asked of it may take `seconds` of the processor.
  public init(_ evidence: StoreEvidence, seconds: Double = EvidenceDatabase.seconds) throws(StoreError) {
    var bounds = QueryBounds.notebook
    bounds.seconds = seconds
    guard (1...Schema.version).contains(evidence.schema) else {
      throw .evidence(.newer(found: evidence.schema, known: Schema.version))
    }
    let query = try QueryConnection(inMemory: Self.stepBudget, bounds) { query throws(StoreError) in
      try query.execute("BEGIN")
      for step in Schema.steps[..<evidence.schema] { try query.execute(step) }
      var known: [String: [String]] = [:]
      // Those of its own version: later ones are not there yet.
      for table in StoreTable.all.map(\.name) {
        let columns = try query.columnNames(table)
        if !columns.isEmpty { known[table] = columns }
      }
      var seen: Set<String> = []
      for table in evidence.tables {
        guard let columns = known[table.name] else { throw .evidence(.unknownTable(table.name)) }
        guard seen.insert(table.name).inserted else { throw .evidence(.doubled(table.name)) }
        for column in table.columns where !columns.contains(column) {
          throw .evidence(.unknownColumn(column, table: table.name))
        }
        try query.insert(table)
      }
      if let row = try query.rows("PRAGMA foreign_key_check").rows.first {
        throw .evidence(.dangling(table: row[0].plainText))
      }
      for step in Schema.upgrade(from: evidence.schema) { try query.execute(step) }
      try query.execute("PRAGMA user_version = \(Schema.version); COMMIT")
    }
    connection = Mutex(Connection(query: query))
    version = evidence.schema
  }

  /// The rows of one SELECT. Throws ``StoreError/badQuery(sql:reason:)``.
  public func query(_ sql: String, _ parameters: [String: SQLValue]) throws(StoreError) -> QueryResult {
    try connection.withLock { connection throws(StoreError) in try connection.query.rows(sql, parameters) }
  }

  /// The same without parameters.
  public func query(_ sql: String) throws(StoreError) -> QueryResult { try query(sql, [:]) }

  /// The database as the bytes of an SQLite file.
  public func serialized() throws(StoreError) -> Data {
    try connection.withLock { connection throws(StoreError) in
      try connection.query.serialized()
    }
  }

  /// How its tables and views are made, in SQL, for whoever asks the rows without vgglab.
  ///
  /// They are those of the version that the evidence was made with.
  public func definitions() throws(StoreError) -> [String] {
    let version = version
    let query = try QueryConnection { query throws(StoreError) in
      for step in Schema.steps[..<version] + [Schema.earlierViews(version)] { try query.execute(step) }
    }
    return try query.trustedRows(
      "SELECT sql FROM main.sqlite_master WHERE type IN ('table', 'view') AND sql IS NOT NULL ORDER BY rowid"
    ).map { $0[0].plainText }
  }

  /// Which runs the rows of queries depend on, by taking them away; experiments of `whole` are judged together, those of
  /// `grouped` by halving.
  public func influence(
    of queries: [EvidenceQuery], whole: [String], grouped: [String: Int] = [:]
  ) throws(StoreError) -> Influence {
    let scratch = try ScratchStore(
      serialized: try serialized(), budget: Self.stepBudget, seconds: connection.withLock { $0.query.secondsLeft })
    return try scratch.influence(of: queries, whole: Set(whole), grouped: grouped, isBounded: false)
  }
}

extension StoreEvidence {
  /// The same rows with the tables and columns that the schema of other evidence had, so that the two can be compared.
  ///
  /// Throws ``StoreError``.
  public func inSchema(of other: StoreEvidence) throws(StoreError) -> StoreEvidence {
    guard other.schema < schema else { return self }
    var result = self
    result.schema = other.schema
    result.tables = []
    let query = try QueryConnection { query throws(StoreError) in
      for step in Schema.steps[..<other.schema] { try query.execute(step) }
    }
    for table in tables {
      let columns = try query.columnNames(table.name)
      guard !columns.isEmpty else { continue }
      let kept = table.columns.indices.filter { columns.contains(table.columns[$0]) }
      result.tables.append(
        EvidenceTable(
          name: table.name, columns: kept.map { table.columns[$0] },
          rows: table.rows.map { row in kept.map { row[$0] } }))
    }
    return result
  }
}

extension QueryConnection {
  /// The columns of a table, in the schema's order; none where there is no such table.
  package func columnNames(_ table: String) throws(StoreError) -> [String] {
    try trustedRows("SELECT name FROM pragma_table_info(:t, 'main') ORDER BY cid", ["t": .text(table)]).map {
      $0[0].plainText
    }
  }
}
