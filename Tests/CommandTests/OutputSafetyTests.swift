import Foundation
import Testing

/// What reports, evidence and archives are written into, and what of it they replace.
@Suite struct OutputSafetyTests {
  static let notebook = """
    # A note

    ```{query n}
    SELECT count(*) AS n FROM run
    ```

    There is {{n.n}} run.

    """

  /// A store with one run, and a notebook.
  static func made(_ notebook: String = "n.md") throws -> Program {
    let program = try LookTests.finished("--set", "training.epochs=0")
    try program.write(notebook, Self.notebook)
    return program
  }

  /// Every file but the store's, with its bytes; links by what they lead to.
  static func files(_ program: Program) throws -> [String: Data] {
    var found: [String: Data] = [:]
    let names = try FileManager.default.subpathsOfDirectory(atPath: program.directory)
    for name in names where !name.hasPrefix(".vgglab") {
      let path = "\(program.directory)/\(name)"
      if let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
        found[name] = Data("-> \(link)".utf8)
      } else {
        found[name] = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data("folder".utf8)
      }
    }
    return found
  }

  static func text(_ program: Program, _ name: String) throws -> String {
    try String(contentsOfFile: "\(program.directory)/\(name)", encoding: .utf8)
  }

  @Test func whatVgglabDidNotMakeStaysAsItIs() throws {
    let program = try Self.made("report.md")
    defer { program.remove() }
    #expect(try program("report", "report.md", "--out", "page").code == 0)
    for name in [
      "data/train.csv", "figures/photo.png", "README.md", "index.html", "hidden/.keep", "only/data/mine.csv",
      "archives/aa/mine",
    ] {
      try program.write(name, "mine")
    }
    try FileManager.default.createDirectory(
      atPath: "\(program.directory)/empty/figures", withIntermediateDirectories: true)
    for (link, target) in [("link", "only"), ("archives/bb", "../only"), ("nothing", "none")] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(program.directory)/\(link)", withDestinationPath: target)
    }
    let before = try Self.files(program)
    for folder in [".", "./", program.directory, "hidden", "only", "link", "empty", "README.md", ".vgglab"] {
      for arguments in [["report", "report.md", "--out", folder], ["extract", "page/index.html", "-o", folder]] {
        let outcome = try program.run(arguments)
        #expect(outcome.code == 74 && outcome.errors.contains("nothing was written"), "\(arguments): \(outcome)")
      }
    }
    #expect(try program("report", "report.md", "--out", "nothing").code == 74)
    for name in ["aa", "bb"] {
      let outcome = try program("archive", "create", name, "--archives", "archives", "--runs", "small")
      #expect(outcome.code == 74, "\(name): \(outcome)")
    }
    let outcome = try program("report", "report.md", "--out", ".")
    #expect(outcome.errors.contains("README.md, archives, data, empty"), "\(outcome)")
    #expect(try Self.files(program) == before)
    for arguments in [["report", "report.md", "--out", ""], ["extract", "page/index.html", "-o", ""]] {
      #expect(try program.run(arguments).code == 64)
    }
  }

  @Test func theNotebookItselfIsNeverReplaced() throws {
    let program = try Self.made("README.md")
    defer { program.remove() }
    for folder in [".", "./", "../" + (program.directory as NSString).lastPathComponent] {
      #expect(try program("report", "README.md", "--out", folder).code == 74)
    }
    #expect(try Self.text(program, "README.md") == Self.notebook)
    // Nor in a folder that vgglab made, where the name is among those that it writes.
    #expect(try program("report", "README.md", "--out", "page").code == 0)
    for (name, make) in [
      ("page/README.md", { (_: String) in }),
      ("README.md", { try? FileManager.default.linkItem(atPath: "\($0)/page/README.md", toPath: "\($0)/README.md") }),
    ] {
      if name == "README.md" { try FileManager.default.removeItem(atPath: "\(program.directory)/README.md") }
      make(program.directory)
      let before = try Self.files(program)
      let outcome = try program("report", name, "--out", "page")
      #expect(outcome.code == 74 && outcome.errors.contains("is the notebook itself"), "\(outcome)")
      #expect(try Self.files(program) == before)
    }
  }

  @Test func onlyListedFilesAreReplacedAndRemoved() throws {
    let program = try Self.made()
    defer { program.remove() }
    let cell = "```{table more}\nSELECT 1 AS one\n```\n"
    try program.write("n.md", Self.notebook + cell)
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    #expect(program.exists("page/data/more.csv"))
    for name in ["page/mine.txt", "page/data/mine.csv", "page/figures/photo.png"] { try program.write(name, "mine") }
    try program.write("n.md", Self.notebook)
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    #expect(!program.exists("page/data/more.csv"))
    for name in ["page/mine.txt", "page/data/mine.csv", "page/figures/photo.png"] {
      #expect(try Self.text(program, name) == "mine")
    }
    // A file of the user's has the name of one that would come.
    try program.write("page/data/more.csv", "mine")
    try program.write("n.md", Self.notebook + cell)
    var outcome = try program("report", "n.md", "--out", "page")
    #expect(outcome.code == 74 && outcome.errors.contains("page: data/more.csv was changed"), "\(outcome)")
    #expect(try Self.text(program, "page/data/more.csv") == "mine")
    try FileManager.default.removeItem(atPath: "\(program.directory)/page/data/more.csv")
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    // One that was written is changed; one that would go is.
    let page = try Self.text(program, "page/README.md")
    try program.write("page/README.md", page + "My remark.\n")
    try program.write("page/data/more.csv", "mine")
    try program.write("n.md", Self.notebook)
    let before = try Self.files(program)
    outcome = try program("report", "n.md", "--out", "page")
    #expect(outcome.code == 74 && outcome.errors.contains("README.md, data/more.csv were changed"), "\(outcome)")
    #expect(try Self.files(program) == before)
    for name in ["README.md", "data/more.csv"] {
      try FileManager.default.removeItem(atPath: "\(program.directory)/page/\(name)")
    }
    #expect(try program("report", "n.md", "--out", "page").code == 0)
  }

  @Test func linksAndForeignMarksAreRefused() throws {
    let program = try Self.made()
    defer { program.remove() }
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    try program.write("other.md", Self.notebook)
    #expect(try program("report", "other.md", "--out", "page").code == 74)
    #expect(try program("extract", "page/index.html", "-o", "page").code == 74)
    try program.write("elsewhere/n.csv", "n\n1\n")
    let data = "\(program.directory)/page/data"
    try FileManager.default.removeItem(atPath: data)
    try FileManager.default.createSymbolicLink(atPath: data, withDestinationPath: "../elsewhere")
    try program.write("n.md", Self.notebook.replacing("count(*)", with: "count(*) + 1"))
    #expect(try program("report", "n.md", "--out", "page").code == 74)
    #expect(try Self.text(program, "elsewhere/n.csv") == "n\n1\n")
    try FileManager.default.removeItem(atPath: data)
    for mark in [
      "", "{}",
      "{\"format\": 1, \"note\": \"\", \"kind\": \"report\", \"notebook\": \"n.md\", \"place\": null, \"files\": {\"../n.md\": [\"0\"]}}",
    ] {
      try program.write("page/vgglab-output.json", mark)
      let outcome = try program("report", "n.md", "--out", "page")
      #expect(
        outcome.code == 74 && outcome.errors.contains("vgglab-output.json: cannot be read"), "\(mark): \(outcome)")
    }
    #expect(program.exists("n.md"))
  }

  /// Folders of earlier versions have no mark.
  @Test func aSoundReportWithoutMarkIsTakenOver() throws {
    let program = try Self.made()
    defer { program.remove() }
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    let mark = "\(program.directory)/page/vgglab-output.json"
    for (name, code) in [("mine.txt", 74), ("data/mine.csv", 74), ("README.md", 74), ("", 0)] as [(String, Int32)] {
      try FileManager.default.removeItem(atPath: mark)
      let kept = name == "README.md" ? try Self.text(program, "page/README.md") : nil
      if !name.isEmpty { try program.write("page/\(name)", "mine") }
      let before = try Self.files(program)
      let outcome = try program("report", "n.md", "--out", "page")
      #expect(outcome.code == code, "\(name): \(outcome)")
      guard code != 0 else { break }
      #expect(try Self.files(program) == before)
      try FileManager.default.removeItem(atPath: "\(program.directory)/page/\(name)")
      if let kept { try program.write("page/README.md", kept) }
      try program.write("page/vgglab-output.json", "")
    }
    #expect(program.exists("page/vgglab-output.json"))
    // What an archive holds is never written into.
    #expect(try program("archive", "create", "one", "--notebook", "n.md").code == 0)
    #expect(try program("report", "n.md", "--out", "reports/archive/one/reports/n").code == 74)
    #expect(try program("archive", "verify", "one").code == 0)
  }

  @Test func notebooksOfOneNameHaveFoldersOfTheirOwn() throws {
    let program = try Self.made("a/x.md")
    defer { program.remove() }
    try program.write("b/x.md", Self.notebook + "\nOther.\n")
    try program.write("..md", Self.notebook)
    func folder(_ notebook: String) throws -> String {
      let outcome = try program("report", notebook)
      #expect(outcome.code == 0, "\(outcome)")
      return outcome.output
    }
    let (one, other) = (try folder("a/x.md"), try folder("b/x.md"))
    #expect(one == ".vgglab/reports/x/index.html\n" && other != one)
    #expect(try folder("./a/../a/x.md") == one)
    #expect(try folder("\(program.directory)/b/x.md") == other)
    #expect(try folder("..md") == ".vgglab/reports/report/index.html\n")
    try FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/reports/x")
    #expect(try folder("b/x.md") == other && folder("a/x.md") == one)
    #expect(try program("report", "b/x.md", "--check").code == 0)
  }

  @Test func namesOfOneLetterWork() throws {
    let program = try Self.made()
    defer { program.remove() }
    #expect(try program("report", "n.md", "--out", "r").output == "r/index.html\n")
    #expect(try program("report", "n.md", "--out", "s/").code == 0)
    try FileManager.default.copyItem(
      atPath: "\(program.directory)/r/index.html", toPath: "\(program.directory)/P")
    #expect(try program("verify", "P").code == 0)
    #expect(try program("extract", "P", "-o", "e").code == 0)
    #expect(program.exists("e/evidence.sqlite"))
    #expect(try program("archive", "create", "aa", "--archives", "q", "--notebook", "n.md").code == 0)
    #expect(try program("archive", "create", "b", "--archives", "q", "--runs", "small").code == 0)
    #expect(try program("archive", "diff", "aa", "b", "--archives", "q").code == 0)
    #expect(try program("archive", "verify", "aa", "--archives", "q").code == 0)
  }
}
