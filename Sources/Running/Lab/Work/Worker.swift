import Datasets
import Files
import Foundation
import Journals
import Networks
public import Training

/// Works on one run: takes its lock, trains, and tells the journal. Never opens the database.
public struct Worker {
  private let store: String
  private let run: String
  private let threads: Int
  private let data: String?
  private let kernels: KernelPath
  private let checkpointSeconds: Double
  private let git: GitProvenance

  public init(store: String, run: String, threads: Int, data: String?, kernels: KernelPath, checkpointSeconds: Double) {
    self.store = store
    self.run = run
    self.threads = threads
    self.data = data
    self.kernels = kernels
    self.checkpointSeconds = checkpointSeconds
    git = .capture(
      of: FileManager.default.currentDirectoryPath, store: store, keepsChanges: GitProvenance.keepsChanges)
  }

  /// The exit code: 0 completed, 1 failed, 75 or 130 stopped by a signal.
  ///
  /// Throws when the journal itself cannot be read or written; then the run is left as it was.
  public func work(attached: Bool) throws -> Int32 {
    StopSignal.listen()
    if attached { try StopSignal.stopWithParent() }
    try ProcessLimits.check(threads: threads)
    let folder = try RunFolder(store: store, existing: run)
    guard let lock = try folder.acquireLock() else { throw LabError.alreadyRunning(run: run) }
    defer { lock.release() }

    let past = try readJournal(folder)
    guard case .run(let record)? = past.records.first else {
      throw LabError.configurationUnreadable(run: run, reason: "its journal does not begin with the run")
    }
    if past.records.contains(where: { if case .end = $0 { true } else { false } }) { return 0 }
    let attempts = past.records.count { if case .attempt = $0 { true } else { false } }
    let journal = try JournalWriter(folder: folder)
    let began = monotonicSeconds()
    var earlierPeak = 0

    func end(_ outcome: EndRecord.Outcome, cause: String?, trainingSeconds: Double) throws {
      try journal.append([
        .end(
          EndRecord(
            outcome: outcome, cause: cause, at: timestamp(), trainingSeconds: trainingSeconds,
            seconds: monotonicSeconds() - began, peakResidentBytes: max(earlierPeak, ProcessFacts.peakResidentBytes)))
      ])
      try journal.flush()
    }

    let configuration: RunConfiguration
    let dataset: Dataset?
    var resumption = Resumption()
    do {
      configuration = try RunConfiguration(canonical: record.configuration, run: run)
      // A network that is only described needs no pictures.
      dataset = configuration.settings.epochs == 0 ? nil : try configuration.loadDataset(path: data)
    } catch {
      try journal.append([.attempt(attempt(attempts + 1, digests: [:], resumption))])
      try end(.failed, cause: "\(error)", trainingSeconds: 0)
      throw error
    }
    resumption = Resumption(of: past.records, in: folder, environment: environment(dataset?.digests ?? [:]))
    try journal.append([.attempt(attempt(attempts + 1, digests: dataset?.digests ?? [:], resumption))])
    ProcessRecord(attempt: attempts + 1, data: data).write(to: folder)
    if let note = git.note { try journal.append([event(.git, note)]) }
    if let changes = try folder.save(git.changes, attempt: attempts + 1) { try journal.append([.artifact(changes)]) }
    if let checkpoint = resumption.checkpoint {
      try journal.append([event(.resumed, "goes on behind step \(checkpoint.step)")])
    }
    for problem in resumption.problems {
      try journal.append([event(.checkpoint, problem)])
      writeMessage("vgglab: \(problem)")
    }
    for difference in resumption.differences {
      writeMessage("vgglab: not as in the attempt before: \(difference)")
    }
    let recorder = JournalObserver(journal: journal, began: began)
    do {
      let network = try configuration.buildNetwork(classes: dataset?.training.classes ?? 10)
      try journal.append([.network(NetworkRecord(network, configuration: configuration.network))])
      guard let dataset else {
        try end(.completed, cause: nil, trainingSeconds: 0)
        return 0
      }
      if let complaint = resumption.dataComplaint { throw LabError.otherData(run: run, what: complaint) }
      let training = configuration.training(network: network, threads: threads, kernels: kernels)
      if let cost = configuration.measure?.cost {
        let outcome = try CostRecorder(journal: journal, began: began).measure(
          cost, training, dataset, side: configuration.dataset.resize, earlierPeak: &earlierPeak)
        guard outcome.completed else {
          try journal.append([event(.interrupted, "stopped after step \(outcome.steps)")])
          try journal.flush()
          return StopSignal.exitCode
        }
        try end(.completed, cause: nil, trainingSeconds: outcome.seconds)
        return 0
      }
      if configuration.measure?.signal == true, resumption.checkpoint == nil {
        try journal.append([.layerMetric(try signal(of: training, dataset, side: configuration.dataset.resize))])
      }
      let trainer = try Trainer(
        configuration: training, dataset: dataset, side: configuration.dataset.resize,
        resuming: resumption.checkpoint)
      var keeper = CheckpointKeeper(
        folder: folder, journal: journal, past: past.records, resumed: resumption.record, cadence: checkpointSeconds)
      // However the training ends, a checkpoint that is being written is told of or cleared away before the process ends.
      defer { try? keeper.settle(waiting: true) }
      let outcome = try trainer.run(
        shouldStop: { StopSignal.number != nil },
        reachedCheckpoint: { isWanted in
          try keeper.settle(waiting: false)
          guard isWanted || keeper.isDue else { return }
          // What the checkpoint stands on is on the disk before it.
          try recorder.finish()
          try keeper.keep(trainer.checkpoint)
        }, observe: recorder.observe)
      try recorder.finish()
      try keeper.settle(waiting: true)
      guard outcome.completed else {
        try journal.append([event(.interrupted, "stopped after step \(outcome.step)")])
        try journal.flush()
        return StopSignal.exitCode
      }
      try journal.append([
        .artifact(try folder.save(trainer.state, as: "last")),
        .artifact(try folder.savePredictions(trainer.testPredictions, labels: dataset.test.labels)),
        .predictions(PredictionsRecord(isRight: zip(trainer.testPredictions, dataset.test.labels).map(==))),
      ])
      try end(.completed, cause: nil, trainingSeconds: outcome.trainingSeconds)
      keeper.removeAll()
      return 0
    } catch let error as JournalError {
      throw error
    } catch let error as FileError where error.kind == .inputOutput {
      // A full disk says nothing of the training: it can go on when there is room.
      try? recorder.finish()
      try? journal.append([event(.interrupted, "\(error)")])
      throw error
    } catch {
      try? recorder.finish()
      try end(.failed, cause: "\(error)", trainingSeconds: recorder.trainingSeconds)
      writeMessage("vgglab: \(error)")
      return 1
    }
  }

  private func event(_ kind: EventKind, _ message: String) -> JournalRecord {
    .event(EventRecord(at: timestamp(), kind, message: message))
  }

  private func environment(_ digests: [String: String]) -> EnvironmentRecord {
    captureEnvironment(threads: threads, kernels: kernels, dataDigests: digests, git: git)
  }

  private func attempt(_ number: Int, digests: [String: String], _ resumption: Resumption) -> AttemptRecord {
    AttemptRecord(
      attempt: number, startedAt: timestamp(), environment: environment(digests),
      resumedFrom: resumption.checkpoint?.step,
      differences: resumption.differences.isEmpty ? nil : resumption.differences)
  }
}
