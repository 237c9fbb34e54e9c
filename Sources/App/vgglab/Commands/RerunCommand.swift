import ArgumentParser
import Files
import Foundation
import Processes
import Provenance
import Runs
import Scheduling
import Store
import Terminal
import Text

/// What commands take that train a recorded run.
struct TrainingOptions: ParsableArguments {
  @Option(name: .long, help: "Threads (default: all cores); results do not depend on them.")
  var threads: Int?

  @Option(name: .long, help: ArgumentHelp("The folder of the data set's files.", valueName: "dir"))
  var data: String?

  @Option(name: .long, help: "Seconds between two checkpoints; one is kept at each epoch as well.")
  var checkpointSeconds = RunOptions.defaultCheckpointSeconds

  func validate() throws {
    try checkInterval(checkpointSeconds)
    try checkData(data)
  }

  var runOptions: RunOptions {
    RunOptions(threads: threads, data: data, checkpointSeconds: checkpointSeconds)
  }
}

struct RerunCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun", abstract: "Train a run again and compare the two bit for bit.",
    discussion: helpText(
      """
      The run is trained again in a store of its own, from its seed, on the kernels that it was trained on. \
      Compared are all metric rows but clock times and rates, the final weights and the test predictions. Kernels \
      for another instruction set round differently; a remark then says so.
      """, examples: "rerun vgg11-small-96 --keep /tmp/again", also: [.failed, .differs, .stopped, .interrupted]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @OptionGroup var training: TrainingOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Keep the repetition's store in this folder; an interrupted repetition in it is resumed.",
      valueName: "dir"))
  var keep: String?

  func execute() throws {
    let source = try store.open()
    let run = try source.run(matching: run)
    let results = try RunRepeater(keep: keep, options: training.runOptions).repeatRuns([run], of: source)
    output(format.json ? try json(results[0]) : results[0].text)
    try RunRepeater.finish(results)
  }
}

struct ResumeCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Resume an interrupted run, without its experiment file and options.",
    discussion: helpText(
      """
      What it trains is in its journal; it continues from its newest checkpoint, on the kernels of its last \
      attempt.
      """, examples: "resume vgg11-small-96", also: [.failed, .stopped, .interrupted]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @OptionGroup var training: TrainingOptions

  func execute() throws {
    let source = try store.open()
    let runner = ExperimentRunner(store: store.directory, printer: ProgressPrinter.standard())
    let outcome = try runner.resume(try source.run(matching: run), of: source, options: training.runOptions)
    output(format.json ? try json(outcome) : TrialOutcome.table([outcome]))
    if StopSignal.number != nil { throw ExitCode(StopSignal.exitCode) }
    if outcome.isFailure { throw ExitCode(1) }
    if outcome.isInterrupted || outcome.isElsewhere { throw ExitCode(75) }
  }
}

/// Trains runs again in a store that is kept or temporary.
struct RunRepeater {
  /// The store's folder; nil for a temporary one.
  let keep: String?
  let options: RunOptions

  /// The repetitions of some runs of a store, one after the other; those behind a signal are left out.
  func repeatRuns(_ runs: [RunSummary], of source: Store) throws -> [RepeatedRun] {
    let directory = try keep ?? makeTemporaryFolder(prefix: "vgglab-rerun")
    defer { if keep == nil { try? FileManager.default.removeItem(atPath: directory) } }
    let runner = ExperimentRunner(store: directory, printer: ProgressPrinter.standard())
    var results: [RepeatedRun] = []
    for run in runs where results.isEmpty || StopSignal.number == nil {
      results.append(try runner.repeatRun(run, of: source, options: options))
    }
    return results
  }

  /// Ends with the code that some repetitions ask for, if that is not 0.
  static func finish(_ results: [RepeatedRun]) throws {
    if StopSignal.number != nil { throw ExitCode(StopSignal.exitCode) }
    if results.contains(where: { $0.comparison == nil }) { throw ExitCode(1) }
    if results.contains(where: { !$0.isIdentical }) { throw ExitCode(2) }
  }
}
