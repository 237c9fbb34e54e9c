import Configurations
import Datasets
import Experiments
import Files
import Foundation
import Journals
public import Runs
public import Store
import Training

/// A run that was trained again, and how the two compare. Names as `--json` has them.
public struct RepeatedRun: Sendable, Codable {
  /// The run, and the trial that it is of.
  public var run: String
  public var trial: String
  /// The run that repeats it, and its state.
  public var repeated_as: String?
  public var state: String
  /// Why it is not complete.
  public var cause: String?
  /// nil where it is not complete.
  public var comparison: BitComparison?
  /// What may explain a difference: another program, processor or library.
  public var remarks: [String]
  /// Test accuracy of the run and of its repetition.
  public var test_accuracy: [Double?]
  /// Whether the repetition was in its store already and nothing was trained.
  public var was_complete = false

  /// Whether the repetition is complete and gave the same bits.
  public var isIdentical: Bool { comparison?.isIdentical == true }
}

extension ExperimentRunner {
  /// Goes on with a run that was begun and has not ended, by what its journal has of it.
  ///
  /// Throws ``SchedulingError/wrongState(run:state:wanted:remedy:)`` for a run that cannot be resumed.
  public func resume(_ run: RunSummary, of store: Store, options: RunOptions) throws -> TrialOutcome {
    switch run.state {
    case .queued, .interrupted, .lost: break
    case .completed, .failed:
      throw SchedulingError.wrongState(
        run: run.id, state: run.state, wanted: "interrupted",
        remedy: run.state == .failed
          ? "`vgglab run FILE --failed` makes a new run of its trial"
          : "`vgglab rerun` trains it again and compares, `vgglab run FILE --rerun` makes a new run of its trial")
    case .running, .gone:
      throw SchedulingError.wrongState(
        run: run.id, state: run.state, wanted: "interrupted",
        remedy: run.state == .gone ? "run its experiment file again" : "`vgglab watch` shows its progress")
    }
    var (trial, options) = (try recordedTrial(run, in: store, options: options), options)
    if let data = options.data { try checkDataFolder(data, ofDataset: trial.dataset.name) }
    options.data = options.data ?? recordedData(of: run, in: store)
    options.kernels = try kernels(of: run, in: store) ?? options.kernels
    trial.available = try availableData(of: trial.dataset, options)
    try checkUnchanged(trial)
    return try self.run([trial], options: options, resuming: run.id)[0]
  }

  /// Trains a complete run of a store again in this runner's store, on the kernels that it was trained on, and compares the
  /// two bit for bit. A repetition that was begun there before goes on.
  ///
  /// Throws ``SchedulingError`` for a run that cannot be repeated.
  public func repeatRun(_ run: RunSummary, of store: Store, options: RunOptions) throws -> RepeatedRun {
    guard run.state == .completed else {
      throw SchedulingError.wrongState(
        run: run.id, state: run.state, wanted: "completed",
        remedy: "only what is complete can be compared; "
          + (run.state == .failed
            ? "`vgglab run FILE --failed` makes a new run of its trial"
            : "`vgglab resume` continues an interrupted run"))
    }
    guard run.epochs > 0 else {
      throw SchedulingError.notRepeatable(run: run.id, reason: "its network was described and not trained")
    }
    var (trial, options) = (try recordedTrial(run, in: store, options: options), options)
    guard let kernels = try kernels(of: run, in: store) else {
      throw SchedulingError.notRepeatable(run: run.id, reason: "its kernels are not known")
    }
    options.kernels = kernels
    if let data = options.data { try checkDataFolder(data, ofDataset: trial.dataset.name) }
    options.data = options.data ?? recordedData(of: run, in: store)
    (options.rerun, options.failed, options.smoke) = (false, false, false)
    trial.available = try availableData(of: trial.dataset, options)
    try checkUnchanged(trial)
    // The run itself would count as its own repetition.
    guard fileKind("\(directory)/\(StoreFolder.runs)/\(run.id)") == nil else {
      throw SchedulingError.repetitionHasRun(run: run.id, store: directory)
    }
    let outcome = try self.run([trial], options: options, resuming: nil)[0]
    var result = RepeatedRun(
      run: run.id, trial: run.trial, repeated_as: outcome.run, state: outcome.state, cause: outcome.cause,
      comparison: nil, remarks: [], test_accuracy: [run.testAccuracy, outcome.test_accuracy])
    guard let again = outcome.run, outcome.state == RunState.completed.name else { return result }
    let repeated = try openToCompare()
    result.comparison = try BitComparison(run.id, in: store, with: again, in: repeated)
    let attempts = (
      try store.details(of: run).attempts, try repeated.details(of: repeated.run(matching: again)).attempts
    )
    result.remarks = Self.differences(attempts.0, attempts.1)
    result.was_complete = outcome.action == .skip
    return result
  }

  /// Throws where the files of a trial's data set are others than it was trained on.
  private func checkUnchanged(_ trial: Trial) throws {
    guard let expected = trial.dataset.data, let found = trial.available?.data, found != expected else { return }
    throw DatasetError.changed(name: trial.dataset.name, found: found, expected: expected)
  }

  /// What of program and machine is otherwise in the last attempts, as sentences.
  private static func differences(_ first: [RunDetails.Attempt], _ second: [RunDetails.Attempt]) -> [String] {
    guard let last = second.last else { return [] }
    var found: [String] = []
    func compare(_ name: String, _ value: (RunDetails.Attempt) -> String) {
      let values = Set(first.map(value)).subtracting([value(last)]).sorted()
      if !values.isEmpty { found.append("\(name): \(values.joined(separator: " and ")), and now \(value(last))") }
    }
    compare("instruction set") { $0.instruction_set }
    compare("kernels") { KernelPath.presentName($0.kernels) }
    compare("vgglab") { $0.vgglab_version }
    if KernelPath(name: last.kernels) == .blas {
      compare("BLAS") { $0.blas }
      compare("BLAS core") { $0.blas_core }
    }
    return found
  }

  private func recordedTrial(_ run: RunSummary, in store: Store, options: RunOptions) throws -> Trial {
    let details = try store.details(of: run)
    do throws(ConfigurationTextError) {
      return try Trial(
        recorded: run.trial, experiment: run.experiment, question: question(run, store), profile: run.profile,
        canonicalText: details.configuration,
        reductions: details.reductions.map { Reduction(key: $0.key, full: $0.full, used: $0.used) })
    } catch { throw SchedulingError.notRepeatable(run: run.id, reason: "\(error)") }
  }

  private func question(_ run: RunSummary, _ store: Store) -> String {
    (try? store.question(experiment: run.experiment)) ?? ""
  }

  /// The folder of the data set's files that a run's last attempt had; nil where it was not named, and for an imported run.
  private func recordedData(of run: RunSummary, in store: Store) -> String? {
    guard let folder = try? RunFolder(store: store.directory, existing: run.id).open() else { return nil }
    return (try? Job(in: folder))?.dataFolder(store: store.directory)
  }

  /// The kernels of a run's last attempt; nil where none began.
  private func kernels(of run: RunSummary, in store: Store) throws -> KernelPath? {
    guard let name = try store.details(of: run).attempts.last?.kernels else { return nil }
    guard let kernels = KernelPath(name: name) else {
      throw SchedulingError.notRepeatable(run: run.id, reason: "there are no kernels '\(name)'")
    }
    return kernels
  }
}
