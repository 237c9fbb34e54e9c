import Foundation
import Testing

/// Runs from one end to the other, through the built program.
@Suite struct RunTests {
  static func rows(_ program: Program, _ sql: String) throws -> [[String: Any]] {
    let outcome = try program("query", sql, "--json")
    #expect(outcome.code == 0, "\(outcome)")
    return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
  }

  @Test func runsWhatIsMissingAndSkipsWhatIsComplete() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let plan = try program("plan", "tiny.yaml")
    #expect(plan.code == 0 && plan.output.contains("new"))
    #expect(!program.exists(".vgglab"))

    let first = try program("run", "tiny.yaml")
    #expect(first.code == 0, "\(first)")
    #expect(first.output.contains("small") && first.output.contains("completed"))
    #expect(first.errors.contains("epoch 2.00/2") && first.errors.contains("left"))
    #expect(!first.errors.contains("\u{1B}"))
    let summary = try Self.rows(program, "SELECT * FROM trial_summary ORDER BY trial")
    #expect(summary.map { $0["trial"] as? String } == ["small", "smaller"])
    #expect(summary[0]["epochs"] as? Int == 2 && summary[0]["steps"] as? Int == 8)
    #expect((summary[0]["examples_per_second"] as? Double ?? 0) > 0)
    #expect((summary[0]["peak_rss_bytes"] as? Int ?? 0) > 1_000_000)
    // Four steps an epoch: a curve point each; one evaluation an epoch.
    let counts = try Self.rows(
      program, "SELECT name, count(*) AS n FROM metric WHERE run = (SELECT min(run) FROM trial_summary) GROUP BY name")
    #expect(
      Dictionary(uniqueKeysWithValues: counts.map { ($0["name"] as! String, $0["n"] as! Int) }) == [
        "step_loss": 8, "step_accuracy": 8, "train_loss": 8, "train_accuracy": 8, "test_loss": 2, "test_accuracy": 2,
        "examples_per_second": 2, "epoch_seconds": 2,
      ])

    let second = try program("run", "tiny.yaml")
    #expect(second.code == 0 && second.output.contains("already complete"))
    #expect(try Self.rows(program, "SELECT id FROM run").count == 2)
    let changed = try program("plan", "tiny.yaml", "--set", "training.learning_rate=0.01")
    #expect(changed.output.contains("changed") && changed.output.contains("training.learning_rate 0.02 → 0.01"))
    let again = try program("run", "tiny.yaml", "--rerun", "--only", "small")
    #expect(again.code == 0)
    #expect(try Self.rows(program, "SELECT id FROM run").count == 3)
    // The same seed, the same numbers.
    let losses = try Self.rows(
      program,
      """
      SELECT count(DISTINCT value) AS values_, count(DISTINCT run) AS runs, step FROM metric
      WHERE name = 'step_loss' AND run IN (SELECT id FROM run WHERE trial = 'small') GROUP BY step
      """)
    #expect(losses.count == 8 && losses.allSatisfy { $0["values_"] as? Int == 1 && $0["runs"] as? Int == 2 })
  }

  @Test func twoJobsAtOnceGiveTheSameNumbers() throws {
    let (one, two) = (try Program(), try Program())
    defer {
      one.remove()
      two.remove()
    }
    for program in [one, two] { try program.write("tiny.yaml", Samples.tiny) }
    #expect(try one("run", "tiny.yaml", "--threads", "2").code == 0)
    let outcome = try two("run", "tiny.yaml", "--jobs", "2", "--threads", "1")
    #expect(outcome.code == 0, "\(outcome)")
    let sql =
      "SELECT trial, step, value FROM metric JOIN run ON run.id = metric.run WHERE name = 'step_loss' ORDER BY 1, 2"
    #expect(try one("query", sql).output == two("query", sql).output)
  }

  @Test func aProfileIsAnotherTrialAndSaysWhatItReduced() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--profile", "quick", "--only", "small").code == 0)
    let reductions = try Self.rows(program, "SELECT key, full_value, used_value FROM reduction ORDER BY key")
    #expect(reductions.map { $0["key"] as? String } == ["dataset.train", "training.epochs"])
    #expect(reductions.map { $0["full_value"] as? String } == ["64", "2"])
    let plan = try program("plan", "tiny.yaml", "--only", "small", "--json")
    let decisions = try #require(JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [[String: Any]])
    #expect(decisions[0]["action"] as? String == "changed")
  }

  @Test func aDivergedTrainingFailsWithItsStepAndTheOthersGoOn() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "tiny.yaml",
      Samples.tiny.replacingOccurrences(
        of: "- name: small\n", with: "- {name: small, training: {learning_rate: 1000}}\n"))
    let outcome = try program("run", "tiny.yaml")
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.output.contains("failed") && outcome.output.contains("completed"))
    let run = try #require(try Self.rows(program, "SELECT id, cause FROM run WHERE outcome = 'failed'").first)
    #expect((run["cause"] as? String ?? "").contains("the loss of step"))
    let log = try program("log", run["id"] as! String)
    #expect(log.code == 0 && log.output.contains("the loss of step"))
    let failed = try program("run", "tiny.yaml", "--failed", "--set", "training.learning_rate=1000")
    #expect(failed.code == 1)
    let fast = try program("run", "tiny.yaml", "--fail-fast", "--rerun")
    #expect(fast.code == 1 && fast.output.contains("not run"))
  }

  @Test func aKilledWorkerLeavesWhatItHadWrittenAndTheRunGoesOn() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Samples.tiny.replacingOccurrences(of: "epochs: 2", with: "epochs: 4000"))
    let process = program.start(["run", "long.yaml", "--only", "small"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let runs = "\(program.directory)/.vgglab/runs"
    func journal() -> (run: String, text: String)? {
      guard let run = try? FileManager.default.contentsOfDirectory(atPath: runs).first,
        let text = try? String(contentsOfFile: "\(runs)/\(run)/journal.jsonl", encoding: .utf8)
      else { return nil }
      return (run, text)
    }
    func steps() -> Int { (journal()?.text.components(separatedBy: "step_loss").count ?? 1) - 1 }
    while steps() < 5 { usleep(20_000) }
    let run = try #require(journal()?.run)
    // The worker is the child that names the run.
    let kill = Process()
    kill.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    kill.arguments = ["pkill", "-KILL", "-f", "worker .*/runs/\(run)"]
    try kill.run()
    kill.waitUntilExit()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let show = try program("show", run)
    #expect(show.code == 0 && show.output.contains("lost"), "\(show)")
    let rows = try Self.rows(program, "SELECT count(*) AS n FROM metric WHERE name = 'step_loss'")
    #expect((rows[0]["n"] as? Int ?? 0) >= 4)
    let plan = try program("plan", "long.yaml", "--only", "small")
    #expect(plan.output.contains("resume") && plan.output.contains("lost"))
  }

  @Test func ctrlCStopsBetweenStepsAndTheRunIsInterrupted() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Samples.tiny.replacingOccurrences(of: "epochs: 2", with: "epochs: 4000"))
    for (signal, code) in [(SIGINT, Int32(130)), (SIGTERM, 75)] {
      let process = program.start(["run", "long.yaml", "--only", "small"])
      let errors = Pipe()
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
      var text = ""
      while !text.contains("train acc") {
        let data = errors.fileHandleForReading.availableData
        if data.isEmpty { break }
        text += String(decoding: data, as: UTF8.self)
      }
      kill(process.processIdentifier, signal)
      DispatchQueue.global().async { _ = errors.fileHandleForReading.readDataToEndOfFile() }
      process.waitUntilExit()
      #expect(process.terminationStatus == code)
    }
    let runs = try program("list", "--json")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(runs.output.utf8)) as? [[String: Any]])
    #expect(facts.count == 1 && facts[0]["state"] as? String == "interrupted")
    let attempts = try Self.rows(program, "SELECT count(*) AS n FROM attempt")
    #expect(attempts[0]["n"] as? Int == 2)
  }
}
