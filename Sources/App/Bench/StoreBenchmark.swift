import Foundation
import Journals
import Kernels
import Processes
import Provenance
import Runs
import Store
import Terminal

/// How long the store takes to answer when it holds many runs; names as the printed JSON has them.
public struct StoreBenchmark: Encodable, Sendable {
  public var runs: Int
  public var metric_rows: Int
  public var database_bytes: Int
  public var generate_seconds: Double
  public var list_seconds: Double
  public var list_filter_seconds: Double
  public var show_seconds: Double
  /// Of all twenty together.
  public var report_of_20_cells_seconds: Double
  public var ingest_of_10_epochs_seconds: Double
  public var ingested_rows: Int

  /// Makes a store in a folder that is not there yet, and measures it.
  ///
  /// Each answer begins with opening the store and taking in what is new, as the commands do. Throws `StoreError`.
  public init(directory: String, runs: Int, rows: Int) throws {
    func timed<T>(_ body: () throws -> T) rethrows -> (result: T, seconds: Double) {
      let began = monotonicSeconds()
      let result = try body()
      return (result, monotonicSeconds() - began)
    }
    generate_seconds = try timed { try generateStore(at: directory, runs: runs, rows: rows).close() }.seconds
    let list = try timed { RunTexts.list(try Store.openToRead(at: directory).runs()) }
    list_seconds = list.seconds
    list_filter_seconds = try timed {
      let filters = try ["state=completed", "resize=96", "test_accuracy>0.95"].map { try RunFilter($0) }
      return RunTexts.list(
        try Store.openToRead(at: directory).runs(RunSelection(filters: filters, order: RunOrder("-test_accuracy"))))
    }.seconds
    show_seconds = try timed {
      let store = try Store.openToRead(at: directory)
      return RunTexts.show(try details(of: store.run(matching: "trial-\(runs / 40) seed=0"), in: store))
    }.seconds
    report_of_20_cells_seconds = try timed {
      let store = try Store.openToRead(at: directory)
      for cell in Self.cells { _ = try store.query(cell) }
    }.seconds
    let folder = try RunFolder.create(store: directory, trialID: "ffffffff")
    let journal = try JournalWriter(folder: folder)
    ingested_rows = try Self.write(journal, run: folder.run)
    ingest_of_10_epochs_seconds = try timed { try Store.openToRead(at: directory) }.seconds
    let health = try Store.open(at: directory, access: .readOnly).health()
    self.runs = health.runs
    metric_rows = health.metrics
    database_bytes = health.bytes
  }

  /// Tables and charts over single experiments, curves, and some over everything.
  private static let cells: [String] =
    (0..<8).map {
      "SELECT trial, seed, test_accuracy, seconds FROM trial_summary WHERE experiment = 'experiment-\($0)'"
    }
    + (8..<16).map {
      """
      SELECT m.epoch, m.value FROM latest_metric AS m WHERE m.name = '\(MetricName.trainLoss.rawValue)' AND m.run IN (
        SELECT run FROM trial_summary WHERE experiment = 'experiment-\($0)' LIMIT 4) ORDER BY m.run, m.step
      """
    } + [
      "SELECT count(*), avg(test_accuracy) FROM trial_summary",
      "SELECT resize, avg(test_accuracy), max(examples_per_second) FROM trial_summary GROUP BY resize",
      "SELECT experiment, count(*) FROM run WHERE outcome = 'failed' GROUP BY experiment",
      "SELECT trial, test_accuracy FROM trial_summary ORDER BY test_accuracy DESC LIMIT 10",
    ]

  /// A training of 60,000 images over ten epochs in steps of 128, as a worker records it; the number of values.
  private static func write(_ journal: JournalWriter, run: String) throws -> Int {
    try journal.append([
      .run(
        RunRecord(
          run: run, experiment: "experiment-0", question: "How does the store scale?", trial: "ingested",
          trialID: "ffffffff", configuration: "{}", reductions: [], seed: 0, epochs: 10,
          createdAt: "2026-02-01T00:00:00.000Z")),
      .attempt(
        AttemptRecord(
          attempt: 1, startedAt: "2026-02-01T00:00:00.000Z",
          environment: EnvironmentRecord(
            vgglabVersion: vgglabVersion, binaryDigest: "", host: "", processID: 0, operatingSystem: "", cpu: "",
            cores: 1,
            threads: 1, kernels: "", instructionSet: "", blas: "", blasCore: "", dataDigests: [:]))),
    ])
    var count = 0
    var waiting: [MetricRecord] = []
    for step in 1...4690 {
      let epoch = Double(step) / 469
      func add(_ names: MetricName...) {
        for name in names {
          waiting.append(
            MetricRecord(
              name, step: step, epoch: epoch,
              value: (name.rawValue.hasSuffix("accuracy") ? 0.9 : 2.3) / (1 + epoch) + Double(step) * 1e-9))
        }
      }
      add(.stepLoss, .stepAccuracy)
      if step % 78 == 0 { add(.trainLoss, .trainAccuracy) }
      if step % 469 == 0 { add(.testLoss, .testAccuracy, .examplesPerSecond, .epochSeconds) }
      guard step % 2 == 0 || step % 469 == 0 else { continue }
      count += waiting.count
      try journal.append([.metric(waiting)])
      waiting.removeAll()
    }
    try journal.append([
      .end(
        EndRecord(
          outcome: .completed, at: "2026-02-01T01:00:00.000Z", trainingSeconds: 3000, seconds: 3600,
          peakResidentBytes: 1))
    ])
    return count
  }
}
