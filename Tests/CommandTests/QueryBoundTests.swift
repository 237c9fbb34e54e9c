import Foundation
import Testing

/// Queries that ask for more than they may have, and those that mean something else than they say.
@Suite struct QueryBoundTests {
  static let doubling: String = {
    let steps = (1...40).map { "a\($0) AS (SELECT * FROM a\($0 - 1) UNION ALL SELECT * FROM a\($0 - 1))" }
    return "WITH a0 AS (SELECT 1 AS x), \(steps.joined(separator: ", ")) SELECT count(*) FROM a40"
  }()
  static let endless = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) "

  static let refused: [(sql: String, reason: String)] = [
    (doubling, "more memory than a query may have"),
    (doubling.replacing(" UNION ALL ", with: " EXCEPT "), "more memory than a query may have"),
    ("SELECT instr(hex(zeroblob(2000000)), hex(zeroblob(900000)) || '1')", "a value has more than"),
    ("SELECT replace(hex(zeroblob(1000)), '0', hex(zeroblob(10000)))", "a value has more than"),
    ("SELECT printf('%.*c', 2000000000, 'x')", "a width or precision of a format"),
    ("SELECT format('%2000000000d', 1)", "a width or precision of a format"),
    (endless + "SELECT DISTINCT randomblob(4000000) FROM r", "a value has more than"),
    (endless + "SELECT DISTINCT randomblob(900000) FROM r", "its answer has more than"),
    (endless + "SELECT count(*) FROM (SELECT DISTINCT randomblob(900000) FROM r)", "more memory than a query may have"),
    (endless + "SELECT hex(zeroblob(400000)) || x FROM r ORDER BY 1", "more memory than a query may have"),
    ("SELECT \(String(repeating: "(", count: 2_000))1\(String(repeating: ")", count: 2_000))", "parser stack overflow"),
    (Array(repeating: "SELECT 1", count: 300).joined(separator: " UNION "), "compound"),
    // A name in double quotes is a column, and no text where there is none.
    ("SELECT min(\"tset_accuracy\" > 0.9) AS holds FROM trial_summary", "no such column: tset_accuracy"),
    ("SELECT 1 FROM run WHERE \"stat\" = 'x'", "no such column: stat"),
    ("SELECT count(*) FROM run ORDER BY \"nothing\"", "no such column: nothing"),
    ("SELECT \"\"", "no such column"),
  ]

  @Test func isRefused() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for (sql, reason) in Self.refused {
      let outcome = try program("query", sql)
      #expect(
        outcome.code == 65 && outcome.errors.contains(reason), "\(sql.prefix(100)): \(outcome.errors.prefix(300))")
      #expect(outcome.output.isEmpty)
    }
  }

  /// What replaces SQLite's own functions gives the same.
  @Test func textFunctionsAreSQLites() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    let asked: [(sql: String, value: String)] = [
      ("instr('naïve text', 't')", "7"), ("instr('abc', '')", "1"), ("instr('abc', 'd')", "0"),
      ("instr('aab', 'ab')", "2"), ("instr(x'010203', x'03')", "3"), ("instr(12345, 34)", "3"),
      ("instr(NULL, 'a')", "null"), ("instr('', 'a')", "0"), ("instr('aaaab', 'aab')", "3"),
      ("replace('aXbXc', 'X', 'yy')", "\"ayybyyc\""), ("replace('abc', '', 'x')", "\"abc\""),
      ("replace('aaa', 'aa', 'b')", "\"ba\""), ("replace('abc', 'b', NULL)", "null"), ("replace(121, 1, 3)", "\"323\""),
      ("replace('abc', 'abc', '')", "\"\""), ("trim('  a b ')", "\"a b\""), ("ltrim('xxay', 'x')", "\"ay\""),
      ("rtrim('äbä', 'ä')", "\"äb\""), ("trim('abc', 'cba')", "\"\""), ("trim('abc', '')", "\"abc\""),
      ("trim(NULL)", "null"), ("trim('a', NULL)", "null"),
      ("length(instr(hex(zeroblob(500000)), hex(zeroblob(250000)) || '1'))", "1"),
    ]
    let columns = asked.enumerated().map { "\($1.sql) AS c\($0)" }.joined(separator: ", ")
    let outcome = try program("query", "SELECT \(columns)", "--json")
    for (place, one) in asked.enumerated() {
      #expect(
        outcome.output.contains("\"c\(place)\": \(one.value)\(place == asked.count - 1 ? "}" : ", ")"),
        "\(one): \(outcome)")
    }
  }

  /// At a terminal the current time may be asked for.
  @Test func theTimeIsThereForPeople() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    let outcome = try program(
      "query", "SELECT date('now') > '2020-01-01' AS later, \"run\" IS NOT NULL AS named FROM run_summary", "--json")
    #expect(outcome.code == 0 && outcome.output.contains("\"later\": 1, \"named\": 1"), "\(outcome)")
  }
}
