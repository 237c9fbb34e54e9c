import Foundation
import Testing

/// What is kept of the place that a run was made in.
@Suite struct ProvenanceTests {
  @Test func uncommittedChangesAreKeptWithTheRun() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try program.write("notes.txt", "as committed\n")
    try Git.run(program, "init", "-q")
    try Git.run(program, "add", "tiny.yaml", "notes.txt")
    try Git.run(program, "commit", "-q", "-m", "Begin")
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0").code == 0)
    #expect(try RunTests.rows(program, "SELECT * FROM artifact WHERE name LIKE 'uncommitted%'").isEmpty)

    try program.write("notes.txt", "as it was when the run was made\n")
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0", "--rerun").code == 0)
    let kept = try RunTests.rows(program, "SELECT run, path, bytes FROM artifact WHERE name = 'uncommitted-1'")
    #expect(kept.count == 1)
    let run = try #require(kept.first?["run"] as? String)
    let path = try #require(kept.first?["path"] as? String)
    let text = try String(contentsOfFile: "\(program.directory)/.vgglab/runs/\(run)/\(path)", encoding: .utf8)
    #expect(text.contains("-as committed") && text.contains("+as it was when the run was made"))
    #expect(text.utf8.count == kept.first?["bytes"] as? Int)
    #expect(try program("show", run).output.contains("uncommitted-1"))

    // Changes without end are left out, and the file says so; those that fit are kept whole.
    try program.write("notes.txt", String(repeating: "one line of many\n", count: 100_000))
    try program.write("tiny.yaml", Samples.tiny.replacing("work together", with: "fit together"))
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0", "--rerun").code == 0)
    let patch = try Git.keptPatch(program)
    #expect(patch.count < 1 << 20)
    let shown = String(decoding: patch, as: UTF8.self)
    #expect(
      shown.contains("# not kept, for the changes are too large: notes.txt\n")
        && shown.contains("+question: Does everything fit together?"))
    try Git.apply(patch, program)
  }

  /// A text that is no UTF-8, a binary file, a new source file, and settings of the repository that change what a diff is.
  @Test(arguments: [
    ["diff.noprefix", "true"], ["diff.mnemonicPrefix", "true"], ["color.diff", "always"], ["diff.renames", "copies"],
    ["diff.algorithm", "minimal"], ["diff.context", "0"], ["diff.orderFile", "order"], ["core.quotePath", "false"],
  ])
  func theKeptChangesApply(setting: [String]) throws {
    let program = try Git.program()
    defer { program.remove() }
    let (latin, binary) = (
      Data([0x63, 0x61, 0x66, 0xE9, 0x0A]), Data((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    )
    try program.write("caf\u{E9}.txt", "coffee\n")
    try program.write("weights.bin", "small")
    try program.write("order", "z\n")
    try Git.run(program, "add", ".")
    try Git.run(program, "commit", "-q", "-m", "More")
    try Git.run(program, "config", setting[0], setting[1])
    func path(_ name: String) -> URL { URL(fileURLWithPath: "\(program.directory)/\(name)") }
    try latin.write(to: path("caf\u{E9}.txt"))
    try binary.write(to: path("weights.bin"))
    try program.write("scripts/new one.py", "print('new')\n")
    try program.write("large.py", String(repeating: "# much\n", count: 20_000))
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0").code == 0)
    let patch = try Git.keptPatch(program)
    #expect(String(decoding: patch, as: UTF8.self).contains("# not tracked by git and not kept: large.py\n"))
    let clone = try Git.apply(patch, program)
    func applied(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(clone)/\(name)")) }
    #expect(try applied("caf\u{E9}.txt") == latin && applied("weights.bin") == binary)
    #expect(try applied("scripts/new one.py") == Data("print('new')\n".utf8))
    // The repository is as it was.
    #expect(try Git.run(program, "ls-files", "scripts").isEmpty)
  }

  @Test func whyThereIsNoCommitIsSaid() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    func shown(_ arguments: String...) throws -> String {
      let outcome = try program.run(
        ["run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0", "--rerun"] + arguments)
      #expect(outcome.code == 0, "\(outcome)")
      return try program("show", "small").output
    }
    #expect(try shown().contains("git             not run inside a git repository"))
    try Git.run(program, "init", "-q")
    #expect(try shown().contains("git             the repository has no commit yet"))
    try Git.run(program, "config", "core.worktree", "/")
    #expect(try shown().contains("git             the repository's configuration names a work tree elsewhere"))
    try Git.run(program, "config", "--unset", "core.worktree")
    // A repository of somebody else, where this user may make one.
    if getuid() == 0, chown("\(program.directory)/.git", 12_345, 12_345) == 0 {
      #expect(try shown().contains("dubious ownership"))
    }
    // A git that never ends.
    let tools = try program.write("tools/git", "#!/bin/sh\nexec sleep 1000\n")
    chmod(tools, 0o755)
    var slow = program
    slow.environment["PATH"] = "\(program.directory)/tools:/usr/bin:/bin"
    let outcome = try slow("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0", "--rerun", "--no-diff")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(try program("show", "small").output.contains("git took too long"))
  }

  @Test func changesCanBeLeftOutAndSecretsAreWarnedOf() throws {
    let program = try Git.program()
    defer { program.remove() }
    for name in [".env", "server.pem", "config/api_token.txt", "plain.txt"] { try program.write(name, "old\n") }
    try Git.run(program, "add", ".")
    try Git.run(program, "commit", "-q", "-m", "More")
    func kept(_ arguments: [String], _ environment: [String: String] = [:]) throws -> (count: Int, errors: String) {
      var program = program
      program.environment = environment
      let before = try RunTests.rows(program, "SELECT 1 FROM artifact WHERE name LIKE 'uncommitted%'").count
      let outcome = try program.run(
        ["run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0", "--rerun"] + arguments)
      #expect(outcome.code == 0, "\(outcome)")
      let after = try RunTests.rows(program, "SELECT 1 FROM artifact WHERE name LIKE 'uncommitted%'").count
      return (after - before, outcome.errors)
    }
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0").code == 0)
    try program.write("plain.txt", "new\n")
    let plain = try kept([])
    #expect(plain.count == 1 && !plain.errors.contains("warning"))
    for name in [".env", "server.pem", "config/api_token.txt"] {
      try program.write(name, "TOKEN=hunter2\n")
      let found = try kept([])
      #expect(found.count == 1 && found.errors.contains("warning: the uncommitted changes"), "\(name): \(found)")
      try program.write(name, "old\n")
    }
    try program.write(".env", "TOKEN=hunter2\n")
    for (arguments, environment) in [
      (["--no-diff"], [:]), ([], ["VGGLAB_DIFF": "no"]), (["--no-diff"], ["VGGLAB_DIFF": "yes"]),
    ] {
      let found = try kept(arguments, environment)
      #expect(found.count == 0 && !found.errors.contains("warning"), "\(found)")
      let show = try program("show", "small").output
      #expect(show.contains("with uncommitted changes") && show.contains("changes are not kept"))
    }
    #expect(try kept(["--diff"], ["VGGLAB_DIFF": "no"]).count == 1)
  }
}
