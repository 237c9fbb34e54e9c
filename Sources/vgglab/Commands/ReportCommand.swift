import ArgumentParser
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

  func execute() throws {
    let source = try Store.openToRead(at: store.directory)
    let name = notebook.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? "report"
    let directory = out ?? "\(store.directory)/reports/\(name.isEmpty ? "report" : name)"
    let woven = try weaveReport(notebook: notebook, source: source, output: directory, version: vgglabVersion)
    for warning in woven.warnings { complain("vgglab: \(warning)") }
    if format.json {
      output(try json(["page": woven.pagePath, "markdown": woven.markdownPath]))
    } else {
      output(woven.pagePath)
    }
  }
}
