import ArgumentParser
import Runs

struct GCCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Delete the folders of removed runs, and what killed processes left behind.",
    discussion: helpText(
      examples: "gc --dry-run"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Flag(
    name: .long,
    help: "Delete the weights of complete runs too; what was measured stays, predict and export need a rerun.")
  var weights = false

  @Flag(name: .long, help: "Only report what would be deleted.")
  var dryRun = false

  func execute() throws {
    let garbage = try openAnnotator(store.directory).collectGarbage(weights: weights, dryRun: dryRun)
    output(format.json ? try json(garbage) : garbage.text(dryRun: dryRun))
  }
}
