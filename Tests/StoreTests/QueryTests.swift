import Foundation
import Journals
import Store
import Testing

/// Somebody else's SQL: it can read, and nothing else.
@Suite struct QueryTests {
  static func store() throws -> (TemporaryStore, Store) {
    let folder = TemporaryStore()
    try folder.addRun(Samples.whole)
    let store = try folder.open()
    _ = try store.ingest()
    return (folder, store)
  }

  @Test(arguments: [
    "DELETE FROM run", "INSERT INTO experiment VALUES ('a', 'b')", "UPDATE run SET cause = 'x'", "DROP TABLE metric",
    "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)", "ATTACH ':memory:' AS m", "PRAGMA user_version = 7",
    "PRAGMA journal_mode = DELETE", "PRAGMA table_info(run)", "VACUUM", "VACUUM INTO '/tmp/x'", "BEGIN", "REINDEX",
    "SELECT load_extension('x')", "WITH a AS (SELECT 1) DELETE FROM run", "ANALYZE", "SAVEPOINT a",
    "SELECT 1; DELETE FROM run", "SELECT 1; SELECT 2", "", "  -- nothing", "EXPLAIN DELETE FROM run", "SELEC 1",
    "SELECT * FROM none", "SELECT none FROM run", "SELECT 'a", "SELECT writefile('/tmp/x', 'y')",
    "SELECT * FROM pragma_user_version", "REPLACE INTO run SELECT * FROM run",
  ])
  func isRefused(sql: String) throws {
    let (folder, store) = try Self.store()
    let before = try StoreTests.dump(store)
    do {
      let result = try store.query(sql)
      Issue.record("\(sql) gave \(result)")
    } catch {
      guard case .badQuery = error else { throw error }
      #expect(!"\(error)".isEmpty)
    }
    #expect(try StoreTests.dump(store) == before)
    _ = folder
  }

  @Test func parametersAreBoundAndNeverPasted() throws {
    let (folder, store) = try Self.store()
    let values: [String: SQLValue] = [
      "text": .text("'); DROP TABLE run; --\0é"), "whole": .integer(.min), "real": .real(0.1), "none": .null,
      "bytes": .blob([0, 255]), "empty": .blob([]),
    ]
    let sql = "SELECT :text, :whole, :real, :none, :bytes, typeof(:real), ':text', ?1 IS :text"
    let rows = try store.query(sql, values).rows
    #expect(
      rows == [
        [
          .text("'); DROP TABLE run; --\0é"), .integer(.min), .real(0.1), .null, .blob([0, 255]), .text("real"),
          .text(":text"), .integer(1),
        ]
      ])
    for sql in ["SELECT :other", "SELECT @text", "SELECT $text"] {
      #expect(throws: StoreError.self) { try store.query(sql, values) }
    }
    #expect(throws: StoreError.self) { try store.query("SELECT :text") }
    _ = folder
  }

  @Test func queriesWithoutEndAreStopped() throws {
    let (folder, store) = try Self.store()
    for sql in [
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
      "SELECT zeroblob(1000000000)",
    ] {
      #expect(throws: StoreError.self) { try store.query(sql) }
    }
    _ = folder
  }

  @Test func whatAnAnalystNeedsIsAllowed() throws {
    let (folder, store) = try Self.store()
    #expect(
      try store.query(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)
        SELECT group_concat(i, '+') AS text, sum(i) OVER () AS total, sqrt(16.0) AS root, NULL AS none FROM n; -- done
        """
      ).rows == [[.text("1+2+3"), .integer(1), .real(4), .null]])
    #expect(try store.query("SELECT json_extract(configuration, '$.dataset.resize') FROM run").rows == [[.integer(96)]])
    #expect(try store.query("SELECT name FROM sqlite_master WHERE name = 'run'").rows.count == 1)
    _ = folder
  }

  @Test func resultsAsTableJSONAndCSV() {
    let result = QueryResult(
      columns: ["name", "n"],
      rows: [
        [.text("a\nb"), .integer(10)], [.text("\"c,d\""), .real(0.5)], [.null, .real(.nan)], [.blob([1, 255]), .null],
      ])
    #expect(
      result.table == """
        name       n
        -------  ---
        a\\u{a}b   10
        "c,d"    0.5
        –        nan
        01ff       –
        """)
    #expect(
      result.json == """
        [
          {"name": "a\\nb", "n": 10},
          {"name": "\\"c,d\\"", "n": 0.5},
          {"name": null, "n": "nan"},
          {"name": "01ff", "n": null}
        ]
        """)
    #expect(result.csv == "name,n\n\"a\nb\",10\n\"\"\"c,d\"\"\",0.5\n,nan\n01ff,\n")
    #expect(QueryResult(columns: ["a"], rows: []).json == "[]")
  }
}
