import Foundation
import GRDB
public import Journals
import Files
import Text

/// What a run is doing or how it ended.
public typealias RunState = Journals.RunState

/// A run as lists and pages show it.
public struct RunSummary: Sendable, Hashable {
  /// The run's id.
  public var id: String
  /// The name of the experiment that it was started for, or was asked by.
  public var experiment: String
  /// The name of the trial that it was started for, or was asked by.
  public var trial: String
  /// The digest of its configuration.
  public var trialID: String
  /// The profile of the experiment file; nil without one.
  public var profile: String?
  /// Canonical JSON.
  public var configuration: String?
  /// Derived from its journal and its lock.
  public var state: RunState
  /// Why it failed, or how the worker of its last attempt ended, where that is known.
  public var cause: String?
  /// When it was created, ISO 8601 in UTC.
  public var createdAt: String
  /// When it ended, ISO 8601 in UTC.
  public var endedAt: String?
  /// Who started it, by their own account; nil where nobody said so.
  public var author: String?
  /// How many processes have begun with it.
  public var attempts: Int
  /// 64 bits without a sign, in decimal digits.
  public var seed: String
  /// Epochs to train.
  public var epochs: Int
  /// The network's architecture; nil before it is built.
  public var arch: String?
  /// By what the network's widths are divided.
  public var ratio: Int?
  /// The network's input, such as `1x96x96`.
  public var input: String?
  /// The network's parameters.
  public var parameters: Int?
  /// The last training loss.
  public var trainLoss: Double?
  /// The last training accuracy.
  public var trainAccuracy: Double?
  /// The last test loss.
  public var testLoss: Double?
  /// The last test accuracy.
  public var testAccuracy: Double?
  /// Over the training steps alone.
  public var examplesPerSecond: Double?
  /// Epochs whose records say what else the machine did.
  public var timedEpochs: Int
  /// Of these the ones that something else disturbed.
  public var disturbedEpochs: Int
  /// Over the training steps of undisturbed epochs alone.
  public var undisturbedExamplesPerSecond: Double?
  /// The sum over its attempts; nil before its end.
  public var seconds: Double?
  /// The training steps of all attempts; nil before its end.
  public var trainingSeconds: Double?
  /// The last attempt alone; nil before its end.
  public var lastSeconds: Double?
  /// The training steps of the last attempt alone; nil before its end.
  public var lastTrainingSeconds: Double?
  /// Of the last attempt.
  public var peakResidentBytes: Int?
  /// Sorted.
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
      order = Schema.newestFirst("s", id: "run")
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

  /// The run of an id, of a unique prefix of one, or the newest of a trial's name whose folder is there.
  ///
  /// A removed run is found by its id alone. Throws ``StoreError``: there is no such run, it is removed, or there are several.
  public func run(matching text: String) throws(StoreError) -> RunSummary {
    if let run = try runs(where: "s.run = ?", [text], includesRemoved: true).first { return run }
    // A run whose folder is gone is not what somebody means who names a trial that has others.
    let named = try runs(where: "s.trial = ?", [text], byName: true)
    if let run = named.last(where: { $0.state != .gone }) ?? named.last { return run }
    if RunFolder.isID(text) {
      // No character of an id comes after a tilde.
      let found = try runs(where: "s.run >= ? AND s.run < ?", [text, text + "~"], includesRemoved: true)
      if found.count == 1 { return found[0] }
      if found.count > 1 { throw .ambiguousRun(text, candidates: found.map(\.id)) }
    }
    if let run = try runs(where: "s.trial = ?", [text], includesRemoved: true, byName: true).last {
      throw .removedRun(trial: text, run: run.id)
    }
    throw .noSuchRun(text, near: try trials(near: text))
  }

  /// The runs of an experiment, the oldest first. Throws ``StoreError/noSuchExperiment(_:near:)`` where there are none.
  public func runs(ofExperiment name: String, includesRemoved: Bool = false) throws(StoreError) -> [RunSummary] {
    let found = try runs(RunSelection(filters: [RunFilter(experiment: name)], includesRemoved: includesRemoved))
    guard found.isEmpty else { return found }
    let names = Set(try runs(where: "1", [], includesRemoved: includesRemoved).map(\.experiment))
    throw .noSuchExperiment(name, near: nearestNames(to: name, among: names, limit: 3))
  }

  /// The trials that a name which is none was probably meant to be: those that a sweep made of it, those of the experiment of that
  /// name, or the nearest.
  private func trials(near text: String) throws(StoreError) -> [String] {
    let runs = try runs(where: "1", [])
    let trials = Set(runs.map(\.trial)).sorted()
    let swept = trials.filter { $0.hasPrefix("\(text) ") }
    if !swept.isEmpty { return swept }
    let own = Set(runs.filter { $0.experiment == text }.map(\.trial)).sorted()
    return own.isEmpty ? nearest(to: text, among: trials).map { [$0] } ?? [] : own
  }

  /// The step of a run's newest checkpoint whose file is there; nil where there is none.
  public func newestCheckpointStep(run: String) throws(StoreError) -> Int? {
    try reading { database in
      let folder = try? RunFolder(store: directory, existing: run)
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT step, path, bytes FROM checkpoint WHERE run = ? ORDER BY attempt DESC, step DESC LIMIT 2",
        arguments: [run])
      return rows.first { row in PlainName(row["path"]).flatMap { folder?.size(of: $0) } == row["bytes"] }?["step"]
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
          ORDER BY s.batch_size = ? DESC, \(Schema.newestFirst("s", id: "run")) LIMIT 1
          """, arguments: [printed, input, threads, kernels, batchSize])
    }
  }

  /// The largest sequence that a run of the store has, as far as the index has taken it in; 0 without runs.
  public func newestSequence() throws(StoreError) -> Int {
    try reading { try Int.fetchOne($0, sql: "SELECT max(sequence) FROM run") ?? 0 }
  }

  static let oldestFirst = Schema.oldestFirst("s", id: "run")

  func runs(
    where condition: String, _ arguments: [any DatabaseValueConvertible], order: String = oldestFirst,
    limit: Int? = nil, includesRemoved: Bool = false, byName: Bool = false
  ) throws(StoreError) -> [RunSummary] {
    let removed = includesRemoved ? "" : "AND s.removed_at IS NULL"
    func found() throws(StoreError) -> [RunSummary] {
      try reading { database in
        try Fetched<SummaryRow>.all(
          database,
          """
          SELECT \(SummaryRow.columns) FROM \(byName ? Self.summaryByName : "run_summary") AS s
          WHERE \(condition) \(removed) \(byName ? "GROUP BY s.run HAVING max(s.is_own) IS NOT NULL" : "")
          ORDER BY \(order) LIMIT \(limit ?? -1)
          """, StatementArguments(arguments)
        ).map(summary)
      }
    }
    let runs = try found()
    // A worker that ends between the reading of its journal and the look at its lock is not lost: its journal says how it ended.
    let lost = Set(runs.filter { $0.state == .lost }.map(\.id))
    guard !lost.isEmpty, try hasUnread(lost), (try? ingest(only: lost)) != nil else { return runs }
    return try found()
  }

  /// Whether a journal of some runs is longer than what the index has of it.
  private func hasUnread(_ runs: Set<String>) throws(StoreError) -> Bool {
    let offsets = try readOffsets()
    return runs.contains { run in
      let size = (try? RunFolder(store: directory, existing: run))?.size(of: RunFiles.journal) ?? 0
      return size > offsets[run]?.offset ?? 0
    }
  }

  /// Summaries under every name of a run: grouped, a run is found once, with its own name if that fits.
  static let summaryByName = """
    (SELECT f.*, n.experiment, n.trial, n.profile, n.is_own FROM run_name AS n JOIN (
      SELECT \(SummaryColumn.all().filter { !$0.isOfName }.map(\.name).joined(separator: ", ")) FROM run_summary
    ) AS f ON f.run = n.run)
    """

  private func summary(_ row: SummaryRow) -> RunSummary {
    let state: RunState
    // A run that has its end is not looked at on the disk.
    if let outcome = row.outcome {
      state = RunState(outcome)
    } else {
      state = RunState(
        withoutEnd: try? RunFolder(store: directory, existing: row.run), attempts: row.attempts,
        isInterrupted: row.isInterrupted)
    }
    return RunSummary(
      id: row.run, experiment: row.experiment, trial: row.trial, trialID: row.trialID, profile: row.profile,
      configuration: row.configuration, state: state, cause: row.outcome == nil ? row.exitCause : row.cause,
      createdAt: row.createdAt, endedAt: row.endedAt, author: row.author, attempts: row.attempts, seed: row.seed,
      epochs: row.epochs,
      arch: row.arch, ratio: row.ratio, input: row.input, parameters: row.parameters, trainLoss: row.trainLoss,
      trainAccuracy: row.trainAccuracy, testLoss: row.testLoss, testAccuracy: row.testAccuracy,
      examplesPerSecond: row.examplesPerSecond, timedEpochs: row.timedEpochs, disturbedEpochs: row.disturbedEpochs,
      undisturbedExamplesPerSecond: row.undisturbedExamplesPerSecond, seconds: row.seconds,
      trainingSeconds: row.trainingSeconds,
      lastSeconds: row.lastSeconds, lastTrainingSeconds: row.lastTrainingSeconds,
      peakResidentBytes: row.peakResidentBytes,
      tags: row.tags.map { $0.split(separator: ",").map(String.init).sorted() } ?? [], removedAt: row.removedAt)
  }
}

/// A row of `run_summary`, with what else a summary has.
private struct SummaryRow: Decodable {
  var run, experiment, trial, trialID: String
  var profile: String?
  var outcome: EndRecord.Outcome?
  var cause: String?
  var createdAt: String
  var endedAt, author: String?
  var attempts: Int
  var seed: String
  var epochs: Int
  var arch: String?
  var ratio: Int?
  var input: String?
  var parameters: Int?
  var trainLoss, trainAccuracy, testLoss, testAccuracy, examplesPerSecond, undisturbedExamplesPerSecond: Double?
  var timedEpochs, disturbedEpochs: Int
  var seconds, trainingSeconds, lastSeconds, lastTrainingSeconds: Double?
  var peakResidentBytes: Int?
  var removedAt: String?
  // Those that are not in the view:
  var configuration: String?
  var isInterrupted: Bool
  var tags: String?
  var exitCause: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case run, experiment, trial, profile, outcome, cause, author, attempts, seed, epochs, arch, ratio, input,
      parameters,
      seconds
    case trialID = "trial_id"
    case createdAt = "created_at"
    case endedAt = "ended_at"
    case trainLoss = "train_loss"
    case trainAccuracy = "train_accuracy"
    case testLoss = "test_loss"
    case testAccuracy = "test_accuracy"
    case examplesPerSecond = "examples_per_second"
    case undisturbedExamplesPerSecond = "undisturbed_examples_per_second"
    case timedEpochs = "timed_epochs"
    case disturbedEpochs = "disturbed_epochs"
    case trainingSeconds = "training_seconds"
    case lastSeconds = "last_seconds"
    case lastTrainingSeconds = "last_training_seconds"
    case peakResidentBytes = "peak_rss_bytes"
    case removedAt = "removed_at"
    case configuration, tags
    case isInterrupted = "is_interrupted"
    case exitCause = "exit_cause"

    /// Its value in SQL, over the view as `s`.
    var sql: String {
      switch self {
      case .configuration: "(SELECT configuration FROM run WHERE run.id = s.run)"
      case .tags: "(SELECT group_concat(name, ',') FROM tag WHERE tag.run = s.run)"
      case .exitCause: "(SELECT exit_cause FROM attempt WHERE attempt.run = s.run ORDER BY attempt DESC LIMIT 1)"
      case .isInterrupted:
        """
        CASE WHEN s.outcome IS NULL THEN EXISTS (
          SELECT 1 FROM event WHERE event.run = s.run AND event.kind = '\(EventKind.interrupted.rawValue)'
            AND event.attempt >= (SELECT max(attempt) FROM attempt WHERE attempt.run = s.run)) ELSE 0 END
        """
      default: "s.\(rawValue)"
      }
    }
  }

  static let columns = CodingKeys.allCases.map { "\($0.sql) AS \($0.rawValue)" }.joined(separator: ", ")
}
