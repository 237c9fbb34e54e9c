import Foundation
import Testing

/// What others have written commands no terminal, whichever command prints it.
@Suite struct TerminalTests {
  /// A title, a color, a cleared screen; C1's short forms; a turned direction; a line that goes back over itself.
  static let sequences = [
    "\u{1B}]0;owned\u{07}\u{1B}[2J", "\u{9B}31m\u{90}", "\u{202E}txt.exe\u{2066}", "safe\rowned\u{7F}\u{8}",
  ]

  static let notebook = """
    ---
    title: Sizes
    lang: en
    ---

    These are sizes.

    ```{bars sizes}
    --| caption: Parameters.
    SELECT trial AS "group", 'parameters' AS series, parameters AS value FROM run_summary ORDER BY trial
    ```

    """

  static func isClean(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x0A, 0x09: true
      case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: false
      default: true
      }
    }
  }

  @Test(arguments: sequences)
  func namesAndNotesAreShownAsText(sequence: String) throws {
    let program = try Program()
    defer { program.remove() }
    let escaped = sequence.unicodeScalars.map {
      "\\u\(String(repeating: "0", count: 4 - String($0.value, radix: 16).count))\(String($0.value, radix: 16))"
    }
    .joined()
    try program.write(
      "tiny.yaml",
      Samples.tiny.replacing("Does everything work together?", with: "\"Does \(escaped) work together?\""))
    #expect(try program("run", "tiny.yaml", "--set", "training.epochs=0").code == 0)
    let run = try #require(RunTests.rows(program, "SELECT id FROM run WHERE trial = 'small'").first?["id"] as? String)
    #expect(try program("note", "small", "a note \(sequence)").code == 0)
    // What is in a journal may come from anybody.
    let json = String(decoding: try JSONEncoder().encode([sequence]), as: UTF8.self).dropFirst().dropLast().dropFirst()
      .dropLast()
    try Journal.change(program, run) { line in
      line.replacing("\"operatingSystem\":\"", with: "\"operatingSystem\":\"\(json)")
        .replacing("\"vgglabVersion\":\"", with: "\"vgglabVersion\":\"\(json)")
    }
    try program.write(".vgglab/runs/\(run)/log", "a worker's words \(sequence)\n")
    #expect(try program("doctor", "--rebuild").code <= 1)
    try program.write(
      "nets.md",
      "---\ntitle: T\nlang: en\n---\n\n```{query q}\nSELECT count(*) AS n, min(vgglab_version) AS v FROM environment\n```\n\n{{q.n | %d}} {{q.v}}\n"
    )
    let commands: [[String]] = [
      ["list"], ["show", "small"], ["doctor"], ["query", "SELECT question AS \"a\(sequence)\" FROM experiment"],
      ["query", "SELECT * FROM note"], ["query", "SELECT \(sequence)"], ["show", sequence],
      ["list", "--filter", sequence],
      ["archive", "create", "one", "--runs", "small"], ["archive", "show", "one"], ["archive", "show", sequence],
      ["archive", "list"], ["archive", "diff", "one", "one"], ["archive", "verify", "one"],
      ["archive", "list", "--archives", sequence], ["report", "nets.md", "--out", "out"], ["verify", "out"],
      ["verify", sequence],
      ["whence", sequence], ["plan", sequence], ["run", sequence], ["tag", "small", sequence], ["note", "small", ""],
      ["extract", sequence], [sequence], ["list", "--\(sequence)"], ["export", "small", "--format", sequence],
      ["summary", sequence], ["compare", "small", sequence],
      // JSON keeps the text, as escapes.
      ["show", "small", "--json"], ["query", "SELECT text FROM note", "--json"], ["archive", "list", "--json"],
    ]
    for arguments in commands {
      let outcome = try program.run(arguments)
      #expect(Self.isClean(outcome.output) && Self.isClean(outcome.errors), "\(arguments): \(outcome)")
    }
    let rows = try RunTests.rows(program, "SELECT text FROM note")
    #expect(rows.first?["text"] as? String == "a note \(sequence)")
    // A file gets a log as it is.
    #expect(try program("log", "small").output == "a worker's words \(sequence)\n")
  }

  /// The text of an image that somebody sent.
  @Test(arguments: sequences)
  func picturesAndArchivesThatWereSent(sequence: String) throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write("nets.md", Self.notebook)
    #expect(try program("report", "nets.md", "--out", "out").code == 0)
    #expect(try program("archive", "create", "one", "--notebook", "nets.md").code == 0)
    // The name is in a text chunk of the figure.
    try program.write("\(sequence).md", Self.notebook)
    #expect(try program("report", "\(sequence).md", "--out", "sent").code == 0)
    let path = "\(program.directory)/reports/archive/one/archive.json"
    let json = String(decoding: try JSONEncoder().encode([sequence]), as: UTF8.self).dropFirst(2).dropLast(2)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try Data(
      text.replacing("\"title\": \"", with: "\"title\": \"\(json)").replacing(
        "\"vgglab\": \"", with: "\"vgglab\": \"\(json)"
      )
      .utf8
    ).write(to: URL(fileURLWithPath: path))
    let page = try String(contentsOfFile: "\(program.directory)/out/index.html", encoding: .utf8)
    try program.write("page.html", page.replacing("These are", with: "These \(sequence) are"))
    for arguments in [
      ["archive", "show", "one"], ["archive", "list"], ["archive", "verify", "one"], ["archive", "diff", "one", "one"],
      ["verify", "page.html"], ["whence", "sent/figures/sizes.png"], ["verify", "sent"], ["archive", "import", "one"],
    ] {
      let outcome = try program.run(arguments)
      #expect(Self.isClean(outcome.output) && Self.isClean(outcome.errors), "\(arguments): \(outcome)")
    }
  }

  /// Temporary folders have names that nobody can know beforehand, and only the user may read them.
  @Test func temporaryFoldersCannotBePrepared() throws {
    var program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try program.write("victim/keep.txt", "mine\n")
    try FileManager.default.createDirectory(atPath: "\(program.directory)/tmp", withIntermediateDirectories: true)
    program.environment["TMPDIR"] = "\(program.directory)/tmp"
    let process = program.start([
      "verify-resume", "tiny.yaml", "--only", "small", "--profile", "quick", "--set", "network.hidden=64",
      "--kills", "1",
    ])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The name that could be guessed leads elsewhere.
    try FileManager.default.createSymbolicLink(
      atPath: "\(program.directory)/tmp/vgglab-verify-\(process.processIdentifier)",
      withDestinationPath: "\(program.directory)/victim")
    process.waitUntilExit()
    // So short a training may end before it is killed.
    #expect([0, 2].contains(process.terminationStatus))
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/victim") == ["keep.txt"])
    // Nothing is left behind but the link.
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/tmp").count == 1)
  }
}
