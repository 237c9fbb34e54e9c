import Datasets
import Foundation
import Journals
public import Networks
import Processes
import Store
import Training
import Worker

/// What keeping a record costs a training: every moment of its thread that goes into the journal and into checkpoints,
/// beside the training as a whole. Names as the printed JSON has them.
public struct RecordingBenchmark: Encodable, Sendable {
  /// A signal ended it.
  public struct Stopped: Error {
    /// That of the contract.
    public var exitCode: Int32
  }

  public var steps: Int
  /// An epoch with its evaluation, recording included.
  public var seconds: Double
  public var journal_seconds: Double
  public var checkpoint_seconds: Double
  /// Journal and checkpoints over all the rest.
  public var slowed_by: Double
  public var journal_bytes: Int
  /// By the parent's process, beside the training.
  public var ingest_seconds: Double
  public var threads: Int

  /// Trains one epoch of generated images as a worker does, in a store made in `directory`. Throws `StoreError`,
  /// `FileError` and `TrainingError`.
  public init(
    directory: String, network: Network, side: Int, images: Int, batch: Int, threads: Int, checkpointSeconds: Double
  ) throws {
    StopSignal.listen()
    let folder = try RunFolder.create(store: directory, trialID: "00000000")
    let journal = try JournalWriter(folder: folder)
    try journal.append([
      .run(
        RunRecord(
          run: folder.run, experiment: "recording", question: "What does recording cost?", trial: "recorded",
          trialID: "00000000", configuration: "{}", reductions: [], seed: 0, epochs: 1, createdAt: timestamp())),
      .attempt(
        AttemptRecord(
          attempt: 1, startedAt: timestamp(),
          environment: captureEnvironment(threads: threads, kernels: .fast, dataDigests: [:]))),
    ])
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: network, epochs: 1, batchSize: batch, learningRate: 1e-3, threads: threads, kernels: .fast),
      dataset: syntheticDataset(training: images, test: max(batch, images / 6)), side: side)
    let recorder = JournalObserver(journal: journal)
    var keeper = CheckpointKeeper(folder: folder, journal: journal, past: [], resumed: nil, cadence: checkpointSeconds)
    defer { try? keeper.settle(waiting: true) }
    var (inJournal, inCheckpoints) = (0.0, 0.0)
    func timed(_ sum: inout Double, _ body: () throws -> Void) rethrows {
      let began = monotonicSeconds()
      try body()
      sum += monotonicSeconds() - began
    }
    let began = monotonicSeconds()
    let outcome = try trainer.run(
      shouldStop: { StopSignal.number != nil },
      reachedCheckpoint: { isWanted in
        try timed(&inCheckpoints) { try keeper.settle(waiting: false) }
        guard isWanted || keeper.isDue else { return }
        try timed(&inCheckpoints) {
          try recorder.finish()
          try keeper.keep(trainer.checkpoint)
        }
      }, observe: { event in try timed(&inJournal) { try recorder.observe(event) } })
    try timed(&inCheckpoints) { try keeper.settle(waiting: true) }
    guard outcome.completed else { throw Stopped(exitCode: StopSignal.exitCode) }
    seconds = monotonicSeconds() - began
    steps = outcome.step
    journal_seconds = inJournal
    checkpoint_seconds = inCheckpoints
    slowed_by = (inJournal + inCheckpoints) / (seconds - inJournal - inCheckpoints)
    journal_bytes = try FileManager.default.attributesOfItem(atPath: folder.journalPath)[.size] as? Int ?? 0
    let before = monotonicSeconds()
    _ = try Store.openToRead(at: directory)
    ingest_seconds = monotonicSeconds() - before
    self.threads = threads
  }
}
