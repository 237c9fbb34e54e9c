import Datasets
import Files
import Foundation
import Journals
import Processes
import Provenance
import Training

/// Works on one run: takes its lock, trains, and records what happens in the journal. Never opens the store's database.
struct RunWorker {
  let folder: RunFolder
  let job: Job
  let kernels: KernelPath
  /// Seconds to wait for the run's lock.
  let waiting: Int
  let report: (String) -> Void

  /// The exit code: 0 completed, 1 failed, 75 or 130 stopped by a signal.
  ///
  /// Throws when the journal itself cannot be read or written; then the run is left as it was.
  func work() throws -> Int32 {
    guard let lock = try lock() else {
      if StopSignal.number != nil { return StopSignal.exitCode }
      throw WorkerError.alreadyRunning(run: folder.run)
    }
    defer { lock.release() }
    let past = try readJournal(folder)
    guard case .run(let record)? = past.records.first else {
      throw WorkerError.configurationUnreadable(run: folder.run, reason: "its journal does not begin with the run")
    }
    if past.records.contains(where: { if case .end = $0 { true } else { false } }) { return 0 }
    var attempt = Attempt(
      worker: self, number: 1 + past.records.count { if case .attempt = $0 { true } else { false } },
      journal: try JournalWriter(folder: folder), past: past.records)
    return try attempt.run(record)
  }

  /// The run's lock; nil where another process holds it to the end of the waiting, or a signal came.
  private func lock() throws -> RunLock? {
    let deadline = monotonicSeconds() + Double(waiting)
    while true {
      if let lock = try folder.acquireLock() { return lock }
      guard monotonicSeconds() < deadline, StopSignal.number == nil else { return nil }
      usleep(500_000)
    }
  }
}

/// One process's work on a run.
private struct Attempt {
  let worker: RunWorker
  let number: Int
  let journal: JournalWriter
  let past: [JournalRecord]
  let git: GitProvenance
  let began = monotonicSeconds()
  /// The most resident memory before a measurement of its own began, in bytes.
  var earlierPeak = 0
  var resumption = Resumption()
  /// What the network runs on; what was asked for until it is known.
  private var kernels: KernelPath

  private var folder: RunFolder { worker.folder }

  init(worker: RunWorker, number: Int, journal: JournalWriter, past: [JournalRecord]) {
    self.worker = worker
    self.number = number
    self.journal = journal
    self.past = past
    kernels = worker.kernels
    git = .capture(
      of: FileManager.default.currentDirectoryPath, store: worker.folder.store,
      keepsChanges: GitProvenance.keepsChanges)
  }

  mutating func run(_ record: RunRecord) throws -> Int32 {
    let configuration: RunConfiguration
    let dataset: Dataset?
    do {
      configuration = try RunConfiguration(canonical: record.configuration, run: folder.run)
      // A network that is only described needs no images.
      dataset = configuration.settings.epochs == 0 ? nil : try configuration.loadDataset(path: worker.job.data)
    } catch {
      try journal.append([start(digests: [:])])
      // Data that one machine lacks, another one has: what was trained so far can go on there.
      if past.contains(where: { if case .checkpoint = $0 { true } else { false } }) {
        try journal.append([event(.interrupted, "\(error)")])
      } else {
        try end(.failed, cause: "\(error)", trainingSeconds: 0)
      }
      throw error
    }
    if let network = try? configuration.buildNetwork(for: dataset) { kernels = worker.kernels.used(for: network) }
    try begin(dataset?.digests ?? [:])
    let observer = JournalObserver(journal: journal, began: began)
    do {
      let network = try configuration.buildNetwork(for: dataset)
      try journal.append([
        .network(NetworkRecord(network, configuration: configuration.network, images: ImagesRecord(dataset)))
      ])
      guard let dataset else {
        try end(.completed, cause: nil, trainingSeconds: 0)
        return 0
      }
      if let complaint = resumption.dataComplaint { throw WorkerError.otherData(run: folder.run, what: complaint) }
      let training = configuration.training(network: network, threads: worker.job.threads, kernels: worker.kernels)
      if let cost = configuration.measure?.cost {
        let outcome = try CostRecorder(journal: journal, began: began).measure(
          cost, training, dataset, side: configuration.dataset.resize, earlierPeak: &earlierPeak)
        guard outcome.completed else { return try interrupted(after: outcome.steps) }
        try end(.completed, cause: nil, trainingSeconds: outcome.seconds)
        return 0
      }
      return try train(configuration, training, dataset, observer)
    } catch let error as JournalError {
      throw error
    } catch let error as FileError where error.kind == .inputOutput {
      // A full disk says nothing of the training: it can continue when there is room.
      try? observer.finish()
      try? journal.append([event(.interrupted, "\(error)")])
      throw error
    } catch {
      try? observer.finish()
      try end(.failed, cause: "\(error)", trainingSeconds: observer.trainingSeconds)
      worker.report("vgglab: \(error)")
      return 1
    }
  }

  /// Records the attempt, what it continues from, and with what it runs.
  private mutating func begin(_ digests: [String: String]) throws {
    resumption = Resumption(of: past, in: folder, environment: environment(digests))
    try journal.append([start(digests: digests)])
    ProcessRecord(attempt: number).write(to: folder)
    if let note = git.note { try journal.append([event(.git, note)]) }
    if let changes = try folder.save(git.changes, attempt: number) { try journal.append([.artifact(changes)]) }
    if let checkpoint = resumption.checkpoint {
      try journal.append([event(.resumed, "continues after step \(checkpoint.step)")])
    }
    for problem in resumption.problems {
      try journal.append([event(.checkpoint, problem)])
      worker.report("vgglab: \(problem)")
    }
    for difference in resumption.differences {
      worker.report("vgglab: changed since the previous attempt: \(difference)")
    }
  }

  /// Trains to the end, or until a signal comes; the exit code.
  private func train(
    _ configuration: RunConfiguration, _ training: TrainingConfiguration, _ dataset: Dataset,
    _ observer: JournalObserver
  ) throws -> Int32 {
    let side = configuration.dataset.resize
    if configuration.measure?.signal == true, resumption.checkpoint == nil {
      try journal.append([.layerMetric(try signal(of: training, dataset, side: side))])
    }
    let trainer = try Trainer(
      configuration: training, dataset: dataset, side: side, resuming: resumption.checkpoint)
    var keeper = CheckpointKeeper(
      folder: folder, journal: journal, past: past, resumed: resumption.record,
      cadence: worker.job.checkpointSeconds)
    // However the training ends, a checkpoint that is being written is recorded or removed before the process ends.
    defer { try? keeper.settle(waiting: true) }
    let outcome = try trainer.run(
      shouldStop: { StopSignal.number != nil },
      reachedCheckpoint: { isWanted in
        try keeper.settle(waiting: false)
        guard isWanted || keeper.isDue else { return }
        // The metrics that led to a checkpoint are on the disk before it.
        try observer.finish()
        try keeper.keep(trainer.checkpoint)
      }, observe: observer.observe)
    try observer.finish()
    try keeper.settle(waiting: true)
    guard outcome.completed else { return try interrupted(after: outcome.step) }
    try journal.append([
      .artifact(try folder.save(trainer.state, as: "last")),
      .artifact(try folder.savePredictions(trainer.testPredictions, labels: dataset.test.labels)),
      .predictions(PredictionsRecord(isRight: zip(trainer.testPredictions, dataset.test.labels).map(==))),
    ])
    if let evaluation = EvaluationRecord(trainer, dataset) { try journal.append([.evaluation(evaluation)]) }
    // The outcome counts the steps of earlier attempts too; each attempt records its own.
    try end(.completed, cause: nil, trainingSeconds: observer.trainingSeconds)
    keeper.removeAll()
    return 0
  }

  private func interrupted(after step: Int) throws -> Int32 {
    try journal.append([event(.interrupted, "stopped after step \(step)")])
    try journal.flush()
    return StopSignal.exitCode
  }

  private func end(_ outcome: EndRecord.Outcome, cause: String?, trainingSeconds: Double) throws {
    try journal.append([
      .end(
        EndRecord(
          outcome: outcome, cause: cause, at: timestamp(), trainingSeconds: trainingSeconds,
          seconds: monotonicSeconds() - began, peakResidentBytes: max(earlierPeak, ProcessFacts.peakResidentBytes)))
    ])
    try journal.flush()
  }

  private func event(_ kind: EventKind, _ message: String) -> JournalRecord {
    .event(EventRecord(at: timestamp(), kind, message: message))
  }

  private func environment(_ digests: [String: String]) -> EnvironmentRecord {
    captureEnvironment(threads: worker.job.threads, kernels: kernels, dataDigests: digests, git: git)
  }

  private func start(digests: [String: String]) -> JournalRecord {
    .attempt(
      AttemptRecord(
        attempt: number, startedAt: timestamp(), environment: environment(digests),
        resumedFrom: resumption.checkpoint?.step,
        differences: resumption.differences.isEmpty ? nil : resumption.differences))
  }
}
