import Digests
import Foundation
import Plots
import Store

/// Puts an evaluated notebook together.
struct Weaver {
  let report: EvaluatedReport
  let facts: WeavingFacts
  let version: String
  let words: Words
  let inlines: InlineTexts
  let tree: MarkdownTree
  /// As the report has them, with what is known of runs.
  private(set) var cells: [EvaluatedCell?]
  /// The runs that queries depend on, by the queries' ids.
  private(set) var runs: [String: [UsedRun]]
  private(set) var queries: [AskedQuery]
  /// The numbers of tables, of figures and of claims, by the cells' ids.
  let numbers: [String: Int]

  var notebook: Notebook { report.notebook }

  /// So many unbound numbers are told one by one.
  private static let warningLimit = 100

  /// Anchors that the page has besides those of headings.
  private static let anchors: Set<String> = ["text", "references", "evidence"]

  init(_ report: EvaluatedReport, rows: any RowSource, facts: WeavingFacts, version: String) throws(ReportError) {
    self.report = report
    self.facts = facts
    self.version = version
    words = Words(language: report.language)
    (cells, runs, queries) = (report.cells, facts.runs, report.queries)
    numbers = numbered(report.cells)
    let inlines = InlineTexts(report, numbers: numbers)
    self.inlines = inlines
    let taken = Self.anchors.union(report.notebook.cells.map(\.anchor)).union(facts.sections.map(\.slug))
    tree = MarkdownTree(
      report.lines.joined(separator: "\n"), taken: taken,
      literal: { report.notebook.inlines[$0].source }, plain: inlines.plain)
    try tellProvenance(rows)
  }

  /// Fills in the provenance cells.
  private mutating func tellProvenance(_ source: any RowSource) throws(ReportError) {
    var problems = ProblemList()
    for (place, cell) in cells.enumerated() {
      guard let cell, cell.cell.kind == .provenance, case .table = cell.content else { continue }
      var rows = cell.rows
      if cell.cell.sql.trimmed.isEmpty {
        let used = Dictionary(facts.runs.values.joined().map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        let all = used.values.sorted { $0.id < $1.id }
        guard !all.isEmpty else {
          cells[place]!.content = .otherwise(cell.cell.option("otherwise") ?? words.noRuns)
          continue
        }
        let sql = Provenance.sql(runs: all.map(\.id))
        do { rows = try source.query(sql, [:]) } catch {
          problems.add(cell.cell.line, .badQuery(reason: "\(error)"))
          continue
        }
        runs[cell.cell.id] = all
        queries.append(
          AskedQuery(
            id: cell.cell.id, kind: cell.cell.kind.rawValue, line: cell.cell.line, sql: sql, parameters: [:], rows: rows
          ))
        queries.sort { $0.line < $1.line }
      }
      let table = Provenance.table(rows, runs[cell.cell.id] ?? [], words)
      cells[place] = EvaluatedCell(cell: cell.cell, rows: table.rows, content: .table(table.columns))
    }
    try problems.finish(notebook.file)
  }

  /// Bytes of text that a page may have: values, citations and tables.
  private static let textLimit = 24 << 20

  /// Counts what the page will have before any of it is written.
  private func checkSize() throws(ReportError) {
    var bytes = 0
    var problems = ProblemList()
    func count(_ more: Int, _ line: Int) throws(ReportError) {
      bytes += more
      guard bytes > Self.textLimit else { return }
      problems.add(line, .tooMany("bytes of values, citations and tables on the page", limit: Self.textLimit))
      try problems.finish(notebook.file)
    }
    for (place, inline) in notebook.inlines.enumerated() {
      let runs = report.values[place].map { 13 * (self.runs[$0.query]?.count ?? 0) } ?? 0
      try count(inlines.plain(place).utf8.count + 60 + runs, inline.line)
    }
    for cell in cells.compactMap({ $0 }) {
      switch cell.content {
      case .printout(let text): try count(text.utf8.count, cell.cell.line)
      case .table(let columns):
        let perNumber = 60 + 13 * (runs[cell.cell.id]?.count ?? 0)
        for row in cell.rows.rows {
          for column in columns {
            switch row[column.source] {
            case .text(let text): try count(text.utf8.count + 12, cell.cell.line)
            case .blob(let bytes): try count(2 * bytes.count + 12, cell.cell.line)
            case .null: try count(12, cell.cell.line)
            case .integer, .real: try count(perNumber, cell.cell.line)
            }
          }
        }
      case .nothing, .figure, .claim, .otherwise: break
      }
    }
  }

  func woven() throws(ReportError) -> WovenReport {
    try checkSize()
    var files: [String: Data] = [:]
    var pictures: [String: Data] = [:]
    var drawings: [String: DisplayList] = [:]
    var problems = ProblemList()
    let asked = Dictionary(queries.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    for cell in cells.compactMap({ $0 }) {
      let id = cell.cell.id
      files["data/\(id).csv"] = Data(cell.rows.csv.utf8)
      guard case .figure(let figure) = cell.content, let query = asked[id] else { continue }
      do {
        let text = facts.figureText(query, runs[id] ?? [])
        pictures[id] = try renderPNG(figure.list, scale: 2, text: text)
        files["figures/\(id).png"] = pictures[id]
        drawings[id] = figure.list
      } catch { problems.add(cell.cell.line, .drawing(reason: "\(error)")) }
    }
    try problems.finish(notebook.file)
    files["README.md"] = Data(markdown.utf8)
    files["notebook.ipynb"] = notebookJSON(pictures: pictures)
    files["index.html"] = Data(html(pictures: pictures).utf8)
    return WovenReport(
      files: files, warnings: warnings, queries: queries, claims: report.claims, unbound: unbound, drawings: drawings)
  }

  var title: String {
    notebook.front.title ?? tree.headings.first { $0.level == 1 }?.text
      ?? notebook.file.split(separator: "/").last.map(String.init) ?? "Report"
  }

  /// Numbers that were typed into prose, captions and sentences.
  var unbound: [UnboundNumber] {
    let constants = notebook.front.constants.map(\.text)
    let sentences = notebook.cells.filter { report.stands[$0.line - 1] }.flatMap { cell in
      Cell.sentences.sorted().compactMap { cell.options[$0] }.flatMap { option in
        sentenceParts(option.value).filter { !$0.isCode }.map { ProseText(text: $0.text, line: option.line) }
      }
    }
    return (tree.prose + sentences).flatMap { unboundNumbers($0, constants: constants) }.sorted { $0.line < $1.line }
  }

  private var warnings: [String] {
    var found: [String] = []
    if tree.hasRawHTML { found.append("\(notebook.file): raw HTML is left out of the page") }
    for (inline, bound) in zip(notebook.inlines, report.values) where bound?.value == .null {
      found.append("\(notebook.file):\(inline.line): \(inline.source) has no value")
    }
    for inline in inlines.leadingNowhere {
      found.append("\(notebook.file):\(inline.line): \(inline.source) leads to a cell that is left out")
    }
    let unbound = self.unbound
    for number in unbound.prefix(Self.warningLimit) {
      found.append(
        "\(notebook.file):\(number.line): unbound number \"\(number.text)\"; bind it to a query, or write "
          + "{lit \(number.text) | where it comes from}")
    }
    if unbound.count > Self.warningLimit {
      found.append("\(notebook.file): and \(unbound.count - Self.warningLimit) more unbound numbers")
    }
    return found
  }
}

/// Numbers what stands, each kind for itself.
private func numbered(_ cells: [EvaluatedCell?]) -> [String: Int] {
  var counts: [ReferenceKind: Int] = [:]
  var numbers: [String: Int] = [:]
  for cell in cells.compactMap({ $0 }) {
    guard let kind = cell.cell.kind.reference else { continue }
    counts[kind, default: 0] += 1
    numbers[cell.cell.id] = counts[kind]
  }
  return numbers
}
