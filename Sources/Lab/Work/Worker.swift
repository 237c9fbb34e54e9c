import Datasets
import Foundation
import Networks
import Store
public import Training

/// Works on one run: takes its lock, trains, and tells the journal. Never opens the database.
public struct Worker {
  private let store: String
  private let run: String
  private let threads: Int
  private let data: String?
  private let kernels: KernelPath

  public init(store: String, run: String, threads: Int, data: String?, kernels: KernelPath) {
    self.store = store
    self.run = run
    self.threads = threads
    self.data = data
    self.kernels = kernels
  }

  /// The exit code: 0 completed, 1 failed, 75 or 130 stopped by a signal.
  ///
  /// Throws when the journal itself cannot be read or written; then the run is left as it was.
  public func work(attached: Bool) throws -> Int32 {
    StopSignal.listen()
    if attached { StopSignal.stopWithParent() }
    let folder = try RunFolder(store: store, existing: run)
    guard let lock = try folder.acquireLock() else { throw LabError.alreadyRunning(run: run) }
    defer { lock.release() }

    let past = try readJournal(folder.journalPath)
    guard case .run(let record)? = past.records.first else {
      throw LabError.configurationUnreadable(run: run, reason: "its journal does not begin with the run")
    }
    if past.records.contains(where: { if case .end = $0 { true } else { false } }) { return 0 }
    let attempts = past.records.count { if case .attempt = $0 { true } else { false } }
    let journal = try JournalWriter(folder: folder)
    let began = monotonicSeconds()

    func end(_ outcome: EndRecord.Outcome, cause: String?, trainingSeconds: Double) throws {
      try journal.append([
        .end(
          EndRecord(
            outcome: outcome, cause: cause, at: timestamp(), trainingSeconds: trainingSeconds,
            seconds: monotonicSeconds() - began, peakResidentBytes: ProcessFacts.peakResidentBytes))
      ])
      try journal.flush()
    }

    let configuration: RunConfiguration
    let dataset: Dataset?
    do {
      configuration = try RunConfiguration(canonical: record.configuration, run: run)
      // A network that is only described needs no pictures.
      dataset = configuration.settings.epochs == 0 ? nil : try configuration.loadDataset(path: data)
    } catch {
      try journal.append([.attempt(attempt(attempts + 1, digests: [:]))])
      try end(.failed, cause: "\(error)", trainingSeconds: 0)
      throw error
    }
    try journal.append([.attempt(attempt(attempts + 1, digests: dataset?.digests ?? [:]))])
    let recorder = JournalObserver(journal: journal)
    do {
      let network = try configuration.buildNetwork(classes: dataset?.training.classes ?? 10)
      try journal.append([.network(NetworkRecord(network, configuration: configuration.network))])
      guard let dataset else {
        try end(.completed, cause: nil, trainingSeconds: 0)
        return 0
      }
      let trainer = try Trainer(
        configuration: configuration.training(network: network, threads: threads, kernels: kernels), dataset: dataset,
        side: configuration.dataset.resize)
      let outcome = try trainer.run(shouldStop: { StopSignal.number != nil }, observe: recorder.observe)
      try recorder.finish()
      guard outcome.completed else {
        try journal.append([
          .event(EventRecord(at: timestamp(), kind: "interrupted", message: "stopped after step \(outcome.step)"))
        ])
        try journal.flush()
        return StopSignal.exitCode
      }
      try journal.append([.artifact(try folder.save(trainer.state, as: "last"))])
      try end(.completed, cause: nil, trainingSeconds: outcome.trainingSeconds)
      return 0
    } catch let error as StoreError {
      throw error
    } catch {
      try? recorder.finish()
      try end(.failed, cause: "\(error)", trainingSeconds: recorder.trainingSeconds)
      writeToStandardError("vgglab: \(error)\n")
      return 1
    }
  }

  private func attempt(_ number: Int, digests: [String: String]) -> AttemptRecord {
    AttemptRecord(
      attempt: number, startedAt: timestamp(),
      environment: captureEnvironment(threads: threads, kernels: kernels, dataDigests: digests))
  }
}
