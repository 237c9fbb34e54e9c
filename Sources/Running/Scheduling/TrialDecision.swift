import Cluster
public import Experiments
import Foundation
import Journals
import Store
import Text

/// What `run` would do with one trial, and why.
public struct TrialDecision: Sendable, Hashable {
  /// What `run` would do.
  public enum Action: String, Sendable, Hashable, Codable {
    /// No run of it is there.
    case new
    /// A run was begun and has not ended: the next attempt goes on with it.
    case resume
    /// Complete, being worked on, or left out by the options.
    case skip
    /// The trial's configuration differs from its newest run's: a new run.
    case changed
    /// Ended before, and asked for again: a new run.
    case again
  }

  public var trial: Trial
  public var action: Action
  public var why: String
  /// The run that it goes on with, or that makes it unnecessary.
  public var run: String?
  /// The state of that run.
  var state: RunState?
  public var forecast: Forecast
  /// The cluster's job that works on that run or will.
  var job: ClusterJobs.Status?

  /// Whether a complete run makes it unnecessary.
  var isComplete: Bool { action == .skip && state == .completed }

  /// For `--json`.
  public var facts: Facts {
    Facts(
      experiment: trial.experiment, trial: trial.name, trial_id: trial.id, action: action, why: why, run: run,
      priority: trial.priority, after: trial.after, steps: forecast.steps, first_step: forecast.firstStep,
      seconds: forecast.seconds, seconds_from: forecast.basis, memory_bytes: forecast.memoryBytes,
      disk_bytes: forecast.diskBytes)
  }

  /// A decision with the names of the printed JSON.
  public struct Facts: Codable, Sendable, Hashable {
    public var experiment: String
    public var trial: String
    public var trial_id: String
    public var action: Action
    public var why: String
    public var run: String?
    public var priority: Int
    public var after: [String]
    public var steps: Int
    /// The steps that a run has behind it already.
    public var first_step: Int
    /// For the steps that remain.
    public var seconds: Double?
    public var seconds_from: Forecast.Basis?
    public var memory_bytes: Int
    public var disk_bytes: Int
  }
}

/// What became of one trial.
public struct TrialOutcome: Sendable, Hashable, Codable {
  public var experiment: String
  public var trial: String
  public var run: String?
  public var action: TrialDecision.Action
  public var state: String
  /// Why it failed, was stopped or was not run.
  public var cause: String?
  public var train_loss: Double?
  public var train_accuracy: Double?
  public var test_accuracy: Double?
  public var examples_per_second: Double?
  public var seconds: Double?
  /// The cluster's job that works on its run or will; nil where none does.
  public var job: String?
  /// The process or the cluster's job that this command left it to, or the trial before it that can be resumed, where it is
  /// not complete.
  public var left_to: String?

  /// Whether it is not as it was asked for, and nobody stopped it.
  public var isFailure: Bool {
    if job != nil || left_to != nil { return false }
    return switch RunState(rawValue: state) {
    case .failed, .lost, .queued: action != .skip
    // Not run.
    case nil: cause != nil
    case .running, .completed, .interrupted, .gone: false
    }
  }

  /// Whether its worker was stopped before the end: it can be resumed.
  public var isInterrupted: Bool { RunState(rawValue: state) == .interrupted && action != .skip }

  /// Whether another process or a cluster's job works on it or will, or on what it comes after: it is not done, and this
  /// command did not wait for it.
  public var isElsewhere: Bool { job == nil && (RunState(rawValue: state) == .running || left_to != nil) }

  /// The outcomes as a table for people, with the causes of what is not complete under it. Of so many columns that it is wider than
  /// `width` (nil for any), some are left out.
  public static func table(_ outcomes: [TrialOutcome], width: Int? = nil) -> String {
    var table = FittedTable([
      .init("trial", shortens: true), .init("run"), .init("state"), .init("train loss", .right, dropRank: 8),
      .init("train acc", .right, dropRank: 9), .init("test acc", .right, dropRank: 1),
      .init("images/s", .right, dropRank: 6), .init("time", .right, dropRank: 3),
    ])
    for outcome in outcomes {
      table.add([
        .init(outcome.trial), .init(outcome.run ?? FittedTable.absent),
        .init(
          outcome.action == .skip && RunState(rawValue: outcome.state) == .completed
            ? "already complete" : outcome.state),
        .init(Quantity.fixed(outcome.train_loss, 3)), .init(Quantity.fixed(outcome.train_accuracy, 3)),
        .init(Quantity.fixed(outcome.test_accuracy, 3)), .init(Quantity.fixed(outcome.examples_per_second, 1)),
        .init(outcome.seconds.map(Quantity.duration) ?? FittedTable.absent),
      ])
    }
    let fit = table.fit(width: width)
    let omitted =
      fit.omitted.isEmpty ? [] : ["not shown in \(width ?? 0) columns: \(fit.omitted.joined(separator: ", "))"]
    let causes = outcomes.compactMap { outcome in outcome.cause.map { "\(outcome.trial): \($0)" } }
    return (fit.lines + omitted + causes).joined(separator: "\n")
  }
}

extension Scheduler.Entry {
  /// What became of it.
  func outcome(_ planner: Planner, _ store: Store, job: String? = nil) throws -> TrialOutcome {
    let run = try run ?? planner.decide(trial).run
    let summary = try run.map { try store.run(matching: $0) }
    return TrialOutcome(
      experiment: trial.experiment, trial: trial.name, run: run, action: decision.action,
      state: summary?.state.name ?? "not run",
      cause: summary?.state == .completed ? nil : summary?.cause ?? cause, train_loss: summary?.trainLoss,
      train_accuracy: summary?.trainAccuracy, test_accuracy: summary?.testAccuracy,
      examples_per_second: summary?.examplesPerSecond, seconds: summary?.seconds, job: job,
      left_to: job == nil && summary?.state != .completed ? try leftTo(store) : nil)
  }

  /// Who or what is to be waited for before it can be done; nil where nothing is.
  private func leftTo(_ store: Store) throws -> String? {
    if let holder { return holder }
    if decision.action == .skip, let job = decision.job { return job.words }
    guard let other = blockedBy else { return nil }
    if try other.leftTo(store) != nil { return other.trial.name }
    let state = try other.run.map { try store.run(matching: $0).state }
    return state == .interrupted || state == .running ? other.trial.name : nil
  }
}
