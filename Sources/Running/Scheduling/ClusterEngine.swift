import Cluster
import Experiments
import Files
import Foundation
import Processes

/// The tables of the documentation of clusters, in Markdown: settings, states, reasons.
public var clusterTables: [String] { [ClusterSettings.keyTable, SlurmState.table, BlockingReason.table] }

/// Jobs of Slurm.
struct ClusterEngine: TrialEngine {
  let cluster: ClusterOptions

  init(_ cluster: ClusterOptions) { self.cluster = cluster }

  func threads(_ options: RunOptions) throws -> Int {
    if options.timeLimit != nil { throw ClusterError.otherOption(option: "--time-limit", instead: "--time") }
    if let threads = options.threads, threads < 1 {
      throw SchedulingError.notPositive(option: "--threads", value: threads)
    }
    return cluster.settings(nil).cpusPerTask ?? options.threads ?? 1
  }

  func check(_ options: RunOptions) throws {
    let slurm = try Slurm()
    guard slurm.answers else { throw ClusterError.controllerDown(words: "") }
    try ProcessLimits.checkFiles(jobs: ClusterScheduler.chunk / 4)
  }

  func refusals(of decision: TrialDecision, _ options: RunOptions, _ system: SystemInterface) -> [String] { [] }

  /// The scripts, with words in the place of runs that are only made when they are submitted.
  func scripts(
    _ decisions: [TrialDecision], _ options: RunOptions, _ settings: [String: ClusterSettings], store: String
  ) throws -> [String] {
    let most = (try? Slurm().maxArraySize()) ?? 1001
    let place = try ClusterPlace(store: store)
    var arrays: [(shape: JobShape, runs: [String], memory: Int)] = []
    for decision in decisions where decision.action != .skip {
      let shape = JobShape(decision.trial, cluster, options, settings)
      let run = decision.run ?? "new run of \(decision.trial.name)"
      let memory = shape.memory(decision.forecast)
      if let index = arrays.firstIndex(where: { $0.shape == shape && $0.runs.count < most }) {
        arrays[index].runs.append(run)
        arrays[index].memory = max(arrays[index].memory, memory)
      } else {
        arrays.append((shape, [run], memory))
      }
    }
    return arrays.map {
      place.script("vgglab", $0.runs, $0.shape, memory: $0.memory, limit: cluster.limit).text
    }
  }

  func run(
    _ decisions: [TrialDecision], in context: SchedulingContext, resuming run: String?
  ) throws -> [TrialOutcome] {
    try ClusterScheduler(cluster, context, place: try ClusterPlace(store: context.directory)).run(decisions)
  }
}

/// What all jobs of an array have in common.
struct JobShape: Hashable {
  var settings: ClusterSettings
  var threads: Int
  /// A job that measures costs has its node to itself.
  var isExclusive: Bool

  init(
    _ trial: Trial, _ cluster: ClusterOptions, _ options: RunOptions, _ settings: [String: ClusterSettings]
  ) {
    self.settings = cluster.settings(settings[trial.experiment])
    self.settings.executor = nil
    threads = trial.measure?.threads ?? self.settings.cpusPerTask ?? options.threads ?? 1
    isExclusive = trial.measure?.cost != nil
  }

  /// Bytes that a job asks for: what the settings say, or the forecast and a quarter more, for Slurm ends a job that takes more.
  func memory(_ forecast: Forecast) -> Int {
    settings.memoryBytes ?? forecast.memoryBytes + forecast.memoryBytes / 4 + 64 << 20
  }
}

/// Folders and program as the jobs find them.
struct ClusterPlace {
  let store: String
  let directory: String
  let program: String

  /// Of the store in a folder, the working folder and this program. Throws ``ClusterError/badPath(path:)``.
  init(store: String) throws(ClusterError) {
    directory = FileManager.default.currentDirectoryPath
    let absolute = absolutePath(store)
    self.store = realPath(absolute) ?? absolute
    program = (try? FileManager.default.destinationOfSymbolicLink(atPath: ProcessFacts.executable)) ?? "vgglab"
    for path in [self.store, directory, program] where path.contains(where: \.isNewline) {
      throw .badPath(path: path)
    }
  }

  func script(_ name: String, _ runs: [String], _ shape: JobShape, memory: Int, limit: Int?) -> BatchScript {
    BatchScript(
      name: name, store: store, directory: directory, program: program, runs: runs, settings: shape.settings,
      threads: shape.threads, memoryBytes: memory, isExclusive: shape.isExclusive, limit: limit)
  }
}
