import Foundation
import Testing

/// What is kept of the place that a run was made in.
@Suite struct ProvenanceTests {
  private func git(_ program: Program, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", program.directory, "-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"] + arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "git \(arguments)")
  }

  @Test func uncommittedChangesAreKeptWithTheRun() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try program.write("notes.txt", "as committed\n")
    try git(program, "init", "-q")
    try git(program, "add", "tiny.yaml", "notes.txt")
    try git(program, "commit", "-q", "-m", "Begin")
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick").code == 0)
    #expect(try RunTests.rows(program, "SELECT * FROM artifact WHERE name LIKE 'uncommitted%'").isEmpty)

    try program.write("notes.txt", "as it was when the run was made\n")
    #expect(try program("run", "tiny.yaml", "--only", "small").code == 0)
    let kept = try RunTests.rows(program, "SELECT run, path, bytes FROM artifact WHERE name = 'uncommitted-1'")
    #expect(kept.count == 1)
    let run = try #require(kept.first?["run"] as? String)
    let path = try #require(kept.first?["path"] as? String)
    let text = try String(contentsOfFile: "\(program.directory)/.vgglab/runs/\(run)/\(path)", encoding: .utf8)
    #expect(text.contains("-as committed") && text.contains("+as it was when the run was made"))
    #expect(text.utf8.count == kept.first?["bytes"] as? Int)
    #expect(try program("show", run).output.contains("uncommitted-1"))

    // Changes without end are cut, and say so.
    try program.write("notes.txt", String(repeating: "one line of many\n", count: 100_000))
    #expect(try program("run", "tiny.yaml", "--only", "small", "--rerun").code == 0)
    let sizes = try RunTests.rows(program, "SELECT max(bytes) AS most FROM artifact WHERE name = 'uncommitted-1'")
    let most = try #require(sizes.first?["most"] as? Int)
    #expect(most > 1 << 20 && most < 1 << 20 + 200)
  }
}
