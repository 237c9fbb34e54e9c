import Foundation
import Testing

/// Runs that are stopped, killed and damaged, through the built program.
@Suite(.serialized) struct ResumeTests {
  /// 180 steps: long enough to be stopped in their midst.
  private static let long = Samples.tiny
    .replacingOccurrences(of: "train: 64, test: 32", with: "train: 480, test: 32")
    .replacingOccurrences(of: "epochs: 2,", with: "epochs: 6,")

  @Test func killedRunsEndBitForBitAsUndisturbedOnes() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("long.yaml", Self.long)
    let outcome = try program("verify-resume", "long.yaml", "--only", "small", "--kills", "4", "--seed", "2", "--json")
    #expect(outcome.code == 0, "\(outcome)")
    let findings = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    #expect(findings.map { $0["trial"] as? String } == ["small"])
    for finding in findings {
      // 180 steps: loss and accuracy of each, of five curve points an epoch, and of six evaluations.
      #expect(finding["metric_rows"] as? Int == 2 * 180 + 2 * 30 + 2 * 6)
      #expect(finding["rows_different"] as? Int == 0)
      #expect(finding["weights_identical"] as? Bool == true && finding["predictions_identical"] as? Bool == true)
    }
    #expect(findings.contains { ($0["kills"] as? Int ?? 0) > 0 })
    #expect(!program.exists(".vgglab"))
  }

  /// A store whose run was stopped by a signal behind its first checkpoints.
  private func interrupted(_ program: Program) throws -> (run: String, folder: String) {
    try program.write("long.yaml", Self.long)
    let process = program.start(["run", "long.yaml", "--only", "small", "--checkpoint-seconds", "0.1"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let runs = "\(program.directory)/.vgglab/runs"
    func checkpoints() -> [String] {
      guard let run = try? FileManager.default.contentsOfDirectory(atPath: runs).first else { return [] }
      return ((try? FileManager.default.contentsOfDirectory(atPath: "\(runs)/\(run)")) ?? [])
        .filter { $0.hasPrefix("checkpoint-") && $0.hasSuffix(".safetensors") }
    }
    while process.isRunning, checkpoints().count < 2 { usleep(500) }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    let run = try #require(try FileManager.default.contentsOfDirectory(atPath: runs).first)
    return (run, "\(runs)/\(run)")
  }

  private func complete(_ program: Program) throws -> Program.Outcome {
    try program("run", "long.yaml", "--only", "small")
  }

  @Test func theSameCommandGoesOnAndNothingIsDroppedOrDoubled() throws {
    let program = try Program()
    defer { program.remove() }
    let (run, folder) = try interrupted(program)
    #expect(try RunTests.rows(program, "SELECT outcome FROM run")[0]["outcome"] is NSNull)
    #expect(try program("plan", "long.yaml", "--only", "small").output.contains("resume"))
    let outcome = try complete(program)
    #expect(outcome.code == 0 && outcome.output.contains(run), "\(outcome)")
    let attempts = try RunTests.rows(program, "SELECT attempt, resumed_from FROM attempt ORDER BY attempt")
    #expect(attempts.count == 2 && (attempts[1]["resumed_from"] as? Int ?? 0) > 0)
    let steps = try RunTests.rows(
      program, "SELECT count(*) AS n, count(DISTINCT step) AS steps FROM latest_metric WHERE name = 'step_loss'")
    #expect(steps[0]["n"] as? Int == 180 && steps[0]["steps"] as? Int == 180)
    // A complete run keeps its weights and predictions, and no checkpoint.
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.contains("last.safetensors") && files.contains("predictions.u8"))
    #expect(!files.contains { $0.hasPrefix("checkpoint-") })
    let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/predictions.u8")[.size] as? Int
    #expect(size == 64)
  }

  @Test func aDamagedCheckpointIsToldAndTheOneBeforeTaken() throws {
    let program = try Program()
    defer { program.remove() }
    let (_, folder) = try interrupted(program)
    let kept = try RunTests.rows(program, "SELECT step, path FROM checkpoint ORDER BY at DESC, step DESC LIMIT 2")
    let (newest, before) = (try #require(kept[0]["step"] as? Int), try #require(kept[1]["step"] as? Int))
    let path = "\(folder)/\(try #require(kept[0]["path"] as? String))"
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[data.count / 2] ^= 1
    try data.write(to: URL(fileURLWithPath: path))
    #expect(try complete(program).code == 0)
    let resumed = try RunTests.rows(program, "SELECT resumed_from FROM attempt WHERE attempt = 2")
    #expect(resumed[0]["resumed_from"] as? Int == before)
    let events = try RunTests.rows(program, "SELECT message FROM event WHERE kind = 'checkpoint'")
    let message = try #require(events.first?["message"] as? String)
    #expect(message.contains("the checkpoint of step \(newest) cannot be used"))
  }

  @Test func withoutAnySoundCheckpointItBeginsAgain() throws {
    let program = try Program()
    defer { program.remove() }
    let (_, folder) = try interrupted(program)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("checkpoint-") {
      try Data("not a checkpoint".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    #expect(try complete(program).code == 0)
    let attempts = try RunTests.rows(program, "SELECT resumed_from FROM attempt ORDER BY attempt")
    #expect(attempts.map { $0["resumed_from"] as? Int } == [0, 0])
    let steps = try RunTests.rows(program, "SELECT count(*) AS n FROM latest_metric WHERE name = 'step_loss'")
    #expect(steps[0]["n"] as? Int == 180)
  }

  @Test func aRebuiltDatabaseKnowsAttemptsAndCheckpoints() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try interrupted(program)
    #expect(try complete(program).code == 0)
    let questions = [
      "SELECT * FROM attempt", "SELECT * FROM checkpoint ORDER BY attempt, path", "SELECT * FROM metric",
      "SELECT * FROM latest_metric", "SELECT * FROM event", "SELECT * FROM artifact ORDER BY name",
    ]
    let before = try questions.map { try program("query", $0, "--json").output }
    #expect(try program("doctor", "--rebuild").code == 0)
    #expect(try questions.map { try program("query", $0, "--json").output } == before)
  }
}
