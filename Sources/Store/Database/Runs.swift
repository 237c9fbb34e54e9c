import Foundation
import GRDB

/// What a run is doing or how it ended. It follows from the journal and the run's lock; it is stored nowhere.
public enum RunState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Made, and no process has begun with it.
  case queued
  /// A process holds its lock.
  case running
  case completed
  case failed
  /// Stopped in good order before its end.
  case interrupted
  /// No process works on it, and none has said why it ended.
  case lost

  public var name: String { rawValue }
}

/// A run as lists and pages tell of it.
public struct RunSummary: Sendable, Hashable {
  public var id: String
  public var experiment: String
  public var trial: String
  public var trialID: String
  public var profile: String?
  /// Canonical JSON.
  public var configuration: String?
  public var state: RunState
  /// Why it failed, or how the worker of its last attempt ended, where that is known.
  public var cause: String?
  public var createdAt: String
  public var endedAt: String?
  public var attempts: Int
  public var seed: String
  public var epochs: Int
  public var arch: String?
  public var ratio: Int?
  public var input: String?
  public var parameters: Int?
  public var trainLoss: Double?
  public var trainAccuracy: Double?
  public var testLoss: Double?
  public var testAccuracy: Double?
  /// Over the training steps alone.
  public var examplesPerSecond: Double?
  /// The whole of the last attempt.
  public var seconds: Double?
  public var trainingSeconds: Double?
  public var peakResidentBytes: Int?
}

extension Store {
  /// The runs of a configuration, the oldest first.
  public func runs(trialID: String) throws(StoreError) -> [RunSummary] {
    try runs(where: "s.trial_id = ?", [trialID])
  }

  /// The runs of a trial by its name, the oldest first.
  public func runs(experiment: String, trial: String) throws(StoreError) -> [RunSummary] {
    try runs(where: "s.experiment = ? AND s.trial = ?", [experiment, trial])
  }

  /// All runs, the oldest first.
  public func runs() throws(StoreError) -> [RunSummary] { try runs(where: "1", []) }

  /// The run of an id, of a unique beginning of one (at least four characters), or the newest of a trial's name.
  ///
  /// Throws ``StoreError/noSuchRun(_:)`` or ``StoreError/ambiguousRun(_:candidates:)``.
  public func run(matching text: String) throws(StoreError) -> RunSummary {
    if let run = try runs(where: "s.run = ?", [text]).first { return run }
    if let run = try runs(where: "s.trial = ?", [text]).last { return run }
    if text.utf8.count >= 4, RunFolder.isID(text) {
      let found = try runs(where: "substr(s.run, 1, ?) = ?", [text.count, text])
      if found.count == 1 { return found[0] }
      if found.count > 1 { throw .ambiguousRun(text, candidates: found.map(\.id)) }
    }
    throw .noSuchRun(text)
  }

  /// The step of a run's newest checkpoint; nil where there is none.
  public func newestCheckpointStep(run: String) throws(StoreError) -> Int? {
    try reading { database in
      try Int.fetchOne(
        database, sql: "SELECT step FROM checkpoint WHERE run = ? ORDER BY attempt DESC, step DESC LIMIT 1",
        arguments: [run])
    }
  }

  /// The rate of the newest run of a network with so many threads and such kernels, in examples a second; nil where there is none.
  public func newestRate(printed: String, input: String, threads: Int, kernels: String) throws(StoreError) -> Double? {
    try reading { database in
      try Double.fetchOne(
        database,
        sql: """
          SELECT s.examples_per_second FROM run_summary AS s JOIN network AS n ON n.digest = s.network
          WHERE n.printed = ? AND n.input = ? AND s.threads = ? AND s.kernels = ? AND s.examples_per_second > 0
          ORDER BY s.created_at DESC, s.run DESC LIMIT 1
          """, arguments: [printed, input, threads, kernels])
    }
  }

  private func runs(
    where condition: String, _ arguments: [any DatabaseValueConvertible]
  ) throws(StoreError) -> [RunSummary] {
    let rows = try reading { database in
      // An older store that is only read has no such column.
      let exitCause =
        try database.columns(in: "attempt").contains { $0.name == "exit_cause" }
        ? "(SELECT exit_cause FROM attempt WHERE attempt.run = s.run ORDER BY attempt DESC LIMIT 1)" : "NULL"
      return try Row.fetchAll(
        database,
        sql: """
          SELECT s.*, r.configuration AS configuration,
            EXISTS (
              SELECT 1 FROM event WHERE event.run = s.run AND event.kind = 'interrupted' AND event.attempt >= (
                SELECT max(attempt) FROM attempt WHERE attempt.run = s.run)) AS is_interrupted,
            \(exitCause) AS exit_cause
          FROM run_summary AS s JOIN run AS r ON r.id = s.run
          WHERE \(condition) ORDER BY s.created_at, s.run
          """, arguments: StatementArguments(arguments))
    }
    return rows.map { row in
      let outcome: String? = row["outcome"]
      return RunSummary(
        id: row["run"], experiment: row["experiment"], trial: row["trial"], trialID: row["trial_id"],
        profile: row["profile"], configuration: row["configuration"], state: state(row),
        cause: outcome == nil ? row["exit_cause"] : row["cause"],
        createdAt: row["created_at"], endedAt: row["ended_at"], attempts: row["attempts"], seed: row["seed"],
        epochs: row["epochs"], arch: row["arch"], ratio: row["ratio"], input: row["input"],
        parameters: row["parameters"], trainLoss: row["train_loss"], trainAccuracy: row["train_accuracy"],
        testLoss: row["test_loss"], testAccuracy: row["test_accuracy"],
        examplesPerSecond: row["examples_per_second"], seconds: row["seconds"],
        trainingSeconds: row["training_seconds"], peakResidentBytes: row["peak_rss_bytes"])
    }
  }

  private func state(_ row: Row) -> RunState {
    if let outcome: String = row["outcome"] { return outcome == "completed" ? .completed : .failed }
    let run: String = row["run"]
    if let folder = try? RunFolder(store: directory, existing: run), folder.isLocked { return .running }
    let attempts: Int = row["attempts"]
    if attempts == 0 { return .queued }
    return row["is_interrupted"] ? .interrupted : .lost
  }
}
