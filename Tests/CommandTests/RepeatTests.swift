import Foundation
import Testing

/// Runs that are trained again or gone on with, without their experiment file, through the built program.
@Suite struct RepeatTests {
  private static func trained(_ arguments: String...) throws -> (Program, String) {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program.run(["run", "tiny.yaml", "--only", "small"] + arguments).code == 0)
    try FileManager.default.removeItem(atPath: "\(program.directory)/tiny.yaml")
    return (program, try run(program))
  }

  private static func run(_ program: Program) throws -> String {
    let list = try program("query", "SELECT run FROM run_summary ORDER BY sequence DESC LIMIT 1", "--csv").output
    return try #require(list.split(separator: "\n").last.map(String.init))
  }

  @Test(arguments: ["fast", "blas"]) func aRunThatIsTrainedAgainHasTheSameBits(kernels: String) throws {
    let (program, run) = try Self.trained("--kernels", kernels)
    defer { program.remove() }
    let outcome = try program("rerun", run, "--threads", "1")
    #expect(outcome.code == 0 && outcome.output.contains("the repetition is identical"), "\(outcome)")
    // It belongs to no experiment of the store.
    #expect(try program("query", "SELECT count(*) AS n FROM run", "--csv").output == "n\n1\n")
    let json = try program("rerun", run, "--json", "--keep", "again")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let comparison = try #require(facts["comparison"] as? [String: Any])
    #expect(comparison["weights_identical"] as? Bool == true && comparison["rows_different"] as? Int == 0)
    #expect((comparison["metric_rows"] as? Int ?? 0) > 20)
    #expect(try program("list", "--store", "again").output.contains("completed"))
    // What is complete there is compared again and not trained.
    let second = try program("rerun", run, "--keep", "again")
    #expect(second.code == 0 && second.errors.contains("skipped"), "\(second)")
    #expect(second.output.contains("was complete before; nothing was trained now"))
    // A store that has the run itself would compare it with itself.
    try FileManager.default.copyItem(
      atPath: "\(program.directory)/.vgglab", toPath: "\(program.directory)/copy")
    for store in [".vgglab", "copy"] {
      let outcome = try program("rerun", run, "--keep", store)
      #expect(outcome.code == 64 && outcome.errors.contains("or a copy of it; keep the repetition"), "\(outcome)")
    }
  }

  @Test func aChangedJournalIsFoundWithItsFirstDifference() throws {
    let (program, run) = try Self.trained()
    defer { program.remove() }
    // The mean of an epoch follows from its steps: one step is changed and nothing else of the journal.
    var isChanged = false
    try Journal.change(program, run) { json in
      guard !isChanged, let match = json.firstMatch(of: /"name":"step_accuracy","step":3,"value":[0-9.]+/) else {
        return json
      }
      isChanged = true
      return json.replacingCharacters(in: match.range, with: #""name":"step_accuracy","step":3,"value":0.015625"#)
    }
    #expect(isChanged)
    _ = try program("doctor", "--rebuild")
    let outcome = try program("rerun", run)
    #expect(outcome.code == 2 && outcome.output.contains("the repetition DIFFERS"), "\(outcome)")
    #expect(outcome.output.contains("step_accuracy,3,") && outcome.output.contains(",0.015625 and "))
    #expect(outcome.output.contains("weights        identical"))
  }

  @Test func anInterruptedRunGoesOnWithoutItsFile() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let process = program.start([
      "run", "tiny.yaml", "--only", "small", "--set", "training.epochs=16", "--kernels", "blas", "--checkpoint-seconds",
      "0.1",
    ])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    func hasCheckpoint() throws -> Bool {
      guard program.exists(".vgglab/lab.sqlite") else { return false }
      return try program("query", "SELECT count(*) AS n FROM checkpoint", "--csv").output != "n\n0\n"
    }
    while process.isRunning, try !hasCheckpoint() { usleep(10_000) }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    let run = try Self.run(program)
    try FileManager.default.removeItem(atPath: "\(program.directory)/tiny.yaml")
    #expect(try program("rerun", run).code == 65)
    let outcome = try program("resume", run)
    #expect(outcome.code == 0 && outcome.output.contains("completed"), "\(outcome)")
    #expect(try Self.run(program) == run)
    #expect(try program("show", run).output.contains("blas"))
    let again = try program("resume", run)
    #expect(again.code == 65 && again.errors.contains("is completed, not interrupted"), "\(again)")
    #expect(try program("rerun", run).output.contains("the repetition is identical"))
  }

  @Test func whatIsNotThereOrWasOnlyDescribedCannotBeRepeated() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      "described.yaml",
      "schema: 1\nexperiment: d\nnetwork: {arch: vgg11, ratio: 32}\ntraining: {epochs: 0}\ntrials: [{name: net}]\n")
    #expect(try program("run", "described.yaml").code == 0)
    let outcome = try program("rerun", "net")
    #expect(outcome.code == 65 && outcome.errors.contains("described and not trained"), "\(outcome)")
    #expect(try program("rerun", "nothing").code == 66)
    #expect(try program("resume", "nothing").code == 66)
  }

  @Test func runsHaveTheAuthorWhoSaysSo() throws {
    var program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    program.environment["VGGLAB_AUTHOR"] = " Ada\u{1B}[31m Lovelace "
    #expect(try program("run", "tiny.yaml", "--only", "small").code == 0)
    program.environment["VGGLAB_AUTHOR"] = ""
    #expect(try program("run", "tiny.yaml", "--only", "smaller").code == 0)
    let list = try program("list")
    #expect(list.output.contains("author") && list.output.contains("Lovelace"), "\(list)")
    #expect(!list.output.contains("\u{1B}"))
    #expect(try program("show", "small").output.contains("author            Ada"))
    #expect(try !program("show", "smaller").output.contains("author"))
    let found = try program("list", "--filter", "author~Lovelace")
    #expect(found.output.contains(" small ") && !found.output.contains("smaller"), "\(found)")
  }

  @Test func theFolderOfTheDataIsRemembered() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/files/photos", train: 8, test: 2)
    try program.write(
      "files/own.yaml",
      """
      schema: 1
      experiment: own
      question: Which?
      dataset: {name: image-folder, path: photos, resize: 16}
      network: {blocks: [[1, 8]], hidden: 16}
      training: {epochs: 2, batch_size: 2, learning_rate: 0.01}
      trials: [{name: own}]

      """)
    #expect(try program("run", "files/own.yaml", "--threads", "1").code == 0)
    let again = try program("rerun", "own", "--threads", "1")
    #expect(again.code == 0 && again.output.contains("the repetition is identical"), "\(again)")
    // From another folder, too.
    var other = program
    other.directory = "\(program.directory)/files"
    let mistakes = try other("mistakes", "own", "--store", "../.vgglab")
    #expect(mistakes.code == 0 && mistakes.errors.isEmpty && !mistakes.output.contains("–"), "\(mistakes)")
    #expect(try other("rerun", "own", "--store", "../.vgglab", "--threads", "1").code == 0)
    // A relative folder, as earlier versions wrote it, is found beside the store.
    let run = try Self.run(program)
    let job = "\(program.directory)/.vgglab/runs/\(run)/job.json"
    let text = try String(contentsOfFile: job, encoding: .utf8)
    let relative = text.replacing(/"data":"[^"]*"/, with: #""data":"files/photos""#)
    #expect(relative != text)
    try Data(relative.utf8).write(to: URL(fileURLWithPath: job))
    #expect(try other("rerun", "own", "--store", "../.vgglab", "--threads", "1").code == 0)
    let nowhere = try program("rerun", "own", "--data", "nowhere")
    #expect(nowhere.code == 66 && nowhere.errors.contains("there is no folder nowhere"), "\(nowhere)")
  }

  @Test(arguments: ["inf", "1e300", "nan", "-1"]) func noJobHasCheckpointsSoRarely(_ seconds: String) throws {
    let (program, run) = try Self.trained()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    for command in [["run", "tiny.yaml"], ["plan", "tiny.yaml"], ["rerun", run], ["resume", run]] {
      let outcome = try program.run(command + ["--checkpoint-seconds=\(seconds)"])
      #expect(outcome.code == 64 && outcome.errors.contains("--checkpoint-seconds is"), "\(command): \(outcome)")
    }
    #expect(try program("query", "SELECT count(*) AS n FROM run", "--csv").output == "n\n1\n")
  }

  @Test func jobsAndThreadsOfAnySizeAreCompared() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    for (jobs, threads) in [("\(Int.max)", "2"), ("2", "\(Int.max)"), ("\(Int.max)", "\(Int.max)")] {
      let outcome = try program("plan", "tiny.yaml", "--jobs", jobs, "--threads", threads)
      #expect(outcome.code == 64 && outcome.errors.contains("lower --jobs or --threads"), "\(outcome)")
    }
  }
}
