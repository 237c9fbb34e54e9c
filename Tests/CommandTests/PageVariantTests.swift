import Foundation
import Testing

/// Figures for dark pages and phones, counts of verdicts, drafts, lists of claims, printed pages, bibliographies in CSL-JSON.
@Suite struct PageVariantTests {
  private static func finished(_ notebook: String) throws -> Program {
    let program = try LookTests.finished("--set", "training.epochs=1")
    try program.write("note.md", notebook)
    return program
  }

  private static func text(_ program: Program, _ name: String) throws -> String {
    try String(contentsOfFile: "\(program.directory)/\(name)", encoding: .utf8)
  }

  @Test func everyVariantOfAFigureIsCheckedAndSaysWhereItComesFrom() throws {
    let program = try Self.finished(VerifyCommandTests.notebook)
    defer { program.remove() }
    #expect(try program("report", "note.md", "--out", "out").code == 0)
    let clean = try program("verify", "out")
    #expect(clean.code == 0 && clean.output.contains("1 of 1 figures verified"), "\(clean)")
    let page = try Self.text(program, "out/index.html")
    for variant in ["", ".dark", ".narrow", ".narrow.dark"] {
      let name = "out/figures/accuracies\(variant).png"
      let whence = try program("whence", name)
      #expect(whence.code == 0 && whence.output.contains("query     accuracies"), "\(variant): \(whence)")
      // One byte of it, beside the page and in it.
      let png = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/\(name)"))
      #expect(page.contains("data:image/png;base64,\(png.base64EncodedString())\""))
      var other = png
      other[png.count / 2] ^= 1
      try other.write(to: URL(fileURLWithPath: "\(program.directory)/\(name)"))
      let file = try program("verify", "out")
      #expect(file.code == 2 && file.output.contains("accuracies\(variant).png: "), "\(file)")
      try png.write(to: URL(fileURLWithPath: "\(program.directory)/\(name)"))
      try program.write(
        "bad.html", page.replacing(png.base64EncodedString(), with: other.base64EncodedString()))
      let inner = try program("verify", "bad.html")
      #expect(inner.code == 2 && inner.output.contains("accuracies\(variant): the figure differs"), "\(inner)")
      #expect(inner.output.contains("0 of 1 figures verified"), "\(inner)")
    }
  }

  /// Whatever version the evidence names, a page has no sources but those of its figures.
  @Test(arguments: [
    ("media=\"screen and (prefers-color-scheme: dark)\"", "media=\"print\"", "a source for media"),
    ("srcset=\"data:image/png;base64,", "srcset=\"http://example.org/a.png\" title=\"", "vgglab does not"),
    ("srcset=\"data:image/png;base64,", "srcset=\"//example.org/a.png, data:image/png;base64,", "an image address"),
    ("srcset=\"data:image/png;base64,", "srcset=\"data:image/png;base64,AAAA 1x, //example.org/", "an image address"),
    ("<picture><source media=", "<picture><source sizes=\"100vw\" media=", "an attribute that vgglab"),
  ])
  func sourcesOfOtherImagesAreRefused(old: String, new: String, sentence: String) throws {
    let program = try Self.finished(VerifyCommandTests.notebook)
    defer { program.remove() }
    #expect(try program("report", "note.md", "--out", "out").code == 0)
    var forged = try ForgedPage(program, folder: "out")
    let place = try #require(forged.page.range(of: old))
    forged.page.replaceSubrange(place, with: new)
    forged.evidence = forged.evidence.replacing("\"vgglab\": \"", with: "\"vgglab\": \"0.0.9-")
    try forged.write("bad.html")
    let outcome = try program("verify", "bad.html", "--allow-other-version", "--allow-unverified-figures")
    #expect(outcome.code == 2 && outcome.output.contains(sentence), "\(outcome)")
  }

  private static let claims = """
    # Claims

    All: {verdicts}. First: {verdicts #first}. [Second](#second-part): {verdicts #second-part}. None: {verdicts #third}.

    ## First

    ```{claim yes}
    --| says: There are {{count.n | %d}} runs.
    SELECT count(*) > 0 AS holds FROM run
    ```

    ```{query count}
    SELECT count(*) AS n FROM run
    ```

    ### Deeper

    ```{claim no}
    --| says: There are none.
    SELECT count(*) = 0 AS holds FROM run
    ```

    ## Second part

    ```{claim open}
    --| says: One is enough.
    --| test: mean
    SELECT 1.0 AS value
    ```

    > [!TODO]
    > Run it {{count.n | %d}} times more, as 77 others did.

    ## Third

    """

  @Test func verdictsAreCountedBySection() throws {
    let program = try Self.finished(Self.claims)
    defer { program.remove() }
    #expect(try program("report", "note.md", "--out", "out").code == 0)
    let readme = try Self.text(program, "out/README.md")
    #expect(
      readme.contains(
        "All: 1 supported, 1 refuted, 1 undecided. First: 1 supported, 1 refuted. [Second](#second-part): 1 undecided. "
          + "None: no claims."), "\(readme)")
    let page = try Self.text(program, "out/index.html")
    #expect(
      page.contains("<span class=\"verdicts\"><data value=\"1\" data-query=\"page.verdicts\">1</data> supported, "))
    try program.write("bad.md", Self.claims.replacing("{verdicts #third}", with: "{verdicts #thrid}"))
    let wrong = try program("report", "bad.md", "--out", "bad")
    #expect(
      wrong.code == 65
        && wrong.errors == "vgglab: bad.md:3: no heading of the page has the anchor #thrid; did you mean #third?\n",
      "\(wrong)")
    try program.write("bad.md", "# A\n\n{verdicts first}\n\n{verdicts #a\n")
    let form = try program("report", "bad.md", "--out", "bad")
    #expect(form.code == 65 && form.errors.contains("bad.md:3: {verdicts first}: write {verdicts #anchor"), "\(form)")
    #expect(form.errors.contains("bad.md:5: {verdicts: it has no closing brace"), "\(form)")
  }

  @Test func everyClaimIsListed() throws {
    struct Found: Decodable {
      struct Claim: Decodable, Equatable {
        var id, section, verdict, text, file: String
        var line: Int
      }
      var claims: [Claim]
      var verdicts: [String: Int]
    }
    let program = try Self.finished(Self.claims)
    defer { program.remove() }
    #expect(try program("report", "note.md", "--out", "out").code == 0)
    let outcome = try program("verify", "out/index.html", "--json")
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.output.utf8))
    #expect(found.verdicts == ["supported": 1, "refuted": 1, "not enough evidence": 1])
    #expect(found.claims.map(\.id) == ["yes", "no", "open"])
    #expect(found.claims.map(\.line) == [7, 18, 25])
    #expect(found.claims.map(\.section) == ["First", "Deeper", "Second part"])
    #expect(found.claims.map(\.verdict) == ["supported", "refuted", "not enough evidence"])
    #expect(found.claims[0].text.wholeMatch(of: /There are \d+ runs\./) != nil)
    #expect(found.claims.allSatisfy { $0.file == "out/index.html" })
  }

  @Test func draftsShowWhatIsLeftToDo() throws {
    let program = try Self.finished(Self.claims)
    defer { program.remove() }
    let final = try program("report", "note.md", "--out", "final")
    #expect(final.errors.contains("note.md:31: 1 TODO note is left out; --draft shows it"), "\(final)")
    for name in ["index.html", "README.md", "notebook.ipynb"] {
      let text = try Self.text(program, "final/\(name)")
      #expect(!text.contains("times more") && !text.contains("To do"), "\(name)")
    }
    #expect(!final.errors.contains("unbound"))
    #expect(try program("verify", "final").code == 0)
    let draft = try program("report", "note.md", "--out", "draft", "--draft")
    #expect(draft.code == 0 && draft.errors.contains("unbound number \"77\""), "\(draft)")
    for name in ["index.html", "README.md", "notebook.ipynb"] {
      let text = try Self.text(program, "draft/\(name)")
      #expect(text.contains("Draft, not for handing in") && text.contains("times more"), "\(name)")
      #expect(text.contains("line 25: Claim 3 (open): not enough evidence"), "\(name)")
    }
    let verified = try program("verify", "draft")
    #expect(verified.code == 0 && verified.output.contains("it is a draft"), "\(verified)")
    // One is not passed off as the other.
    var forged = try ForgedPage(program, folder: "draft")
    forged.evidence = forged.evidence.replacing("\"draft\": true", with: "\"draft\": false")
    try forged.write("bad.html")
    #expect(try program("verify", "bad.html").code == 65)
  }

  @Test func pagesArePrintedWithChromium() throws {
    var program = try Self.finished(VerifyCommandTests.notebook)
    defer { program.remove() }
    let printed = try program("report", "note.md", "--out", "out", "--pdf", "--json")
    #expect(printed.code == 0 && printed.output.contains("\"pdf\" : \"out/report.pdf\""), "\(printed)")
    let path = "\(program.directory)/out/report.pdf"
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(file.starts(with: Data("%PDF-".utf8)) && file.count > 10_000)
    #expect(try Self.text(program, "out/vgglab-output.json").contains("\"report.pdf\""))
    // The same page gives the same file, and the folder is sound with it.
    #expect(try program("report", "note.md", "--out", "out", "--pdf").code == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == file)
    let verified = try program("verify", "out")
    #expect(verified.code == 0 && verified.output.contains("report.pdf: not checked"), "\(verified)")
    #expect(try program("report", "note.md", "--out", "out", "--check").code == 0)
    #expect(try program("report", "note.md", "--out", "out", "--check", "--pdf").code == 64)
    program.environment["PATH"] = "/nowhere"
    let none = try program("report", "note.md", "--out", "none", "--pdf")
    #expect(none.code == 66 && none.errors.contains("apt-get install chromium"), "\(none)")
    #expect(!program.exists("none"))
    // Without the option it is not kept beside a page that it may not show.
    #expect(try program("report", "note.md", "--out", "out").code == 0 && !program.exists("out/report.pdf"))
  }

  @Test func bibliographiesInJSON() throws {
    let program = try Self.finished(
      """
      ---
      bibliography: works.json
      ---
      # Works

      As [see @simonyan2015, p. 3; @who] and @同名 say; [@maaten].

      """)
    defer { program.remove() }
    try program.write(
      "works.json",
      """
      [
        {"id": "simonyan2015", "type": "paper-conference", "title": "Very <i>Deep</i> Networks", "page": "1-14",
         "author": [{"family": "Simonyan", "given": "Karen"}, {"family": "Zisserman", "given": "Andrew"}],
         "container-title": "ICLR", "issued": {"date-parts": [[2015, 5]]}, "DOI": "https://doi.org/10.1/x~a--b"},
        {"id": "who", "type": "report", "title": "A & B", "author": [{"literal": "World Health Organization"}],
         "issued": {"raw": "2020-01-02"}, "URL": "http://h/~u/a--b"},
        {"id": "同名", "title": "标题", "author": [{"family": "王", "given": "明"}], "issued": {"literal": "2021"}, "volume": 7},
        {"id": "maaten", "title": ["no text"], "author": [{"non-dropping-particle": "van der", "family": "Maaten",
         "given": "Laurens"}], "issued": {}}
      ]

      """)
    let outcome = try program("report", "note.md", "--out", "out")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(
      outcome.errors.contains(
        "works.json:8: maaten: \"issued\", \"title\" is left out; it has another form than CSL-JSON's"),
      "\(outcome)")
    let readme = try Self.text(program, "out/README.md")
    for text in [
      "([see Simonyan & Zisserman, 2015, p. 3](#ref-simonyan2015); [World Health Organization, 2020](#ref-who))"
        .replacing("&", with: "&amp;"),
      "王 ([2021](#ref-同名))", "[van der Maaten, n.d.](#ref-maaten)",
      "*Very Deep Networks*. ICLR, 1–14. <https://doi.org/10.1/x~a--b>",
      "<http://h/~u/a--b>",
    ] { #expect(readme.contains(text), "\(text) in \(readme)") }
    #expect(try program("verify", "out").code == 0)
    #expect(try program("extract", "out/index.html", "-o", "taken").output.contains("taken/bibliography.json"))
  }

  @Test(arguments: [
    ("[\n{\"id\": \"a\"},\n{\"id\": \"a\"}]", "works.json:3: the key \"a\" is taken by the entry in line 2"),
    ("{\"id\": \"a\"}", "works.json:1: a list of works in brackets was expected"),
    ("[\n1]", "works.json:2: a work in braces was expected"),
    ("[{\"title\": \"b\"}]", "works.json:1: the work has no \"id\" to be cited by"),
    ("[\n\n{\"id\": }]", "works.json:3: "),
    ("[" + String(repeating: "[", count: 5_000), "works.json:1: "),
    (
      "[{\"id\": \"a\", \"title\": \"" + String(repeating: "x", count: 20_001) + "\"}]",
      "has more than 20000 characters"
    ),
    (
      "[" + (0...5_000).map { "{\"id\": \"k\($0)\"}" }.joined(separator: ",") + "]",
      "works.json:1: there are more than 5000 works"
    ),
  ])
  func wrongBibliographiesAreRefusedWithTheirLines(text: String, sentence: String) throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write("note.md", "---\nbibliography: works.json\n---\n# Works\n\n[@a]\n")
    try program.write("works.json", text)
    let outcome = try program("report", "note.md", "--out", "out")
    #expect(outcome.code == 65 && outcome.errors.contains(sentence), "\(outcome)")
  }
}
