import ArgumentParser
import Files
import Foundation
import Plots
import Evidence
import Notebooks
import Provenance
import Rendering
import Store

struct ReportCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Build one page from a notebook, and Markdown and Jupyter beside it.",
    discussion: helpText(
      """
      The page's path is the last line that is printed. Notes of the kind [!TODO] are left out, so that the page \
      can be handed in; --draft shows them, with a list of what is open at the page's head.
      """, examples: "report answers.md --strict", also: [.differs, .refuted]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "The notebook (default: reports/exercises.md).")
  var notebook: String?

  @Option(
    name: .long,
    help:
      "The folder to write into: new, empty, or of an earlier report of the notebook (default: reports/ and its name in the store)."
  )
  var out: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set a parameter of the notebook; may be repeated.", valueName: "name=value"))
  var settings: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The notebook's variant in a language: zh is exercises.zh.md beside exercises.md.", valueName: "en|zh"))
  var lang: String?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp("Write the figures in these formats too: svg, pdf.", valueName: "format"))
  var figures: [String] = []

  @Flag(name: .long, help: "Build a draft: show TODO notes, and list what is open.")
  var draft = false

  @Flag(name: .long, help: "Print the page as report.pdf beside it, with page numbers; needs Chromium.")
  var pdf = false

  @OptionGroup(title: "Checks") var checks: ReportChecks

  @Flag(name: .long, help: "Leave out the names of hosts and author, commits and folders, the same way everywhere.")
  var anonymous = false

  /// The formats that were asked for, and a notebook's name behind them: `--figures svg pdf notebook.md`.
  private var figureWords: (formats: [VectorFormat], rest: [String]) {
    var found: (formats: [VectorFormat], rest: [String]) = ([], [])
    for word in figures.flatMap({ $0.split(separator: ",").map(String.init) }) {
      if found.rest.isEmpty, let format = VectorFormat(rawValue: word) {
        if !found.formats.contains(format) { found.formats.append(format) }
      } else {
        found.rest.append(word)
      }
    }
    return found
  }

  func validate() throws {
    let rest = figureWords.rest
    if let word = rest.first, notebook != nil || rest.count > 1 || !word.hasSuffix(".md") && !word.contains("/") {
      throw ValidationError("--figures takes svg and pdf, not '\(word)'")
    }
    if [".yaml", ".yml"].contains(where: file.lowercased().hasSuffix) {
      throw ValidationError(
        "\(file) is an experiment file for `vgglab run`; `vgglab report` takes a notebook, such as answers.md")
    }
    try checkOutputFolder(out, option: "--out")
    if pdf, checks.check { throw ValidationError("--pdf writes a file, and --check writes none") }
    if checks.allowUnverifiedFigures, !checks.check {
      throw ValidationError("--allow-unverified-figures belongs to --check")
    }
    if let lang, !["en", "zh"].contains(lang) { throw ValidationError("--lang is '\(lang)'; it is en or zh") }
  }

  /// The file of the language that was asked for; as it was named where none was.
  private var file: String {
    let notebook = notebook ?? figureWords.rest.first ?? "reports/exercises.md"
    guard let lang, notebook.hasSuffix(".md") else { return notebook }
    let stem = notebook.dropLast(3)
    let base = stem.hasSuffix(".zh") ? stem.dropLast(3) : stem
    return lang == "en" ? "\(base).md" : "\(base).\(lang).md"
  }

  func execute() throws {
    let notebook = file
    if self.notebook == nil, figureWords.rest.isEmpty, fileKind(notebook) == nil {
      printError("vgglab: \(notebook) is not here; name a notebook (`vgglab new notebook NAME` writes one)")
      throw ExitCode(66)
    }
    // Before anything is built for nothing.
    let printer = pdf ? try PagePrinter() : nil
    var notebookSource = try readNotebookSource(notebook, settings: try readSettings(settings))
    notebookSource.isDraft = draft
    let rows = try store.open()
    let folder = out == nil ? DefaultReportFolder(notebook: notebook, store: store.directory) : nil
    let directory = out ?? folder?.path ?? "."
    var report =
      anonymous
      ? try buildAnonymousReport(notebookSource, store: rows, version: vgglabVersion, people: authorNames())
      : try buildReport(notebookSource, store: rows, version: vgglabVersion)
    // The copies of an anonymous one were just made from the journals.
    if !anonymous { try rows.checkIndex(of: report.evidence.store.runs.map(\.run)) }
    report.report.files.merge(try report.report.vectorFigures(figureWords.formats)) { one, _ in one }
    for warning in report.report.warnings { printError("vgglab: \(warning)") }
    if let printer { report.report.files[pdfName] = try printer.pdf(of: report.page) }
    if checks.check {
      try printChanges(report, in: directory)
    } else {
      try writeReport(report, to: directory, file: notebook, place: folder?.place)
      let page = "\(directory)/index.html"
      // A store that cannot be written to keeps no pins.
      try? rows.keep(Pin(kind: .report, path: page, runs: report.usedRuns))
      printError("vgglab: \(report.sizeText)")
      var written = ["page": page, "markdown": "\(directory)/README.md"]
      if pdf { written["pdf"] = "\(directory)/\(pdfName)" }
      output(format.json ? try json(written) : page)
    }
    let refuted = report.report.claims.filter { $0.verdict == .refuted }
    if checks.strict, !refuted.isEmpty {
      printError("vgglab: refuted: \(refuted.map(\.id).joined(separator: ", "))")
      throw ExitCode(3)
    }
  }

  private func printChanges(_ report: CheckableReport, in directory: String) throws {
    let changes = report.changes(in: directory)
    output(format.json ? try json(changes) : changes.changeText)
    try AllowedOptions.finish(
      changes, allowing: checks.allowUnverifiedFigures ? [.figures] : [],
      saying: ("not up to date", "change"))
  }
}

/// What `report` checks besides.
struct ReportChecks: ParsableArguments {
  @Flag(name: .long, help: "End with 3 if a claim is refuted.")
  var strict = false

  @Flag(name: .long, help: "Write nothing; print what would change, and end with 2 if anything would.")
  var check = false

  @Flag(
    name: .long, help: "With --check, do not end with 2 only because fonts differ on this machine.")
  var allowUnverifiedFigures = false
}
