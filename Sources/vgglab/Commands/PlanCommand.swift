import ArgumentParser
import Lab

struct PlanCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say what `run` would do with each trial, why, and what it would cost.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var options: ExperimentOptions

  @Flag(name: .long, help: "Time a few steps of networks whose rate no run of the store tells.")
  var measure = false

  func execute() throws {
    let laboratory = Laboratory(store: store.directory)
    let decisions = try laboratory.plan(try options.experiments(), options: options.runOptions, measuring: measure)
    if format.json {
      output(try json(decisions.map(\.facts)))
    } else {
      output(TrialDecision.table(decisions))
    }
  }
}
