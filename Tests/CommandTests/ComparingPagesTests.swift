import Foundation
import Testing

/// What `report --check` and `archive verify` leave uncompared, accuracies that contradict predictions, and formats of
/// comparisons' drawings.
@Suite struct ComparingPagesTests {
  /// The program where text is drawn with no fonts at all.
  private static func withoutFonts(_ program: Program) throws -> Program {
    var other = program
    try program.write(".no-fonts.conf", "<?xml version=\"1.0\"?><fontconfig></fontconfig>\n")
    other.environment["FONTCONFIG_FILE"] = "\(program.directory)/.no-fonts.conf"
    return other
  }

  @Test func otherFontsAreNoChangeOfTheReport() throws {
    let program = try LookTests.finished("--set", "training.epochs=1")
    defer { program.remove() }
    let elsewhere = try Self.withoutFonts(program)
    // The program carries a font for figures: what that font has is drawn alike everywhere.
    try program.write("latin.md", VerifyCommandTests.notebook)
    #expect(try program("report", "latin.md", "--out", "latin").code == 0)
    #expect(try elsewhere("verify", "latin").code == 0)
    #expect(try elsewhere("report", "latin.md", "--out", "latin", "--check").code == 0)
    // Chinese is drawn by the machine's fonts.
    let notebook = VerifyCommandTests.notebook.replacing("SELECT trial AS", with: "SELECT trial || '网络' AS")
    try program.write("nets.md", notebook)
    #expect(try program("report", "nets.md", "--out", "page").code == 0)
    #expect(try program("archive", "create", "one", "--notebook", "nets.md").code == 0)
    for arguments in [
      ["verify", "page"], ["report", "nets.md", "--out", "page", "--check"], ["archive", "verify", "one"],
    ] {
      var outcome = try elsewhere.run(arguments)
      #expect(outcome.code == 2 && outcome.output.contains("not compared: "), "\(arguments): \(outcome)")
      #expect(outcome.errors.contains("--allow-unverified-figures"), "\(outcome)")
      outcome = try elsewhere.run(arguments + ["--allow-unverified-figures"])
      #expect(outcome.code == 0 && outcome.output.contains("not compared: "), "\(arguments): \(outcome)")
      #expect(try program.run(arguments).code == 0)
    }
    #expect(try program("report", "nets.md", "--allow-unverified-figures").code == 64)
    // A change is one whatever the fonts are.
    let readme = try OutputSafetyTests.text(program, "page/README.md")
    let check = ["report", "nets.md", "--out", "page", "--check", "--allow-unverified-figures"]
    try program.write("page/README.md", readme.replacing("The best", with: "The worst"))
    #expect(try elsewhere.run(check).code == 2)
    try program.write("page/README.md", readme)
    try program.write("page/figures/accuracies.png", "other")
    #expect(try elsewhere.run(check).code == 2)
    try program.write("nets.md", notebook.replacing("The best", with: "The worst"))
    #expect(try elsewhere.run(check).code == 2)
  }

  @Test func archivesOfOtherVersionsAreAllowedAsPagesAre() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write("note.md", OutputSafetyTests.notebook)
    #expect(try program("archive", "create", "one", "--notebook", "note.md").code == 0)
    let folder = "reports/archive/one"
    var forged = try ForgedPage(program, folder: "\(folder)/reports/note")
    forged.evidence = forged.evidence.replacing("\"vgglab\": \"", with: "\"vgglab\": \"0.0.9-")
    try forged.write("\(folder)/reports/note/index.html")
    let digest = try forged.digest(
      Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/\(folder)/reports/note/index.html")))
    let archive = try OutputSafetyTests.text(program, "\(folder)/archive.json")
      .replacing("\"vgglab\": \"", with: "\"vgglab\": \"0.0.9-")
    try program.write("\(folder)/archive.json", archive)
    let digestOfArchive = try forged.digest(Data(archive.utf8))
    let sums = try OutputSafetyTests.text(program, "\(folder)/SHA256SUMS")
    try program.write(
      "\(folder)/SHA256SUMS",
      sums.replacing(/[0-9a-f]{64}  reports\/note\/index\.html/) { _ in "\(digest)  reports/note/index.html" }
        .replacing(/[0-9a-f]{64}  archive\.json/) { _ in "\(digestOfArchive)  archive.json" })
    let outcome = try program("archive", "verify", "one")
    #expect(outcome.code == 2 && outcome.errors.contains("--allow-other-version"), "\(outcome)")
    #expect(try program("archive", "verify", "one", "--allow-unverified-figures").code == 2)
    #expect(try program("archive", "verify", "one", "--allow-other-version").code == 0)
  }

  /// The evidence has predictions wherever an accuracy is read, whether a query asks for them or not.
  @Test(arguments: [
    "SELECT max(test_accuracy) AS a FROM trial_summary", "SELECT max(test_accuracy) AS a FROM run_summary",
    "SELECT max(value) AS a FROM final_metric WHERE name = 'test_accuracy'",
    "SELECT max(value) AS a FROM metric WHERE name = 'test_accuracy'",
  ])
  func accuraciesAreComparedWithPredictions(query: String) throws {
    let program = try LookTests.finished("--set", "training.epochs=1")
    defer { program.remove() }
    try program.write("note.md", "```{query n}\n\(query)\n```\nIt is {{n.a}}.\n")
    #expect(try program("report", "note.md", "--out", "page").code == 0)
    #expect(try program("verify", "page").code == 0)
    var forged = try ForgedPage(program, folder: "page")
    let row = try #require(forged.evidence.firstMatch(of: /"test_accuracy", *\d+, *1, *1\.0, *(\d[0-9.e-]*)/))
    forged.evidence.replaceSubrange(row.1.startIndex..<row.1.endIndex, with: "0.96875")
    try forged.write("forged.html")
    let outcome = try program("verify", "forged.html")
    #expect(outcome.code == 2 && outcome.output.contains("is 0.96875, and its predictions give"), "\(outcome)")
  }

  @Test func comparisonsAreDrawnAsTheirNamesSay() throws {
    let program = try LookTests.finished("--set", "training.epochs=1")
    defer { program.remove() }
    #expect(try program("run", "tiny.yaml", "--only", "smaller", "--set", "training.epochs=1").code == 0)
    for (name, beginning) in [
      ("x.png", Data([0x89, 0x50, 0x4E, 0x47])), ("p", Data([0x89, 0x50, 0x4E, 0x47])), ("x.svg", Data("<?xml".utf8)),
      ("X.SVG", Data("<?xml".utf8)), ("x.pdf", Data("%PDF-".utf8)),
    ] {
      let outcome = try program("compare", "small", "smaller", "--plot", name)
      #expect(outcome.code == 0, "\(name): \(outcome)")
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/\(name)"))
      #expect(data.starts(with: beginning), "\(name): \(data.prefix(8) as NSData)")
    }
    for name in ["x.jpg", "x.gif", "x.png.txt"] {
      #expect(try program("compare", "small", "smaller", "--plot", name).code == 64)
      #expect(!program.exists(name))
    }
  }

  /// A megabyte of what Markdown has to look at twice is refused or built, soon.
  @Test(arguments: ["<a ", "{{", "<http://a.b> ", "[@a; ", "![a](x ", "{{a.b}}", "http://a.b "])
  func aMegabyteOfBeginningsEnds(piece: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("n.md", String(repeating: piece, count: (1 << 20) / piece.utf8.count - 1) + "\n")
    try FileManager.default.createDirectory(
      atPath: "\(program.directory)/.vgglab/runs", withIntermediateDirectories: true)
    let outcome = try program("report", "n.md", "--out", "page")
    #expect(outcome.code == 0 || outcome.code == 65 && outcome.errors.contains("more than"), "\(outcome)")
  }
}
