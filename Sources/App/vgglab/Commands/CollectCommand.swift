import ArgumentParser
import Runs

struct CollectCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Delete the folders of removed runs, and what killed processes left behind.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Flag(name: .long, help: "Only tell what would be deleted.")
  var dryRun = false

  func execute() throws {
    let garbage = try openKeeper(store.directory).collectGarbage(dryRun: dryRun)
    output(format.json ? try json(garbage) : garbage.text(dryRun: dryRun))
  }
}
