import ArgumentParser
import Scheduling
import Terminal

struct PlanCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say what `run` would do with each trial, why, and what it would cost.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var options: ExperimentOptions

  @Flag(name: .long, help: "Time a few steps of networks whose rate no run of the store tells.")
  var measure = false

  @Flag(name: .long, help: "With --executor slurm: print the batch scripts that `run` would submit.")
  var printScript = false

  func execute() throws {
    guard printScript else {
      return try printPlan(store: store, format: format, options: options, measuring: measure)
    }
    let experiments = try options.experiments()
    let runner = try options.runner(of: experiments, in: store)
    let scripts = try runner.scripts(experiments, options: options.runOptions)
    guard !scripts.isEmpty else {
      return complain("vgglab: there is no script: nothing is missing, or the work is done on this machine")
    }
    output(scripts.joined(separator: "\n"), terminator: "")
  }
}

/// What `plan` and `run --dry-run` print.
func printPlan(store: StoreOptions, format: JSONOptions, options: ExperimentOptions, measuring: Bool) throws {
  let experiments = try options.experiments()
  let decisions = try options.runner(of: experiments, in: store).plan(
    experiments, options: options.runOptions, measuring: measuring)
  output(format.json ? try json(decisions.map(\.facts)) : TrialDecision.table(decisions))
}
