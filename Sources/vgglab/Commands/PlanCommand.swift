import ArgumentParser
import Lab

struct PlanCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say what `run` would do with each trial, why, and what it would cost.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var options: ExperimentOptions

  func execute() throws {
    let laboratory = Laboratory(store: store.directory)
    let decisions = try laboratory.plan(try options.experiments(), options: options.runOptions)
    if format.json {
      output(try json(decisions.map(\.facts)))
    } else {
      output(TrialDecision.table(decisions))
    }
  }
}
