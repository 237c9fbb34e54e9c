import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// Cells that are written once for several languages.
@Suite struct SharedCellTests {
  static let cells = """
    What is written here is for authors.

    ```{query base}
    --| view: true
    one
    ```
    ```{query one}
    one
    ```
    ```{table t}
    --| caption: The default.
    columns trial, loss; a, 0.5
    ```
    ```{claim c}
    --| format: %.2f
    columns holds, effect; 1, 0.25
    ```
    ```{query unused}
    no such query
    ```

    """
  static let front = "---\ncells: shared.cells.md\n---\n"

  static func render(_ text: String, cells: String = cells) throws -> MarkupTests.Outputs {
    try MarkupTests.render(front + text, files: ["shared.cells.md": Data(cells.utf8)])
  }

  @Test func aNotebookShowsThemWithItsOwnWords() throws {
    let found = try Self.render(
      """
      {{one.count | %d}} parameters.

      ```{table t}
      --| caption: Losses of {{one.count | %d}}.
      --| columns: loss=Verlust:%.1f
      ```
      ```{claim c}
      --| says: It holds.
      ```
      """)
    #expect(found.body.contains(">43,093,322</data> parameters.") && found.body.contains("Losses of <data"))
    #expect(found.body.contains("Verlust") && found.body.contains(">0.25</data>") && !found.body.contains("authors"))
    // What nobody reads from is not asked.
    #expect(found.report.queries.map(\.id) == ["one", "t", "c"])
    #expect(found.report.files["data/one.csv"] != nil)
    let plain = try Self.render("```{table t}\n```\n")
    #expect(plain.body.contains("The default.") && plain.report.queries.map(\.id) == ["t"])
  }

  @Test func languagesHaveTheSameQueries() throws {
    let english = try Self.render("{{one.count | %d}}\n\n```{table t}\n--| caption: A\n```\n")
    let chinese = try Self.render("```{table t}\n--| caption: 甲\n```\n\n{{one.count | %d}}\n")
    #expect(english.report.queries.map(\.sql) == chinese.report.queries.map(\.sql))
  }

  @Test(arguments: [
    ("```{bars t}\n```\n", "note.md:4: the cell \"t\" of shared.cells.md, line 10, is a table cell"),
    (
      "```{table t}\nrows\n```\n",
      "note.md:4: the query of \"t\" is in shared.cells.md, line 10; leave it out here, or choose another id"
    ),
    (
      "```{claim c}\n--| says: a\n--| format: %d\n```\n",
      "note.md:6: the option \"format\" belongs to the cell in shared.cells.md, line 14, for every language"
    ),
    ("{{unused.x}}\n", "shared.cells.md:18: no such query: no such query"),
    (
      "```{table u}\n```\n",
      "note.md:4: the table cell has no query, and shared.cells.md has no cell \"u\"; did you mean \"t\"?"
    ),
  ])
  func whatDoesNotFit(text: String, sentence: String) {
    do {
      _ = try Self.render(text)
      Issue.record("nothing was thrown")
    } catch { #expect("\(error)".hasSuffix(sentence), "\(error)") }
  }

  @Test func theFileIsBesideTheNotebook() {
    #expect(throws: NotebookError.self) { try MarkupTests.render("---\ncells: none.md\n---\n") }
    #expect(throws: NotebookError.self) { try MarkupTests.render("---\ncells: ../none.md\n---\n") }
    #expect(throws: NotebookError.self) { try Self.render("a\n", cells: "```{table t}\nrows\n") }
  }
}
