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

  func execute() throws { try printPlan(store: store, format: format, options: options, measuring: measure) }
}

/// What `plan` and `run --dry-run` print.
func printPlan(store: StoreOptions, format: JSONOptions, options: ExperimentOptions, measuring: Bool) throws {
  let decisions = try ExperimentRunner(store: store.directory, printer: ProgressPrinter.standard()).plan(
    try options.experiments(), options: options.runOptions, measuring: measuring)
  output(format.json ? try json(decisions.map(\.facts)) : TrialDecision.table(decisions))
}
