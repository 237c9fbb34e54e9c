import Testing

/// What no output can be written to is refused before anything is done.
@Suite struct OutputPathTests {
  static let commands: [[String]] = [
    ["export", "a", "--format", "tfevents", "-o", ""], ["export", "a", "--format", "tfevents", "-o", "-"],
    ["export", "a", "--format", "csv", "-o", ""], ["export", "a", "--format", "onnx", "-o", ""],
    ["import", "csv", "a.csv", "-o", ""], ["import", "tfevents", "a", "-o", ""],
    ["report", "a.md", "--out", ""], ["report", "a.md", "--out", "-"],
    ["extract", "index.html", "-o", ""], ["extract", "index.html", "-o", "-"],
    ["archive", "create", "a", "--archives", ""], ["archive", "create", "a", "--archives", "-"],
    ["compare", "a", "b", "--plot", ""], ["mistakes", "a", "-o", ""], ["doctor", "--data", "a", "-o", ""],
    ["bench", "store", "--keep", ""], ["bench", "store", "--keep", "-"],
  ]

  @Test(arguments: commands) func outputThatNamesNothingIsRefused(_ arguments: [String]) throws {
    let program = try Program()
    defer { program.remove() }
    let found = try program.run(arguments)
    #expect(found.code == 64 && found.output.isEmpty, "\(arguments): \(found)")
    #expect(found.errors.contains("name a "), "\(arguments): \(found)")
    #expect(!program.exists("-"))
  }

  /// What stands in the way of output is no missing input.
  @Test func aFolderIsNoFileAndAFileNoFolder() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for arguments in [
      ["export", "small", "--format", "csv", "-o", "/"], ["export", "small", "--format", "sqlite", "-o", "."],
      ["archive", "create", "x", "--runs", "small", "--archives", "tiny.yaml"],
    ] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 74 && outcome.output.isEmpty, "\(arguments): \(outcome)")
      #expect(outcome.errors.contains("cannot be written"), "\(arguments): \(outcome)")
    }
  }

  @Test func oneImportedRunIsOne() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1").code == 0)
    #expect(try program("archive", "create", "one", "--runs", "small").code == 0)
    let imported = try program("archive", "import", "one", "--store", "other")
    #expect(imported.code == 0 && imported.errors.contains("1 run is new in other"), "\(imported)")
  }
}
