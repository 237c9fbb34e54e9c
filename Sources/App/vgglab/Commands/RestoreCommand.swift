import ArgumentParser
import Runs

struct RestoreCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Undelete runs that `gc` has not deleted yet.",
    discussion: helpText(
      examples: "restore 2ca1248d"))

  @OptionGroup(title: "Common options") var store: StoreOptions

  @Argument(help: ArgumentHelp("Runs: ids or unique prefixes of them.", valueName: "run"))
  var runs: [String]

  func execute() throws {
    let keeper = try openAnnotator(store.directory)
    let chosen = try keeper.runs(matching: runs)
    let restored = try keeper.restore(chosen)
    for run in chosen { output("\(run.id): \(restored.contains(run.id) ? "restored" : "was not removed")") }
  }
}
