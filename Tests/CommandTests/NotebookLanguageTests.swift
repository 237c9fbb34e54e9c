import Foundation
import Testing

/// Notebooks as people write them, from the file to the page that verifies.
@Suite struct NotebookLanguageTests {
  static let cells = """
    ```{query my-view}
    --| view: true
    SELECT count(*) AS n FROM run; -- all of them
    ```
    ```{query order}
    --| view: true
    -- note
    WITH h AS (SELECT n FROM my-view) SELECT n + 1 AS n FROM h;
    ```
    ```{query base}
    SELECT n FROM ORDER;
    ```
    ```{table t}
    SELECT o.n AS n, '$x$' AS dollars FROM "order" AS o JOIN my-view AS v
    ```
    ```{bars b}
    SELECT 'a' AS "group", 'b' AS series, n AS value FROM My-View
    ```

    """
  static let note = """
    \u{FEFF}
    ---\u{20}
    title: "{{base.n}} is more"
    cells: shared.md
    bibliography: works.bib
    ---

    <!--
    ```{table old}
    nothing
    ```
    -->

    > [!NOTE]
    > As [see @works2020,
    > p. 3] says, {{base.n |
    > %d}} runs; $a^2$.

    - In a list:

      ```{table t}
      --| caption: Of {{base.n}}.
      ```

    ![A drawing](img/a.svg)

    ```{bars b}
    --| caption: One bar.
    ```

    """

  private static func made() throws -> Program {
    let program = try LookTests.finished("--set", "training.epochs=0")
    try program.write("note.md", note)
    try program.write("shared.md", cells)
    try program.write("works.bib", "@book{works2020, author={Works, A. and others}, title={T}, year=2020, month=may}\n")
    try FileManager.default.createDirectory(
      atPath: "\(program.directory)/img", withIntermediateDirectories: true)
    try program.write(
      "img/a.svg", "<svg width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/><script>x()</script></svg>")
    return program
  }

  @Test func aNotebookWithEverythingVerifiesAndIsExtracted() throws {
    let program = try Self.made()
    defer { program.remove() }
    let made = try program("report", "--figures", "svg", "pdf", "note.md", "--out", "page")
    #expect(made.code == 0 && made.output.hasSuffix("page/index.html\n"), "\(made)")
    for name in ["figures/b.png", "figures/b.svg", "figures/b.pdf", "data/t.csv"] {
      #expect(program.exists("page/\(name)"), "\(name)")
    }
    let page = try String(contentsOfFile: "\(program.directory)/page/index.html", encoding: .utf8)
    #expect(page.contains("<title>2 is more</title>") && page.contains("see Works et al., 2020, p. 3"))
    #expect(page.contains("<section class=\"alert note\"") && page.contains("<msup><mi>a</mi><mn>2</mn></msup>"))
    #expect(!page.contains("x()") && !page.contains("nothing"))
    let verified = try program("verify", "page")
    #expect(verified.code == 0, "\(verified)")
    #expect(try program("report", "note.md", "--figures", "svg,pdf", "--out", "page", "--check").code == 0)
    #expect(try program("extract", "page/index.html", "-o", "evidence").code == 0)
    for name in ["notebook.md", "cells.md", "bibliography.bib", "evidence.sqlite", "data/t.csv"] {
      #expect(program.exists("evidence/\(name)"), "\(name)")
    }
    let images = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/page/images")
    let image = try #require(images.first)
    try program.write("page/images/\(image)", "<svg/>")
    let changed = try program("verify", "page")
    #expect(changed.code == 2 && changed.output.contains("it is not the image that the evidence has"), "\(changed)")
  }

  @Test func wrongFormatsAndMissingFilesAreNamed() throws {
    let program = try Self.made()
    defer { program.remove() }
    let format = try program("report", "note.md", "--figures", "gif")
    #expect(format.code == 64 && format.errors.contains("--figures takes svg and pdf, not 'gif'"), "\(format)")
    try FileManager.default.removeItem(atPath: "\(program.directory)/img/a.svg")
    let missing = try program("report", "note.md", "--out", "page")
    #expect(
      missing.code == 65 && missing.errors.contains("note.md:25: the image \"img/a.svg\" cannot be shown"), "\(missing)"
    )
    #expect(!program.exists("page"))
  }
}
