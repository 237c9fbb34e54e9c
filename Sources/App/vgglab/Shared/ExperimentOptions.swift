import ArgumentParser
import Experiments
import Foundation
import Journals
import Processes
import Scheduling
import Terminal
import Text

/// What `run` and `plan` take alike.
struct ExperimentOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("Experiment files.", valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Which trials") var choice: TrialChoiceOptions
  @OptionGroup(title: "Resources") var resources: ResourceOptions
  @OptionGroup(title: "Repetition and failure") var repetition: RepetitionOptions

  @Option(name: .long, help: "The kernels: fast, or blas (im2col and OpenBLAS).")
  var kernels: KernelChoice = .fast

  @Option(name: .long, help: "Seconds between two checkpoints; one is kept at each epoch as well.")
  var checkpointSeconds = RunOptions.defaultCheckpointSeconds

  @Option(
    name: .long, help: "Where trials run: local or slurm (default: the experiment file's cluster block, else local).")
  var executor: ClusterSettings.Executor?

  @OptionGroup(title: "Options of --executor slurm")
  var cluster: ClusterFlags

  func validate() throws {
    try checkInterval(checkpointSeconds)
    if let file = files.first(where: { $0.lowercased().hasSuffix(".md") }) {
      throw ValidationError(
        "\(file) is a notebook for `vgglab report`; an experiment file is YAML, such as resize.yaml")
    }
    if files.isEmpty { throw ValidationError("name an experiment file, such as experiments/resize.yaml") }
  }

  private static func names(in list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  var runOptions: RunOptions {
    RunOptions(
      profile: choice.profile, only: choice.only.map { Self.names(in: $0) } ?? [], overrides: choice.overrides,
      jobs: resources.jobs ?? 1, threads: resources.threads, rerun: repetition.rerun, failed: repetition.failed,
      failFast: repetition.failFast, retries: repetition.retry, data: choice.data,
      kernels: kernels.path, checkpointSeconds: checkpointSeconds,
      timeLimit: resources.timeLimit.flatMap(Quantity.parseSeconds),
      memory: resources.memory.flatMap(Quantity.parseBytes), smoke: !repetition.noSmoke)
  }

  /// The files' experiments under the options: all errors of all files at once.
  func experiments() throws -> [Experiment] {
    try readExperiments(files, options: runOptions)
  }

  /// A runner of some experiments in a store, where they are worked on.
  func runner(
    of experiments: [Experiment], in store: StoreOptions, isQuiet: Bool = false
  ) throws -> ExperimentRunner {
    ExperimentRunner(
      store: store.directory, printer: ProgressPrinter.standard(isQuiet: isQuiet),
      place: try cluster.place(executor, experiments, self))
  }
}

/// Refuses a list with an empty name in it.
func checkNames(_ list: String?, option: String, of what: String) throws {
  let names = list?.split(separator: ",", omittingEmptySubsequences: false) ?? []
  if let list, names.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
    throw ValidationError(
      "\(option) is '\(list)', which has an empty name; write names of \(what), separated by commas")
  }
}

/// Refuses an empty folder of data.
func checkData(_ folder: String?) throws {
  if let folder, folder.isEmpty { throw ValidationError("--data is empty; name a folder") }
}

/// Refuses seconds between two checkpoints that no job can have.
func checkInterval(_ checkpointSeconds: Double) throws {
  if !Job.checkpointInterval.contains(checkpointSeconds) {
    throw ValidationError(
      "--checkpoint-seconds is \(checkpointSeconds); it must be at least 0 and less than a thousand million")
  }
}

/// Which trials of the files, and what is changed of them.
struct TrialChoiceOptions: ParsableArguments {
  @Option(name: .long, help: "A profile of the files, such as quick.")
  var profile: String?

  @Option(name: .long, help: ArgumentHelp("Only these trials, separated by commas.", valueName: "trial,…"))
  var only: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a value, as in training.epochs=2; may be repeated.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(name: .long, help: ArgumentHelp("The folder of the data set's files.", valueName: "dir"))
  var data: String?

  func validate() throws {
    try checkData(data)
    try checkNames(only, option: "--only", of: "trials")
  }
}

/// What trials may use of the machine.
struct ResourceOptions: ParsableArguments {
  @Option(name: .long, help: "Trials at once (default: 1; in a cluster as many as there is room for).")
  var jobs: Int?

  @Option(name: .long, help: "Threads per trial (default: the number of cores divided by --jobs).")
  var threads: Int?

  @Option(name: .long, help: ArgumentHelp("Stop a trial's worker after this time.", valueName: "90m"))
  var timeLimit: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Memory that all running trials may use (default: what is available); in a cluster, memory of a job.",
      valueName: "6GB"))
  var memory: String?

  func validate() throws {
    if let timeLimit, Quantity.parseSeconds(timeLimit) == nil {
      throw ValidationError("--time-limit is '\(timeLimit)'; write a time such as 45s, 90m or 1h30m")
    }
    if let memory, Quantity.parseBytes(memory) == nil {
      throw ValidationError("--memory is '\(memory)'; write a size such as 6GB or 800MB")
    }
  }
}

/// What is run again, and what happens when a trial fails.
struct RepetitionOptions: ParsableArguments {
  @Flag(name: .long, help: "Run complete trials again too.")
  var rerun = false

  @Flag(name: .long, help: "Run only what has failed.")
  var failed = false

  @Flag(name: .long, help: "Stop at the first trial that fails.")
  var failFast = false

  @Option(
    name: .long,
    help: ArgumentHelp("Retry a trial up to N times if it was killed or ran out of memory or disk.", valueName: "n"))
  var retry = 0

  @Flag(name: .long, help: "Skip the one-step test of long trials.")
  var noSmoke = false

  func validate() throws {
    if retry < 0 { throw ValidationError("--retry is \(retry); it must be at least 0") }
  }
}
