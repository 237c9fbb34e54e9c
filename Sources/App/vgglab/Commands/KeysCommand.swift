import ArgumentParser
import Experiments

struct KeysCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Print the keys of experiment files, as Markdown or as a JSON schema.",
    discussion: helpText(
      examples: "keys --schema"),
    shouldDisplay: false)

  @Flag(name: .long, help: "Print docs/experiment.schema.json.")
  var schema = false

  func execute() throws { output(schema ? experimentSchema() : keyTable(), terminator: "") }
}
