import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// Notebooks as people write them: every construct has one meaning in all three outputs, or is an error with its line.
@Suite struct MarkupTests {
  struct Outputs {
    var html: String
    var markdown: String
    var jupyter: String
    var report: RenderedReport
    /// The page between its contents and its foot.
    var body: String {
      html.components(separatedBy: "<main id=\"text\">\n").last?.components(separatedBy: "\n</main>").first ?? ""
    }
  }

  static let query = "```{query q}\ncolumns a, r, n; 0.5, run-1, -\n```\n"

  static func render(_ text: String, files: [String: Data] = [:], bibliography: String? = nil) throws -> Outputs {
    let folder = ReportFolder()
    for (name, data) in files {
      let path = "\(folder.path)/\(name)"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try data.write(to: URL(fileURLWithPath: path))
    }
    if let bibliography { try Data(bibliography.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/w.bib")) }
    let report = try folder.render(text)
    let raw = try #require(JSONSerialization.jsonObject(with: folder.data("notebook.ipynb")) as? [String: Any])
    let cells = try #require(raw["cells"] as? [[String: Any]])
    let prose = cells.filter { $0["cell_type"] as? String == "markdown" }
      .map { ($0["source"] as? [String] ?? []).joined() }
    return Outputs(
      html: try folder.text("index.html"), markdown: try folder.text("README.md"),
      jupyter: prose.joined(separator: "\n\n"), report: report)
  }

  @Test func commentsHideWhatTheyHold() throws {
    let found = try Self.render(
      "Before.\n\n<!--\n```{table old}\nno such query\n```\n{{nope.x}} [@nobody] :::{if q}\n-->\n\nIn <!-- {{nope.x}} --> a line.\n\n<!-- {{a.b\n-->\n\nAfter.\n"
    )
    for output in [found.html, found.markdown, found.jupyter] {
      #expect(output.contains("Before.") && output.contains("After.") && output.contains("a line."))
      #expect(!output.contains("nope") && !output.contains("old") && !output.contains("nobody"))
    }
    #expect(found.report.warnings.isEmpty)
  }

  @Test func valuesOverLineEnds() throws {
    let found = try Self.render(
      Self.query
        + "Half: {{q.a |\npercent}}, and\nmore.\n\n> In a quote {{q.a |\n> percent}} too.\n\n- item {{q.r\n  }} end\n")
    #expect(found.body.contains(">50.0\u{A0}%</data>, and\nmore.</p>"))
    #expect(found.body.contains("<blockquote>\n<p>In a quote <data") && found.body.contains("</data> too.</p>"))
    #expect(found.body.contains("<li>item run-1 end</li>"))
    #expect(
      found.markdown.contains("Half: 50.0\u{A0}%, and\nmore.")
        && found.markdown.contains("> In a quote 50.0\u{A0}% too."))
  }

  @Test func valuesInEveryPlace() throws {
    let found = try Self.render(
      Self.query + """
        ## Half: {{q.a | percent}}

        *{{q.a}}* **of {{q.r}}** ~~{{q.a}}~~ [run](https://x.org/{{q.r}}?a={{ q.a | %.2f }}) <https://x.org/{{q.r}}/>

        | a | b |
        |---|---|
        | {{q.a | percent}} | `a|b` `{{q.a}}` \\{{q.a}} |

        Text.[^n]

        [^n]: Note {{q.a |
          percent}}.

        """)
    #expect(found.body.contains("<h2 id=\"half-500\">Half: <data"))
    #expect(found.body.contains("<em><data value=\"0.5\"") && found.body.contains("<strong>of run-1</strong>"))
    #expect(found.body.contains("<a href=\"https://x.org/run-1?a=0.50\">run</a>"))
    #expect(found.body.contains("<a href=\"https://x.org/run-1/\">https://x.org/run-1/</a>"))
    #expect(found.body.contains(">50.0\u{A0}%</data></td>"))
    #expect(found.body.contains("<p>Note <data") && found.body.contains("id=\"fn-1\""))
    #expect(found.markdown.contains("[run](https://x.org/run-1?a=0.50) <https://x.org/run-1/>"))
    #expect(found.markdown.contains("| 50.0\u{A0}% |") && found.markdown.contains("[^1]: Note 50.0\u{A0}%."))
    #expect(!found.html.contains("%EE%80") && !found.markdown.contains("%EE%80"))
  }

  @Test(arguments: [
    ("{{q.a\n\nb}}\n", "{{: it has no closing braces; write {{id.column | format}}, or \\{{ for braces"),
    ("a\n{{q}}\n", "{{q}}: write {{id.column | format}}"),
    ("[a]({{q}})\n", "{{q}}: write {{id.column | format}}"),
    ("Text.[^none]\n", "[^none]: there is no such footnote; write \\[^ for brackets"),
    ("[@fig-x; @key]\n", "[@fig-x; @key]: works and figures, tables or claims are not in one pair of brackets"),
    ("[@one; see]\n", "[@one; see]: write [@key], [@one; see @other, p. 3] or [-@key]"),
    (
      "```python\nx = 1\n\n```{table t}\nrows\n```\n",
      "the block of code has no end before the cell {table t} in line 4; close it, or give it a longer fence"
    ),
    (
      "~~~text\n\n```{table t}\nrows\n```\n",
      "the block of code has no end before the cell {table t} in line 3; close it, or give it a longer fence"
    ),
    (
      "1. a\n\n       ```{table t}\n       rows\n       ```\n",
      "the cell {table t} is in indented code and does not run; indent it less, or show it in a longer fence"
    ),
    (
      "<div>\n```{table t}\nrows\n```\n</div>\n",
      "the cell {table t} is in raw HTML, which is left out; put an empty line before it"
    ),
    (
      "> :::{if q}\n> a\n> :::\n",
      "\":::{if q}\" must be at the line's beginning, on a line of its own, outside of lists and quotes"
    ),
    ("> [!TOOD]\n> secret\n", "[!TOOD] is no kind of box; did you mean [!TODO]?"),
    ("- > [! TODO]\n  > secret\n", "[! TODO] is no kind of box; did you mean [!TODO]?"),
    ("> [！TODO] secret\n", "[！TODO] is no kind of box; did you mean [!TODO]?"),
    ("> [!TO DO]\n> secret\n", "[!TO DO] is no kind of box; did you mean [!TODO]?"),
    ("> [!TODO secret\n", "[!TODO is no kind of box; did you mean [!TODO]?"),
    ("> **[!TODO]** secret\n", "[!TODO]: it must be alone at the beginning of the quote; write > [!TODO]"),
    ("> - [!TODO] secret\n", "[!TODO]: it must be alone at the beginning of the quote; write > [!TODO]"),
    ("> [!TODO](x.md) secret\n", "[!TODO]: it must be alone at the beginning of the quote; write > [!TODO]"),
    ("> [!TODO]: secret\n", "[!TODO]: it must be alone at the beginning of the quote; write > [!TODO]"),
    ("> [TODO] secret\n", "[TODO] is no kind of box; did you mean [!TODO]?"),
    (
      "> [!FOO]\n> text\n",
      "[!FOO] is no kind of box; there are [!NOTE], [!TIP], [!IMPORTANT], [!WARNING], [!CAUTION], [!TODO]; write \\[ for a bracket"
    ),
    ("{lit}\n", "{lit}: write {lit text | where it comes from}; \\{ is a brace"),
    ("{LIT 5 | x}\n", "{LIT 5 | x}: write {lit text | where it comes from}; \\{ is a brace"),
    ("{lit5 | x}\n", "{lit5 | x}: write {lit text | where it comes from}; \\{ is a brace"),
    ("{lti 5 |\nx}\n", "{lti 5 | x}: write {lit text | where it comes from}; \\{ is a brace"),
    (
      "{verdict}\n",
      "{verdict}: write {verdicts #anchor-of-a-heading}, or {verdicts} for the whole page; \\{ is a brace"
    ),
    (
      "{Verdicts #a}\n",
      "{Verdicts #a}: write {verdicts #anchor-of-a-heading}, or {verdicts} for the whole page; \\{ is a brace"
    ),
    (
      "Here $x={{q.a}}$ is.\n",
      "the formula $x={{q.a}}$: no value is filled in within a formula; end the formula before it, as in $x =$ {{q.a}}"
    ),
    ("$\\foo$\n", "the formula $\\foo$: \\foo is none of the commands that are known; docs/notebooks.md lists them"),
    ("$\\frac{1}$\n", "the formula $\\frac{1}$: \\frac needs something after it"),
    ("$a_{1$\n", "the formula $a_{1$: { has no partner"),
    (
      "![a](https://x.org/a.png)\n",
      "the image \"https://x.org/a.png\" cannot be shown: a page carries its images and fetches none; save it beside the notebook"
    ),
    (
      "![a](../a.png)\n",
      "the image \"../a.png\" cannot be shown: name a file below the notebook's folder, without .. or links in its path"
    ),
    (
      "![a](/etc/passwd)\n",
      "the image \"/etc/passwd\" cannot be shown: name a file below the notebook's folder, without .. or links in its path"
    ),
  ])
  func whatIsNotUnderstoodIsAnError(text: String, sentence: String) {
    let problems = NotebookErrorTests.problems(text)
    #expect(problems.contains { $0.hasSuffix(": " + sentence) }, "\(problems)")
  }

  @Test func cellsInListsAndQuotesRun() throws {
    let found = try Self.render(
      "> Quoted:\n>\n> ```{table t}\n> columns x; 5\n> ```\n\n10. ten\n\n    ```{bars b}\n    bars\n    ```\n\n    and {{t.x}}\n"
    )
    #expect(found.body.contains("<blockquote>\n<p>Quoted:</p>\n<figure class=\"table\" id=\"tbl-t\">"))
    #expect(found.body.contains("<ol start=\"10\">\n<li>\n<p>ten</p>\n<figure class=\"chart\" id=\"fig-b\">"))
    #expect(found.markdown.contains("> | x |\n> | ---: |\n> | 5 |"))
    #expect(found.markdown.contains("10. ten\n\n    <picture><source media=") && found.markdown.contains("    and 5"))
    #expect(found.jupyter.contains("](attachment:b.png)"))
    #expect(found.report.queries.map(\.id) == ["t", "b"])
  }

  @Test func cellsInLongerFencesAreShown() throws {
    let found = try Self.render("````markdown\n```{table t}\nno query\n```\n````\n")
    #expect(found.body.contains("```{table t}\nno query\n```"))
  }

  @Test(arguments: [
    "\u{FEFF}---\ntitle: Of {{q.r}}\n---\n", "\n\n---  \ntitle: Of {{q.r}}\n--- \n",
    "---\r\ntitle: Of {{q.r}}\r\n---\r\n", "---\rtitle: Of {{q.r}}\r---\r",
  ])
  func frontMatterHoweverItsLinesEnd(front: String) throws {
    let end = front.contains("\r\n") ? "\r\n" : front.contains("\r") ? "\r" : "\n"
    let found = try Self.render(front + Self.query.replacing("\n", with: end) + "# One" + end + "# Two" + end)
    #expect(found.html.contains("<title>Of run-1</title>") && found.html.contains("<h1>Of run-1</h1>"))
    #expect(found.markdown.hasPrefix("# Of run-1\n"))
    // There is one heading of the first level.
    #expect(found.html.matches(of: /<h1[ >]/).count == 1 && found.body.contains("<h2 id=\"one\">One</h2>"))
  }

  @Test func anchorsAreUniqueAndLikeGitHubs() throws {
    let found = try Self.render("# T\n\n## Run\n\n## Run\n\n## Run 2\n\n## Run-1\n\n## 中文 标题!\n\n## 5 & 6\n")
    let ids = found.html.matches(of: /<h[1-6] id="([^"]*)"/).map { String($0.1) }
    #expect(ids == ["t", "run", "run-1", "run-2", "run-1-1", "中文-标题", "5--6"])
  }

  @Test func codeKeepsItsLines() throws {
    let found = try Self.render("~~~\na\n\n\n\nb $x$\n~~~\n\ntext\n\n    c\n\n\n\n    d {{q.a}}\n")
    for output in [found.html, found.markdown, found.jupyter] {
      #expect(output.contains("a\n\n\n\nb $x$\n") && output.contains("c\n\n\n\nd {{q.a}}\n"))
    }
  }

  @Test func dollarsOfTheStoreAreText() throws {
    let found = try Self.render(
      "```{table t}\ncolumns x; $a$; $5\n```\nCosts $5 and $6, {{t.x}}, and \\$1.\n\nHere $\\eta = 0.5 \\times 10^{-3}$ is math.\n\n$$\n\\sum_{i=1}^n x_i\n$$\n"
    )
    #expect(found.body.contains("Costs $5 and $6, $a$, and $1."))
    #expect(found.body.contains("<math><mrow><mi>η</mi><mo>=</mo><mn>0.5</mn><mo>×</mo><msup><mn>10</mn>"))
    #expect(found.body.contains("<p><math display=\"block\"><mrow><munderover><mo>∑</mo>"))
    for output in [found.markdown, found.jupyter] {
      #expect(output.contains("Costs \\$5 and \\$6, \\$a\\$, and \\$1."))
      #expect(
        output.contains("Here $\\eta = 0.5 \\times 10^{-3}$ is math.") && output.contains("$$\n\\sum_{i=1}^n x_i\n$$"))
    }
    #expect(found.markdown.contains("| \\$a\\$ |"))
  }

  @Test func alertsAreLikeGitHubs() throws {
    let found = try Self.render(
      "> [!note]\n> Be careful.\n\n> [!WARNING]\n\n> [!NOTE] beside\n\n> \\[!NOPE]\n> text\n\n> [1] a\n")
    #expect(
      found.body.contains(
        "<section class=\"alert note\" aria-label=\"Note\"><p class=\"alert-title\">Note</p>\n<p>Be careful.</p>\n</section>"
      ))
    #expect(found.body.contains("<section class=\"alert warning\"") && found.body.contains("[!NOPE]\ntext"))
    #expect(found.body.contains("<blockquote>\n<p>[!NOTE] beside</p>") && found.body.contains("<p>[1] a</p>"))
    #expect(found.markdown.contains("> [!NOTE]\n> Be careful."))
    #expect(found.jupyter.contains("> **Note**\n>\n> Be careful."))
  }

  @Test(arguments: ["> [!TODO] secret\n> secret too\n", "> [!todo] **secret** it is\n"])
  func whatIsBesideATodoIsOfTheNote(text: String) throws {
    let found = try Self.render("Before.\n\n\(text)\nAfter.\n")
    for output in [found.html, found.markdown, found.jupyter] {
      #expect(output.contains("After.") && !output.contains("secret"))
    }
    #expect(found.report.warnings.count == 1 && found.report.warnings[0].contains(":3: 1 TODO note is left out"))
  }

  @Test func bracesThatAreText() throws {
    let found = try Self.render("The set {n | n > 0}, {a}, {list of 5}, \\{lit}, `{verdict}`, and $\\{l_1\\}$.\n")
    #expect(found.body.contains("The set {n | n &gt; 0}, {a}, {list of 5}, {lit}, <code>{verdict}</code>, and <math>"))
  }

  @Test func anEmptyNotebookIsReported() throws {
    let found = try Self.render("---\ntitle: T\n---\n\n<!-- nothing -->\n")
    #expect(found.report.warnings.count == 1 && found.report.warnings[0].hasSuffix("note.md: the notebook is empty"))
  }

  @Test func theChineseFootEndsInChinese() throws {
    let found = try Self.render("---\nlang: zh\n---\n甲\n")
    #expect(found.markdown.hasSuffix("源文件：`note.md`。\n") && found.jupyter.hasSuffix("源文件：`note.md`。"))
    #expect(found.html.contains("源文件：<code>note.md</code>（SHA-256 <code>"))
  }

  @Test func whatADrawingLosesIsReported() throws {
    let svg = """
      <svg width="9" height="9"><metadata/><style><![CDATA[rect{fill:red}]]></style><rect class="a"/></svg>
      """
    let found = try Self.render("a\n\n![b](d.svg) ![c](d.svg)\n", files: ["d.svg": Data(svg.utf8)])
    let warnings = found.report.warnings.map { $0.components(separatedBy: "note.md:").last ?? "" }
    #expect(
      warnings == [
        "3: of the image d.svg <style> is left out, so it may look otherwise; use shapes, text and attributes such as fill"
      ])
  }

  @Test func rawHTMLIsLeftOutAndReported() throws {
    let found = try Self.render("a\n\n<div onclick=\"x\">\ntext\n</div>\n\nb <b>bold</b> c<br>d x<y and y>z\n")
    #expect(found.body.contains("<p>b bold c<br />\nd x&lt;y and y&gt;z</p>"))
    for output in [found.html, found.markdown, found.jupyter] { #expect(!output.contains("onclick")) }
    let warnings = found.report.warnings.map { $0.components(separatedBy: "note.md:").last ?? "" }
    #expect(
      warnings == [
        "3: raw HTML is left out: <div onclick=\"x\">", "7: raw HTML is left out: <b>", "7: raw HTML is left out: </b>",
      ])
  }

  @Test func linksHaveNoLinksInThem() throws {
    let found = try Self.render("## X\n\n[see @tbl-t here](#x)\n\n```{table t}\nrows\n```\n")
    #expect(found.body.contains("<a href=\"#x\">see Table\u{A0}1 here</a>"))
    #expect(found.markdown.contains("[see Table\u{A0}1 here](#x)"))
  }

  @Test func chineseEmphasisAndPunctuation() throws {
    let found = try Self.render(
      "---\nlang: zh\n---\n**真，**她说**“好”**吧，`**`与*是*。\n\n```{claim c}\n--| says: 甲\n--| by: 乙\ncolumns holds; 1\n```\n")
    #expect(found.body.contains("<p><strong>真，</strong>她说<strong>“好”</strong>吧，<code>**</code>与<em>是</em>。</p>"))
    // Where Markdown would not see the signs there are tags.
    #expect(found.markdown.contains("<strong>真，</strong>她说<strong>“好”</strong>吧，`**`与*是*。"))
    #expect(found.markdown.contains("> **论断 1：成立**。甲") && found.markdown.contains("> 出处：乙"))
    #expect(found.body.contains("<b>论断 1：</b>"))
    for output in [found.html, found.markdown, found.jupyter] {
      #expect(!output.contains("成立.") && !output.unicodeScalars.contains { (0xE000...0xE00F).contains($0.value) })
    }
  }

  @Test func theLastCellSaysItsSentencesOnce() throws {
    let found = try Self.render("text\n")
    let last = try #require(found.jupyter.components(separatedBy: "---\n\n").last)
    #expect(last.hasSuffix("are marked. Built by vgglab 1.2.3, from `note.md`."))
  }

  @Test func imagesBesideTheNotebookAreEmbedded() throws {
    let png = try #require(
      Data(
        base64Encoded:
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
    let svg = """
      <?xml version="1.0"?><!DOCTYPE svg>
      <svg xmlns="http://www.w3.org/2000/svg" width="10" height="20" onload="alert(1)"><script>alert(2)</script>
      <a href="https://x.org"><text>link</text></a><foreignObject><b>x</b></foreignObject>
      <g style="fill:url(https://x.org/a)" fill="url(#g)"><use xlink:href="#g"/><use href="https://x.org/b.svg#g"/>
      <text>a &lt; b</text></g></svg>
      """
    let found = try Self.render(
      "![A dot](img/a%20b.png \"Title\") and ![Drawing](d.svg)\n",
      files: ["img/a b.png": png, "d.svg": Data(svg.utf8)])
    #expect(
      found.body.contains(
        "<img src=\"data:image/png;base64,\(png.base64EncodedString())\" alt=\"A dot\" title=\"Title\" width=\"1\" height=\"1\">"
      ))
    let name = try #require(found.report.files.keys.first { $0.hasPrefix("images/") && $0.hasSuffix("-a_b.png") })
    #expect(found.report.files[name] == png)
    let clean = String(decoding: try #require(found.report.files["images/d.svg"]), as: UTF8.self)
    for evil in ["script", "alert", "onload", "foreignObject", "x.org", "DOCTYPE", "<?xml", ">link<"] {
      #expect(!clean.contains(evil), "\(evil): \(clean)")
    }
    #expect(clean.contains("fill=\"url(#g)\"") && clean.contains("xlink:href=\"#g\"") && clean.contains("a &lt; b"))
    #expect(
      found.report.warnings.map { $0.components(separatedBy: "note.md:").last ?? "" } == [
        "1: of the image d.svg <script>, <a>, <foreignObject>, style, href are left out, so it may look otherwise; "
          + "use shapes, text and attributes such as fill"
      ])
    #expect(found.body.contains("alt=\"Drawing\" width=\"10\" height=\"20\">"))
    #expect(found.markdown.contains("![A dot](\(name) \"Title\") and ![Drawing](images/d.svg)"))
    #expect(found.jupyter.contains("![A dot](attachment:\(name.dropFirst(7)) \"Title\")"))
    #expect(throws: NotebookError.self) { try Self.render("![x](a.png)\n", files: ["a.png": Data("no image".utf8)]) }
    #expect(throws: NotebookError.self) {
      try Self.render("![x](a.svg)\n", files: ["a.svg": Data("<!DOCTYPE svg [<!ENTITY a \"b\">]><svg></svg>".utf8)])
    }
  }

  @Test func listsTablesAndQuotesKeepTheirForm() throws {
    let text = """
      - a
      - b

        c
      - [x] done

      1. one
      2. two
         - in it

      * other

      | l | c | r |
      |:--|:-:|--:|
      | 1 | 2 | 3 |

      > q
      > > deeper

      ---

      2015\\. Year

      """
    let found = try Self.render(text)
    #expect(found.body.contains("<td align=\"center\">2</td>") && found.body.contains("<hr />"))
    // What is written is read again as the same.
    let again = try Self.render(found.markdown.components(separatedBy: "\n---\n\nThe numbers").first ?? "")
    #expect(again.body == found.body)
  }
}
