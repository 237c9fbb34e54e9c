import ArgumentParser
import Runs
import Terminal

struct ShowCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about a run: configuration, provenance, metrics, files, events, notes.",
    discussion: "A star marks what is unlike the experiment's first trial without the changes of a profile or --set.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Flag(name: .long, help: "Show all attempts and not the last alone.")
  var attempts = false

  func execute() throws {
    let source = try store.open()
    let facts = try details(of: try source.run(matching: run), in: source)
    output(format.json ? try json(facts) : RunTexts.show(facts, allAttempts: attempts))
  }
}
