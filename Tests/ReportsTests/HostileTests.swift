import Foundation
import Evidence
import Notebooks
import Rendering
import Store
import Testing

/// Names, notes, prose, works and settings that mean harm.
@Suite struct HostileTests {
  static let evil =
    "\"><script>alert(1)</script><img src=x onerror=alert(2)>' `](javascript:alert(3)) \u{E001}0\u{E001}"

  /// The same evil text in every column.
  struct EvilSource: RowSource {
    func query(_ sql: String, _ parameters: [String: SQLValue]) throws -> QueryResult {
      let evil = SQLValue.text(HostileTests.evil)
      switch sql.trimmingCharacters(in: .whitespacesAndNewlines) {
      case "rows": return QueryResult(columns: ["a", HostileTests.evil], rows: [[evil, evil], [evil, .real(1)]])
      case "curves":
        return QueryResult(
          columns: ["trial", "metric", "epoch", "value"], rows: [[evil, evil, .integer(1), .real(0.5)]])
      case "bars": return QueryResult(columns: ["group", "series", "value"], rows: [[evil, evil, .real(1)]])
      case "points":
        return QueryResult(columns: ["series", "x", "y", "label"], rows: [[evil, .real(1), .real(1), evil]])
      case "claim": return QueryResult(columns: ["holds", "detail"], rows: [[.integer(1), evil]])
      case "heading": return QueryResult(columns: ["a"], rows: [[.text("# not a heading")]])
      default: return QueryResult(columns: ["printed"], rows: [[evil]])
      }
    }
  }

  static let note = #"""
    ---
    title: '"><script>alert(4)</script>'
    subtitle: <script>alert(5)</script>
    parameters: {name: harmless}
    bibliography: works.bib
    constants: {"<b>7</b>": <script>alert(6)</script>}
    ---

    {{heading.a}}

    # {{rows.a}} <script>alert(7)</script>

    {{parameters.name}} {lit <script>8</script> | "><script>alert(9)</script>} [@evil, <script>10</script>] [link](javascript:alert(11))
    <img src="https://example.org/x.png" onerror="alert(12)">

    ```{query heading}
    heading
    ```
    ```{table rows}
    --| caption: <script>alert(13)</script> `<script>` {{rows.a}}
    rows
    ```
    ```{curves curves}
    --| y_label: <script>alert(14)</script>
    curves
    ```
    ```{bars bars}
    bars
    ```
    ```{scatter points}
    --| x_label: "><script>
    points
    ```
    ```{printout printed}
    printed
    ```
    ```{claim claim}
    --| says: "><script>alert(15)</script> ~~ **x**
    --| by: <script>alert(16)</script>
    claim
    ```
    """#

  @Test func nothingOfItIsMarkup() throws {
    let folder = ReportFolder()
    let works = """
      @misc{evil, author={<script>alert(17)</script>}, title={"><img src=x onerror=alert(18)>}, year={"><script>},
        url={javascript:alert(19)}, doi={"><script>alert(20)</script>}}
      """
    try Data(works.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/works.bib"))
    _ = try folder.render(Self.note, settings: ["name": Self.evil], rows: EvilSource())
    let html = try folder.text("index.html")
    #expect(!html.contains("<script") && !html.contains("href=\"javascript:"))
    for tag in html.matches(of: /<[^>]*>/).map({ String($0.output) }) {
      // Quotes are balanced and no attribute is an event's.
      #expect(tag.filter { $0 == "\"" }.count % 2 == 0, "\(tag.prefix(200))")
      let outside = tag.replacing(/"[^"]*"/, with: "")
      #expect(!outside.contains(/\son[a-z]+=/), "\(tag.prefix(200))")
      #expect(!tag.contains(/(src|href)="(javascript|https?:\/\/example)/), "\(tag.prefix(200))")
    }
    let markdown = try folder.text("README.md")
    #expect(!markdown.replacing(/```+text[^~]*?```+/, with: "").replacing(/`[^`]*`/, with: "").contains("<img src=x"))
    #expect(markdown.contains("\\# not a heading"))
    for (name, text) in ["page": html, "markdown": markdown] {
      let marks = text.split(separator: "\n").filter {
        $0.unicodeScalars.contains { (0xE000...0xE00F).contains($0.value) }
      }
      #expect(marks.isEmpty, "\(name): \(marks.map { $0.prefix(300) })")
    }
  }

  @Test func aBrowserRunsNothingOfIt() throws {
    let folder = ReportFolder()
    try Data("@misc{evil, title={<script>}}".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/works.bib"))
    _ = try folder.render(Self.note, settings: ["name": Self.evil], rows: EvilSource())
    // Without the policy too: whatever ran would leave its mark in the title.
    let html = try folder.text("index.html").replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
      .replacing("<head>", with: "<head><script>alert = n => { document.title = 'ran ' + n }</script>")
    try Data(html.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/bare.html"))
    let dom = try BrowserTests.browse("\(folder.path)/bare.html", folder: folder.path).dom
    #expect(!dom.contains("<title>ran"))
    #expect(dom.contains("<title>\"&gt;&lt;script&gt;alert(4)"))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      String(repeating: ":::{if x}\n", count: 100_000), String(repeating: "{", count: 200_000),
      String(repeating: "{{", count: 100_000) + "}}", String(repeating: "[@x", count: 60_000) + "]",
      String(repeating: "1-", count: 200_000), String(repeating: "```{query}\none\n```\n", count: 20_000),
      "---\nbibliography: works.bib\n---\n" + String(repeating: "@fig-", count: 60_000),
    ])
  func hugeNonsenseIsReadInTime(text: String) {
    let works = String(repeating: "@a{b, c={", count: 50_000)
    let source = NotebookSource(file: "note.md", text: text, bibliography: works)
    do {
      _ = try Rendering.render(source, rows: FixedSource(), version: "1")
    } catch .notebook(_, let problems) {
      #expect(!problems.isEmpty)
    } catch { Issue.record("\(error)") }
  }
}
