import Foundation
import Testing

/// Notebooks that ask for more than a page may have, and those that would say something else tomorrow.
@Suite struct NotebookBoundTests {
  static func cell(_ kind: String, _ id: String, _ sql: String) -> String { "```{\(kind) \(id)}\n\(sql)\n```\n" }
  static func numbers(_ count: Int) -> String {
    "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT \(count)) "
  }
  static func views(_ count: Int, _ sql: (Int) -> String) -> String {
    cell("query", "v0", "--| view: true\nSELECT 1 AS x")
      + (1..<count).map { cell("query", "v\($0)", "--| view: true\n\(sql($0 - 1))") }.joined()
  }

  static let large: [(name: String, text: String, sentence: String)] = [
    (
      "bars",
      cell(
        "bars", "b",
        numbers(1_000) + "SELECT 'a' || r.x AS \"group\", 'b' || s.x AS series, 1 AS value FROM r, r AS s LIMIT 5000"),
      "more than 20 series of bars"
    ),
    (
      "groups", cell("bars", "b", numbers(10_000) + "SELECT 'a' || x AS \"group\", 'b' AS series, 1 AS value FROM r"),
      "more than 500 groups of bars"
    ),
    (
      "panels",
      cell("curves", "c", numbers(10_000) + "SELECT 'a' || x AS trial, 'm' AS metric, 1 AS epoch, 1 AS value FROM r"),
      "more than 48 panels"
    ),
    (
      "scatter", cell("scatter", "c", numbers(10_000) + "SELECT 'a' || x AS series, 1 AS x, 1 AS y FROM r"),
      "more than 20 series of points"
    ),
    ("rows", cell("table", "t", numbers(200_000) + "SELECT x FROM r"), "more than 10000 rows in a table"),
    ("chained views", views(500) { "SELECT * FROM v\($0)" } + "{{v499.x}}\n", "more than 100 views behind one query"),
    (
      "doubling views", views(40) { "SELECT * FROM v\($0) UNION ALL SELECT * FROM v\($0)" } + "{{v39.x}}\n",
      "more than 1000 uses of views"
    ),
    (
      "values", cell("query", "q", "SELECT hex(zeroblob(400000)) AS x") + String(repeating: "{{q.x}}\n", count: 1_000),
      "bytes of values, citations and tables"
    ),
    (
      "inlines", cell("query", "q", "SELECT 1 AS x") + String(repeating: "{{q.x}} ", count: 100_000),
      "more than 20000 values and citations"
    ),
    (
      "one definition used often",
      "[a]: /\(String(repeating: "u", count: 2_000))\n\n" + String(repeating: "[a]", count: 200_000),
      "more than 20000 brackets"
    ),
    (
      "one long definition",
      "[a]: /\(String(repeating: "u", count: 400_000))\n\n" + String(repeating: "[a]", count: 10_000),
      "bytes of links by their definitions"
    ),
    (
      "one long definition in a quote",
      "> [a]:\n> /\(String(repeating: "u", count: 400_000))\n\n" + String(repeating: "[a]", count: 10_000),
      "bytes of links by their definitions"
    ),
    ("footnotes", "[^a]: x\n\n" + String(repeating: "[^a]", count: 200_000), "more than 20000 brackets"),
    ("quotes", String(repeating: ">", count: 500_000) + "a\n", "quotes and lists in one another"),
    ("lists", String(repeating: "* ", count: 200_000) + "a\n", "quotes and lists in one another"),
    ("numbered lists", String(repeating: "1. ", count: 200_000) + "a\n", "quotes and lists in one another"),
    ("addresses", String(repeating: "a@a.", count: 40_000), "more than 5000 signs @"),
    (
      "cells filled up",
      "|" + String(repeating: "a|", count: 3_000) + "\n|" + String(repeating: "-|", count: 3_000) + "\n"
        + String(repeating: "|\n", count: 40_000), "cells of tables"
    ),
    ("emphasis", String(repeating: "*a_ ", count: 200_000), "signs of emphasis"),
    ("braces", String(repeating: "{", count: 1_000_000), "more than 60000 braces"),
    ("tags", String(repeating: "<a ", count: 300_000), "more than 20000 signs <"),
    ("lines", String(repeating: "a\n", count: 200_000), "more than 50000 lines"),
  ]

  @Test func tooMuchIsRefused() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for notebook in Self.large {
      try program.write("note.md", notebook.text)
      let outcome = try program("report", "note.md", "--out", "page")
      #expect(
        outcome.code == 65 && outcome.errors.contains(notebook.sentence),
        "\(notebook.name): \(outcome.errors.prefix(400))")
      #expect(!program.exists("page"))
    }
  }

  @Test func bibliographiesAreBounded() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    let doubling =
      "@string{a0 = \"xxxxxxxxxxxxxxxx\"}\n" + (0..<40).map { "@string{a\($0 + 1) = a\($0) # a\($0)}\n" }.joined()
    let works = (0..<5_000).map { "@article{k\($0), title={T\($0)}, author={A \($0)}, year=2000}\n" }.joined()
    let cited: (Int, (Int) -> String) -> String = { count, key in (0..<count).map { "[@\(key($0))]\n" }.joined() }
    for (name, bibliography, text, sentence) in [
      ("doubling", doubling + "@article{k, title = a40}\n", "[@k]\n", "more than 20000 characters"),
      (
        "long", "@article{k, title = {\(String(repeating: "x", count: 100_000))}}\n", "[@k]\n",
        "more than 20000 characters"
      ),
      ("citations", works, cited(90_000) { "k\($0 % 5_000)" }, "more than 50000 lines"),
      (
        "citations in a line", works, cited(60_000) { "k\($0 % 5_000)" }.replacing("\n", with: ""),
        "values and citations"
      ),
      ("unknown works", works, cited(19_000) { "z\($0)" }, "has no entry \"z0\""),
    ] {
      try program.write("works.bib", bibliography)
      try program.write("note.md", "---\nbibliography: works.bib\n---\n\(text)")
      let outcome = try program("report", "note.md", "--out", "page")
      #expect(outcome.code == 65 && outcome.errors.contains(sentence), "\(name): \(outcome.errors.prefix(400))")
    }
    try program.write("works.bib", works)
    try program.write("note.md", "---\nbibliography: works.bib\n---\n\(cited(3_000) { "k\($0)" })")
    let outcome = try program("report", "note.md", "--out", "page")
    #expect(outcome.code == 0, "\(outcome.errors.prefix(400))")
  }

  /// What gives other rows tomorrow could never be verified.
  @Test func theTimeAndChanceAreRefused() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for (sql, sentence) in [
      ("SELECT date() AS x", "reads the current time"),
      ("SELECT datetime('now', '-1 day') AS x", "reads the current time"),
      ("SELECT unixepoch() AS x", "reads the current time"),
      ("SELECT strftime('%s', 'now') AS x", "reads the current time"),
      ("SELECT count(*) AS x FROM run WHERE created_at > date('now')", "reads the current time"),
      ("SELECT julianday('now') - julianday(created_at) AS x FROM run", "reads the current time"),
      ("SELECT CURRENT_TIMESTAMP AS x", "another value each time"),
      ("SELECT current_date AS x", "another value each time"),
      ("SELECT random() AS x", "another value each time"),
      ("SELECT hex(randomblob(4)) AS x", "another value each time"),
      ("SELECT x FROM (SELECT abs(random()) AS x)", "another value each time"),
    ] {
      try program.write("note.md", "# A note\n\n" + Self.cell("query", "q", sql))
      let outcome = try program("report", "note.md", "--out", "page")
      #expect(
        outcome.code == 65 && outcome.errors.contains("note.md:3: ") && outcome.errors.contains(sentence),
        "\(sql): \(outcome)")
    }
    try program.write(
      "note.md",
      Self.cell("query", "q", "SELECT date(created_at) IS NOT NULL AS x, date('2020-01-31', '+1 day') AS y FROM run"))
    #expect(try program("report", "note.md", "--out", "page").code == 0)
  }

  @Test func answersToQuestionsAreYesNoOrNothing() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for value in ["'no'", "'false'", "'0'", "'1'", "2", "-1", "0.0001", "x'01'", "''"] {
      for (text, line) in [
        ("```{claim c}\n--| says: So it is.\nSELECT \(value) AS holds\n```\n", 1),
        (Self.cell("query", "q", "SELECT \(value) AS yes") + "\n:::{if q}\nShown.\n:::\n", 5),
        (Self.cell("query", "q", "SELECT 1 AS other, \(value) AS yes") + ":::{unless q.yes}\nShown.\n:::\n", 4),
      ] {
        try program.write("note.md", text)
        let outcome = try program("report", "note.md", "--out", "page", "--strict")
        #expect(
          outcome.code == 65 && outcome.errors.contains("note.md:\(line): the column")
            && outcome.errors.contains("1, 0 or NULL was expected"), "\(text): \(outcome)")
      }
    }
    try program.write("note.md", "```{claim c}\n--| says: So it is.\nSELECT 1 AS hold\n```\n")
    let missing = try program("report", "note.md", "--out", "page")
    #expect(
      missing.code == 65 && missing.errors.contains("note.md:1: a claim cell needs the columns holds"), "\(missing)")
    for (value, verdict) in [
      ("1", "supported"), ("0", "refuted"), ("NULL", "not enough evidence"), ("2 > 1", "supported"),
    ] {
      try program.write("note.md", "```{claim c}\n--| says: So it is.\nSELECT \(value) AS holds\n```\n")
      #expect(try program("report", "note.md", "--out", "page").code == 0)
      let page = try String(contentsOfFile: "\(program.directory)/page/index.html", encoding: .utf8)
      #expect(page.contains(verdict))
    }
  }
}
