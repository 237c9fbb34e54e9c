import Evidence
import Notebooks
import Rendering
import Store
import Testing

/// Views and the queries over them, as SQL that SQLite answers.
@Suite struct ViewTests {
  /// Answers nothing, and keeps what it was asked.
  private func asked(_ text: String) throws -> [String] {
    let source = NotebookSource(file: "note.md", text: text)
    return try evaluate(source, rows: AnySource()).queries.map(\.sql)
  }

  private struct AnySource: RowSource {
    func query(_ sql: String, _ parameters: [String: SQLValue]) throws -> QueryResult {
      QueryResult(columns: ["x"], rows: [[.integer(1)]])
    }
  }

  private func view(_ id: String, _ sql: String) -> String { "```{query \(id)}\n--| view: true\n\(sql)\n```\n" }
  private func table(_ sql: String) -> String { "```{table t}\n\(sql)\n```\n" }

  @Test(arguments: [
    (
      "base", "SELECT 1 AS x; -- the end\n ;", "SELECT x FROM Base",
      "WITH base AS (\nSELECT 1 AS x\n)\nSELECT x FROM Base"
    ),
    (
      "base", "SELECT 1 AS x", "-- note\nWITH h AS (SELECT * FROM base) SELECT * FROM h;",
      "-- note\nWITH base AS (\nSELECT 1 AS x\n), h AS (SELECT * FROM base) SELECT * FROM h"
    ),
    (
      "base", "SELECT 1 AS x", "/* a */ with recursive h AS (SELECT * FROM base) SELECT * FROM h",
      "/* a */ WITH RECURSIVE base AS (\nSELECT 1 AS x\n), h AS (SELECT * FROM base) SELECT * FROM h"
    ),
    (
      "my-view", "SELECT 1 AS x", "SELECT * FROM my-view AS v",
      "WITH \"my-view\" AS (\nSELECT 1 AS x\n)\nSELECT * FROM \"my-view\" AS v"
    ),
    (
      "my-view", "SELECT 1 AS x", "SELECT * FROM \"my-view\"",
      "WITH \"my-view\" AS (\nSELECT 1 AS x\n)\nSELECT * FROM \"my-view\""
    ),
    (
      "order", "SELECT 1 AS x", "SELECT * FROM order JOIN y ORDER BY x",
      "WITH \"order\" AS (\nSELECT 1 AS x\n)\nSELECT * FROM \"order\" JOIN y ORDER BY x"
    ),
    ("base", "SELECT 1 AS x", "SELECT 'FROM base', \"rebase\", 1 -- base", "SELECT 'FROM base', \"rebase\", 1 -- base"),
  ])
  func viewsAreCommonTables(id: String, view: String, query: String, sql: String) throws {
    #expect(try asked(self.view(id, view) + table(query)).last == sql)
  }

  /// Refuses every query that has a text in it, as SQLite refuses one for a table that it has not.
  private struct RefusingSource: RowSource {
    struct Refusal: Error, CustomStringConvertible {
      var description: String
    }

    func query(_ sql: String, _ parameters: [String: SQLValue]) throws -> QueryResult {
      for name in ["hidden", "shown", "nowhere"] where sql.contains("FROM \(name)") {
        throw Refusal(description: "the query cannot be answered: no such table: \(name); did you mean run?")
      }
      return QueryResult(columns: ["x"], rows: [[.integer(1)]])
    }
  }

  @Test(arguments: [
    ("hidden", "\"hidden\", which is a query cell (line 1) and no view; give that cell `--| view: true`"),
    (
      "shown",
      "\"shown\", which is a table cell (line 4) and no view; put its query into a query cell with `--| view: true`"
    ),
  ])
  func aCellThatIsNoView(name: String, sentence: String) {
    func problem(_ name: String) -> String {
      let cells = "```{query hidden}\nSELECT 1\n```\n```{table shown}\nSELECT 1\n```\n"
      let source = NotebookSource(file: "note.md", text: cells + table("SELECT * FROM \(name)"))
      do {
        _ = try evaluate(source, rows: RefusingSource())
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem(name) == "note.md:7: the query reads \(sentence)")
    #expect(problem("nowhere").hasPrefix("note.md:7: the query cannot be answered: no such table: nowhere"))
  }
}
