import ArgumentParser
import Runs

struct RemoveCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs: they are hidden, `restore` undoes it, `gc` deletes them.",
    discussion: helpText(
      """
      All of the runs or none. A run in progress is refused, and one that a saved comparison, a report or an \
      archive pins.
      """, examples: "rm vgg11-small-64"))

  @OptionGroup(title: "Common options") var store: StoreOptions

  @Argument(help: ArgumentHelp("Runs: ids, unique prefixes of them, or trials' names.", valueName: "run"))
  var runs: [String]

  @Flag(name: .long, help: "Remove also what a saved comparison, a report or an archive pins.")
  var force = false

  func execute() throws {
    let keeper = try openAnnotator(store.directory)
    let chosen = try keeper.runs(matching: runs)
    let removed = try keeper.remove(chosen, force: force)
    for run in chosen { output("\(run.id): \(removed.contains(run.id) ? "removed" : "was removed before")") }
  }
}
