import Foundation
import Plots
import Evidence
import Notebooks
import Rendering
import Testing

@Suite struct RenderTests {
  static let fixtures = (#filePath as NSString).deletingLastPathComponent + "/Fixtures"

  static func note() throws -> String { try String(contentsOfFile: "\(fixtures)/note.md", encoding: .utf8) }

  /// The page without what other tests look at: the bytes of pictures, which depend on fonts, and the style, seen in a browser.
  static func withoutPictures(_ html: String) -> String {
    html.replacing(/<style>[^<]*<\/style>/, with: "<style>…</style>")
      .replacing(/'sha256-[A-Za-z0-9+\/=]+'/, with: "'sha256-…'")
      .replacing(/data:image\/png;base64,[A-Za-z0-9+\/=]+/, with: "data:image/png;base64,…")
      .replacing(/\ width="\d+" height="\d+"/, with: "")
  }

  /// Compares with a golden file; where there is none, or VGGLAB_RECORD is set, it is written and the test fails.
  func expectGolden(_ text: String, _ name: String) throws {
    let path = "\(Self.fixtures)/\(name)"
    guard let golden = try? String(contentsOfFile: path, encoding: .utf8),
      ProcessInfo.processInfo.environment["VGGLAB_RECORD"] == nil
    else {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      Issue.record("\(name) was recorded; look at it and run again")
      return
    }
    #expect(text == golden, "\(name) differs")
  }

  @Test func theWholeNoteAsMarkdownAndHTML() throws {
    let folder = try ReportFolder.withBibliography()
    let report = try folder.render(Self.note())
    try expectGolden(folder.text("README.md"), "note.README.md")
    try expectGolden(Self.withoutPictures(folder.text("index.html")), "note.html")
    #expect(
      report.files.keys.filter { $0.hasPrefix("figures/") }.sorted()
        == ["costs", "overlaid", "points", "training"].flatMap { id in
          ["dark.", "narrow.dark.", "narrow.", ""].map { "figures/\(id).\($0)png" }
        })
    #expect(report.warnings.count == 3, "\(report.warnings)")
    #expect(report.claims.map(\.verdict) == [.refuted, .undecided, .supported])
    #expect(
      try folder.text("data/results.csv").hasPrefix("trial,loss,note\n<script>alert(1)</script>,0.848123,| pipe\n"))
  }

  @Test func thePageIsClosedInItself() throws {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render(Self.note())
    let html = try folder.text("index.html")
    let lower = html.lowercased()
    for forbidden in ["<script", "javascript:", "onclick=", "<link", "src=\"http", "@import", "url("] {
      #expect(!lower.contains(forbidden), "\(forbidden)")
    }
    #expect(html.contains("default-src 'none'"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(!html.unicodeScalars.contains { (0xE000...0xE00F).contains($0.value) })
    #expect(!(try folder.text("README.md")).unicodeScalars.contains { (0xE000...0xE00F).contains($0.value) })
  }

  @Test func picturesAreInThePageAndBesideIt() throws {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render(Self.note())
    let html = try folder.text("index.html")
    let pictures = html.matches(of: /data:image\/png;base64,([A-Za-z0-9+\/=]+)/).map { String($0.1) }
    // In the order in which a browser looks for one: for phones in the dark, phones, the dark, all others.
    let names = ["training", "overlaid", "costs", "points"].flatMap { id in
      ["narrow.dark.", "narrow.", "dark.", ""].map { "\(id).\($0)png" }
    }
    #expect(pictures.count == names.count)
    for (picture, name) in zip(pictures, names) {
      let data = try #require(Data(base64Encoded: picture))
      #expect(try data == folder.data("figures/\(name)"))
      let image = try DecodedImage(png: data)
      #expect(image.width == (name.contains("narrow") ? 720 : 1440), "\(name)")
      // The corner has the paper's color.
      #expect((image[1, 1].red < 40) == name.contains("dark"), "\(name)")
    }
    #expect(html.matches(of: /<picture>(<source [^>]*>){3}<img [^>]*><\/picture>/).count == 4)
    #expect(html.contains("<source media=\"screen and (prefers-color-scheme: dark)\" srcset=\"data:image/png;base64,"))
    let readme = try folder.text("README.md")
    #expect(
      readme.contains(
        "<source media=\"screen and (prefers-color-scheme: dark)\" srcset=\"figures/costs.dark.png\"><img src=\"figures/costs.png\" alt=\""
      ))
  }

  @Test func theSameRowsGiveTheSameBytes() throws {
    let (one, two) = (try ReportFolder.withBibliography(), try ReportFolder.withBibliography())
    _ = try one.render(Self.note())
    _ = try two.render(Self.note())
    for name in [
      "index.html", "README.md", "notebook.ipynb", "figures/training.png", "figures/costs.png", "data/results.csv",
    ] {
      #expect(try one.data(name) == two.data(name))
    }
  }

  @Test func provenanceOfChosenRunsAndOfAll() throws {
    let runs = ["q": [UsedRun(id: "r2", digest: String(repeating: "ab", count: 32))], "some": []]
    let folder = try ReportFolder.withBibliography()
    let rendered = try folder.render(
      "```{query q}\none\n```\n{{q.count}}\n\n```{provenance some}\nevery run\n```\n```{provenance all}\n```\n",
      runs: runs)
    #expect(
      try folder.text("data/all.csv").hasPrefix("run,trial,profile,begun,vgglab,commit,")
        && folder.text("data/all.csv").split(separator: "\n").count == 2)
    #expect(
      try folder.text("data/some.csv").contains("r1,small,quick,2026-11-25T10:00:00Z,1.2.3,0123456789ab (changed),"))
    #expect(rendered.queries.map(\.id) == ["q", "some", "all"])
    let html = try folder.text("index.html")
    #expect(html.contains("data-query=\"q\" data-runs=\"abababababab\">"))
    #expect(html.contains("<td>abababababab</td>") && html.contains("A &lt;processor&gt;"))
    let none = ReportFolder()
    _ = try none.render("```{provenance all}\n```\n")
    #expect(try none.text("index.html").contains("Nothing on this page depends on a run."))
  }

  @Test func whatAnEarlierWeaveLeftIsRemoved() throws {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render(Self.note())
    _ = try folder.render("# Short\n\n```{table results}\nrows\n```\n")
    let files = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/out").sorted()
    #expect(
      files == [
        "README.md", "data", "data/results.csv", "figures", "index.html", "notebook.ipynb", "vgglab-output.json",
      ])
    #expect(try folder.text("index.html").contains("<title>Short</title>"))
  }

  @Test func anErrorLeavesTheEarlierReportAsItWas() throws {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render(Self.note())
    let before = try folder.data("index.html")
    #expect(throws: NotebookError.self) { try folder.render("{{none.x}}\n") }
    #expect(try folder.data("index.html") == before)
  }

  @Test func chineseNotesHaveChineseWords() throws {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render("---\ntitle: 练习\nlang: zh\n---\n\n```{table results}\n--| caption: 结果\nrows\n```\n")
    let html = try folder.text("index.html")
    #expect(html.contains("<html lang=\"zh-Hans\">") && html.contains("<b>表 1：</b>结果"))
  }
}
