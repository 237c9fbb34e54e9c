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

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var look: LookOptions
  @OptionGroup var options: ExperimentOptions

  @Flag(name: .long, help: "Time a few steps of networks whose rate no run of the store tells.")
  var measure = false

  func execute() throws {
    try printPlan(store: store, format: format, look: look, options: options, measuring: measure)
  }
}

/// What `plan` and `run --dry-run` print.
func printPlan(
  store: StoreOptions, format: JSONOptions, look: LookOptions, options: ExperimentOptions, measuring: Bool
) throws {
  let printer = ProgressPrinter.standard(isQuiet: look.quiet)
  let decisions = try ExperimentRunner(store: store.directory, printer: printer).plan(
    try options.experiments(), options: options.runOptions, measuring: measuring)
  guard !format.json else { return output(try json(decisions.map(\.facts))) }
  let look = look.look
  output(planText(decisions, jobs: options.resources.jobs, look: look), look)
}
