import ArgumentParser
import Foundation
import Lab
import Store

struct LogCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print what a run's worker wrote to its standard output and error.")

  @OptionGroup var store: StoreOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  func execute() throws {
    let found = try Store.openToRead(at: store.directory).run(matching: run)
    output(try logText(store: store.directory, run: found.id))
  }
}
