import ArgumentParser
import Files
import Foundation
import Reports

struct ExtractCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Take the evidence out of a page: an SQLite file, the rows of every query as CSV, the notebook.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: "A page that `vgglab report` wove.")
  var page: String

  @Option(name: [.customShort("o"), .long], help: "The folder to write into, new or empty (default: evidence).")
  var output = "evidence"

  func execute() throws {
    let names = try extractEvidence(from: try readFile(page, limit: 256 << 20), file: page, to: output)
    let paths = names.map { "\(output)/\($0)" }
    vgglab.output(format.json ? try json(paths) : paths.joined(separator: "\n"))
  }
}
