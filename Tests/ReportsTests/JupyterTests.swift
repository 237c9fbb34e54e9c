import Foundation
import Evidence
import Notebooks
import Rendering
import Store
import Testing

/// The Jupyter notebook: what nbformat 4.5 asks for, and that nothing in it is more than text.
@Suite struct JupyterTests {
  struct Page: Decodable {
    struct Cell: Decodable {
      var cell_type: String
      var id: String
      var source: [String]
      var attachments: [String: [String: String]]?
      var outputs: [Output]?
      var execution_count: Int?

      var text: String { source.joined() }
    }
    struct Output: Decodable {
      var output_type: String
      var data: [String: [String]]?
      var text: [String]?
      var execution_count: Int?
    }
    var cells: [Cell]
    var nbformat: Int
    var nbformat_minor: Int
  }

  private func render(_ text: String) throws -> (page: Page, raw: [String: Any], folder: ReportFolder) {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render(text)
    let data = try folder.data("notebook.ipynb")
    let raw = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    return (try JSONDecoder().decode(Page.self, from: data), raw, folder)
  }

  @Test func isWhatTheFormatAsksFor() throws {
    let (page, raw, folder) = try render(RenderTests.note())
    #expect(page.nbformat == 4 && page.nbformat_minor == 5)
    #expect(Set(raw.keys) == ["cells", "metadata", "nbformat", "nbformat_minor"])
    let ids = page.cells.map(\.id)
    #expect(Set(ids).count == ids.count && ids.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) != nil })
    for cell in try #require(raw["cells"] as? [[String: Any]]) {
      let isCode = cell["cell_type"] as? String == "code"
      #expect(isCode || cell["cell_type"] as? String == "markdown")
      let keys = Set(cell.keys).subtracting(isCode ? [] : ["attachments"])
      #expect(
        keys
          == (isCode
            ? ["cell_type", "execution_count", "id", "metadata", "outputs", "source"]
            : ["cell_type", "id", "metadata", "source"]))
    }
    // Each line has its end, but the last.
    for cell in page.cells {
      #expect(cell.source.dropLast().allSatisfy { $0.hasSuffix("\n") } && cell.source.last?.hasSuffix("\n") == false)
      #expect(!cell.text.unicodeScalars.contains { (0xE000...0xE00F).contains($0.value) })
    }
    let code = page.cells.filter { $0.cell_type == "code" }
    #expect(code.compactMap(\.execution_count) == Array(1...code.count))
    #expect(
      code.allSatisfy { cell in cell.outputs!.allSatisfy { [nil, cell.execution_count].contains($0.execution_count) } })
    // Every figure is attached to its words, as the bytes that stand beside the page.
    for id in ["training", "overlaid", "costs", "points"] {
      let cell = try #require(page.cells.first { $0.text.contains("](attachment:\(id).png)") })
      let figure = try #require(cell.attachments?["\(id).png"]?["image/png"])
      #expect(try Data(base64Encoded: figure) == folder.data("figures/\(id).png"))
    }
    #expect(page.cells[0].text.hasPrefix("# A note on \\<b\\>bold") || page.cells[0].text.contains("&lt;b"))
  }

  @Test func queriesAreAskedAgainAndSayWhatTheyFound() throws {
    let (page, _, _) = try render(
      """
      # One

      Of {{one.count | %d}} parameters.

      ```{query one}
      one
      ```

      ```{table results}
      --| columns: trial=trial; loss=train loss:%.3f
      rows
      ```

      ```{printout printed}
      printed
      ```
      """)
    let code = page.cells.filter { $0.cell_type == "code" }
    // The way to ask, the table, the printout, and at the section's end what the sentence stands on.
    #expect(code.count == 4 && code[0].text.contains("def ask(sql") && code[0].outputs!.isEmpty)
    #expect(code[1].text == "ask(\"\"\"\nrows\n\"\"\")" && code[3].text == "ask(\"\"\"\none\n\"\"\")")
    #expect(code[2].text == "print(ask(\"\"\"\nprinted\n\"\"\")[0][0])")
    let html = code[1].outputs![0].data!["text/html"]!.joined()
    #expect(html.contains("<th>train loss</th>") && html.contains("<td>0.848</td>"))
    #expect(html.contains("<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>") && !html.contains("<script"))
    #expect(
      code[2].outputs![0].output_type == "stream" && code[2].outputs![0].text!.joined().hasPrefix("Sequential(\n"))
    #expect(page.cells.contains { $0.text.contains("Of 43,093,322 parameters.") }, "\(page.cells.map(\.text))")
    // Without a need for them the statistics are left out.
    #expect(!code.contains { $0.text.contains("def t_quantile") })
  }

  @Test func hostileTextStaysText() throws {
    let (page, _, _) = try render(
      #"""
      Text <script>alert(1)</script> and `<code>` and <https://example.org/> and <img src=x onerror=alert(1)>

      ```text
      <pre>
      ```

      ```{table q}
      columns a; """) or import os; \ x
      ```
      """#)
    let prose = page.cells.filter { $0.cell_type == "markdown" }.map(\.text).joined(separator: "\n")
    #expect(!prose.contains("<script") && !prose.contains("<img"))
    #expect(prose.contains("`<code>`") && prose.contains("<https://example.org/>") && prose.contains("\n<pre>\n"))
    // Python sees one text, whatever is in it.
    let code = page.cells.filter { $0.cell_type == "code" }.map(\.text)
    #expect(code.last == ##"ask("columns a; \"\"\") or import os; \\ x")"##)
  }
}
