import Digests
import Experiments
import Foundation
import Journals
import Processes
import Scheduling
import Store
import Testing

/// Trials of one configuration share its run.
@Suite struct SharedConfigurationTests {
  static let two = """
    schema: 1
    experiment: fake
    dataset: {name: synthetic, resize: 32, train: 64, test: 32}
    network: {arch: vgg11, ratio: 32}
    training: {epochs: 1, batch_size: 16}
    trials:
      - {name: first}
      - {name: second}
      - {name: third, training: {seed: 1}}
    """

  @Test func oneTrainsAndTheOthersRefer() throws {
    let world = FakeWorld()
    let outcomes = try world.run(Self.two)
    #expect(outcomes.map(\.state) == ["completed", "completed", "completed"])
    #expect(outcomes[0].run == outcomes[1].run && outcomes[1].action == .skip)
    #expect(world.story.filter { $0.hasPrefix("begin") } == ["begin first", "begin third"])
    // Again, and once.
    let again = try world.run(Self.two, options: RunOptions(threads: 1, rerun: true))
    #expect(again[0].run == again[1].run && again[0].run != outcomes[0].run)
    #expect(world.story.count { $0 == "begin first" } == 2 && !world.story.contains("begin second"))
  }

  @Test(.enabled(if: Processor.cores >= 2)) func theyAreNotRunSideBySide() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.completed(after: 5)]]
    let outcomes = try world.run(Self.two, options: RunOptions(jobs: 2, threads: 1))
    #expect(outcomes.map(\.state) == ["completed", "completed", "completed"])
    #expect(!world.story.contains("begin second"))
  }

  @Test func anotherNameGoesOnWithWhatWasStopped() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.killed(signal: SIGKILL, after: 1)]]
    #expect(try world.run(Self.two, only: ["first"]).map(\.state) == ["lost"])
    let outcomes = try world.run(Self.two, only: ["second"])
    #expect(outcomes.map(\.action) == [.resume] && outcomes.map(\.state) == ["completed"])
    let store = try Store.open(at: world.directory, access: .readOnly)
    #expect(try store.query("SELECT count(*) FROM run").rows == [[.integer(1)]])
    #expect(
      try store.query("SELECT trial FROM trial_summary ORDER BY trial").rows == [[.text("first")], [.text("second")]])
  }

  @Test func runsWhoseDataWereNamedByTheirFolderAreKnown() throws {
    let world = FakeWorld()
    var experiment = try world.experiment(
      """
      schema: 1
      experiment: fake
      dataset: {name: idx-folder, path: ok, resize: 32}
      network: {arch: vgg11, ratio: 32}
      """)
    try experiment.findData { _ in
      AvailableData(train: 9, test: 9, data: sha256Hex("aa  t10k-images\nbb  train-images\n"))
    }
    let trial = experiment.trials[0]
    let old = trial.canonicalText.replacing(/"data":"[0-9a-f]*",/, with: "")
      .replacing("\"name\":\"idx-folder\",", with: "\"name\":\"idx-folder\",\"path\":\"./ok\",")
    let id = sha256Hex(old)
    let folder = try RunFolder.create(store: world.directory, trialID: id)
    let environment = EnvironmentRecord(
      vgglabVersion: "0.1.0", binaryDigest: "d", host: "h", processID: 1, operatingSystem: "o", cpu: "c", cores: 1,
      threads: 1, kernels: "fast", instructionSet: "i", blas: "b", blasCore: "c",
      dataDigests: ["train-images": "bb", "t10k-images": "aa"])
    try JournalWriter(folder: folder).append([
      .run(
        RunRecord(
          run: folder.run, experiment: "fake", question: "", trial: "fake", trialID: id,
          configuration: old, reductions: [], seed: 0, epochs: 10, createdAt: "2026-01-01T00:00:00.000Z")),
      .attempt(AttemptRecord(attempt: 1, startedAt: "2026-01-01T00:00:00.000Z", environment: environment)),
      .end(
        EndRecord(
          outcome: .completed, at: "2026-01-01T00:00:01.000Z", trainingSeconds: 1, seconds: 1, peakResidentBytes: 1)),
    ])
    let store = try Store.open(at: world.directory, access: .readWrite, create: true)
    #expect(try store.ingest().isEmpty)
    let decision = try world.runner.plan([experiment], options: RunOptions(threads: 1))[0]
    #expect(decision.action == .skip && decision.run == folder.run, "\(decision.why)")
    // Other files under that name are another trial.
    try experiment.findData { _ in AvailableData(train: 9, test: 9, data: sha256Hex("other")) }
    let changed = try world.runner.plan([experiment], options: RunOptions(threads: 1))[0]
    #expect(changed.action == .changed && changed.why.contains("data none →"), "\(changed.why)")
  }
}
