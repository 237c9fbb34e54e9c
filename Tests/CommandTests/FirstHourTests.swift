import Foundation
import Testing

/// What a first hour stumbles at, through the built program.
@Suite struct FirstHourTests {
  static let page = "# N\n\n```{query n}\nSELECT count(*) AS n FROM trial_summary\n```\n\n{{n.n}}\n"

  static func trained() throws -> Program {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    try #require(try program("run", "tiny.yaml", "--quiet").code == 0)
    return program
  }

  @Test func theTemplatesCommandsWork() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program("new", "notebook", "mine").code == 0)
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--quiet").code == 0)
    let text = try String(contentsOfFile: "\(program.directory)/mine.md", encoding: .utf8)
    let commands = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      $0.hasPrefix("vgglab ")
    }
    #expect(commands.count == 2)
    for command in commands {
      let outcome = try program.run(command.split(separator: " ").dropFirst().map(String.init))
      #expect(outcome.code == 0, "\(command): \(outcome)")
    }
  }

  @Test func aProfileIsNamedWithItsExperiment() throws {
    let program = try Self.trained()
    defer { program.remove() }
    try program.write("other.yaml", Samples.tiny.replacing("experiment: tiny", with: "experiment: other"))
    #expect(try program("run", "other.yaml", "--profile", "quick", "--quiet").code == 0)
    #expect(try program("list").output.contains("profile quick of other: dataset.train=32"))
    #expect(try program("list", "--experiment", "other").output.contains("profile quick: dataset.train=32"))
  }

  @Test func trialsThatAProfileMakesEqualAreNamed() throws {
    let program = try Program()
    defer { program.remove() }
    let text = Samples.tiny.replacing("network: {ratio: 64}", with: "training: {learning_rate: 0.1}")
      .replacing("training: {epochs: 1}}", with: "training: {epochs: 1, learning_rate: 0.05}}")
    try program.write("rates.yaml", text)
    #expect(
      try program("plan", "rates.yaml", "--profile", "quick").output.contains(
        "which has the same configuration under the profile quick"))
    #expect(
      try program("plan", "rates.yaml", "--set", "training.learning_rate=0.3").output.contains(
        "the same configuration with --set"))
    #expect(try !program("plan", "rates.yaml").output.contains("the same configuration"))
    #expect(try program("run", "rates.yaml", "--profile", "quick", "--quiet").code == 0)
    let alone = try program("compare", "small", "small")
    #expect(alone.code == 64 && alone.errors.contains("only run ") && alone.errors.contains("an experiment's name"))
  }

  @Test(arguments: [
    ("SELECT test_acc FROM trial_summary", "did you mean test_accuracy?"),
    ("SELECT run FROM trial_summary WHERE trial = \"lr\"", "text is written in single quotes: 'lr'"),
    ("SELECT nothing_like_it FROM run", "docs/store.md lists the columns"),
  ])
  func aWrongColumnGetsARemedy(sql: String, remedy: String) throws {
    let program = try Self.trained()
    defer { program.remove() }
    let outcome = try program("query", sql)
    #expect(outcome.code == 65 && outcome.errors.contains(remedy), "\(outcome)")
  }

  @Test func aPlanSaysThatTheDataIsNotThere() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("real.yaml", Samples.tiny.replacing("name: synthetic", with: "name: fashion-mnist"))
    try FileManager.default.createDirectory(atPath: "\(program.directory)/empty", withIntermediateDirectories: false)
    let plan = try program("plan", "real.yaml", "--data", "empty")
    #expect(plan.code == 0 && plan.output.contains("it will be refused: ") && plan.output.contains("is not in empty"))
    #expect(try program("run", "real.yaml", "--data", "empty").code == 66)
  }

  @Test func aRefusedImportMakesNoStore() throws {
    let program = try Self.trained()
    defer { program.remove() }
    try program.write("n.md", Self.page)
    #expect(try program("archive", "create", "x", "--archives", "ar", "--notebook", "n.md").code == 0)
    try program.write("ar/x/README.md", "other")
    for (name, code, words) in [
      ("x", 65, "failed verification"), ("y", 66, "there is no archive"), ("ar/x", 64, "--archives"),
    ] {
      let outcome = try program("archive", "import", name, "--archives", "ar", "--store", "new")
      #expect(outcome.code == Int32(code) && outcome.errors.contains(words), "\(outcome)")
      #expect(!program.exists("new"))
    }
  }

  @Test func weightsOfAnySizeComeAlongAndWhatIsGoneIsSaid() throws {
    let program = try Self.trained()
    defer { program.remove() }
    try program.write("n.md", Self.page)
    let weights = try RunTests.rows(program, "SELECT run, path, bytes FROM artifact WHERE name = 'last'")
    try #require(weights.count == 2)
    let whole = try program("archive", "create", "all", "--archives", "ar", "--notebook", "n.md", "--weights")
    #expect(whole.code == 0 && !whole.errors.contains("was left out"), "\(whole)")
    let imported = try program("archive", "import", "all", "--archives", "ar", "--store", "new")
    #expect(imported.code == 0, "\(imported)")
    for run in try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/new/runs") {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/ar/all/runs/\(run)") {
        let (one, other) = (
          "\(program.directory)/ar/all/runs/\(run)/\(file)", "\(program.directory)/new/runs/\(run)/\(file)"
        )
        #expect(FileManager.default.contentsEqual(atPath: one, andPath: other), "\(file)")
      }
    }
    #expect(try program("gc", "--weights").code == 0)
    let without = try program("archive", "create", "some", "--archives", "ar", "--notebook", "n.md", "--weights")
    #expect(without.code == 0 && without.errors.contains("the run does not have it any more"), "\(without)")
  }

  @Test func aWrongArgumentIsFollowedByTheCommandsOwnUsage() throws {
    let program = try Self.trained()
    defer { program.remove() }
    for (arguments, usage) in [
      (["summary", "vgg99"], "vgglab summary"), (["list", "--columns", "run,run"], "vgglab list"),
      (["archive", "verify", "x", "--rerun", "-1"], "vgglab archive verify"),
    ] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 64 && outcome.errors.contains("\(usage) "), "\(outcome)")
      #expect(!outcome.errors.contains("<subcommand>"), "\(outcome)")
    }
  }

  @Test func aSavedComparisonOutlivesOneOfItsRuns() throws {
    let program = try Self.trained()
    defer { program.remove() }
    #expect(try program("run", "tiny.yaml", "--set", "training.seed=4", "--quiet").code == 0)
    #expect(try program("compare", "tiny", "--save", "mine").code == 0)
    let first = try #require(
      RunTests.rows(program, "SELECT run FROM run_summary WHERE seed = '4' AND trial = 'small'").first?["run"]
        as? String)
    #expect(try program("rm", "--force", first).code == 0 && program("gc").code == 0)
    let again = try program("compare", "--load", "mine")
    #expect(again.errors.contains("of the comparison 'mine' \(first) is not in the store any more"), "\(again)")
  }

  @Test func verifyCountsTheRunsThatAreThere() throws {
    let program = try Self.trained()
    defer { program.remove() }
    try program.write("n.md", Self.page)
    #expect(try program("report", "n.md", "--out", "page").code == 0)
    #expect(try program("verify", "page", "--store", ".vgglab").output.contains("2 runs compared with the journals"))
    try program.write("one.yaml", Samples.tiny.replacing("seed: 3", with: "seed: 5"))
    #expect(try program("run", "one.yaml", "--quiet", "--store", "other").code == 0)
    let outcome = try program("verify", "page", "--store", "other")
    #expect(
      outcome.code == 2 && outcome.output.contains("0 of 2 runs compared") && outcome.output.contains("2 are not there")
    )
  }

  @Test func archivesWithoutACommonTrialSaySo() throws {
    let program = try Self.trained()
    defer { program.remove() }
    try program.write("n.md", "# N\n\nNothing.\n")
    let runs = try RunTests.rows(program, "SELECT run FROM run_summary ORDER BY trial").compactMap {
      $0["run"] as? String
    }
    for (name, run) in zip(["one", "two"], runs) {
      #expect(try program("archive", "create", name, "--archives", "ar", "--runs", run, "--notebook", "n.md").code == 0)
    }
    let text = try program("archive", "diff", "one", "two", "--archives", "ar").output
    #expect(text.contains("0 figures equal, 0 different, ") && text.contains("nothing was measured in both"), "\(text)")
  }

  @Test func aHealthyRunsLogSaysThatItIsEmpty() throws {
    let program = try Self.trained()
    defer { program.remove() }
    let outcome = try program("log", "small")
    #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors.contains("has written nothing"), "\(outcome)")
  }

  /// A machine without the data does not end what another one can go on with.
  @Test func anInterruptedRunWithoutItsDataStaysInterrupted() throws {
    let program = try Program()
    defer { program.remove() }
    try OwnImages.writeFolder("\(program.directory)/data")
    try program.write("own.yaml", OwnImages.experiment("name: image-folder, path: data", epochs: 3))
    #expect(try program("run", "own.yaml", "--quiet").code == 0)
    let run = try #require(RunTests.rows(program, "SELECT run FROM run_summary").first?["run"] as? String)
    try HostileStoreTests.cutEnd(program, run)
    let data = "\(program.directory)/data"
    try FileManager.default.moveItem(atPath: data, toPath: data + "-away")
    let worker = try program("worker", ".vgglab/runs/\(run)")
    #expect(worker.code == 66, "\(worker)")
    #expect(try program("list").output.contains("interrupted"))
    try FileManager.default.moveItem(atPath: data + "-away", toPath: data)
    let resumed = try program("run", "own.yaml")
    #expect(resumed.code == 0 && resumed.output.contains(run) && resumed.output.contains("completed"), "\(resumed)")
  }
}
