import ArgumentParser
import Foundation
import Lab

struct RunCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run what is missing of the experiments, begin interrupted trials again, skip what is complete.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var options: ExperimentOptions

  func execute() throws {
    let laboratory = Laboratory(store: store.directory)
    let outcomes = try laboratory.run(try options.experiments(), options: options.runOptions)
    if format.json {
      output(try json(outcomes))
    } else {
      output(TrialOutcome.table(outcomes))
    }
    if StopSignal.number != nil { throw ExitCode(StopSignal.exitCode) }
    if outcomes.contains(where: { $0.state == "failed" || $0.state == "lost" }) { throw ExitCode(1) }
  }
}
