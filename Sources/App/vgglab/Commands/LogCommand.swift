import ArgumentParser
import Terminal

struct LogCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print what a run's worker wrote to its standard output and error.",
    discussion: helpText(
      examples: "log vgg11-small-96 --follow"))

  @OptionGroup(title: "Common options") var store: StoreOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Flag(name: .shortAndLong, help: "Follow the log until the run ends.")
  var follow = false

  func execute() throws {
    let found = try store.open().run(matching: run)
    if follow {
      try followLog(store: store.directory, run: found.id) { outputData($0, terminator: "") }
    } else {
      let text = try logText(store: store.directory, run: found.id)
      guard !text.isEmpty else { return printError("vgglab: the worker of run \(found.id) has written nothing") }
      outputData(text)
    }
  }
}
