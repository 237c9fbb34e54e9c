public import ArgumentParser
import Cluster
public import Experiments
import Foundation
import Scheduling
import Text

/// What `run` and `plan` take for work on a cluster.
struct ClusterFlags: ParsableArguments {
  @Option(name: .long, help: "The partition of the jobs.")
  var partition: String?

  @Option(name: .long, help: "The account that the jobs are charged to.")
  var account: String?

  @Option(name: .long, help: "The quality of service of the jobs.")
  var qos: String?

  @Option(name: .long, help: ArgumentHelp("The time limit of a job, in minutes or as in 2h.", valueName: "minutes"))
  var time: String?

  @Option(name: .long, help: "Cores of a job, and threads of its training (default: 1).")
  var cpusPerTask: Int?

  @Option(
    name: .customLong("sbatch"),
    help: ArgumentHelp("Another option of sbatch, as in --sbatch=--nice=100; may be repeated.", valueName: "option"))
  var options: [String] = []

  @Flag(name: .long, help: "End as soon as the jobs are submitted; the same command without it follows them.")
  var detach = false

  func validate() throws {
    for (name, value) in [("--partition", partition), ("--account", account), ("--qos", qos)] {
      if let value, !ClusterSettings.isName(value) {
        throw ValidationError("\(name) is '\(value)'; write a Slurm name without spaces")
      }
    }
    if let time, ClusterSettings.minutes(time) == nil {
      throw ValidationError("--time is '\(time)'; write minutes, or a time such as 90m or 2h")
    }
    if let cpusPerTask, !(1...4096).contains(cpusPerTask) {
      throw ValidationError("--cpus-per-task is \(cpusPerTask); it must be from 1 to 4096")
    }
    for option in options where !ClusterSettings.isOption(option) {
      throw ValidationError(
        "--sbatch is '\(option)', which is no option that can be added; write one such as --sbatch=--nice=100")
    }
  }

  /// The first of the options that was given; nil without any.
  private var given: String? {
    let all: [(String, Bool)] = [
      ("--partition", partition != nil), ("--account", account != nil), ("--qos", qos != nil), ("--time", time != nil),
      ("--cpus-per-task", cpusPerTask != nil), ("--sbatch", !options.isEmpty), ("--detach", detach),
    ]
    return all.first { $0.1 }?.0
  }

  private var settings: ClusterSettings {
    var settings = ClusterSettings()
    settings.partition = partition
    settings.account = account
    settings.qos = qos
    settings.minutes = time.flatMap(ClusterSettings.minutes)
    settings.cpusPerTask = cpusPerTask
    settings.options = options
    return settings
  }

  /// Where some experiments are worked on: by the option before their files, by these before the user's configuration file.
  func place(_ executor: ClusterSettings.Executor?, _ experiments: [Experiment], _ options: ExperimentOptions) throws
    -> WorkPlace
  {
    let user = try UserConfiguration.cluster(environment: ProcessInfo.processInfo.environment)
    let wanted = experiments.map { executor ?? $0.cluster.executor ?? user.executor ?? .local }
    if Set(wanted).count > 1 { throw ClusterError.differentExecutors(files: options.files) }
    switch wanted.first ?? .local {
    case .local:
      if let given { throw ValidationError("\(given) requires --executor slurm") }
      return .local
    case .slurm:
      var command = settings
      command.memoryBytes = options.resources.memory.flatMap(Quantity.parseBytes)
      if command.cpusPerTask == nil { command.cpusPerTask = options.resources.threads }
      return .slurm(ClusterOptions(user: user, command: command, isDetached: detach, limit: options.resources.jobs))
    }
  }
}

extension ClusterSettings.Executor: ExpressibleByArgument {}
