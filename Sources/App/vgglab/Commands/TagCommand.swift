import ArgumentParser
import Runs
import Text

struct TagCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give a run tags, or remove them; `list --filter tag=NAME` finds them.",
    discussion: helpText(
      examples: "tag vgg11-small-96 good", "tag vgg11-small-96 good --remove"))

  @OptionGroup(title: "Common options") var store: StoreOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Argument(help: ArgumentHelp("Tags: visible characters without spaces and commas.", valueName: "name"))
  var names: [String]

  @Flag(name: .long, help: "Remove the tags.")
  var remove = false

  func execute() throws {
    let keeper = try openAnnotator(store.directory)
    let run = try keeper.runs(matching: [run])[0]
    let tags = try keeper.tag(run, names, removing: remove)
    output("\(run.id): \(tags.isEmpty ? "no tags" : printable(tags.joined(separator: " ")))")
  }
}
