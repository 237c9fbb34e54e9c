import Configurations
import Datasets
public import Experiments
import Foundation
import Processes
import Store
import Text

/// Reads experiment files under the options of `run` and `plan`; the errors of all files at once.
///
/// Data of one's own are read, for they are part of what a trial is.
public func readExperiments(_ files: [String], options: RunOptions) throws -> [Experiment] {
  var experiments: [Experiment] = []
  var errors: [ExperimentError] = []
  for file in files {
    do throws(ExperimentError) {
      experiments.append(
        try readExperiment(file: file, profile: options.profile, overrides: options.overrides, only: options.only))
    } catch { errors.append(error) }
  }
  guard errors.isEmpty else { throw errors.count == 1 ? errors[0] : ExperimentErrors(errors) }
  for index in experiments.indices {
    try experiments[index].findData { try availableData(of: $0, options) }
  }
  return experiments
}

/// What a data set has; nil where that is not known before it is read.
func availableData(of dataset: DatasetConfiguration, _ options: RunOptions) throws -> AvailableData? {
  try Datasets.availableImages(
    named: dataset.name, path: options.data ?? dataset.path, environment: ProcessInfo.processInfo.environment
  ).map {
    AvailableData(
      train: $0.training, test: $0.test, data: $0.digest, channels: $0.channels, classes: $0.classes,
      imageBytes: $0.imageBytes)
  }
}

/// A data set, wherever it is.
private struct DataFolder: Hashable {
  var name: String
  var path: String?
}

/// Decides what is to be done and does it: the scheduler of trials over one store.
public struct ExperimentRunner {
  private let directory: String
  private let executor: any Executor
  private let system: SystemInterface
  private let printer: any ProgressReporter

  /// A runner that works with processes of this machine on the store in a folder, and reports to `printer`.
  package init(store directory: String, printer: any ProgressReporter) {
    self.init(store: directory, executor: LocalExecutor(), system: SystemInterface(), printer: printer)
  }

  /// A runner in a world of one's own.
  package init(
    store directory: String, executor: any Executor, system: SystemInterface, printer: any ProgressReporter
  ) {
    self.directory = directory
    self.executor = executor
    self.system = system
    self.printer = printer
  }

  /// What ``run(_:options:)`` would do with each trial; nothing is written but what the journals have new, into the store's index.
  ///
  /// With `measuring` a few steps are timed of networks that no run of the store tells the rate of.
  public func plan(
    _ experiments: [Experiment], options: RunOptions, measuring: Bool = false
  ) throws -> [TrialDecision] {
    let threads = try options.threadsPerTrial()
    let store = try openIfThere()
    let planner = Planner(
      store: store, options: options,
      forecaster: Forecaster(store: store, threads: threads, kernels: options.kernels, measures: measuring))
    let most = options.memory ?? system.totalMemory()
    var planned: [String: Trial] = [:]
    return try experiments.flatMap(\.trials).map { trial in
      var decision = try planner.decide(trial)
      if decision.action != .skip, let other = planned.updateValue(trial, forKey: trial.id) {
        planned[trial.id] = other
        decision.action = .skip
        decision.why = "the same configuration as \(other.experiment)/\(other.name), which is run once"
      }
      let need = decision.forecast.memoryBytes
      if decision.action != .skip, need > most {
        decision.why += "; it will be refused: there will never be more memory than \(Quantity.bytes(most))"
      }
      if decision.action != .skip, let threads = trial.measure?.threads, threads > system.cores() {
        decision.why += "; it will be refused: it wants \(threads) threads, and there are \(system.cores()) cores"
      }
      return decision
    }
  }

  /// Runs what is missing, and tells how it goes on stderr.
  ///
  /// Throws before anything is written when an option, the data set or the store is unusable.
  public func run(_ experiments: [Experiment], options: RunOptions) throws -> [TrialOutcome] {
    try run(experiments.flatMap(\.trials), options: options, resuming: nil)
  }

  /// The same with trials; `run` is the one that the only trial goes on with, whatever other runs it has.
  func run(_ trials: [Trial], options: RunOptions, resuming run: String?) throws -> [TrialOutcome] {
    let threads = try options.threadsPerTrial()
    try ProcessLimits.checkFiles(jobs: options.jobs)
    try ProcessLimits.checkAddressSpace()
    system.listen()
    // Every data set is looked at before the first run is made: a missing file should cost nothing.
    var seen: Set<DataFolder> = []
    for trial in trials where trial.training.epochs > 0 {
      let folder = DataFolder(name: trial.dataset.name, path: options.data ?? trial.dataset.path)
      guard seen.insert(folder).inserted else { continue }
      _ = try loadDataset(
        named: folder.name, path: folder.path, side: trial.dataset.resize,
        environment: ProcessInfo.processInfo.environment)
    }
    let store = try Store.openToChange(at: directory, create: true) { printer.say("vgglab: \($0)") }
    if let name = store.networkFileSystem {
      printer.say("vgglab: " + NetworkFileSystem.sentence(name, path: directory))
    }
    let planner = Planner(
      store: store, options: options,
      forecaster: Forecaster(store: store, threads: threads, kernels: options.kernels))
    let decisions = try trials.map { try planner.decide($0) }
    let scheduler = Scheduler(
      directory: directory, store: store, executor: executor, options: options, threads: threads,
      printer: printer, planner: planner, system: system)
    return try scheduler.run(decisions, resuming: run)
  }

  /// The store, to read what was run in it.
  func openToCompare() throws -> Store { try Store.openToRead(at: directory) }

  private func openIfThere() throws -> Store? {
    do {
      return try Store.openToRead(at: directory) { printer.say("vgglab: \($0)") }
    } catch StoreError.missing {
      return nil
    }
  }
}
