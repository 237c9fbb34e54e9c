import Digests
import Foundation
import Plots
import Store

/// Puts an evaluated notebook together.
struct Weaver {
  let report: EvaluatedReport
  let rows: any RowSource
  let facts: WeavingFacts
  let version: String
  let words: Words
  let tree: MarkdownTree
  /// The numbers of tables, of figures and of claims, by cell.
  let numbers: [Int: Int]

  var notebook: Notebook { report.notebook }

  init(_ report: EvaluatedReport, rows: any RowSource, facts: WeavingFacts, version: String) throws(ReportError) {
    self.report = report
    self.rows = rows
    self.facts = facts
    self.version = version
    words = Words(language: report.language)
    numbers = numbered(report.cells)
    let inlines = report.notebook.inlines
    let values = report.values
    tree = MarkdownTree(
      report.lines.joined(separator: "\n"), literal: { inlines[$0].source }, plain: { values[$0]?.text ?? "" })
  }

  func woven() throws(ReportError) -> WovenReport {
    var files: [String: Data] = [:]
    var pictures: [String: Data] = [:]
    var problems = ProblemList()
    let queries = Dictionary(report.queries.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    for cell in report.cells.compactMap({ $0 }) {
      let id = cell.cell.id
      files["data/\(id).csv"] = Data(cell.rows.csv.utf8)
      guard case .figure(let figure) = cell.content, let query = queries[id] else { continue }
      do {
        let text = facts.figureText(query, facts.runs[id] ?? [])
        pictures[id] = try renderPNG(figure.list, scale: 2, text: text)
        files["figures/\(id).png"] = pictures[id]
      } catch { problems.add(cell.cell.line, .drawing(reason: "\(error)")) }
    }
    try problems.finish(notebook.file)
    files["README.md"] = Data(markdown.utf8)
    files["index.html"] = Data(html(pictures: pictures).utf8)
    return WovenReport(files: files, warnings: warnings, queries: report.queries, claims: report.claims)
  }

  var title: String {
    notebook.front.title ?? tree.headings.first { $0.level == 1 }?.text
      ?? notebook.file.split(separator: "/").last.map(String.init) ?? "Report"
  }

  private var warnings: [String] {
    var found: [String] = []
    if tree.hasRawHTML { found.append("\(notebook.file): raw HTML is left out of the page") }
    for (inline, bound) in zip(notebook.inlines, report.values) where bound?.value == .null {
      found.append("\(notebook.file):\(inline.line): \(inline.source) has no value")
    }
    return found
  }
}

/// Numbers what stands, each kind for itself.
private func numbered(_ cells: [EvaluatedCell?]) -> [Int: Int] {
  var counts: [ReferenceKind: Int] = [:]
  var numbers: [Int: Int] = [:]
  for (place, cell) in cells.enumerated() {
    guard let kind = cell?.cell.kind.reference else { continue }
    counts[kind, default: 0] += 1
    numbers[place] = counts[kind]
  }
  return numbers
}
