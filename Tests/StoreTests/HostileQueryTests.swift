import Foundation
import Store
import Testing

/// Queries that are allowed to read and yet want too much.
@Suite struct HostileQueryTests {
  private static let count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000001)"

  @Test(arguments: [
    ("\(count) SELECT i FROM n", "1000000 rows"),
    ("\(count) SELECT zeroblob(1000000) FROM n", "bytes"),
    ("\(count) SELECT \((0..<100).map { "i AS c\($0)" }.joined(separator: ", ")) FROM n", "bytes"),
    ("SELECT zeroblob(5000000)", "1048576 bytes"),
    ("SELECT 'a' LIKE '\(String(repeating: "%a", count: 60))'", "too complex"),
    ("SELECT 1 /* one */; -- two\n ; SELECT 2", "second statement"),
    ("SELECT 1\u{0}; SELECT 2", "zero character"),
    ("SELECT * FROM trial_summry", "did you mean trial_summary"),
    ("SELECT fts3_tokenizer('simple')", "not authorized"),
    ("SELECT * FROM run WHERE id = ?1; DROP TABLE run", "second statement"),
    ("EXPLAIN QUERY PLAN DELETE FROM run", "only reading"),
  ])
  func isStoppedWithAReason(sql: String, reason: String) throws {
    let (folder, store) = try QueryTests.store()
    do {
      let result = try store.query(sql)
      Issue.record("it gave \(result.rows.count) rows")
    } catch {
      let found: String
      switch error {
      case .badQuery(sql, let words), .answerTooLarge(sql, let words): found = words
      default: throw error
      }
      #expect(found.contains(reason), "\(found)")
      #expect("\(error)".count < 600)
    }
    _ = folder
  }

  @Test func commentsAndSemicolonsBehindAStatementAreNoStatement() throws {
    let (folder, store) = try QueryTests.store()
    #expect(try store.query("SELECT 1 ; ; /* a; b */ -- c; d").rows == [[.integer(1)]])
    #expect(try !store.query("EXPLAIN QUERY PLAN SELECT * FROM run").rows.isEmpty)
    #expect(throws: StoreError.self) { try store.query("SELECT ?1 IS NULL") }
    #expect(
      try store.query("SELECT x'00ff' AS b, '' AS t, x'' AS e").rows == [[.blob([0, 255]), .text(""), .blob([])]])
    #expect(try store.query("SELECT value FROM json_each('[1, 2]')").rows == [[.integer(1)], [.integer(2)]])
    _ = folder
  }

  @Test(arguments: ["", "a", "\n", "\r", "\r\n", "\"", "\"\u{301}", ",", "a\"b,c\nd", "ü, 图", " a "])
  func aFieldOfCSVIsReadBackAsItWas(field: String) {
    let result = QueryResult(columns: ["x", "y"], rows: [[.text(field), .text(field)]])
    #expect(Self.parse(result.csv) == [["x", "y"], [field, field]])
  }

  /// RFC 4180, records parted by a line feed.
  private static func parse(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch (scalar, isQuoted) {
      case ("\"", true) where scalars.first == "\"": field.append(scalars.removeFirst())
      case ("\"", _): isQuoted.toggle()
      case (",", false), ("\n", false):
        record.append(String(field))
        field = String.UnicodeScalarView()
        if scalar == "\n" {
          records.append(record)
          record = []
        }
      default: field.append(scalar)
      }
    }
    return records
  }
}
