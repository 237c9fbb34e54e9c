import Cluster
import Configurations
import Datasets
public import Experiments
import Files
import Foundation
import Processes
import Store
import Text

/// Reads experiment files under the options of `run` and `plan`; the errors of all files at once.
///
/// Data of one's own are read, for they are part of what a trial is.
public func readExperiments(_ files: [String], options: RunOptions) throws -> [Experiment] {
  if options.data?.isEmpty == true { throw DatasetError.folderUnnamed }
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
  let directory: String
  private let engine: any TrialEngine
  private let system: SystemInterface
  private let printer: any ProgressReporter

  /// A runner on the store in a folder that reports to `printer`: with processes of this machine, or with another place's means.
  package init(store directory: String, printer: any ProgressReporter, place: WorkPlace = .local) {
    let engine: any TrialEngine =
      switch place {
      case .local: LocalEngine(executor: LocalExecutor())
      case .slurm(let options): ClusterEngine(options)
      }
    self.init(store: directory, engine: engine, system: SystemInterface(), printer: printer)
  }

  /// A runner with a given executor and system interface, for tests.
  package init(
    store directory: String, executor: any Executor, system: SystemInterface, printer: any ProgressReporter
  ) {
    self.init(store: directory, engine: LocalEngine(executor: executor), system: system, printer: printer)
  }

  private init(
    store directory: String, engine: any TrialEngine, system: SystemInterface, printer: any ProgressReporter
  ) {
    self.directory = directory
    self.engine = engine
    self.system = system
    self.printer = printer
  }

  /// What ``run(_:options:)`` would do with each trial; nothing is written but what the journals have new, into the store's index.
  ///
  /// With `measuring` a few steps are timed for each network that has no recorded rate in the store.
  public func plan(
    _ experiments: [Experiment], options: RunOptions, measuring: Bool = false
  ) throws -> [TrialDecision] {
    let threads = try engine.threads(options)
    let store = try openIfThere()
    let planner = self.planner(store, options, threads: threads, measures: measuring)
    var planned: [String: Trial] = [:]
    var dataProblems: [DataFolder: String?] = [:]
    return try experiments.flatMap(\.trials).map { trial in
      var decision = try planner.decide(trial)
      if decision.action != .skip, let other = planned.updateValue(trial, forKey: trial.id) {
        planned[trial.id] = other
        decision.action = .skip
        let settings =
          options.profile.map { " under the profile \($0)" } ?? (options.overrides.isEmpty ? "" : " with --set")
        decision.why =
          "shares the run of \(other.experiment)/\(other.name), which has the same configuration\(settings)"
      }
      if decision.action != .skip {
        if let data = options.data { try checkDataFolder(data, ofDataset: trial.dataset.name) }
        for refusal in engine.refusals(of: decision, options, system) {
          decision.why += "; it will be refused: \(refusal)"
        }
        // A folder that was named for this once.
        if let data = options.data, trial.training.epochs > 0 {
          let folder = DataFolder(name: trial.dataset.name, path: data)
          let problem = dataProblems[folder] ?? self.problem(of: folder, side: trial.dataset.resize)
          dataProblems[folder] = .some(problem)
          if let problem { decision.why += "; it will be refused: \(problem)" }
        }
      }
      return decision
    }
  }

  private func planner(_ store: Store?, _ options: RunOptions, threads: Int, measures: Bool = false) -> Planner {
    Planner(
      store: store, options: options,
      forecaster: Forecaster(store: store, threads: threads, kernels: options.kernels, measures: measures),
      jobs: ClusterJobs(store: directory))
  }

  /// Why a data set cannot be read; nil where it can.
  private func problem(of folder: DataFolder, side: Int) -> String? {
    do {
      _ = try loadDataset(
        named: folder.name, path: folder.path, side: side, environment: ProcessInfo.processInfo.environment)
      return nil
    } catch { return "\(error)" }
  }

  /// Runs what is missing, and prints progress to stderr.
  ///
  /// Throws before anything is written when an option, the store, or what incomplete trials need is unusable: their data sets, the
  /// controller of a cluster.
  public func run(_ experiments: [Experiment], options: RunOptions) throws -> [TrialOutcome] {
    let settings = Dictionary(experiments.map { ($0.name, $0.cluster) }) { $1 }
    return try run(
      experiments.flatMap(\.trials), options: options, resuming: nil, settings: settings, checksNamedData: true)
  }

  /// Whether the trials are jobs of a cluster.
  public var isOnCluster: Bool { engine is ClusterEngine }

  /// The batch scripts that ``run(_:options:)`` would submit to a cluster, one after the other; none for this machine.
  public func scripts(_ experiments: [Experiment], options: RunOptions) throws -> [String] {
    let settings = Dictionary(experiments.map { ($0.name, $0.cluster) }) { $1 }
    return try engine.scripts(try plan(experiments, options: options), options, settings, store: directory)
  }

  /// The same with trials; `run` is the one that the only trial goes on with, whatever other runs it has. With `checksNamedData`
  /// the folder of `options` must be there for data sets too that need none.
  func run(
    _ trials: [Trial], options: RunOptions, resuming run: String?, settings: [String: ClusterSettings] = [:],
    checksNamedData: Bool = false
  ) throws -> [TrialOutcome] {
    let threads = try engine.threads(options)
    system.listen()
    // What is complete needs neither its data set nor a place to work on it.
    let existing = Store.exists(at: directory) ? try openToChange() : nil
    let decided = try existing.map { store in
      let planner = self.planner(store, options, threads: threads)
      return try trials.map { try planner.decide($0) }
    }
    let incomplete = run == nil ? decided?.filter { !$0.isComplete }.map(\.trial) ?? trials : trials
    if !incomplete.isEmpty { try engine.check(options) }
    // Every data set is looked at before the first run is made: a missing file should cost nothing.
    if checksNamedData, let data = options.data {
      for trial in incomplete { try checkDataFolder(data, ofDataset: trial.dataset.name) }
    }
    var seen: Set<DataFolder> = []
    for trial in incomplete where trial.training.epochs > 0 {
      let folder = DataFolder(name: trial.dataset.name, path: options.data ?? trial.dataset.path)
      guard seen.insert(folder).inserted else { continue }
      _ = try loadDataset(
        named: folder.name, path: folder.path, side: trial.dataset.resize,
        environment: ProcessInfo.processInfo.environment)
    }
    let store = try existing ?? openToChange()
    let planner = self.planner(store, options, threads: threads)
    let decisions = try decided ?? trials.map { try planner.decide($0) }
    let context = SchedulingContext(
      directory: directory, store: store, options: options, threads: threads, printer: printer, planner: planner,
      system: system, settings: settings)
    return try engine.run(decisions, in: context, resuming: run)
  }

  /// The store, made where there is none.
  private func openToChange() throws -> Store {
    let store = try Store.openToChange(at: directory, create: true) { printer.printLine("vgglab: \($0)") }
    if let name = store.networkFileSystem {
      printer.printLine("vgglab: " + NetworkFileSystem.sentence(name, path: directory))
    }
    return store
  }

  /// The store, to read what was run in it.
  func openToCompare() throws -> Store { try Store.openToRead(at: directory) }

  private func openIfThere() throws -> Store? {
    do {
      return try Store.openToRead(at: directory) { printer.printLine("vgglab: \($0)") }
    } catch StoreError.missing {
      return nil
    }
  }
}
