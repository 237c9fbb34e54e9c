public import Experiments
import Datasets
import Foundation
import Networks
public import Store
import Training

/// Reads experiment files under the options of `run` and `plan`; the errors of all files at once.
public func readExperiments(_ files: [String], options: RunOptions) throws -> [Experiment] {
  try files.map { file in
    try readExperiment(file: file, profile: options.profile, overrides: options.overrides, only: options.only)
  }
}

/// Decides what is to be done and does it: the scheduler of trials over one store.
public struct Laboratory {
  private let directory: String
  private let makeExecutor: () -> any Executor

  /// A laboratory that works with processes of this machine on the store in a folder.
  public init(store directory: String) {
    self.directory = directory
    self.makeExecutor = { LocalExecutor() }
  }

  init(store directory: String, executor: any Executor) {
    self.directory = directory
    self.makeExecutor = { executor }
  }

  /// What ``run(_:options:)`` would do with each trial; nothing is written.
  public func plan(_ experiments: [Experiment], options: RunOptions) throws -> [TrialDecision] {
    let threads = try options.threadsPerTrial()
    let store =
      FileManager.default.fileExists(atPath: directory) ? try Store.open(at: directory, access: .readOnly) : nil
    return try experiments.flatMap(\.trials).map { trial in
      try decide(trial, store: store, options: options, threads: threads)
    }
  }

  /// Runs what is missing, and tells how it goes on stderr.
  ///
  /// Throws before anything is written when an option, the data set or the store is unusable.
  public func run(_ experiments: [Experiment], options: RunOptions) throws -> [TrialOutcome] {
    let threads = try options.threadsPerTrial()
    let trials = experiments.flatMap(\.trials)
    // Every data set is looked at before the first run is made: a missing file should cost nothing.
    for trial in Set(trials.map(\.dataset))
    where trials.contains(where: { $0.dataset == trial && $0.training.epochs > 0 }) {
      _ = try loadDataset(
        named: trial.name, path: options.data ?? trial.path, environment: ProcessInfo.processInfo.environment)
    }
    let store = try Store.open(at: directory, access: .readWrite, create: true)
    for problem in try store.ingest() { ProgressPrinter.standard().say("vgglab: \(problem)") }
    let decisions = try trials.map { try decide($0, store: store, options: options, threads: threads) }
    StopSignal.listen()
    var scheduler = Scheduler(
      directory: directory, store: store, executor: makeExecutor(), options: options, threads: threads,
      printer: .standard())
    return try scheduler.run(decisions)
  }

  private func decide(_ trial: Trial, store: Store?, options: RunOptions, threads: Int) throws -> TrialDecision {
    let runs =
      try store?.runs(trialID: trial.id).filter { $0.experiment == trial.experiment && $0.trial == trial.name } ?? []
    let forecast = try forecast(trial, store: store, threads: threads, kernels: options.kernels)
    func decision(_ action: TrialDecision.Action, _ why: String, _ run: String? = nil) -> TrialDecision {
      TrialDecision(trial: trial, action: action, why: why, run: run, forecast: forecast)
    }
    if let running = runs.first(where: { $0.state == .running }) {
      return decision(.skip, "run \(running.id) is being worked on", running.id)
    }
    if options.failed {
      guard let newest = runs.last, newest.state == .failed else {
        return decision(.skip, "--failed, and it has not failed", runs.last?.id)
      }
      return decision(.again, "run \(newest.id) failed: \(newest.cause ?? "cause unknown")")
    }
    if let complete = runs.last(where: { $0.state == .completed }) {
      return options.rerun
        ? decision(.again, "--rerun; run \(complete.id) is complete")
        : decision(.skip, "run \(complete.id) is complete", complete.id)
    }
    if let unfinished = runs.last(where: { [.queued, .interrupted, .lost].contains($0.state) }), !options.rerun {
      return decision(.resume, "run \(unfinished.id) is \(unfinished.state.name)", unfinished.id)
    }
    if let failed = runs.last { return decision(.again, "run \(failed.id) failed: \(failed.cause ?? "cause unknown")") }
    let named = try store?.runs(experiment: trial.experiment, trial: trial.name).last
    if let named, let configuration = named.configuration {
      let differences = Configuration.differences(from: configuration, to: trial.canonicalText)
      return decision(.changed, "unlike run \(named.id): \(differences.joined(separator: ", "))")
    }
    return decision(.new, "no run of it is in the store")
  }

  private func forecast(
    _ trial: Trial, store: Store?, threads: Int, kernels: KernelPath
  ) throws -> Forecast {
    let side = trial.dataset.resize
    let network = try trial.network.build(input: .image(channels: 1, height: side, width: side), classes: 10)
    let examples = trial.dataset.train ?? 60_000
    let tests = trial.dataset.test ?? 10_000
    let stepsPerEpoch = (examples + trial.training.batchSize - 1) / trial.training.batchSize
    var steps = stepsPerEpoch * trial.training.epochs
    if let limit = trial.training.maxSteps { steps = min(steps, limit) }
    let rate = try store?.newestRate(
      printed: network.printed, input: "\(network.input)", threads: threads, kernels: kernels.rawValue)
    // A test example costs about a third of a training example: the forward pass alone.
    let work =
      Double(min(steps * trial.training.batchSize, examples * trial.training.epochs)) + Double(
        tests * trial.training.epochs) / 3
    return Forecast(
      steps: steps, seconds: rate.map { work / $0 },
      memoryBytes: trial.training.epochs == 0
        ? 0
        : plannedBytes(
          network: network, batchSize: trial.training.batchSize, threads: threads,
          momentum: trial.training.momentum != 0, kernels: kernels),
      diskBytes: trial.training.epochs == 0 ? 20_000 : 4 * network.parameters + 220 * steps + 20_000)
  }
}
