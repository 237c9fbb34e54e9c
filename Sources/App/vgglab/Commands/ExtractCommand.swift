import ArgumentParser
import Files
import Foundation
import Evidence
import Notebooks
import Rendering

struct ExtractCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Write the evidence inside a page as SQLite, CSV and its notebook.",
    discussion: helpText(
      examples: "extract reports/out/index.html -o evidence"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A page that `vgglab report` built; - is standard input.")
  var page: String

  @Option(
    name: [.customShort("o"), .long],
    help: "The folder to write into: new, empty, or of an earlier extract.")
  var output = "evidence"

  @Flag(
    name: .long,
    help: "Put an apostrophe before texts of the CSV files that a spreadsheet would take for formulas.")
  var spreadsheetSafe = false

  @OptionGroup var limits: EvidenceOptions

  func validate() throws {
    try checkOutputFolder(output, option: "-o")
  }

  func execute() throws {
    let bytes = max(ReportEvidence.pageLimit, limits.limits.bytes)
    let names = try extractEvidence(
      from: try readFile(page, limit: bytes), file: page, to: output, limits: limits.limits,
      isSpreadsheetSafe: spreadsheetSafe)
    let paths = names.map { "\(output)/\($0)" }
    vgglab.output(format.json ? try json(paths) : paths.joined(separator: "\n"))
  }
}
