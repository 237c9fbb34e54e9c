import Foundation
import Journals
import Store
import Testing

@Suite struct StoreTests {
  /// Everything in a store, as text that can be compared.
  static func dump(_ store: Store) throws -> String {
    try [
      "experiment", "trial", "network", "layer", "run", "environment", "attempt", "metric", "layer_metric", "event",
      "artifact",
      "reduction", "journal", "final_metric", "tag", "note", "removal", "trial_summary", "run_summary",
    ].map { name in
      ([name] + (try store.query("SELECT * FROM \(name)").csv.split(separator: "\n").map(String.init).sorted()))
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  @Test func aWholeRunIsOneRowOfTheSummary() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    let rows = try store.query(
      """
      SELECT experiment, trial, run, profile, seed, epochs, train_loss, train_accuracy, test_accuracy,
        examples_per_second, seconds, training_seconds, peak_rss_bytes, parameters, resize, train_examples, batch_size,
        learning_rate, momentum, threads, steps, arch FROM trial_summary
      """)
    #expect(
      rows.rows == [
        [
          .text("resize"), .text("vgg11-small-96"), .text(run.run), .text("quick"), .text("18446744073709551615"),
          .integer(2), .real(1.15), .real(0.2), .real(0.625), .real(321.5), .real(599), .real(500), .integer(1 << 30),
          .integer(22_121_802), .integer(96), .integer(4096), .integer(32), .real(0.01), .real(0.9), .integer(2),
          .integer(2), .text("vgg11"),
        ]
      ])
    let summary = try store.run(matching: run.run)
    #expect(summary.state == .completed && summary.testAccuracy == 0.625 && summary.attempts == 1)
    let details = try store.details(of: summary)
    #expect(details.metrics["test_accuracy"] == 0.625 && details.metrics.count == 5)
    #expect(details.attempts[0].blas_core == "Haswell" && details.attempts[0].git_dirty == true)
    #expect(details.events.map(\.message) == ["'; DROP TABLE run; --"])
    #expect(details.artifacts.map(\.path) == ["last.safetensors"])
    #expect(details.reductions.map { [$0.key, $0.full, $0.used] } == [["training.epochs", "10", "2"]])
    #expect(try store.health().problems.isEmpty)
    #expect(
      try store.newestRate(printed: "Sequential()", input: "1x96x96", threads: 2, kernels: "reference", batchSize: 32)
        == 321.5)
    #expect(
      try store.newestRate(printed: "Sequential()", input: "1x96x96", threads: 3, kernels: "reference", batchSize: 32)
        == nil)
    #expect(
      try store.newestRate(printed: "Sequential()", input: "1x96x96", threads: 2, kernels: "fast", batchSize: 32) == nil
    )
  }

  @Test func inPiecesOrAtOnceIsTheSame() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun()
    let store = try folder.open()
    for record in Samples.whole {
      try JournalWriter(folder: run).append([record])
      _ = try store.ingest()
      _ = try store.ingest()
    }
    let pieces = try Self.dump(store)
    store.close()
    #expect(try Store.rebuild(at: folder.path).isEmpty)
    let again = try Store.open(at: folder.path, access: .readOnly)
    #expect(try Self.dump(again) == pieces)
    #expect(pieces.contains("0.625"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("rebuilt") } == [])
  }

  @Test func statesFollowFromJournalAndLock() throws {
    let folder = TemporaryStore()
    let store = try folder.open()
    func state(_ run: RunFolder) throws -> RunState {
      _ = try store.ingest()
      return try store.run(matching: run.run).state
    }
    let run = try folder.addRun()
    let journal = try JournalWriter(folder: run)
    #expect(try state(run) == .queued)
    let lock = try #require(try run.acquireLock())
    try journal.append([Samples.attempt()])
    #expect(try state(run) == .running)
    lock.release()
    #expect(try state(run) == .lost)
    try journal.append([.event(EventRecord(at: "t", kind: "interrupted", message: "m"))])
    #expect(try state(run) == .interrupted)
    try journal.append([Samples.attempt(2)])
    #expect(try state(run) == .lost)
    try journal.append([
      .end(
        EndRecord(
          outcome: .failed, cause: "diverged", at: "t", trainingSeconds: 1, seconds: 2, peakResidentBytes: 3))
    ])
    #expect(try state(run) == .failed)
    #expect(try store.run(matching: run.run).cause == "diverged")
    #expect(try store.query("SELECT * FROM trial_summary").rows.isEmpty)
  }

  @Test func theNewestCompleteRunCounts() throws {
    let folder = TemporaryStore()
    let first = try folder.addRun(createdAt: "2026-01-01T00:00:00.000Z", Samples.whole)
    let second = try folder.addRun(createdAt: "2026-01-02T00:00:00.000Z", Samples.whole)
    try folder.addRun(createdAt: "2026-01-03T00:00:00.000Z", [Samples.attempt()])
    let store = try folder.open()
    _ = try store.ingest()
    #expect(try store.query("SELECT run FROM trial_summary").rows == [[.text(second.run)]])
    #expect(try store.runs().count == 3)
    #expect(try store.runs(trialID: String(repeating: "ab", count: 31)).first?.id == first.run)
    #expect(try store.runs(experiment: "resize", trial: "none").isEmpty)
  }

  @Test func aDescribedRunHasCountsAndNoFigures() throws {
    let folder = TemporaryStore()
    try folder.addRun([Samples.attempt(), Samples.network, Samples.completed])
    let store = try folder.open()
    _ = try store.ingest()
    #expect(
      try store.query("SELECT parameters, train_loss, steps FROM trial_summary").rows
        == [[.integer(22_121_802), .null, .null]])
  }

  @Test func laterAttemptsSupersedeStepsDoneAgain() throws {
    let folder = TemporaryStore()
    let changed = JournalRecord.metric([MetricRecord(name: "step_loss", step: 1, epoch: 0.5, value: 9)])
    let run = try folder.addRun([
      Samples.attempt(), Samples.metrics(1, epoch: 0.5), Samples.attempt(2), changed, Samples.metrics(2, epoch: 1),
    ])
    let store = try folder.open()
    _ = try store.ingest()
    let rows = try store.query("SELECT step, attempt, value FROM latest_metric WHERE name = 'step_loss' ORDER BY step")
    #expect(rows.rows == [[.integer(1), .integer(2), .real(9)], [.integer(2), .integer(2), .real(1.15)]])
    #expect(try store.query("SELECT count(*) FROM metric WHERE name = 'step_loss'").rows == [[.integer(3)]])
    let summary = try store.run(matching: run.run)
    #expect(summary.attempts == 2)
    #expect(
      try store.details(of: summary).steps == [
        RunDetails.Steps(attempt: 1, first: 1, last: 1, superseded: 1),
        RunDetails.Steps(attempt: 2, first: 1, last: 2, superseded: 0),
      ])
  }

  @Test func aRunIsFoundByIdBeginningAndTrial() throws {
    let folder = TemporaryStore()
    let one = try folder.addRun(trialID: String(repeating: "12", count: 31))
    let two = try folder.addRun(trial: "other", trialID: String(repeating: "12", count: 31), createdAt: "2026-01-02")
    let store = try folder.open()
    _ = try store.ingest()
    #expect(try store.run(matching: one.run).id == one.run)
    #expect(try store.run(matching: String(two.run.prefix(15))).id == two.run)
    #expect(try store.run(matching: "other").id == two.run)
    #expect(throws: StoreError.self) { try store.run(matching: "1212") }
    #expect(throws: StoreError.noSuchRun("none")) { try store.run(matching: "none") }
    #expect(throws: StoreError.noSuchRun("' OR 1=1 --")) { try store.run(matching: "' OR 1=1 --") }
  }

  @Test func exportsComeInFullPrecision() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(
      [
        Samples.attempt(),
        .metric([
          MetricRecord(name: "step_loss", step: 1, epoch: 1 / 3.0, value: 0.1 + 0.2),
          MetricRecord(name: "a,\"b\"", step: 1, epoch: 0.5, value: .infinity),
        ]),
      ])
    let store = try folder.open()
    _ = try store.ingest()
    #expect(
      try store.exportMetrics(run: run.run, format: .csv) == """
        run,attempt,metric,step,epoch,value
        \(run.run),1,"a,""b""\",1,0.5,inf
        \(run.run),1,step_loss,1,0.3333333333333333,0.30000000000000004

        """)
    let lines = try store.exportMetrics(run: run.run, format: .jsonl).split(separator: "\n")
    #expect(
      lines.last == """
        {"run":"\(run.run)","attempt":1,"metric":"step_loss","step":1,"epoch":0.3333333333333333,\
        "value":0.30000000000000004}
        """)
  }

  @Test func journalsOfOthersAreToldAndPassedOver() throws {
    let folder = TemporaryStore()
    let good = try folder.addRun(Samples.whole)
    let bad = try folder.addRun(Samples.whole)
    try FileManager.default.removeItem(atPath: bad.journalPath)
    try FileManager.default.copyItem(atPath: good.journalPath, toPath: bad.journalPath)
    let store = try folder.open()
    let problems = try store.ingest()
    #expect(problems.count == 2 && problems[0].contains(bad.run))
    #expect(try store.runs().map(\.id) == [good.run])
    #expect(try store.ingest().isEmpty)
  }
}
