import Foundation
import Testing

/// Stores and archives as a stranger may make them: nothing outside them is touched, and no command ends by a trap.
@Suite struct HostileStoreTests {
  /// A program with one complete run of a second.
  private static func store() throws -> (program: Program, run: String) {
    let program = try Program()
    try program.write(
      "tiny.yaml", Samples.tiny.replacing("{arch: vgg11, ratio: 32}", with: "{arch: vgg11, ratio: 32, hidden: 16}"))
    let outcome = try program.run(["run", "tiny.yaml", "--only", "smaller"])
    #expect(outcome.code == 0, "\(outcome)")
    let runs = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/.vgglab/runs")
    return (program, try #require(runs.first))
  }

  /// A run that can be resumed: its end is taken away.
  static func interrupted() throws -> (program: Program, run: String) {
    let (program, run) = try store()
    try cutEnd(program, run)
    return (program, run)
  }

  static func cutEnd(_ program: Program, _ run: String) throws {
    let path = "\(program.directory)/.vgglab/runs/\(run)/journal.jsonl"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let kept = lines.filter { !$0.dropFirst(17).hasPrefix("{\"end\"") }
    try Data((kept.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    try? FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/lab.sqlite")
  }

  /// No command ends by a trap, hangs, or with a code that is not documented.
  private func look(_ program: Program, _ run: String) throws {
    for command in [
      ["list"], ["show", run], ["doctor"], ["plan", "tiny.yaml"], ["gc"], ["query", "SELECT * FROM run"],
    ] {
      let outcome = try program.run(command)
      // A doctor's 1 says that something is damaged.
      let codes: [Int32] = command == ["doctor"] ? [0, 1] : [0, 2, 64, 65, 66, 74]
      #expect(codes.contains(outcome.code), "\(command): \(outcome)")
      #expect(!outcome.errors.contains("Fatal error") && !outcome.errors.contains("Error Domain="))
    }
  }

  // MARK: Names in records

  @Test(arguments: [
    "../../../victim.txt", "/etc/hostname", "..", "a/../../../../victim.txt", "journal.jsonl", ".hidden",
  ])
  func aCheckpointNamesNoFileOutside(path: String) throws {
    let (program, run) = try Self.interrupted()
    defer { program.remove() }
    let victim = try program.write("victim.txt", "precious")
    try Journal.change(program, run) { json in
      json.hasPrefix("{\"checkpoint\"")
        ? json.replacing(/"path":"[^"]*"/, with: "\"path\":\"\(path)\"") : json
    }
    let journal = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/.vgglab/runs/\(run)/journal.jsonl"))
    let outcome = try program("run", "tiny.yaml", "--only", "smaller")
    #expect(outcome.code == 0 && outcome.errors.contains("was skipped"), "\(outcome)")
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
    let after = try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/.vgglab/runs/\(run)/journal.jsonl"))
    #expect(after.starts(with: journal))
  }

  @Test(arguments: ["../../../victim.txt", "lock", "a/b"])
  func anArtifactNamesNoFileOutside(path: String) throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    let victim = try program.write("victim.txt", "precious")
    try Journal.change(program, run) { json in
      json.hasPrefix("{\"artifact\"") ? json.replacing(/"path":"[^"]*"/, with: "\"path\":\"\(path)\"") : json
    }
    #expect(try program("doctor", "--rebuild").errors.contains("Fatal") == false)
    let outcome = try program("export", run, "--format", "safetensors", "-o", "w.safetensors")
    #expect(outcome.code == 66 || outcome.code == 65, "\(outcome)")
    #expect(try program("archive", "create", "x", "--runs", run, "--weights").code < 70)
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
  }

  // MARK: Links, pipes

  @Test(arguments: ["journal.jsonl", "annotations.jsonl", "lock", "log"])
  func aLinkInARunIsNotFollowed(name: String) throws {
    let (program, run) = try Self.interrupted()
    defer { program.remove() }
    let victim = try program.write("victim.txt", "no line end")
    let path = "\(program.directory)/.vgglab/runs/\(run)/\(name)"
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: victim)
    for command in [["run", "tiny.yaml", "--only", "smaller"], ["tag", run, "good"], ["rm", run], ["gc"]] {
      let outcome = try program.run(command)
      #expect(outcome.code != 70 && outcome.code < 128, "\(command): \(outcome)")
    }
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "no line end")
  }

  @Test(arguments: ["runs", "locks", "pins"])
  func aLinkedFolderIsRefused(name: String) throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    try program.write("home/\(run)/precious.txt", "precious")
    let path = "\(program.directory)/.vgglab/\(name)"
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(program.directory)/home")
    for command in [["run", "tiny.yaml", "--rerun"], ["list"], ["rm", run], ["gc"], ["doctor"]] {
      let outcome = try program.run(command)
      #expect(outcome.code != 70 && outcome.code < 128, "\(command): \(outcome)")
      if name == "runs" { #expect(outcome.code != 0, "\(command): \(outcome)") }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/home") == [run])
    #expect(program.exists("home/\(run)/precious.txt"))
  }

  @Test func aPipeInPlaceOfAFileIsRefusedWithoutWaiting() throws {
    let (program, run) = try Self.interrupted()
    defer { program.remove() }
    let folder = "\(program.directory)/.vgglab/runs/\(run)"
    let checkpoints = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("last") }
    for name in ["log", "annotations.jsonl"] + checkpoints {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      #expect(mkfifo("\(folder)/\(name)", 0o600) == 0)
    }
    for command in [["list"], ["show", run], ["log", run], ["doctor"], ["run", "tiny.yaml", "--only", "smaller"]] {
      let outcome = try program.run(command)
      #expect(outcome.code < 70 || outcome.code == 74, "\(command): \(outcome)")
    }
    for name in ["page.html", "t.yaml", "x.png", "n.md"] {
      #expect(mkfifo("\(program.directory)/\(name)", 0o600) == 0)
    }
    for command in [["verify", "page.html"], ["plan", "t.yaml"], ["whence", "x.png"], ["report", "n.md"]] {
      let outcome = try program.run(command)
      #expect(outcome.code == 65 && outcome.errors.contains("is a FIFO"), "\(command): \(outcome)")
    }
  }

  // MARK: The index

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let (program, _) = try Self.store()
    defer { program.remove() }
    let path = "\(program.directory)/.vgglab/lab.sqlite"
    try FileManager.default.removeItem(atPath: path)
    try Self.python("CREATE TABLE photo (name TEXT); INSERT INTO photo VALUES ('x')", path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for command in [["list"], ["doctor", "--rebuild"], ["run", "tiny.yaml"], ["gc"]] {
      let outcome = try program.run(command)
      #expect(outcome.code == 65 && outcome.errors.contains("another program"), "\(command): \(outcome)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    // The same behind a link, which is not even read.
    try FileManager.default.moveItem(atPath: path, toPath: "\(program.directory)/photos.sqlite")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: "\(program.directory)/photos.sqlite")
    for command in [["list"], ["doctor", "--rebuild"]] {
      let outcome = try program.run(command)
      #expect(outcome.code == 65 && outcome.errors.contains("is a symbolic link"), "\(command): \(outcome)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/photos.sqlite")) == bytes)
  }

  @Test(arguments: [
    "PRAGMA foreign_keys=OFF; UPDATE final_metric SET value = 0.99 WHERE name = 'test_accuracy'",
    "INSERT INTO event VALUES ('nobody', 1, 't', 'k', 'm')", "DELETE FROM metric",
  ])
  func anIndexThatWasChangedIsReported(sql: String) throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    try Self.python(sql, "\(program.directory)/.vgglab/lab.sqlite")
    let doctor = try program("doctor")
    #expect(doctor.code != 0 && doctor.output.contains("is not what the journals give"), "\(doctor)")
    // No page is made of what no run has measured, or of less than it has.
    try program.write(
      "n.md",
      "# N\n\n```{query n}\nSELECT count(*) AS n, max(test_accuracy) AS best FROM trial_summary\n```\n\n{{n.n}} {{n.best | %.3f}}\n"
    )
    let report = try program("report", "n.md", "--out", "page")
    if sql.hasPrefix("INSERT") {
      // Of a run that the page does not use.
      #expect(report.code == 0, "\(report)")
    } else {
      #expect(report.code == 65 && report.errors.contains("is not what the journals give"), "\(report)")
      #expect(!program.exists("page"))
    }
    #expect(try program("doctor", "--rebuild").code == 0)
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    try look(program, run)
  }

  @Test(arguments: [
    "ALTER TABLE run ADD COLUMN x TEXT", "DROP VIEW run_summary; CREATE VIEW run_summary AS SELECT * FROM run",
    """
    DROP TABLE journal; CREATE TABLE journal (run TEXT, offset, annotation_offset); INSERT INTO journal VALUES (NULL, 'x', -1)
    """,
  ])
  func anIndexOfOtherTablesIsMadeAgain(sql: String) throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    let before = try program("list").output
    try Self.python(sql, "\(program.directory)/.vgglab/lab.sqlite")
    #expect(try program("list").output == before)
    try look(program, run)
  }

  private static func python(_ sql: String, _ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[2]); c.executescript(sys.argv[1]); c.commit()",
      sql, path,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  // MARK: Numbers

  @Test(arguments: [
    ("\"seconds\":[^,}]*", "\"seconds\":1e19"), ("\"trainingSeconds\":[^,}]*", "\"trainingSeconds\":1e19"),
    ("\"step\":4\\b", "\"step\":-9223372036854775808"), ("\"peakResidentBytes\":[0-9]*", "\"peakResidentBytes\":-1"),
    (
      "\"examples_per_second\",\"step\":([0-9]*),\"value\":[^,}]*",
      "\"examples_per_second\",\"step\":8,\"value\":1e-300"
    ),
    ("\"threads\":[0-9]*", "\"threads\":9223372036854775807"),
    ("\"memoryBytes\":[0-9]*", "\"memoryBytes\":9223372036854775807"),
  ])
  func anOddNumberEndsNoCommand(pattern: String, text: String) throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    let regex = try Regex(pattern)
    try Journal.change(program, run) { $0.replacing(regex, with: text) }
    try? FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/lab.sqlite")
    let list = try program("list")
    #expect(list.code == 0 && list.errors.contains("was skipped"), "\(list)")
    try look(program, run)
  }

  /// A run goes on with the configuration in its journal, which may have been changed, with the trial's id or without.
  @Test(arguments: [
    ("batch_size", "9223372036854775807"), ("epochs", "9223372036854775807"), ("resize", "-1"), ("ratio", "0"),
    ("hidden", "9223372036854775807"), ("dropout", "5"),
  ])
  func aConfigurationThatCannotBeIsNotTrained(key: String, value: String) throws {
    let (program, run) = try Self.interrupted()
    defer { program.remove() }
    let regex = try Regex("\\\\\"\(key)\\\\\":[-0-9.]+")
    try Journal.change(program, run) { json in
      json.hasPrefix("{\"run\"") ? json.replacing(regex, with: "\\\"\(key)\\\":\(value)") : json
    }
    let outcome = try program("run", "tiny.yaml", "--only", "smaller")
    #expect(outcome.code == 0 && outcome.errors.contains("is not the digest of the configuration"), "\(outcome)")
    try look(program, run)
  }

  // MARK: What is said twice

  @Test func anAccuracyThatThePredictionsDoNotGiveIsRefused() throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    try Journal.change(program, run) { json in
      json.replacing(/"test_accuracy","step":([0-9]*),"value":[0-9.]*/) {
        "\"test_accuracy\",\"step\":\($0.1),\"value\":0.9375"
      }
    }
    try? FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/lab.sqlite")
    let list = try program("list")
    #expect(list.errors.contains("contradicts itself: test_accuracy is 0.9375"), "\(list)")
    #expect(list.output.contains("failed") && !list.output.contains("completed"), "\(list)")
    #expect(try program("doctor").code != 0)
    let created = try program("archive", "create", "forged", "--runs", run)
    #expect(created.code == 0, "\(created)")
    let verified = try program("archive", "verify", "forged")
    #expect(verified.code == 2 && verified.output.contains("its predictions give"), "\(verified)")
    let other = try program("archive", "import", "forged", "--store", "other")
    #expect(
      other.code == 65 && other.errors.contains("failed verification") && !program.exists("other/runs/\(run)"),
      "\(other)")
  }

  // MARK: Who may look

  @Test func storesAreTheirOwnersAlone() throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    for path in ["", "/runs", "/locks", "/runs/\(run)"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(program.directory)/.vgglab\(path)")
      #expect(attributes[.posixPermissions] as? Int == 0o700, "\(path)")
    }
  }

  @Test func aRunWhoseFolderIsGoneIsSaid() throws {
    let (program, run) = try Self.store()
    defer { program.remove() }
    try FileManager.default.removeItem(atPath: "\(program.directory)/.vgglab/runs/\(run)")
    let list = try program("list")
    #expect(list.output.contains("gone") && list.errors.contains("run \(run): its folder is missing"), "\(list)")
    let plan = try program("plan", "tiny.yaml", "--only", "smaller")
    #expect(plan.output.contains("the folder of run \(run) is gone"), "\(plan)")
    #expect(try program("doctor").code != 0)
    #expect(try program("query", "SELECT count(*) FROM trial_summary", "--json").output.contains("0"))
    #expect(try program("rm", run).code == 0)
    #expect(try !program("list").output.contains(run))
    #expect(try program("doctor").code == 0)
  }
}
