import Foundation
import Testing

/// Folders in which there is no store, and stores of which a part is gone.
@Suite struct StorePlaceTests {
  private static func trained() throws -> Program {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1").code == 0)
    return program
  }

  @Test(arguments: [
    ["run", "tiny.yaml", "--only", "small", "--store"], ["rerun", "small", "--threads", "1", "--keep"],
  ])
  func noStoreIsMadeAmongOtherFiles(_ arguments: [String]) throws {
    let program = try Self.trained()
    defer { program.remove() }
    for (folder, file) in [("full", "a.txt"), ("curves", "runs/exp1/events.out")] {
      try program.write("\(folder)/\(file)", "text")
      let outcome = try program.run(arguments + [folder])
      #expect(outcome.code == 74 && outcome.errors.contains("\(folder): has other files"), "\(outcome)")
      #expect(!program.exists("\(folder)/.gitignore") && !program.exists("\(folder)/lab.sqlite"))
      let list = try program("list", "--store", folder)
      #expect(list.code == 66 && list.errors.contains("there is no store"), "\(list)")
    }
    #expect(!program.exists("full/runs"))
    try FileManager.default.createDirectory(atPath: "\(program.directory)/empty", withIntermediateDirectories: true)
    #expect(try program.run(arguments + ["empty"]).code == 0)
    // A store whose index was deleted is one among any files.
    try FileManager.default.removeItem(atPath: "\(program.directory)/empty/lab.sqlite")
    try program.write("empty/notes.txt", "text")
    #expect(try program("list", "--store", "empty").output.contains("completed"))
  }

  @Test func whereAllRunsAreGoneNothingOfThemIsShown() throws {
    let program = try Self.trained()
    defer { program.remove() }
    #expect(try program("new", "notebook", "page").code == 0)
    #expect(try program("list").output.contains("completed"))
    try FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/runs")
    let list = try program("list")
    #expect(list.output.contains("gone") && !list.output.contains("completed"), "\(list)")
    #expect(list.errors.contains("its folder is missing"))
    let plan = try program("plan", "tiny.yaml", "--only", "small", "--profile", "quick")
    #expect(plan.code == 0 && !plan.output.contains("is complete"), "\(plan)")
    #expect(try program("report", "page.md", "--out", "page").errors.contains("its folder is missing"))
    for command in [["gc"], ["doctor", "--rebuild"]] {
      let outcome = try program.run(command)
      #expect(outcome.code == 0, "\(outcome)")
    }
  }

  @Test func runsThatSomebodyMayNotReadAreNamed() throws {
    let program = try Self.trained()
    defer { program.remove() }
    func shell(_ script: String) throws -> StartStopTests.Shell { try StartStopTests.Shell(program, script) }
    #expect(try shell("cp \"$P\" program; chmod a+rx program .; chmod -R go+rX .vgglab").end() == 0)
    // A run that is made later is as open as those before.
    #expect(try program("run", "tiny.yaml", "--only", "smaller", "--profile", "quick", "--threads", "1").code == 0)
    let run = try #require(
      RunTests.rows(program, "SELECT run FROM run_summary WHERE trial = 'smaller'").first?["run"] as? String)
    let folder = "\(program.directory)/.vgglab/runs/\(run)"
    let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
    #expect(mode.map { $0 & 0o055 } == 0o055)
    let other = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups -- " : ""
    let list = try shell("\(other)./program list")
    #expect(list.end() == 0 && list.text.contains("smaller") && !list.text.contains("Permission"), "\(list.text)")
    chmod(folder, 0)
    defer { chmod(folder, 0o700) }
    for command in ["list", "export --all --format csv", "doctor"] {
      let closed = try shell("HOME=/ \(other)./program \(command)")
      _ = closed.end()
      #expect(closed.text.contains("\(run): cannot be read (Permission denied)"), "\(command): \(closed.text)")
    }
  }

  @Test func aTrialWhoseNewestRunIsGoneHasItsOlderOnes() throws {
    let program = try Self.trained()
    defer { program.remove() }
    func runs() throws -> [String] {
      try RunTests.rows(program, "SELECT run FROM run_summary ORDER BY sequence").compactMap { $0["run"] as? String }
    }
    #expect(
      try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1", "--rerun").code == 0)
    let both = try runs()
    try #require(both.count == 2)
    #expect(try program("show", "small", "--json").output.contains(both[1]))
    try FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/runs/\(both[1])")
    let shown = try program("show", "small", "--json")
    #expect(shown.code == 0 && shown.output.contains(both[0]) && !shown.output.contains(both[1]), "\(shown)")
    #expect(try program("export", "small", "--format", "safetensors", "-o", "w").code == 0)
  }

  @Test func aLimitOnTheSizeOfFilesIsAnErrorOfWriting() throws {
    let program = try Self.trained()
    defer { program.remove() }
    let export = try StartStopTests.Shell(program, "ulimit -f 1; \"$P\" export small --format csv -o f.csv")
    #expect(export.end() == 74 && export.text.hasPrefix("vgglab: "), "\(export.text)")
    #expect(!program.exists("f.csv"))
    let run = try StartStopTests.Shell(
      program, "ulimit -f 40; \"$P\" run tiny.yaml --only smaller --profile quick --threads 1")
    #expect(run.end() == 74 && run.text.contains("vgglab: "), "\(run.text)")
  }

  @Test(arguments: [("a\\0b", "a zero character"), (" \\n", "the note is empty")])
  func notesThatCannotBeKept(text: String, words: String) throws {
    let program = try Self.trained()
    defer { program.remove() }
    let shell = try StartStopTests.Shell(program, "printf '\(text)' | \"$P\" note small -")
    #expect(shell.end() == 64 && shell.text.contains(words), "\(shell.text)")
    #expect(try RunTests.rows(program, "SELECT * FROM note").isEmpty)
  }

  @Test func aStoreThatCannotBeWrittenIsReadWithoutItsIndex() throws {
    let program = try Self.trained()
    defer { program.remove() }
    #expect(try program("new", "notebook", "page").code == 0)
    try FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/lab.sqlite")
    func end(_ script: String) throws -> Int32 { try StartStopTests.Shell(program, script).end() }
    // Root may write anywhere, so another user reads, with a copy of the program that this one can start.
    let copy = "cp \"$P\" program && chmod a+rx program && chmod -R a+rX . && chmod -R a-w .vgglab && chmod a+rwx ."
    #expect(try end(copy) == 0)
    let other = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups -- " : ""
    for command in ["list", "report page.md --out page", "doctor"] {
      let shell = try StartStopTests.Shell(program, "HOME=\"$PWD\" \(other)./program \(command)")
      #expect(shell.end() == 0, "\(command): \(shell.text)")
    }
    #expect(try end("chmod -R u+w .vgglab") == 0)
  }
}
