import Foundation
import Testing

/// What is newest where clocks go back, what resumed runs took, and stores of earlier versions, through the built program.
@Suite struct OrderAndTimeTests {
  private static func objects(_ program: Program, _ arguments: String...) throws -> [[String: Any]] {
    let outcome = try program.run(arguments)
    #expect(outcome.code == 0, "\(outcome)")
    return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
  }

  @Test func theNewestRunIsTheLastOneCreatedThoughTheClockWentBack() throws {
    var program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    program.environment["VGGLAB_CLOCK_SHIFT"] = "86400"
    #expect(try program("run", "tiny.yaml", "--only", "small").code == 0)
    let first = try #require(try Self.objects(program, "list", "--json").first?["run"] as? String)
    program.environment["VGGLAB_CLOCK_SHIFT"] = nil
    #expect(try program("run", "tiny.yaml", "--only", "small", "--rerun").code == 0)
    let runs = try Self.objects(program, "list", "--json").compactMap { $0["run"] as? String }
    #expect(runs.count == 2 && runs.first == first)
    let second = try #require(runs.last)
    #expect(try program("show", "small").output.contains(second))
    #expect(try program("list", "--limit", "1").output.contains(second))
    #expect(
      try Self.objects(program, "query", "SELECT run FROM trial_summary", "--json")[0]["run"] as? String == second)
    let plan = try Self.objects(program, "plan", "tiny.yaml", "--only", "small", "--json")
    #expect(plan[0]["run"] as? String == second)
    // The same from the journals alone.
    #expect(try program("doctor", "--rebuild").output.contains("sound"))
    #expect(try program("show", "small").output.contains(second))
  }

  /// A program with a copy of the committed store of version 8.
  private static func earlier() throws -> Program {
    let program = try Program()
    try FileManager.default.copyItem(
      atPath: "\(Program.root)/Tests/StoreTests/Fixtures/version-8", toPath: "\(program.directory)/.vgglab")
    return program
  }

  @Test func aResumedRunTookAsLongAsAllItsAttempts() throws {
    let program = try Self.earlier()
    defer { program.remove() }
    let show = try program("show", "resumed", "--attempts")
    #expect(show.code == 0)
    let lines = show.output.split(separator: "\n").map(String.init)
    #expect(lines.contains("time              42 s in 2 attempts, 12 s in the last"), "\(show.output)")
    #expect(lines.contains { $0.hasPrefix("  time") && $0.contains(" 30 s, training ") })
    #expect(lines.contains { $0.hasPrefix("  time") && $0.contains(" 12 s, training 8.0 s") })
    let list = try program("list", "--filter", "trial=resumed")
    #expect(list.output.contains(" 42 s ") && list.output.contains("created (UTC)"), "\(list.output)")
    let facts = try Self.objects(
      program, "query", "SELECT round(seconds) AS s, last_seconds AS l FROM run_summary WHERE trial = 'resumed'",
      "--json")
    #expect(facts[0]["s"] as? Double == 42 && facts[0]["l"] as? Double == 12)
  }

  @Test func anEarlierStoreIsBroughtUpToDateAndTheCommandSaysWhereTheOldIndexIs() throws {
    let program = try Self.earlier()
    defer { program.remove() }
    let list = try program("list")
    #expect(list.code == 0 && list.output.contains("aa-00000001"))
    #expect(list.errors.contains("upgraded from version 8 to 11") && list.errors.contains("lab.sqlite.version-8"))
    #expect(program.exists(".vgglab/lab.sqlite.version-8"))
    #expect(try !program("list").errors.contains("version"))
    #expect(try program("doctor").output.contains("lab.sqlite.version-8"))
    #expect(try !program("doctor").output.contains("upgraded from version"))
    // The run whose folder is gone is known still.
    #expect(try program("list", "--state", "gone").output.contains("aa-00000005"))
  }

  @Test(arguments: [
    ["tag", "resumed", "good"], ["note", "resumed", "text"], ["rm", "resumed"], ["gc"], ["plan", "tiny.yaml"],
    ["run", "tiny.yaml", "--only", "small"], ["show", "resumed"],
  ])
  func everyCommandSaysThatItBroughtAStoreUpToDate(arguments: [String]) throws {
    let program = try Self.earlier()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(arguments)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.errors.contains("upgraded from version 8 to 11"), "\(outcome)")
    // It is no fault of the store.
    #expect(!outcome.output.contains("upgraded from version"), "\(outcome)")
  }

  @Test func anEpochThatWasStoppedIsMarkedAsDisturbed() throws {
    var program = try Program()
    program.environment["COLUMNS"] = "200"
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small").code == 0)
    let run = try #require(try Self.objects(program, "list", "--json").first?["run"] as? String)
    let show = try program("show", "small")
    #expect(show.output.contains("timing: ") && show.output.contains("epoch 1, "), "\(show.output)")
    // As if the process had been idle for most of the epoch.
    try Journal.change(program, run) { json in
      json.replacing(/"processor_seconds":[0-9.e-]+/, with: #""processor_seconds":0"#)
        .replacing(/"wait_seconds":[0-9.e-]+/, with: #""wait_seconds":0"#)
        .replacing(/"other_processor_seconds":[0-9.e-]+/, with: #""other_processor_seconds":0"#)
    }
    #expect(try program("doctor", "--rebuild").output.contains("sound"))
    let slow = try program("show", "small")
    #expect(slow.output.contains("disturbed (mostly idle)"), "\(slow.output)")
    #expect(slow.output.contains("no undisturbed epoch"))
    let list = try program("list")
    #expect(list.output.contains("* ") && list.output.split(separator: "\n").count == 2)
  }
}
