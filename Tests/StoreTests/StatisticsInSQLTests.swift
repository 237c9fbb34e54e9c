import Foundation
import Store
import Testing

/// The statistics that queries have, asked for in SQL, beside what SciPy says.
@Suite struct StatisticsInSQLTests {
  private let folder: TemporaryStore
  private let store: Store
  private let fixture: [String: [[String: Any]]]

  init() throws {
    (folder, store) = try QueryTests.store()
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appendingPathComponent("StatisticsTests/Fixtures/statistics.json"))
    let read = try JSONSerialization.jsonObject(with: data) as! [String: Any]
    fixture = read.compactMapValues { $0 as? [[String: Any]] }
  }

  private func number(_ expression: String, from: String = "") throws -> Double? {
    try store.query("SELECT \(expression) \(from)").rows[0][0].number
  }

  private func expectNear(_ found: Double?, _ expected: Any?, _ what: String) {
    guard let expected = expected as? Double else {
      #expect(found == nil, "\(what)")
      return
    }
    #expect(
      found.map { abs($0 - expected) <= 1e-9 * abs(expected) + 1e-14 } == true,
      "\(what): \(found as Any), not \(expected)")
  }

  private func values(_ row: [String: Any], _ keys: String...) -> String {
    let columns = keys.map { row[$0] as! [Double] }
    let rows = columns[0].indices.map { index in "(" + columns.map { "\($0[index])" }.joined(separator: ",") + ")" }
    return
      "FROM (SELECT column1 AS x\(keys.count > 1 ? ", column2 AS y" : "") FROM (VALUES \(rows.joined(separator: ","))))"
  }

  @Test func samples() throws {
    for row in fixture["sample"]! {
      let from = values(row, "values")
      expectNear(try number("mean(x)", from: from), row["mean"], from)
      expectNear(try number("sd(x)", from: from), row["deviation"], from)
      expectNear(try number("sem(x)", from: from), row["standard_error"], from)
      expectNear(try number("median(x)", from: from), row["median"], from)
      let level = row["level"] as! Double
      expectNear(try number("ci_low(x, \(level))", from: from), row["low"], from)
      expectNear(try number("ci_high(x, \(level))", from: from), row["high"], from)
      if level == 0.95 { expectNear(try number("ci_high(x)", from: from), row["high"], from) }
    }
    for row in fixture["bootstrap"]! {
      let (from, level, seed) = (values(row, "values"), row["level"] as! Double, row["seed"] as! Int)
      expectNear(try number("bootstrap_low(x, \(level), \(seed))", from: from), row["low"], from)
      expectNear(try number("bootstrap_high(x, \(level), \(seed))", from: from), row["high"], from)
    }
    for row in fixture["ratio"]! {
      let (from, level) = (values(row, "first", "second"), row["level"] as! Double)
      expectNear(try number("ratio_mean(x, y)", from: from), row["ratio"], from)
      expectNear(try number("ratio_low(x, y, \(level))", from: from), row["low"], from)
      expectNear(try number("ratio_high(x, y, \(level))", from: from), row["high"], from)
    }
  }

  @Test func countsAndQuantiles() throws {
    for row in fixture["wilson"]! {
      let arguments = "\(row["successes"]!), \(row["trials"]!), \(row["level"]!)"
      expectNear(try number("wilson_low(\(arguments))"), row["low"], arguments)
      expectNear(try number("wilson_high(\(arguments))"), row["high"], arguments)
    }
    for row in fixture["mcnemar"]! {
      let arguments = "\(row["only_first"]!), \(row["only_second"]!)"
      expectNear(try number("mcnemar_p(\(arguments))"), row["two_sided"], arguments)
    }
    for row in fixture["student_quantile"]! {
      let arguments = "\(row["p"]!), \(row["degrees"]!)"
      expectNear(try number("t_quantile(\(arguments))"), row["value"], arguments)
    }
    #expect(try number("ln(exp(1.0))") == 1)
  }

  @Test func whatHasNoAnswerIsNull() throws {
    for expression in [
      "mean(NULL)", "sd(1)", "sem(1)", "ci_low(1)", "ci_high(1, 0.9)", "median(NULL)", "ratio_low(1, 2)",
      "ratio_mean(1, 0)", "bootstrap_low(NULL)", "mean('nan')", "median('inf')", "mean(9e999)", "wilson_low(0, 0)",
      "wilson_high(NULL, 3)", "mcnemar_p(NULL, 1)", "t_quantile(0.9, NULL)", "sd(1e308)",
    ] {
      #expect(try store.query("SELECT \(expression)").rows == [[.null]], "\(expression)")
      if !expression.contains("wilson"), !expression.contains("mcnemar"), !expression.contains("t_") {
        #expect(try store.query("SELECT \(expression) WHERE 0").rows == [[.null]], "\(expression)")
      }
    }
    #expect(try number("mean(x)", from: "FROM (SELECT 1 AS x UNION ALL SELECT NULL UNION ALL SELECT 3)") == 2)
    #expect(try number("ratio_mean(x, y)", from: "FROM (SELECT 3 AS x, 2 AS y UNION ALL SELECT NULL, 5)") == 1.5)
  }

  @Test func groupsAndWindowsOfTheirOwn() throws {
    let from = "FROM (VALUES ('a', 1), ('b', 5), ('a', 3), ('b', 5))"
    #expect(
      try store.query("SELECT column1, mean(column2), sd(column2) \(from) GROUP BY column1 ORDER BY column1").rows
        == [[.text("a"), .real(2), .real(2.0.squareRoot())], [.text("b"), .real(5), .real(0)]])
    #expect(
      try store.query("SELECT column1 \(from) GROUP BY column1 HAVING ci_low(column2) > 4").rows == [[.text("b")]])
  }

  @Test(arguments: [
    "mean('x')", "mean(x'00')", "sd('1')", "mean()", "mean(1, 2)", "ci_low(1, 0)", "ci_low(1, 1)", "ci_low(1, -3)",
    "ci_low(1, NULL)", "ci_low(1, 'x')", "ci_high(1, 9e999)", "bootstrap_low(1, 0.9, -1)",
    "bootstrap_low(1, 0.9, 0.5)", "bootstrap_low(1, 0.9, 1e300)", "bootstrap_high(1, 2)", "ratio_mean(1)",
    "ratio_low(1, 2, 7)", "ratio_low('a', 2)", "wilson_low(3, 2)", "wilson_low(-1, 2)", "wilson_low(0.5, 2)",
    "wilson_low(1, 1e300)", "wilson_low(1, 2, 0)", "wilson_low('a', 2)", "mcnemar_p(-1, 2)", "mcnemar_p(1, 9e999)",
    "mcnemar_p(1)", "t_quantile(0, 3)", "t_quantile(1, 3)", "t_quantile(0.9, 0)", "t_quantile(0.9, 9e999)",
    "t_quantile('p', 3)",
  ])
  func hostileArgumentsAreErrors(expression: String) throws {
    #expect(throws: StoreError.self) { try store.query("SELECT \(expression)") }
    // The connection goes on.
    #expect(try number("mean(2)") == 2)
  }

  @Test(arguments: [
    "wilson_low(999999999999999, 1e15)", "mcnemar_p(1e15, 1e15)", "mcnemar_p(0, 1e15)", "t_quantile(1e-300, 1e-300)",
    "t_quantile(0.9999999999999999, 1e308)", "wilson_low(1, 2, 0.9999999999999999)", "wilson_low(1, 2, 1e-300)",
    "bootstrap_low(1e308, 0.9999999999999999)", "ci_low(1e308)",
  ])
  func farOutIsAnswered(expression: String) throws {
    #expect(try store.query("SELECT \(expression)").rows.count == 1)
  }

  @Test(arguments: [
    "bootstrap_low(n.i)", "sum(t_quantile(0.9, n.i))",
    "mean(n.i), sd(n.i), ratio_mean(n.i, 1), ratio_mean(n.i, 2), ratio_mean(n.i, 3), ratio_mean(n.i, 4)",
  ])
  func muchIsRefused(expression: String) throws {
    let sql = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500000) SELECT \(expression) FROM n
      """
    #expect(throws: StoreError.self) { try store.query(sql) }
  }

  @Test func aLevelIsTheSameInAllRows() throws {
    #expect(throws: StoreError.self) {
      try store.query("SELECT ci_low(column1, column2) FROM (VALUES (1, 0.9), (2, 0.8))")
    }
  }
}
