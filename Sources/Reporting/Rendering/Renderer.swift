package import Notebooks
import Digests
import Foundation
import Plots
import Store
import Text

/// A heading of a report, for its table of contents.
package struct Heading: Sendable, Hashable {
  package var level: Int
  package var text: String
  package var slug: String
}

/// An evaluated notebook with all that its outputs have in common; each output walks the same blocks.
package struct Renderer {
  package let report: EvaluatedReport
  package let facts: RenderingFacts
  package let version: String
  package let words: Words
  package private(set) var texts: ExpressionTexts
  package let images: [String: EmbeddedImage]
  /// The footnotes' texts, without what is not shown.
  package let footnotes: [[Block]]
  /// The numbers of footnotes that are referred to, by their places.
  package let footnoteNumbers: [Int: Int]
  private(set) var headings: [Heading] = []
  /// The headings by their lines.
  private var headingPlaces: [Int: Int] = [:]
  /// As the report has them, with what is known of runs.
  private(set) var cells: [EvaluatedCell?]
  /// The runs that queries depend on, by the queries' ids.
  private(set) var runs: [String: [UsedRun]]
  private(set) var queries: [AskedQuery]
  /// The numbers of tables, of figures and of claims, by the cells' ids.
  package let numbers: [String: Int]

  package var notebook: Notebook { report.notebook }

  /// The query cells that were asked or that others read as views: nothing else on the page shows them.
  package var sentenceQueries: [Cell] {
    let views = Views(notebook)
    let asked = Set(queries.map(\.id))
    var needed = asked
    var open = notebook.cells.filter { asked.contains($0.id) }
    while let cell = open.popLast() {
      for view in views.named(by: cell) where needed.insert(view.id).inserted { open.append(view) }
    }
    return notebook.cells.filter { $0.kind == .query && needed.contains($0.id) }.sorted { $0.order < $1.order }
  }

  /// Those of the notebook, in a draft behind notes on what is open.
  package private(set) var blocks: [Block] = []

  /// So many unbound numbers are reported one by one.
  private static let warningLimit = 100

  /// Anchors that the page has besides those of headings.
  private static let anchors: Set<String> = ["text", "references", "evidence"]

  package init(_ report: EvaluatedReport, rows: any RowSource, facts: RenderingFacts, version: String)
    throws(NotebookError)
  {
    self.report = report
    self.facts = facts
    self.version = version
    words = Words(language: report.language)
    (cells, runs, queries) = (report.cells, facts.runs, report.queries)
    numbers = numbered(report.cells)
    texts = ExpressionTexts(report, numbers: numbers)
    images = report.source.images.compactMapValues { data in
      if case .success(let image) = EmbeddedImage.read(data, isChecked: true) { return image }
      return nil
    }
    footnotes = report.notebook.footnotes.map { $0.kept(report.isShown) }
    footnoteNumbers = numberedFootnotes(report.blocks, footnotes)
    readHeadings()
    texts.verdicts = SectionVerdicts(
      report.blocks + footnotes.flatMap { $0 }, headings: headings, heading: { heading($0) },
      claim: { place in
        guard case .claim(let claim, _)? = cells[place]?.content else { return nil }
        return claim
      })
    try checkSections()
    try addProvenanceWarnings(rows)
    blocks = (report.source.isDraft ? [draftNotes] : []) + report.blocks
  }

  /// Throws for counts of sections that there are not.
  private func checkSections() throws(NotebookError) {
    var problems = ProblemList()
    for (place, expression) in notebook.expressions.enumerated() where texts.isShown[place] {
      guard case .verdicts(let anchor?) = expression.kind, !texts.verdicts.has(anchor), !problems.isFull else {
        continue
      }
      problems.add(
        expression.line, .unknownSection(anchor, nearest: nearest(to: anchor, among: headings.map(\.slug))))
    }
    try problems.finish(notebook.file)
  }

  /// How many runs the rows of a query depend on; nil where that is not known.
  package func runCount(_ id: String) -> RunCount? {
    runs[id].map { RunCount(most: $0.count, isBound: facts.bounded.contains(id)) }
  }

  /// What was asked for a cell.
  package func query(_ id: String) -> AskedQuery? { queries.first { $0.id == id } }

  /// The heading in a line of the notebook.
  package func heading(_ line: Int) -> Heading? { headingPlaces[line].map { headings[$0] } }

  /// Whether the text's first heading is the page's title.
  package var hasOwnTitle: Bool { notebook.title.isEmpty && headings.first?.level == 1 }

  /// Gives headings their anchors and levels: there is one heading of the first level, the title.
  private mutating func readHeadings() {
    var found: [(level: Int, line: Int, inlines: [Inline])] = []
    (report.blocks + footnotes.flatMap { $0 }).walk { block in
      if case .heading(let level, let inlines) = block.content { found.append((level, block.line, inlines)) }
    }
    let isFirstTitle = notebook.title.isEmpty && found.first?.level == 1
    let shift = found.dropFirst(isFirstTitle ? 1 : 0).contains { $0.level == 1 } ? 1 : 0
    var slugs = Slugs(
      taken: Self.anchors.union(notebook.cells.map(\.anchor)).union(facts.sections.map(\.slug))
        .union(footnoteNumbers.values.flatMap { ["fn-\($0)", "fnref-\($0)"] })
        .union(texts.works.entries.map { "ref-\($0.key)" }))
    for (index, heading) in found.enumerated() {
      let text = texts.plain(heading.inlines)
      headingPlaces[heading.line] = headings.count
      headings.append(
        Heading(
          level: min(6, heading.level + (index == 0 && isFirstTitle ? 0 : shift)), text: text, slug: slugs.next(text)))
    }
  }

  /// Fills in the provenance cells.
  private mutating func addProvenanceWarnings(_ source: any RowSource) throws(NotebookError) {
    var problems = ProblemList()
    for (place, cell) in cells.enumerated() {
      guard let cell, cell.cell.kind == .provenance, case .table = cell.content else { continue }
      var rows = cell.rows
      if cell.cell.sql.trimmed.isEmpty {
        let used = Dictionary(facts.runs.values.joined().map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        let all = used.values.sorted { $0.id < $1.id }
        guard !all.isEmpty else {
          cells[place]!.content = .otherwise(cell.cell.sentence("otherwise") ?? [.text(words.noRuns)])
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
        queries = notebook.sorted(queries)
      }
      let table = Provenance.table(rows, runs[cell.cell.id] ?? [], words)
      cells[place] = EvaluatedCell(cell: cell.cell, rows: table.rows, content: .table(table.columns))
    }
    try problems.finish(notebook.file)
  }

  /// Bytes of text that a page may have: values, citations and tables.
  private static let textLimit = 24 << 20

  /// Counts what the page will have before any of it is written.
  private func checkSize() throws(NotebookError) {
    var bytes = 0
    var problems = ProblemList()
    func count(_ more: Int, _ line: Int) throws(NotebookError) {
      bytes += more
      guard bytes > Self.textLimit else { return }
      problems.add(line, .tooMany("bytes of values, citations and tables on the page", limit: Self.textLimit))
      try problems.finish(notebook.file)
    }
    for (place, expression) in notebook.expressions.enumerated() {
      let runs = report.values[place].map { 13 * (self.runs[$0.query]?.count ?? 0) } ?? 0
      try count(texts.plain(place).utf8.count + 60 + runs, expression.line)
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

  package func rendered() throws(NotebookError) -> RenderedReport {
    try checkSize()
    var files: [String: Data] = [:]
    let figures = try drawnFigures()
    for cell in cells.compactMap({ $0 }) { files["data/\(cell.cell.id).csv"] = Data(cell.rows.csv.utf8) }
    for (id, drawings) in figures {
      for (variant, png) in drawings { files[variant.file(id)] = png }
    }
    for (address, image) in images { files[imageFile(address)] = image.data }
    files["README.md"] = Data(MarkdownRenderer(self, figures: figures).document().utf8)
    files["notebook.ipynb"] = JupyterRenderer(self, figures: figures.compactMapValues { $0[.standard] }).notebook()
    var html = HTMLRenderer(self, figures: figures)
    files["index.html"] = Data(html.page().utf8)
    return RenderedReport(
      title: title, files: files, warnings: warnings, queries: queries, claims: report.claims, unbound: unbound,
      listedClaims: listedClaims,
      drawings: Dictionary(
        cells.compactMap { cell in
          guard let cell, case .figure(let figure) = cell.content else { return nil }
          return (cell.cell.id, figure.standard)
        }, uniquingKeysWith: { one, _ in one }))
  }

  /// Figures of a page that are drawn for phones too, so that it stays within its limit. Not a number of bytes: other fonts or
  /// libraries would give a page other figures.
  private static let narrowFigures = 16

  /// The PNGs of figures, by the cells' ids: those for phones of the first figures.
  private func drawnFigures() throws(NotebookError) -> [String: [FigureVariant: Data]] {
    var found: [String: [FigureVariant: Data]] = [:]
    var problems = ProblemList()
    let asked = Dictionary(queries.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    let shown = cells.compactMap { cell -> (cell: Cell, figure: Figure)? in
      guard let cell, case .figure(let figure) = cell.content, asked[cell.cell.id] != nil else { return nil }
      return (cell.cell, figure)
    }
    func draw(_ variants: [FigureVariant], _ cell: Cell, _ figure: Figure) -> [FigureVariant: Data] {
      let text = asked[cell.id].map { facts.figureText($0, runs[cell.id] ?? []) } ?? []
      var drawn: [FigureVariant: Data] = [:]
      for variant in variants {
        guard let list = figure.lists[variant] else { continue }
        do { drawn[variant] = try renderPNG(list, scale: 2, text: text) } catch {
          problems.add(cell.line, .drawing(reason: "\(error)"))
        }
      }
      return drawn
    }
    for (place, (cell, figure)) in shown.enumerated() {
      found[cell.id] = draw(
        place < Self.narrowFigures ? FigureVariant.allCases : [.light, .dark], cell, figure)
    }
    try problems.finish(notebook.file)
    return found
  }

  /// Every claim with its place.
  private var listedClaims: [ListedClaim] {
    report.claims.map { claim in
      let cell = notebook.cell(claim.id)
      return ListedClaim(
        id: claim.id, section: texts.verdicts.sections[claim.id]?.text ?? "", verdict: claim.verdict,
        line: cell?.line ?? 0, text: texts.plain(cell?.sentence("says") ?? []))
    }
  }

  package var title: String {
    let given = texts.plain(notebook.title)
    return !given.isEmpty
      ? given
      : headings.first { $0.level == 1 }?.text ?? notebook.file.split(separator: "/").last.map(String.init) ?? "Report"
  }

  /// What is at the end of every output, before the notebook's name.
  package var footer: String { "\(words.made)\(words.typed(unbound.count))\(words.built) \(version)\(words.from)" }

  /// Numbers that were typed into prose, captions and sentences.
  package var unbound: [UnboundNumber] {
    let constants = notebook.front.constants.map(\.text)
    return notebook.prose.filter { $0.file != nil || report.isShown($0.line) }
      .flatMap { unboundNumbers($0, constants: constants) }.sorted { $0.line < $1.line }
  }

  var warnings: [String] {
    var found: [String] = []
    for html in notebook.droppedHTML where report.isShown(html.line) {
      found.append("\(notebook.file):\(html.line): raw HTML is left out: \(html.tag.prefix(60))")
    }
    if notebook.blocks.isEmpty { found.append("\(notebook.file): the notebook is empty") }
    found += imageWarnings
    for (line, address) in uselessLinks {
      found.append(
        "\(notebook.file):\(line): the link to \(address.prefix(60)) is left out; its scheme may run something")
    }
    for (place, bound) in report.values.enumerated() where bound?.value == .null {
      let expression = notebook.expressions[place]
      found.append("\(notebook.file):\(expression.line): \(expression.source) has no value")
    }
    for expression in texts.leadingNowhere {
      found.append("\(notebook.file):\(expression.line): \(expression.source) refers to a cell that is left out")
    }
    for work in texts.works.unknown {
      let commands = work.commands.map { "\\\($0)" }.joined(separator: ", ")
      found.append(
        "\(notebook.front.bibliography?.value ?? notebook.file):\(work.line): \(work.key): \(commands) is left out; "
          + "write what it says in Unicode")
    }
    for work in texts.works.orphans {
      found.append(
        "\(notebook.front.bibliography?.value ?? notebook.file):\(work.line): \(work.key): its crossref "
          + "\"\(work.parent.prefix(60))\" is no entry of the bibliography; what it has from there is missing")
    }
    for work in texts.works.unread {
      let fields = work.fields.map { "\"\($0)\"" }.joined(separator: ", ")
      found.append(
        "\(notebook.front.bibliography?.value ?? notebook.file):\(work.line): \(work.key): \(fields) is left out; "
          + "it has another form than CSL-JSON's")
    }
    if !report.todoLines.isEmpty {
      let count = report.todoLines.count
      found.append(
        "\(notebook.file):\(report.todoLines[0]): \(count) TODO \(count == 1 ? "note is" : "notes are") left out; "
          + "--draft shows \(count == 1 ? "it" : "them")")
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

  /// Images of which the page has not all that draws.
  private var imageWarnings: [String] {
    var known: Set<String> = []
    return notebook.images.compactMap { image in
      guard report.isShown(image.line), let names = images[image.address]?.leftOut, !names.isEmpty,
        known.insert(image.address).inserted
      else { return nil }
      let (place, list) = ("\(notebook.file):\(image.line)", names.joined(separator: ", "))
      return "\(place): of the image \(image.address.prefix(60)) \(list) \(names.count == 1 ? "is" : "are") left out, "
        + "so it may look otherwise; use shapes, text and attributes such as fill"
    }
  }

  /// Links that no page may have.
  private var uselessLinks: [(line: Int, address: String)] {
    var found: [(line: Int, address: String)] = []
    (report.blocks + footnotes.flatMap { $0 }).walk { block in
      for inlines in block.inlines {
        inlines.walk { inline in
          guard case .link(let address, _, _) = inline else { return }
          let target = texts.address(address)
          if !isHarmless(target, isImage: false) { found.append((block.line, target)) }
        }
      }
    }
    return found
  }
}

/// The numbers of footnotes in the order of their first references; those in footnotes come behind.
private func numberedFootnotes(_ blocks: [Block], _ footnotes: [[Block]]) -> [Int: Int] {
  var numbers: [Int: Int] = [:]
  var open: [Int] = []
  func collect(_ blocks: [Block]) {
    blocks.walk { block in
      for inlines in block.inlines {
        inlines.walk { inline in
          guard case .footnote(let place) = inline, footnotes.indices.contains(place), numbers[place] == nil else {
            return
          }
          numbers[place] = numbers.count + 1
          open.append(place)
        }
      }
    }
  }
  collect(blocks)
  while !open.isEmpty { collect(footnotes[open.removeFirst()]) }
  return numbers
}

/// Headings' anchors, as GitHub makes them: lower case, spaces to dashes, punctuation left out, a number behind those that are
/// taken.
private struct Slugs {
  private var counts: [String: Int]

  init(taken: Set<String>) { counts = Dictionary(uniqueKeysWithValues: taken.map { ($0, 0) }) }

  mutating func next(_ text: String) -> String {
    var plain = ""
    for character in text.lowercased() {
      if character.isLetter || character.isNumber || character == "_" || character == "-" {
        plain.append(character)
      } else if character == " " {
        plain.append("-")
      }
    }
    if plain.isEmpty { plain = "section" }
    var slug = plain
    while counts[slug] != nil {
      counts[plain, default: 0] += 1
      slug = "\(plain)-\(counts[plain] ?? 0)"
    }
    counts[slug] = 0
    return slug
  }
}

/// Numbers what is shown, each kind for itself.
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
