import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// Cross-references, citations, published numbers and numbers that nobody vouches for.
@Suite struct ReferenceTests {
  static let bibliography = #"""
    A comment.
    @string{iclr = "International Conference on Learning Representations"}
    @inproceedings{simonyan2015,
      author = {Simonyan, Karen and Zisserman, Andrew},
      title = "Very Deep {Convolutional} Networks & <Large>-Scale Image Recognition",
      booktitle = iclr # {, } # "San Diego",
      year = 2015, url = {https://arxiv.org/abs/1409.1556},
    }
    @article{krizhevsky, author={Alex Krizhevsky and Ilya Sutskever and G. E. Hinton}, title={{ImageNet}}, year={2017},
      journal={CACM}, volume={60}, number={6}, pages={84--90}, doi={10.1145/3065386}}
    @book{gau, author={Gau{\ss}, C. F. and M{\"u}ller, \'Emile}, title={Z}, year=1809}
    @comment{nothing}
    """#

  static func render(_ text: String, _ folder: ReportFolder = ReportFolder()) throws -> RenderedReport {
    try Data(bibliography.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/works.bib"))
    return try folder.render(text)
  }

  @Test func referencesAreLinksWithNumbers() throws {
    let folder = ReportFolder()
    _ = try folder.render(
      """
      See @fig-b, @tbl-one-more and `@fig-b`（@fig-a）。Not x@fig-a so.

      ```{curves a}
      curves
      ```
      ```{bars b}
      --| caption: As in @tbl-t and `@tbl-t`.
      bars
      ```
      ```{table t}
      rows
      ```
      ```{table one-more}
      rows
      ```
      """)
    let html = try folder.text("index.html")
    #expect(html.contains("See <a href=\"#fig-b\">Figure\u{A0}2</a>, <a href=\"#tbl-one-more\">Table\u{A0}2</a> and"))
    #expect(html.contains("<code>@fig-b</code>（<a href=\"#fig-a\">Figure\u{A0}1</a>）。Not x@fig-a so."))
    #expect(html.contains("As in <a href=\"#tbl-t\">Table\u{A0}1</a> and <code>@tbl-t</code>."))
    #expect(html.contains("id=\"fig-b\"") && html.contains("id=\"tbl-one-more\""))
    let markdown = try folder.text("README.md")
    #expect(markdown.contains("See [Figure\u{A0}2](#fig-b)") && markdown.contains("<a id=\"fig-b\"></a>"))
    #expect(markdown.contains("`@fig-b`") && markdown.contains("`@tbl-t`"))
  }

  @Test func aReferenceToWhatIsLeftOut() throws {
    let folder = ReportFolder()
    let rendered = try folder.render(
      "```{query no}\nno\n```\nSee @tbl-t.\n\n:::{if no}\n```{table t}\nrows\n```\n:::\n")
    #expect(try folder.text("index.html").contains("See a table that is left out here."))
    #expect(
      rendered.warnings.count == 1
        && rendered.warnings[0].hasSuffix("note.md:4: @tbl-t refers to a cell that is left out"))
  }

  @Test func worksAreCited() throws {
    let folder = ReportFolder()
    let rendered = try Self.render(
      """
      ---
      bibliography: works.bib
      ---
      # Works of [@gau]

      Deep nets [@simonyan2015, Table 2; @krizhevsky] have {lit 7.3 % | simonyan2015, Table 3} errors.
      """, folder)
    #expect(rendered.warnings.isEmpty)
    let html = try folder.text("index.html")
    #expect(
      html.contains(
        "Deep nets (<a href=\"#ref-simonyan2015\">Simonyan &amp; Zisserman, 2015, Table 2</a>; "
          + "<a href=\"#ref-krizhevsky\">Krizhevsky et al., 2017</a>) have "
          + "<span class=\"lit\" title=\"Simonyan &amp; Zisserman, 2015, Table 3\">7.3 %</span> errors."))
    #expect(
      html.contains(
        "<li id=\"ref-simonyan2015\">Simonyan, Karen; Zisserman, Andrew (2015). "
          + "<cite>Very Deep Convolutional Networks &amp; &lt;Large&gt;-Scale Image Recognition</cite>. "
          + "International Conference on Learning Representations, San Diego. "
          + "<a href=\"https://arxiv.org/abs/1409.1556\">https://arxiv.org/abs/1409.1556</a></li>"))
    #expect(html.contains("<cite>ImageNet</cite>. CACM, 60(6), 84–90. <a href=\"https://doi.org/10.1145/3065386\">"))
    #expect(html.contains("<title>Works of (Gauß &amp; Müller, 1809)</title>") && html.contains("Müller, Émile"))
    let markdown = try folder.text("README.md")
    #expect(markdown.contains("([Simonyan &amp; Zisserman, 2015, Table 2](#ref-simonyan2015); [Krizhevsky"))
    #expect(markdown.contains("7.3 % (Simonyan &amp; Zisserman, 2015, Table 3)"))
    #expect(markdown.contains("- <a id=\"ref-gau\"></a>Gauß, C. F.; Müller, Émile (1809). *Z*."))
  }

  @Test func onlyWhatIsCitedIsListedAndChineseHasItsWords() throws {
    let folder = ReportFolder()
    _ = try Self.render("---\nlang: zh\nbibliography: works.bib\n---\n见[@simonyan2015]与[@krizhevsky]。\n", folder)
    let html = try folder.text("index.html")
    #expect(
      html.contains("见（<a href=\"#ref-simonyan2015\">Simonyan 与 Zisserman，2015</a>）与（")
        && html.contains("Krizhevsky 等，2017"))
    #expect(html.contains("<h2 id=\"references\">参考文献</h2>") && !html.contains("Gau"))
  }

  @Test func numbersThatNobodyVouchesFor() throws {
    let rendered = try ReportFolder().render(
      """
      ---
      constants: {3×3: the kernel's size, "224": the picture's side}
      ---
      ## 2. The 11 layers

      It is 5.56 times as fast, for VGG-11, F4 and conv3_1 alike, with 3×3
      kernels at 224 pixels, not 2240 or 224.5; **the 2nd** has 1,000 and
      `77` {{one.count}} {lit 61 | a book} {lit 62|x}.[^1] 共8层。 <https://example.org/99>

      | a 12 | b |
      |---|---|
      | c | 13 |

      ```{query one}
      one
      ```
      ```{table t}
      --| caption: Of 14 nets and `15`.
      rows
      ```
      ```python
      16
      ```
      - item 17

      [^1]: Page 18.
      """)
    #expect(
      rendered.unbound.map { "\($0.line) \($0.text)" } == [
        "4 11", "6 5.56", "7 2240", "7 224.5", "7 1,000", "8 8", "10 12", "12 13", "18 14", "24 17", "26 18",
      ])
    #expect(rendered.warnings.contains { $0.contains("note.md:6: unbound number \"5.56\"") })
  }

  @Test(arguments: [
    ("@fig-nets\n\n```{curves net}\ncurves\n```\n", "1: @fig-nets refers to no cell; did you mean @fig-net?"),
    ("@fig-t\n\n```{table t}\nrows\n```\n", "1: @fig-t refers to a table cell; write @tbl-t"),
    ("@fig-q\n\n```{query q}\none\n```\n", "1: @fig-q refers to a query cell; it has no number to refer to"),
    ("[@nobody2000]\n", "1: the bibliography has no entry \"nobody2000\""),
    (
      "---\nbibliography: works.bib\n---\n{lit 5 | @simonyan2051}\n",
      "4: the bibliography has no entry \"simonyan2051\"; did you mean \"simonyan2015\"?"
    ),
    ("{lit 5}\n", "1: {lit 5}: write {lit text | where it comes from}"),
    ("{lit 5 | a\n\nbook}\n", "1: {lit: it has no closing brace; write {lit text | where it comes from}"),
  ])
  func whatLeadsNowhere(text: String, expected: String) {
    do {
      _ = try Self.render(text)
      Issue.record("nothing was thrown")
    } catch { #expect("\(error)".hasSuffix("note.md:\(expected)")) }
  }

  @Test(arguments: [
    ("@article{a, title={x}\n\n", "1: the entry has no closing brace"),
    (
      "\n@article{a, title={x}}\n@book{a, title={y}}",
      "3: the key \"a\" is taken by the entry in line 2; choose another"
    ),
    ("@article{a, title={x", "1: the value of title is not closed"),
    ("@article{a,\n title=x}", "2: there is no @string \"x\"; put the value of title in braces"),
    ("@article{a,\n title={x} year=1}", "2: a comma is missing behind title"),
    ("@{a}", "1: an @ is followed by an entry's kind, as in @article{key, …}"),
    ("@article{, title={x}}", "1: the entry has no key; write @article{key, …}"),
    ("@a{b, c={\(String(repeating: "{", count: 60))", "1: braces do not match in c"),
  ])
  func wrongBibliographies(text: String, expected: String) {
    let source = NotebookSource(file: "note.md", text: "---\nbibliography: works.bib\n---\n", bibliography: text)
    do {
      _ = try Rendering.render(source, rows: FixedSource(), version: "1")
      Issue.record("nothing was thrown")
    } catch { #expect("\(error)" == "works.bib:\(expected)") }
  }

  @Test func theBibliographyStandsBesideTheNotebook() throws {
    let folder = ReportFolder()
    let text = "---\nbibliography: works.bib\n---\n"
    #expect(
      throws: NotebookError.namedFile(
        .missing(path: "\(folder.path)/works.bib"), file: "\(folder.path)/note.md", line: 2, column: 15)
    ) { try folder.render(text) }
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/works.bib", withDestinationPath: "/etc/hostname")
    do {
      _ = try folder.render(text)
      Issue.record("a link was read")
    } catch { #expect("\(error)".contains("note.md:2: the bibliography \"works.bib\" must be a file beside")) }
  }

  @Test func aFolderThatIsALinkIsNotWrittenInto() throws {
    let folder = ReportFolder()
    let other = "\(folder.path)/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: "\(other)/kept.png"))
    try FileManager.default.createDirectory(atPath: "\(folder.path)/out", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/out/figures", withDestinationPath: other)
    #expect(throws: (any Error).self) { try folder.render("text\n") }
    #expect(FileManager.default.fileExists(atPath: "\(other)/kept.png"))
  }
}
