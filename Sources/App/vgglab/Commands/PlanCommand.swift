import ArgumentParser
import Scheduling
import Terminal

struct PlanCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Print what `run` would do with each trial, why, and what it would cost.",
    discussion: helpText(
      """
      The last lines are totals. Time comes from earlier runs of the same network in the store; --measure times a \
      few steps of the others.
      """, examples: "plan experiments/resize.yaml --profile quick"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup(title: "Common options") var look: OutputStyleOptions
  @OptionGroup var options: ExperimentOptions

  @Flag(name: .long, help: "Time a few steps of each network that has no recorded rate in the store.")
  var measure = false

  @Flag(name: .long, help: "With --executor slurm: print the batch scripts that `run` would submit.")
  var printScript = false

  func execute() throws {
    guard printScript else {
      return try printPlan(store: store, format: format, look: look, options: options, measuring: measure)
    }
    let experiments = try options.experiments()
    let runner = try options.runner(of: experiments, in: store)
    let scripts = try runner.scripts(experiments, options: options.runOptions)
    guard !scripts.isEmpty else {
      guard runner.isOnCluster else {
        throw ValidationError(
          "--print-script prints scripts for Slurm, and the trials run locally; use --executor slurm")
      }
      return printError("vgglab: no batch script: nothing has to run")
    }
    output(scripts.joined(separator: "\n"), terminator: "")
  }
}

/// What `plan` and `run --dry-run` print.
func printPlan(
  store: StoreOptions, format: JSONOptions, look: OutputStyleOptions, options: ExperimentOptions, measuring: Bool
) throws {
  let experiments = try options.experiments()
  let decisions = try options.runner(of: experiments, in: store, isQuiet: look.quiet).plan(
    experiments, options: options.runOptions, measuring: measuring)
  guard !format.json else { return output(try json(decisions.map(\.facts))) }
  let look = look.look
  output(planText(decisions, jobs: options.resources.jobs ?? 1, look: look), look)
}
