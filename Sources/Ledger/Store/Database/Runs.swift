import Foundation
import GRDB
import Journals

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
  /// The index knows it, and its folder is not there any more.
  case gone

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
  public var tags: [String]
  /// When it was removed; nil for a run that is there.
  public var removedAt: String?
}

extension Store {
  /// The runs of a configuration that are not removed, the oldest first.
  public func runs(trialID: String) throws(StoreError) -> [RunSummary] {
    try runs(where: "s.trial_id = ?", [trialID])
  }

  /// The runs of a trial by its name that are not removed, the oldest first.
  public func runs(experiment: String, trial: String) throws(StoreError) -> [RunSummary] {
    try runs(where: "s.experiment = ? AND s.trial = ?", [experiment, trial], byName: true)
  }

  /// All runs that are not removed, the oldest first.
  public func runs() throws(StoreError) -> [RunSummary] { try runs(where: "1", []) }

  /// The runs that filters let through.
  public func runs(_ selection: RunSelection) throws(StoreError) -> [RunSummary] {
    let conditions = selection.filters.map(\.sql)
    var order = Self.oldestFirst
    if let wanted = selection.order {
      order = "\(wanted.sql), \(order)"
    } else if selection.limit != nil {
      order = "s.created_at DESC, s.run DESC"
    }
    let isDecided = selection.filters.allSatisfy(\.isDecidedBySQL)
    var found = try runs(
      where: (["1"] + conditions.map(\.condition)).joined(separator: " AND "), conditions.flatMap(\.arguments),
      order: order, limit: isDecided ? selection.limit : nil, includesRemoved: selection.includesRemoved,
      byName: selection.filters.contains(where: \.isOfName))
    if !isDecided {
      found = found.filter { run in selection.filters.allSatisfy { $0.allows(run.state) } }
      if let limit = selection.limit { found = Array(found.prefix(limit)) }
    }
    return selection.order == nil && selection.limit != nil ? found.reversed() : found
  }

  /// The run of an id, of a unique beginning of one (at least four characters), or the newest of a trial's name.
  ///
  /// A removed run is found by its id alone. Throws ``StoreError/noSuchRun(_:)`` or
  /// ``StoreError/ambiguousRun(_:candidates:)``.
  public func run(matching text: String) throws(StoreError) -> RunSummary {
    if let run = try runs(where: "s.run = ?", [text], includesRemoved: true).first { return run }
    if let run = try runs(where: "s.trial = ?", [text], byName: true).last { return run }
    if text.utf8.count >= 4, RunFolder.isID(text) {
      // No character of an id comes after a tilde.
      let found = try runs(where: "s.run >= ? AND s.run < ?", [text, text + "~"], includesRemoved: true)
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

  /// The rate of the newest run of a network with so many threads and such kernels, in examples a second; nil
  /// where there is none.
  ///
  /// A run with the same batch size goes before one with another.
  public func newestRate(
    printed: String, input: String, threads: Int, kernels: String, batchSize: Int
  ) throws(StoreError) -> Double? {
    try reading { database in
      try Double.fetchOne(
        database,
        sql: """
          SELECT s.examples_per_second FROM run_summary AS s JOIN network AS n ON n.digest = s.network
          WHERE n.printed = ? AND n.input = ? AND s.threads = ? AND s.kernels = ? AND s.examples_per_second > 0
          ORDER BY s.batch_size = ? DESC, s.created_at DESC, s.run DESC LIMIT 1
          """, arguments: [printed, input, threads, kernels, batchSize])
    }
  }

  private static let oldestFirst = "s.created_at, s.run"

  private func runs(
    where condition: String, _ arguments: [any DatabaseValueConvertible], order: String = oldestFirst,
    limit: Int? = nil, includesRemoved: Bool = false, byName: Bool = false
  ) throws(StoreError) -> [RunSummary] {
    try reading { database in
      // By its names a run is found once, with its own name if that fits. An older store that may only be read has no others.
      let summary =
        try byName && database.viewExists("run_name")
        ? """
        (SELECT f.*, n.experiment, n.trial, n.profile, n.is_own FROM run_name AS n JOIN (
          SELECT \(SummaryColumn.all().map(\.name).filter { !["experiment", "trial", "profile"].contains($0) }
            .joined(separator: ", ")) FROM run_summary) AS f ON f.run = n.run)
        """ : "run_summary"
      let once = summary == "run_summary" ? "" : "GROUP BY s.run HAVING max(s.is_own) IS NOT NULL"
      // A store of an older version that may only be read has neither tags nor removals.
      let isAnnotated = try database.tableExists("removal")
      let removed = isAnnotated && !includesRemoved ? "AND s.removed_at IS NULL" : ""
      let hasExits = try database.columns(in: "attempt").contains { $0.name == "exit_cause" }
      let cause =
        hasExits ? "(SELECT exit_cause FROM attempt WHERE attempt.run = s.run ORDER BY attempt DESC LIMIT 1)" : "NULL"
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT s.run, s.experiment, s.trial, s.trial_id, s.profile, s.outcome, s.cause, s.created_at, s.ended_at,
            s.attempts, s.seed, s.epochs, s.arch, s.ratio, s.input, s.parameters, s.train_loss, s.train_accuracy,
            s.test_loss, s.test_accuracy, s.examples_per_second, s.seconds, s.training_seconds, s.peak_rss_bytes,
            (SELECT configuration FROM run WHERE run.id = s.run),
            CASE WHEN s.outcome IS NULL THEN EXISTS (
              SELECT 1 FROM event WHERE event.run = s.run AND event.kind = 'interrupted' AND event.attempt >= (
                SELECT max(attempt) FROM attempt WHERE attempt.run = s.run)) ELSE 0 END,
            \(isAnnotated ? "(SELECT group_concat(name, ',') FROM tag WHERE tag.run = s.run)" : "NULL"),
            \(isAnnotated ? "s.removed_at" : "NULL"),
            \(cause)
          FROM \(summary) AS s WHERE \(condition) \(removed) \(once) ORDER BY \(order) LIMIT \(limit ?? -1)
          """, arguments: StatementArguments(arguments))
      var runs: [RunSummary] = []
      while let row = try rows.next() {
        let tags: String? = try row.optional(26)
        let outcome: String? = try row.optional(5)
        // By their places: looking columns up by name costs more than the query.
        runs.append(
          RunSummary(
            id: try row.value(0), experiment: try row.value(1), trial: try row.value(2), trialID: try row.value(3),
            profile: try row.optional(4), configuration: try row.optional(24),
            state: try state(row), cause: try row.optional(outcome == nil ? 28 : 6), createdAt: try row.value(7),
            endedAt: try row.optional(8),
            attempts: try row.value(9), seed: try row.value(10),
            epochs: try row.value(11), arch: try row.optional(12), ratio: try row.optional(13),
            input: try row.optional(14), parameters: try row.optional(15), trainLoss: try row.optional(16),
            trainAccuracy: try row.optional(17), testLoss: try row.optional(18), testAccuracy: try row.optional(19),
            examplesPerSecond: try row.optional(20),
            seconds: try row.optional(21), trainingSeconds: try row.optional(22),
            peakResidentBytes: try row.optional(23),
            tags: tags.map { $0.split(separator: ",").map(String.init).sorted() } ?? [], removedAt: try row.optional(27)
          ))
      }
      return runs
    }
  }

  private func state(_ row: Row) throws -> RunState {
    // A run that has its end is not looked at on the disk.
    if let outcome: String = try row.optional(5) { return outcome == "completed" ? .completed : .failed }
    guard let folder = try? RunFolder(store: directory, existing: row.value(0)) else { return .gone }
    if folder.isLocked { return .running }
    let attempts: Int = try row.value(9)
    if attempts == 0 { return .queued }
    return try row.value(25) ? .interrupted : .lost
  }
}
