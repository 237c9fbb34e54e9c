import ArgumentParser
import Foundation
import Processes
import Provenance
import Scheduling
import Terminal

struct RunCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Train what is missing, resume what was interrupted, skip what is complete.",
    discussion: helpText(
      """
      With --executor slurm the trials are jobs of a cluster: docs/cluster.md. The first Ctrl-C leaves the jobs to the \
      cluster, a second one within three seconds cancels them.
      """, examples: "run experiments/resize.yaml --profile quick",
      "run mine.yaml --only small,large --set training.epochs=2",
      "run mine.yaml --executor slurm --partition short --time 2h", also: [.failed, .stopped, .interrupted]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup(title: "Common options") var look: OutputStyleOptions
  @OptionGroup var options: ExperimentOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Keep the changes to the source that are not committed with each run (environment VGGLAB_DIFF=no for never).")
  var diff: Bool?

  @Flag(name: .long, help: "Only say what would be done, as `plan` does.")
  var dryRun = false

  func execute() throws {
    if dryRun {
      return try printPlan(store: store, format: format, look: look, options: options, measuring: false)
    }
    let experiments = try options.experiments()
    let runner = try options.runner(of: experiments, in: store, isQuiet: look.quiet)
    if let diff { GitProvenance.setKeepsChanges(diff) }
    let git = GitProvenance.capture(
      of: FileManager.default.currentDirectoryPath, store: store.directory, keepsChanges: GitProvenance.keepsChanges)
    for warning in [git.warning, git.changes?.warning].compactMap({ $0 }) { printError("vgglab: \(warning)") }
    let outcomes = try runner.run(experiments, options: options.runOptions)
    if format.json {
      output(try json(outcomes))
    } else {
      output(TrialOutcome.table(outcomes, width: look.look.terminalWidth))
    }
    if StopSignal.number != nil { throw ExitCode(StopSignal.exitCode) }
    if outcomes.contains(where: \.isFailure) { throw ExitCode(1) }
    // By its time limit or a full disk, or another process is not done with it: the same command resumes or skips it.
    if outcomes.contains(where: { $0.isInterrupted || $0.isElsewhere }) { throw ExitCode(75) }
  }
}
