import ArgumentParser
import Experiments
import Scheduling

struct KeysCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Print the keys of experiment files, as Markdown or as a JSON schema.",
    discussion: helpText(
      examples: "keys --schema"))

  @Flag(name: .long, help: "Print docs/experiment.schema.json.")
  var schema = false

  @Flag(name: .long, help: "Print the tables of docs/cluster.md.")
  var cluster = false

  func execute() throws {
    if cluster { return output(clusterTables.joined(separator: "\n"), terminator: "") }
    output(schema ? experimentSchema() : keyTable(), terminator: "")
  }
}
