import ArgumentParser
import Foundation
import Lab
import Reports
import Store

struct ReportCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Weave a notebook into one self-contained page, and Markdown with figures beside it.",
    discussion: "The page's path is the last line that is printed.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: "The notebook.")
  var notebook = "reports/exercises.md"

  @Option(name: .long, help: "The folder to write into (default: reports/ and the notebook's name in the store).")
  var out: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set a parameter of the notebook; may be repeated.", valueName: "name=value"))
  var settings: [String] = []

  @Flag(name: .long, help: "End with 3 if a claim is refuted.")
  var strict = false

  func execute() throws {
    let notebookSource = try readNotebookSource(notebook, settings: try readSettings(settings))
    let rows = try Store.openToRead(at: store.directory)
    let name = notebook.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? "report"
    let directory = out ?? "\(store.directory)/reports/\(name.isEmpty ? "report" : name)"
    let evaluated = try evaluate(notebookSource, rows: rows)
    let woven = try weave(evaluated, rows: rows, facts: WeavingFacts(), version: vgglabVersion)
    try writeReport(woven, to: directory)
    for warning in woven.warnings { complain("vgglab: \(warning)") }
    let megabytes = Double(woven.files["index.html"]?.count ?? 0) / 1e6
    let size = "vgglab: the page has \(String(format: "%.2f", megabytes)) MB"
    complain(megabytes <= 3 ? size : size + ", more than its 3 MB; show fewer figures or fewer rows")
    if format.json {
      output(try json(["page": "\(directory)/index.html", "markdown": "\(directory)/README.md"]))
    } else {
      output("\(directory)/index.html")
    }
    let refuted = woven.claims.filter { $0.verdict == .refuted }
    if strict, !refuted.isEmpty {
      complain("vgglab: refuted: \(refuted.map(\.id).joined(separator: ", "))")
      throw ExitCode(3)
    }
  }
}
