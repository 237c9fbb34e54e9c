import Foundation
import Testing

/// Runs that are stopped and killed from outside, and several at once on one store, through the built program.
@Suite struct SignalTests {
  private static let long = Samples.tiny.replacingOccurrences(of: "epochs: 2", with: "epochs: 4000")

  /// A run under way whose process group is its own.
  private final class Started {
    let program: Program
    let process: Process
    private let errors: String

    init(_ program: Program, _ arguments: [String]) throws {
      self.program = program
      errors = "\(program.directory)/errors-\(UUID().uuidString)"
      _ = FileManager.default.createFile(atPath: errors, contents: nil)
      process = program.start(arguments)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: errors)
      try process.run()
      // As a shell at a terminal starts it: a process group of its own. Foundation makes one already.
      _ = setpgid(process.processIdentifier, process.processIdentifier)
    }

    deinit {
      // Whatever went wrong, nothing stays behind.
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var text: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    /// Waits for words on stderr, for a minute at most.
    func wait(for words: String) throws {
      for _ in 0..<6000 {
        if text.contains(words) { return }
        if !process.isRunning { break }
        usleep(10_000)
      }
      try #require(text.contains(words), "'\(words)' never came:\n\(text)")
    }

    var id: pid_t { process.processIdentifier }

    /// The workers that are its children.
    var workers: [pid_t] {
      let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return ids.compactMap { pid_t($0) }.filter { child in
        guard let facts = Self.state(child) else { return false }
        return facts.parent == id && facts.state != "Z"
      }
    }

    /// A process's state, as /proc has it, and its parent; nil for none.
    static func state(_ process: pid_t) -> (state: String, parent: pid_t)? {
      guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let name = stat.lastIndex(of: ")")
      else { return nil }
      let fields = stat[name...].split(separator: " ")
      guard fields.count > 2, let parent = pid_t(fields[2]) else { return nil }
      return (String(fields[1]), parent)
    }

    func waitForEnd() -> Int32 {
      process.waitUntilExit()
      return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
  }

  private static func facts(_ program: Program) throws -> [[String: Any]] {
    let list = try program("list", "--json")
    return try #require(JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
  }

  @Test func ctrlCAtATerminalReachesAllAndStopsAllInGoodOrder() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let run = try Started(program, ["run", "long.yaml", "--no-smoke"])
    try run.wait(for: "train acc")
    // A terminal sends it to the whole group; the worker gets it even where it has a group of its own.
    let workers = run.workers
    // As `timeout` does it: to the process, and to its group.
    kill(run.id, SIGINT)
    kill(-run.id, SIGINT)
    for worker in workers { kill(worker, SIGINT) }
    #expect(run.waitForEnd() == 130, "\(run.text)")
    let facts = try Self.facts(program)
    // The second trial had not begun.
    #expect(
      facts.count == 1 && facts[0]["state"] as? String == "interrupted" && facts[0]["cause"] as? String == "Ctrl-C")
    #expect(!run.text.contains("\u{1B}"))
  }

  @Test func aSecondCtrlCEndsAtOnce() throws {
    let program = try Program()
    defer { program.remove() }
    // Steps of several seconds, so that the first Ctrl-C cannot have ended it.
    try program.write(
      "slow.yaml",
      Samples.tiny.replacingOccurrences(of: "resize: 32, train: 64", with: "resize: 224, train: 2048")
        .replacingOccurrences(of: "ratio: 32", with: "ratio: 4")
        .replacingOccurrences(of: "batch_size: 16", with: "batch_size: 512"))
    let run = try Started(program, ["run", "slow.yaml", "--only", "small"])
    try run.wait(for: ": starting run")
    usleep(1_500_000)
    kill(run.id, SIGINT)
    try run.wait(for: "stopping after the current step")
    // What comes again at once is the same press.
    usleep(200_000)
    kill(run.id, SIGINT)
    #expect(run.waitForEnd() == 130)
    let facts = try Self.facts(program)
    #expect(facts.count == 1)
    #expect(facts[0]["state"] as? String == "completed" || facts[0]["cause"] as? String != nil, "\(facts)")
  }

  @Test(arguments: [SIGTERM, SIGUSR1, SIGQUIT]) func otherSignalsEndWith75(signal: Int32) throws {
    let names = [SIGTERM: "SIGTERM", SIGUSR1: "SIGUSR1", SIGQUIT: "SIGQUIT"]
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let run = try Started(program, ["run", "long.yaml", "--only", "small"])
    try run.wait(for: "train acc")
    // A storm is no more than the first of it.
    let workers = run.workers
    for _ in 0..<20 {
      kill(-run.id, signal)
      kill(run.id, signal)
      for worker in workers { kill(worker, signal) }
    }
    #expect(run.waitForEnd() == 75, "\(run.text)")
    let facts = try Self.facts(program)
    #expect(facts.count == 1 && facts[0]["state"] as? String == "interrupted")
    #expect(facts[0]["cause"] as? String == "stopped by \(names[signal] ?? "")")
  }

  /// What depends on a trial that can be resumed is no failure: the same command goes on with both.
  @Test func whatComesAfterAnInterruptedTrialWaits() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "long.yaml", Self.long.replacing("- {name: smaller, ", with: "- {name: smaller, after: [small], "))
    let outcome = try program("run", "long.yaml", "--time-limit", "1s", "--threads", "1")
    #expect(outcome.code == 75 && outcome.errors.contains("smaller: not run: it comes after small"), "\(outcome)")
  }

  @Test func aKilledWorkerIsLostWithItsCauseAndTriedAgain() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let run = try Started(program, ["run", "long.yaml", "--only", "small", "--retry", "1", "--time-limit", "3s"])
    try run.wait(for: "train acc")
    for worker in run.workers { kill(worker, SIGKILL) }
    try run.wait(for: "lost, the worker was killed by signal 9 (SIGKILL)")
    try run.wait(for: "retrying in 1.0 s")
    // The second attempt comes to its time limit.
    #expect(run.waitForEnd() == 75, "\(run.text)")
    let rows = try RunTests.rows(
      program, "SELECT attempt, exit_signal, exit_code, exit_cause FROM attempt ORDER BY attempt")
    #expect(rows.count == 2 && rows[0]["exit_signal"] as? Int == 9 && rows[1]["exit_code"] as? Int == 75)
    #expect(rows[1]["exit_cause"] as? String == "time limit of 3.0 s")
    let show = try program("show", "small", "--attempts")
    #expect(show.output.contains("interrupted") && show.output.contains("killed by signal 9 (SIGKILL)"))
    // A column has what the list and `show` have.
    let columns = try program("list", "--columns", "run,cause", "--json")
    #expect(columns.output.contains("time limit of 3.0 s"), "\(columns)")
    let plan = try program("plan", "long.yaml", "--only", "small")
    #expect(plan.output.contains("resume") && plan.output.contains("(time limit of 3.0 s)"))
    // The database that the journals make tells the same.
    let before = try program("query", "SELECT * FROM attempt JOIN forecast USING (run)").output
    #expect(try program("doctor", "--rebuild").code == 0)
    #expect(try program("query", "SELECT * FROM attempt JOIN forecast USING (run)").output == before)
  }

  @Test func aKilledParentsWorkersStopAndTheNextGoesOn() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let run = try Started(program, ["run", "long.yaml", "--only", "small"])
    try run.wait(for: "train acc")
    let workers = run.workers
    #expect(workers.count == 1)
    kill(run.id, SIGKILL)
    #expect(run.waitForEnd() == 128 + SIGKILL)
    // At once, whether its worker has stopped by now or not.
    let next = try Started(program, ["run", "long.yaml", "--only", "small"])
    try next.wait(for: ": resuming run")
    try next.wait(for: "train acc")
    kill(next.id, SIGTERM)
    #expect(next.waitForEnd() == 75)
    let facts = try Self.facts(program)
    #expect(facts.count == 1 && facts[0]["state"] as? String == "interrupted")
    // Gone, or waiting to be reaped by whoever has inherited it.
    #expect(workers.allSatisfy { [nil, "Z"].contains(Started.state($0)?.state) })
  }

  @Test func twoAtOnceShareTheTrials() throws {
    let program = try Program()
    defer { program.remove() }
    let trials = (0..<6).map { "  - {name: t\($0), training: {seed: \($0)}}\n" }.joined()
    try program.write(
      "many.yaml",
      String(Samples.tiny[..<Samples.tiny.range(of: "trials:")!.lowerBound]) + "trials:\n" + trials)
    let both = try (0..<2).map { _ in try Started(program, ["run", "many.yaml", "--threads", "1"]) }
    // Whichever is done while the other still trains one says that not all is done.
    let codes = both.map { $0.waitForEnd() }
    #expect(codes.allSatisfy { $0 == 0 || $0 == 75 } && codes.contains(0), "\(both.map(\.text))")
    let rows = try RunTests.rows(program, "SELECT trial, count(*) AS n FROM run GROUP BY trial")
    #expect(rows.count == 6 && rows.allSatisfy { $0["n"] as? Int == 1 }, "\(both.map(\.text))")
    #expect(try Self.facts(program).allSatisfy { $0["state"] as? String == "completed" })
    #expect(try RunTests.rows(program, "SELECT count(*) AS n FROM attempt")[0]["n"] as? Int == 6)
  }

  @Test func whatAnotherWorksOnIsSaid() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let first = try Started(program, ["run", "long.yaml", "--only", "small"])
    try first.wait(for: "train acc")
    let second = try program("run", "long.yaml", "--only", "small")
    #expect(second.code == 75 && second.errors.contains("small: skipped, process \(first.id)"), "\(second)")
    #expect(second.output.contains("running"))
    kill(first.id, SIGTERM)
    #expect(first.waitForEnd() == 75)
    #expect(try RunTests.rows(program, "SELECT count(*) AS n FROM run")[0]["n"] as? Int == 1)
  }

  @Test func theTimesOfAResumedRunAddUp() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let first = try Started(program, ["run", "long.yaml", "--only", "small", "--set", "training.epochs=40"])
    try first.wait(for: "train acc")
    kill(first.id, SIGTERM)
    #expect(first.waitForEnd() == 75)
    let second = try program("run", "long.yaml", "--only", "small", "--set", "training.epochs=40")
    #expect(second.code == 0, "\(second)")
    let row = try RunTests.rows(
      program,
      """
      SELECT s.training_seconds <= s.seconds AS fits, s.last_training_seconds < s.training_seconds AS adds,
        abs(r.training_seconds - a.recorded_training_seconds) < 0.001 AS own
      FROM run_summary AS s JOIN run AS r ON r.id = s.run JOIN attempt AS a ON a.run = r.id AND a.attempt = 2
      """)[0]
    // The end records the steps of its own attempt, and not those of the first one again.
    #expect(row["fits"] as? Int == 1 && row["adds"] as? Int == 1 && row["own"] as? Int == 1, "\(row)")
  }

  @Test func planMeasuresAndRefusesWrongQuantities() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let plan = try program("plan", "tiny.yaml", "--measure", "--json")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [[String: Any]])
    #expect(facts.allSatisfy { $0["seconds_from"] as? String == "measured" && ($0["seconds"] as? Double ?? 0) > 0 })
    #expect(!program.exists(".vgglab"))
    #expect(try program("plan", "tiny.yaml").output.contains("--measure times a few steps"))
    for wrong in [["--time-limit", "90"], ["--memory", "much"], ["--retry", "-1"]] {
      #expect(try program.run(["run", "tiny.yaml"] + wrong).code == 64)
    }
  }
}
