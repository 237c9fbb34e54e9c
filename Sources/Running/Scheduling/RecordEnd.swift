import Experiments
import Foundation
import Journals
import Processes
import Store

/// Writes into the journals and annotations of runs what the process that schedules them knows.
struct RunRecorder {
  let directory: String
  let store: Store
  let printer: any ProgressReporter

  /// Seconds by which the clocks of two machines may differ.
  private static let clockDifference = 60.0

  /// Records in a run's journal how its worker ended, unless the run has its end; gives the run as it is then.
  ///
  /// `endedJob` is the cluster's job that the worker was of. Nothing is recorded of a worker that had not begun an attempt of its own:
  /// `attempts` is how many there were when it was started, and `startedAt` when that was, by the clock of another machine.
  func recordEnd(
    of run: String, _ end: ProcessEnd?, _ cause: String, endedJob: String? = nil, attempts: Int = 0,
    startedAt: Date? = nil
  ) throws -> RunSummary {
    _ = try store.ingest()
    let folder = try RunFolder(store: directory, existing: run)
    // The worker is gone, and its lock is free, unless another has begun with the run.
    if let lock = try folder.acquireLock(endedJob: endedJob) {
      defer { lock.release() }
      _ = try store.ingest()
      let summary = try store.run(matching: run)
      guard summary.state != .completed, summary.state != .failed else { return summary }
      if summary.attempts > attempts, try !beganBefore(startedAt, summary) {
        var record = ExitRecord(attempt: summary.attempts, at: timestamp(), cause: cause)
        switch end {
        case .exited(let code): record.code = Int(code)
        case .killed(let signal): record.signal = Int(signal)
        case nil: break
        }
        append(.exit(record), to: folder)
      }
    }
    _ = try store.ingest()
    return try store.run(matching: run)
  }

  /// Whether a run's last attempt began before some time, by more than clocks may differ.
  private func beganBefore(_ time: Date?, _ run: RunSummary) throws -> Bool {
    guard let time, let attempt = try store.details(of: run).attempts.last,
      let began = date(ofTimestamp: attempt.started_at)
    else { return false }
    return began < time.addingTimeInterval(-Self.clockDifference)
  }

  private func append(_ record: JournalRecord, to folder: RunFolder) {
    do {
      let journal = try JournalWriter(folder: folder)
      try journal.append([record])
      try journal.flush()
    } catch {
      // On a full disk the run is as sound without it.
      printer.printLine("vgglab: the exit of the worker of run \(folder.run) could not be recorded: \(error)")
    }
  }

  /// Records a run as failed whose worker never began with it, so that it does not stay queued; one that an earlier attempt
  /// has begun stays as it is.
  func recordStartFailure(_ run: String, _ cause: String) throws {
    _ = try store.ingest()
    let folder = try RunFolder(store: directory, existing: run)
    guard try store.run(matching: run).state == .queued, let lock = try folder.acquireLock() else { return }
    defer { lock.release() }
    let journal = try JournalWriter(folder: folder)
    try journal.append([
      .end(
        EndRecord(
          outcome: .failed, cause: cause, at: timestamp(), trainingSeconds: 0, seconds: 0, peakResidentBytes: 0))
    ])
    try journal.flush()
    _ = try store.ingest()
  }

  /// Keeps that a trial's name belongs to a run that was started for another name.
  func refer(_ trial: Trial, to run: String) throws {
    guard try !store.hasTrial(experiment: trial.experiment, trial: trial.name, trialID: trial.id) else { return }
    let summary = try store.run(matching: run)
    // A run of an older way to identify the same data keeps its own names.
    guard summary.trialID == trial.id else { return }
    let reference = ReferenceRecord(
      experiment: trial.experiment, question: trial.question, trial: trial.name, profile: trial.profile)
    try RunFolder(store: directory, existing: run).annotate([reference.annotation(at: timestamp())])
    _ = try store.ingest()
  }
}

extension Scheduler {
  private var recorder: RunRecorder { RunRecorder(directory: directory, store: store, printer: printer) }

  /// ``RunRecorder/recordEnd(of:_:_:endedJob:)`` of a worker of this machine.
  func recordEnd(of worker: RunningWorker, _ end: ProcessEnd, _ cause: WorkerCause) throws -> RunSummary {
    try recorder.recordEnd(of: worker.run, end, cause.sentence, attempts: worker.attemptsBefore)
  }

  /// ``RunRecorder/recordStartFailure(_:_:)``.
  func recordStartFailure(_ run: String, _ cause: String) throws { try recorder.recordStartFailure(run, cause) }

  /// ``RunRecorder/refer(_:to:)``.
  func refer(_ trial: Trial, to run: String) throws { try recorder.refer(trial, to: run) }

  /// The last line of a worker's log that says something.
  func lastLine(_ log: String) -> String? {
    let line = log.split(separator: "\n").last { $0.hasPrefix("vgglab: ") }
    return line.map { String($0.dropFirst("vgglab: ".count)) }
  }

  func logSize(_ run: String) -> Int {
    (try? RunFolder(store: directory, existing: run))?.size(of: RunFiles.log) ?? 0
  }

  /// What a worker has written to its log, its end at most.
  func logText(_ run: String, from offset: Int) -> String {
    guard let file = try? RunFolder(store: directory, existing: run).open().file(RunFiles.log) else { return "" }
    lseek(file.number, off_t(offset), SEEK_SET)
    guard let data = try? file.readAll(limit: 64 << 20) else { return "" }
    return String(decoding: data.suffix(64 << 10), as: UTF8.self)
  }

  /// Free bytes on a folder's file system; nil if unknown.
  func freeBytes(_ path: String) -> Int? {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    return Int(facts.f_bavail) * Int(facts.f_frsize)
  }
}
