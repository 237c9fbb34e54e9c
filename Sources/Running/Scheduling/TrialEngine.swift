import Cluster
package import Experiments
import Foundation
import Processes
import Store
import Text

/// Where trials are worked on.
package enum WorkPlace: Sendable {
  /// By processes of this machine.
  case local
  /// By jobs of Slurm.
  case slurm(ClusterOptions)
}

/// What the user and a command ask of a cluster.
package struct ClusterOptions: Sendable {
  /// From the user's configuration file.
  package var user: ClusterSettings
  /// From the command's options.
  package var command: ClusterSettings
  /// Whether the command ends as soon as the jobs are submitted.
  package var isDetached: Bool
  /// Jobs of an array at once; nil for as many as there is room for.
  package var limit: Int?

  package init(user: ClusterSettings, command: ClusterSettings, isDetached: Bool, limit: Int?) {
    self.user = user
    self.command = command
    self.isDetached = isDetached
    self.limit = limit
  }

  /// The settings for trials of an experiment whose file has its own: options before the file before the user's own.
  func settings(_ file: ClusterSettings?) -> ClusterSettings {
    user.overlaid(by: file ?? ClusterSettings()).overlaid(by: command)
  }
}

/// What an engine works with.
struct SchedulingContext {
  var directory: String
  var store: Store
  var options: RunOptions
  /// Threads of a trial that asks for none itself.
  var threads: Int
  var printer: any ProgressReporter
  var planner: Planner
  var system: SystemInterface
  /// What the experiments' files ask of a cluster, by their names.
  var settings: [String: ClusterSettings]
}

/// Carries out decisions with the means of one place.
protocol TrialEngine {
  /// Threads of a trial that asks for none itself. Throws where the options do not go together.
  func threads(_ options: RunOptions) throws -> Int
  /// Checks what can be checked before anything is written.
  func check(_ options: RunOptions) throws
  /// Why a trial will not be run, as sentences for `plan`.
  func refusals(of decision: TrialDecision, _ options: RunOptions, _ system: SystemInterface) -> [String]
  /// What would be submitted.
  func scripts(
    _ decisions: [TrialDecision], _ options: RunOptions, _ settings: [String: ClusterSettings], store: String
  ) throws -> [String]
  /// Carries the decisions out; what became of each, in their order. `run` is the one that the only trial goes on with.
  func run(_ decisions: [TrialDecision], in context: SchedulingContext, resuming run: String?) throws -> [TrialOutcome]
}

/// Processes of this machine.
struct LocalEngine: TrialEngine {
  let executor: any Executor

  func threads(_ options: RunOptions) throws -> Int { try options.threadsPerTrial() }

  func check(_ options: RunOptions) throws {
    try ProcessLimits.checkFiles(jobs: options.jobs)
    try ProcessLimits.checkAddressSpace()
  }

  func refusals(of decision: TrialDecision, _ options: RunOptions, _ system: SystemInterface) -> [String] {
    var refusals: [String] = []
    let most = options.memory ?? system.totalMemory()
    if decision.forecast.memoryBytes > most {
      refusals.append("at most \(Quantity.bytes(most)) of memory can become available")
    }
    if let threads = decision.trial.measure?.threads, threads > system.cores() {
      refusals.append("it needs \(threads) threads, but there are only \(system.cores()) cores")
    }
    return refusals
  }

  func scripts(
    _ decisions: [TrialDecision], _ options: RunOptions, _ settings: [String: ClusterSettings], store: String
  ) throws -> [String] { [] }

  func run(
    _ decisions: [TrialDecision], in context: SchedulingContext, resuming run: String?
  ) throws -> [TrialOutcome] {
    try Scheduler(
      directory: context.directory, store: context.store, executor: executor, options: context.options,
      threads: context.threads, printer: context.printer, planner: context.planner, system: context.system
    ).run(decisions, resuming: run)
  }
}
