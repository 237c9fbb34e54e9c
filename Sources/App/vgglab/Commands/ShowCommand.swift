import ArgumentParser
import Runs
import Terminal

struct ShowCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all about a run: configuration, environment, metrics, files, events, notes.",
    discussion: helpText(
      """
      A star marks what differs from the experiment's first trial without the changes of a profile or --set.
      """, examples: "show vgg11-small-96"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Flag(name: .long, help: "Show all attempts, not only the last.")
  var attempts = false

  func execute() throws {
    let source = try store.open()
    let facts = try details(of: try source.run(matching: run), in: source)
    output(format.json ? try json(facts) : RunTexts.show(facts, allAttempts: attempts))
  }
}
