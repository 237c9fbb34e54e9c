import Foundation
import Testing

/// What `verify` says of pages that somebody has changed.
@Suite struct PageSafetyTests {
  private static func made() throws -> Program {
    let program = try LookTests.finished("--set", "training.epochs=0")
    try program.write("a.svg", "<svg width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>")
    try program.write(
      "note.md",
      """
      # A note

      There is {{n.n}} run, [as said](https://example.org/a?b=1&c='2') and ![seen](a.svg).

      - [ ] to do[^1]

      | a | b |
      |---|:-:|
      | c | `d` |

      [^1]: A note.

      ```{query n}
      SELECT count(*) AS n FROM run
      ```

      ```{bars one}
      --| caption: One bar.
      SELECT 'run' AS "group", 'count' AS series, count(*) AS value FROM run
      ```

      """)
    let made = try program("report", "note.md", "--out", "page")
    #expect(made.code == 0, "\(made)")
    return program
  }

  static let additions: [(from: String, to: String, sentence: String)] = [
    ("<footer>", "<script>alert(1)</script><footer>", "an element that vgglab does not make: <script>"),
    ("<footer>", "<iframe src=\"https://example.org\"></iframe><footer>", "<iframe"),
    ("<footer>", "<svg><script>alert(1)</script></svg><footer>", "<svg>"),
    ("<footer>", "<form action=\"https://example.org\"></form><footer>", "<form"),
    ("<footer>", "<base href=\"https://example.org\"><footer>", "<base"),
    ("<footer>", "<meta http-equiv=\"refresh\" content=\"0;url=https://example.org\"><footer>", "<meta"),
    ("<footer>", "<SCRIPT>alert(1)</SCRIPT><footer>", "<SCRIPT>"),
    ("<footer>", "<style>p { display: none }</style><footer>", "<style>"),
    ("<footer>", "<!--><footer>", "an element that vgglab does not make: <!-->"),
    ("default-src 'none'", "default-src *", "another content security policy"),
    ("img-src data:;", "img-src data: https:;", "another content security policy"),
    ("<meta http-equiv=\"Content-Security-Policy\"", "<meta name=\"description\"", "no content security policy"),
    (
      "<main id=\"text\">", "<main id=\"text\" onload=\"alert(1)\">",
      "an attribute that vgglab does not make: main onload"
    ),
    ("<main id=\"text\">", "<main id=\"text\" style=\"display:none\">", "main style"),
    ("<main id=\"text\">", "<main id=text>", "a tag that vgglab does not write"),
    ("https://example.org/a?", "javascript:alert(1)//", "an address that vgglab does not write: javascript:"),
    ("https://example.org/a?", "JaVaScRiPt:alert(1)//", "an address that vgglab does not write: JaVaScRiPt:"),
    ("https://example.org/a?", "javascript&colon;alert(1)//", "a character reference that vgglab does not write"),
    ("https://example.org/a?", "&#106;avascript:alert(1)//", "a character reference that vgglab does not write"),
    ("https://example.org/a?", "data:text/html;base64,PHNjcmlwdD4=", "an address that vgglab does not write: data:"),
  ]

  /// Neither the version nor the fonts that the evidence claims open a way for anything that a browser runs.
  @Test func nothingThatRunsIsVerified() throws {
    let program = try Self.made()
    defer { program.remove() }
    for (claims, additions) in [
      ([:], Self.additions.prefix(1)), (["\"fonts\": \"": "\"fonts\": \"00"], Self.additions.prefix(1)),
      (["\"vgglab\": \"": "\"vgglab\": \"0.0.9-", "\"fonts\": \"": "\"fonts\": \"00"], Self.additions[...]),
    ] {
      var forged = try ForgedPage(program, folder: "page")
      for (from, to) in claims {
        #expect(forged.evidence.contains(from), "\(forged.evidence.prefix(200))")
        forged.evidence = forged.evidence.replacing(from, with: to)
      }
      let sound = forged.page
      for addition in additions {
        #expect(sound.contains(addition.from))
        forged.page = sound.replacing(addition.from, with: addition.to)
        try forged.write("forged.html")
        let outcome = try program("verify", "forged.html", "--allow-other-version", "--allow-unverified-figures")
        #expect(outcome.code == 2 && outcome.output.contains(addition.sentence), "\(claims) \(addition): \(outcome)")
        #expect(outcome.errors.hasPrefix("vgglab: not verified: ") && outcome.errors.contains(" difference"))
      }
    }
  }

  @Test func whatCouldNotBeComparedIsNamed() throws {
    let program = try Self.made()
    defer { program.remove() }
    var forged = try ForgedPage(program, folder: "page")
    forged.evidence = forged.evidence.replacing("\"vgglab\": \"", with: "\"vgglab\": \"0.0.9-")
    forged.page = forged.page.replacing("There is", with: "There was")
    try forged.write("other.html")
    var outcome = try program("verify", "other.html")
    #expect(outcome.code == 2 && outcome.output.contains("not compared: other.html: its text"), "\(outcome)")
    #expect(outcome.errors.contains("--allow-other-version"), "\(outcome)")
    #expect(try program("verify", "other.html", "--allow-unverified-figures").code == 2)
    outcome = try program("verify", "other.html", "--allow-other-version", "--allow-unverified-figures")
    #expect(outcome.code == 0 && outcome.output.contains("not compared"), "\(outcome)")
    // Numbers are compared all the same.
    let number = try #require(forged.page.range(of: "<data value=\"1\" data-query=\"n\""))
    let end = try #require(forged.page.range(of: ">1<", range: number.upperBound..<forged.page.endIndex))
    forged.page.replaceSubrange(end, with: ">2<")
    try forged.write("stale.html")
    outcome = try program("verify", "stale.html", "--allow-other-version", "--allow-unverified-figures")
    #expect(outcome.code == 2 && outcome.output.contains("1 stale"), "\(outcome)")
  }

  /// A replaced figure is found by its digest whatever fonts the evidence claims; where its digest was replaced as well,
  /// the page is not called verified.
  @Test func aReplacedFigureIsFound() throws {
    let program = try Self.made()
    defer { program.remove() }
    let figure = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/page/figures/one.png"))
    let other = figure + Data([0])
    var forged = try ForgedPage(program, folder: "page")
    #expect(forged.page.contains(figure.base64EncodedString()))
    forged.page = forged.page.replacing(figure.base64EncodedString(), with: other.base64EncodedString())
    try forged.write("replaced.html")
    #expect(try program("verify", "replaced.html", "--allow-unverified-figures").code == 2)
    forged.evidence = forged.evidence.replacing("\"fonts\": \"", with: "\"fonts\": \"00")
    try forged.write("replaced.html")
    #expect(try program("verify", "replaced.html", "--allow-unverified-figures").code == 2)
    forged.evidence = forged.evidence.replacing(try forged.digest(figure), with: try forged.digest(other))
    try forged.write("replaced.html")
    let outcome = try program("verify", "replaced.html")
    #expect(outcome.code == 2 && outcome.output.contains("0 of 1 figures verified"), "\(outcome)")
    #expect(outcome.errors.contains("--allow-unverified-figures"), "\(outcome)")
    #expect(try program("verify", "replaced.html", "--allow-unverified-figures").code == 0)
  }

  @Test func filesBesideThePageAreChecked() throws {
    let program = try Self.made()
    defer { program.remove() }
    #expect(try program("verify", "page").code == 0)
    for name in ["README.md", "notebook.ipynb", "figures/one.png", "data/one.csv"] {
      let path = "\(program.directory)/page/\(name)"
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      try (before + Data(" ".utf8)).write(to: URL(fileURLWithPath: path))
      let outcome = try program("verify", "page")
      #expect(outcome.code == 2 && outcome.output.contains(name), "\(outcome)")
      try before.write(to: URL(fileURLWithPath: path))
    }
    try program.write("page/figures/more.png", "")
    #expect(try program("verify", "page").code == 2)
  }

  /// Evidence is unpacked to 64 MB, and no further unless that is asked for.
  @Test func evidenceThatUnpacksWithoutEndIsRefused() throws {
    let program = try Self.made()
    defer { program.remove() }
    var forged = try ForgedPage(program, folder: "page")
    let whole = forged.evidence
    // Spaces are nothing to JSON.
    forged.evidence = whole + String(repeating: " ", count: 1 << 20)
    try forged.write("large.html")
    #expect(try program("verify", "large.html").code == 0)
    var outcome = try program("verify", "large.html", "--max-evidence", "1")
    #expect(outcome.code == 65 && outcome.errors.contains("unpacks to more than 1048576 bytes"), "\(outcome)")
    outcome = try program("extract", "large.html", "-o", "taken", "--max-evidence", "1")
    #expect(outcome.code == 65 && !program.exists("taken"), "\(outcome)")
    for wrong in ["0", "5000", "many"] {
      #expect(try program("verify", "large.html", "--max-evidence", wrong).code == 64)
    }
    forged.evidence = whole.replacing(
      "\"definitions\":", with: "\"more\": [" + String(repeating: "0,", count: 9_000_000) + "0], \"definitions\":")
    try forged.write("values.html")
    outcome = try program("verify", "values.html")
    #expect(outcome.code == 65 && outcome.errors.contains("values"), "\(outcome)")
  }

  @Test func pipesAreRefusedWithoutWaiting() throws {
    let program = try Self.made()
    defer { program.remove() }
    #expect(mkfifo("\(program.directory)/pipe", 0o600) == 0)
    for arguments in [["verify", "pipe"], ["extract", "pipe"], ["whence", "pipe"], ["report", "pipe"]] {
      let outcome = try program.run(arguments)
      #expect([65, 66, 74].contains(outcome.code), "\(arguments): \(outcome)")
    }
  }

  @Test func formulasStayAndCanBeMarked() throws {
    let program = try Self.made()
    defer { program.remove() }
    try program.write(
      "cells.md",
      """
      ```{table cells}
      SELECT '=1+1' AS "=a", '+1' AS b, '-x' AS c, '@d' AS d, -1 AS e, 'plain' AS f
      ```

      """)
    #expect(try program("report", "cells.md", "--out", "cells").code == 0)
    #expect(try program("extract", "cells/index.html", "-o", "plain").code == 0)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(program.directory)/\(name)", encoding: .utf8)
    }
    #expect(try text("plain/data/cells.csv") == "=a,b,c,d,e,f\n=1+1,+1,-x,@d,-1,plain\n")
    #expect(try text("plain/data/README.md").contains("--spreadsheet-safe"))
    #expect(try program("extract", "cells/index.html", "-o", "safe", "--spreadsheet-safe").code == 0)
    #expect(try text("safe/data/cells.csv") == "'=a,b,c,d,e,f\n'=1+1,'+1,'-x,'@d,-1,plain\n")
    #expect(try text("safe/data/README.md").contains("an apostrophe"))
  }
}
