import ArgumentParser
import Lab
import Store

struct ShowCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show everything about a run: configuration, provenance, metrics, files, events.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  func execute() throws {
    let source = try Store.openToRead(at: store.directory)
    let details = try source.details(of: try source.run(matching: run))
    output(format.json ? try json(details) : RunTexts.show(details))
  }
}
