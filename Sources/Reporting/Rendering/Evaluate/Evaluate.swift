public import Notebooks
import PositionedYAML
public import Store
import Text

/// A notebook with what its cells found.
public struct EvaluatedReport: Sendable {
  package let source: NotebookSource
  package let notebook: Notebook
  package let bibliography: Bibliography
  /// By the cells' places; nil for those under a condition that does not hold.
  package var cells: [EvaluatedCell?]
  /// By the expressions' places; nil for what is no value, or is under a condition that does not hold.
  package var values: [BoundValue?]
  /// Whether a line is shown, by its place.
  package var shows: [Bool]
  /// The lines of TODO notes that are not shown, for this is no draft.
  package var todoLines: [Int]
  /// The blocks that are shown.
  package var blocks: [Block]
  /// In the order of their cells.
  public internal(set) var claims: [JudgedClaim]
  /// Every query that was asked, in the order of the cells.
  public internal(set) var queries: [AskedQuery]

  /// Whether a line is under no condition that does not hold.
  package func isShown(_ line: Int) -> Bool { !shows.indices.contains(line - 1) || shows[line - 1] }

  /// `en` or `zh`.
  public var language: String { notebook.language }
  /// All parameters with their values.
  public var parameters: [String: SQLValue] { notebook.parameters }
}

/// A cell and its rows.
package struct EvaluatedCell: Sendable {
  package var cell: Cell
  package var rows: QueryResult
  /// What is shown.
  package var content: CellContent
}

/// A value within a sentence.
package struct BoundValue: Sendable {
  package var value: SQLValue
  package var text: String
  package var query: String
}

/// Answers all queries of a notebook. Throws `NotebookError` with everything that is wrong.
public func evaluate(_ source: NotebookSource, rows: any RowSource) throws(NotebookError) -> EvaluatedReport {
  let bibliography = try readBibliography(source)
  let notebook = try parseNotebook(source, keys: Set(bibliography.entries.map(\.key)))
  var evaluation = Evaluation(source: source, notebook: notebook, bibliography: bibliography, rows: rows)
  return try evaluation.run()
}

private struct Evaluation {
  let source: NotebookSource
  let notebook: Notebook
  let bibliography: Bibliography
  let rows: any RowSource
  let views: Views
  let words: Words
  let conditionIDs: Set<String>
  var problems = ProblemList()
  /// By cell; nil for a query that went wrong.
  var answers: [String: QueryResult?] = [:]
  var asked: [AskedQuery] = []
  var truths: [Condition: Bool] = [:]
  /// By cell.
  var judged: [String: JudgedClaim] = [:]
  /// Rows and bytes of all answers together.
  var kept = 0
  var keptBytes = 0
  static let rowLimit = 1_000_000
  static let byteLimit = 96 << 20
  /// What queries without an answer have taken.
  var failures = Duration.zero
  /// Whether no more queries are asked, for the notebook is refused anyway.
  var isSpent = false

  init(source: NotebookSource, notebook: Notebook, bibliography: Bibliography, rows: any RowSource) {
    self.source = source
    self.notebook = notebook
    self.bibliography = bibliography
    self.rows = rows
    views = Views(notebook)
    words = Words(language: notebook.language)
    conditionIDs = Set(notebook.conditions.joined().map(\.id))
  }

  mutating func run() throws(NotebookError) -> EvaluatedReport {
    let conditions = Set(notebook.conditions.joined()).sorted { $0.line < $1.line }
    let claims = Set(notebook.cells.filter { $0.kind == .claim }.map(\.id))
    for condition in conditions where !claims.contains(condition.id) { truths[condition] = holds(condition) }
    judgeClaims(claims)
    try problems.finish(notebook.file)
    for condition in conditions where claims.contains(condition.id) { truths[condition] = holds(condition) }
    try problems.finish(notebook.file)
    let shows = notebook.conditions.enumerated().map { index, conditions in
      isThere(index + 1) && conditions.allSatisfy { truths[$0] == true }
    }
    func isShown(_ line: Int) -> Bool { !shows.indices.contains(line - 1) || shows[line - 1] }
    var result = EvaluatedReport(
      source: source, notebook: notebook, bibliography: bibliography, cells: [], values: [], shows: shows,
      todoLines: source.isDraft
        ? []
        : notebook.toDo.map(\.lowerBound).filter { line in
          notebook.conditions[line - 1].allSatisfy { truths[$0] == true }
        },
      blocks: notebook.blocks.kept(isShown), claims: notebook.cells.compactMap { judged[$0.id] }, queries: [])
    for cell in notebook.cells {
      // A shared query that nobody has asked yet waits for whoever reads from it.
      let isWaiting = cell.file != nil
      result.cells.append(isWaiting || !isShown(cell.line) ? nil : evaluated(cell))
    }
    checkImages(isShown)
    for (place, expression) in notebook.expressions.enumerated() {
      let isMeant = notebook.meant.contains(place) && isShown(expression.line)
      if isMeant { check(expression) }
      result.values.append(isMeant ? bind(expression) : nil)
    }
    for (place, cell) in notebook.cells.enumerated() where cell.file != nil {
      if case .some(.some(let rows)) = answers[cell.id] {
        result.cells[place] = EvaluatedCell(cell: cell, rows: rows, content: .nothing)
      }
    }
    try problems.finish(notebook.file)
    result.queries = notebook.sorted(asked)
    return result
  }

  /// TODO notes are in drafts alone.
  private func isThere(_ line: Int) -> Bool { source.isDraft || !notebook.isToDo(line) }

  /// Judges all claims that are shown; conditions on claims are not known yet.
  private mutating func judgeClaims(_ claims: Set<String>) {
    var cases: [ClaimCase] = []
    for cell in notebook.cells where cell.kind == .claim {
      let conditions = notebook.conditions[cell.line - 1]
      if let other = conditions.first(where: { claims.contains($0.id) }) {
        problems.add(cell.line, .claimUnderClaim(cell.id, condition: other.id))
        continue
      }
      guard isThere(cell.line), conditions.allSatisfy({ truths[$0] == true }),
        let design = ClaimDesign(cell, &problems),
        let rows = answer(cell)
      else { continue }
      do {
        cases.append(try ClaimCase(cell, design, rows))
      } catch { problems.add(error.line ?? cell.line, error.problem) }
    }
    for claim in judge(cases) { judged[claim.id] = claim }
  }

  /// Whether the images that are shown are there and can be.
  private mutating func checkImages(_ isShown: (Int) -> Bool) {
    var (read, pixels): ([String: Result<EmbeddedImage, ImageFault>], Int) = ([:], 0)
    for image in notebook.images where isShown(image.line) {
      switch imagePath(image.address) {
      case .failure(let fault): problems.add(image.line, .badImage(image.address, reason: "\(fault)"))
      case .success:
        guard let data = source.images[image.address] else {
          problems.add(image.line, .badImage(image.address, reason: "\(ImageFault.missing)"))
          continue
        }
        if read[image.address] == nil {
          pixels += EmbeddedImage.pixelCount(data)
          guard pixels <= EmbeddedImage.totalPixels else {
            let reason = "all images together may have \(EmbeddedImage.totalPixels / 1_000_000) million pixels"
            problems.add(image.line, .badImage(image.address, reason: reason))
            return
          }
          read[image.address] = EmbeddedImage.read(data)
        }
        if case .failure(let fault)? = read[image.address] {
          problems.add(image.line, .badImage(image.address, reason: "\(fault)"))
        }
      }
    }
  }

  private mutating func evaluated(_ cell: Cell) -> EvaluatedCell? {
    if cell.kind == .claim {
      guard let claim = judged[cell.id], let rows = answer(cell) else { return nil }
      let otherwise = rows.rows.isEmpty ? cell.sentence("otherwise") : nil
      return EvaluatedCell(cell: cell, rows: rows, content: .claim(claim, otherwise: otherwise))
    }
    if cell.kind == .provenance, cell.sql.trimmed.isEmpty {
      return EvaluatedCell(cell: cell, rows: QueryResult(columns: [], rows: []), content: .table([]))
    }
    let isCondition = conditionIDs.contains(cell.id)
    let isOptional = cell.kind == .query && (cell.option("optional") == "true" || cell.isView || isCondition)
    guard let rows = answer(cell) else { return nil }
    guard !rows.rows.isEmpty || isOptional || cell.option("otherwise") != nil else {
      problems.add(cell, .noRows(kind: cell.kind.rawValue, id: cell.id))
      return nil
    }
    return EvaluatedCell(cell: cell, rows: rows, content: CellContent(cell, rows, notebook.language, &problems))
  }

  /// A cell's rows, asked for once; nil, and a problem noted the first time, if the query is wrong.
  private mutating func answer(_ cell: Cell) -> QueryResult? {
    if let answer = answers[cell.id] { return answer }
    guard !isSpent else { return nil }
    let start = ContinuousClock.now
    do {
      var sql = try views.sql(of: cell)
      if cell.kind == .provenance { sql = Provenance.sql(choosing: sqlBody(sql)) }
      let parameters = notebook.parameters.filter { sqlNames(sql, $0.key) }
      let found = try rows.query(sql, notebook.parameters)
      var names: Set<String> = []
      if let name = found.columns.first(where: { !names.insert($0).inserted }) {
        throw CellFault(problem: .doubledColumn(name, id: cell.id))
      }
      answers[cell.id] = .some(found)
      try keep(found)
      asked.append(
        AskedQuery(
          id: cell.id, kind: cell.kind.rawValue, line: cell.line, sql: sql, parameters: parameters, rows: found))
      return found
    } catch let fault as CellFault {
      answers[cell.id] = .some(nil)
      problems.add(cell, fault.problem)
      return nil
    } catch {
      answers[cell.id] = .some(nil)
      // A view that cannot be answered is reported where it is, once, and not with each query that reads from it.
      let isOfView = views.named(by: cell).contains { answer($0) == nil && !isSpent }
      if !isOfView {
        problems.add(
          cell,
          views.problem(of: cell) ?? views.problem(of: cell, refused: "\(error)") ?? .badQuery(reason: "\(error)"))
      }
      failures += ContinuousClock.now - start
      // What follows would take as long again.
      isSpent = failures > .seconds(3)
      return nil
    }
  }

  /// Counts an answer; all of them are in memory until the report is written.
  private mutating func keep(_ rows: QueryResult) throws(CellFault) {
    kept += rows.rows.count
    for row in rows.rows {
      for value in row {
        switch value {
        case .text(let text): keptBytes += 24 + text.utf8.count
        case .blob(let bytes): keptBytes += 24 + bytes.count
        case .null, .integer, .real: keptBytes += 24
        }
      }
    }
    guard kept <= Self.rowLimit, keptBytes <= Self.byteLimit else {
      isSpent = true
      throw CellFault(
        problem: kept > Self.rowLimit
          ? .tooMany("rows of all queries together", limit: Self.rowLimit, remedy: "select fewer rows")
          : .tooMany(
            "bytes in the rows of all queries together", limit: Self.byteLimit, remedy: "select fewer or shorter values"
          ))
    }
  }

  /// Whether a value of the first row of a condition's query is 1; 0, NULL and no row at all are not.
  private mutating func holds(_ condition: Condition) -> Bool {
    guard let cell = notebook.cell(condition.id) else {
      problems.add(condition.line, unknown(condition.id))
      return false
    }
    // A claim that does not hold together is not judged, and nothing of it is true.
    if cell.kind == .claim, judged[cell.id] == nil { return condition.negated }
    guard let rows = judged[cell.id]?.values(words) ?? answer(cell) else { return false }
    var place = cell.kind == .claim ? JudgedClaim.columns.firstIndex(of: "supported")! : 0
    if let column = condition.column {
      guard let found = rows.columns.firstIndex(of: column) else {
        problems.add(condition.line, .unknownColumn(column, id: condition.id, columns: rows.columns))
        return false
      }
      place = found
    }
    let value = rows.rows.first.flatMap { place < $0.count ? $0[place] : nil } ?? .null
    guard let truth = value.truth else {
      problems.add(
        condition.line,
        .notATruth(column: rows.columns.indices.contains(place) ? rows.columns[place] : "", value: value.plainText))
      return false
    }
    return (truth == .yes) != condition.negated
  }

  private mutating func bind(_ inline: NotebookExpression) -> BoundValue? {
    guard !problems.isFull else { return nil }
    guard case .value(let id, let column, let format) = inline.kind else { return nil }
    if id == Notebook.parameterID {
      guard let value = notebook.parameters[column] else {
        let names = notebook.front.parameters.map(\.name)
        problems.add(inline.line, .unknownParameter(column, nearest: nearest(to: column, among: names)))
        return nil
      }
      return BoundValue(value: value, text: format.text(value), query: id)
    }
    guard let cell = notebook.cell(id) else {
      problems.add(inline.line, unknown(id))
      return nil
    }
    if cell.kind == .claim, judged[id] == nil {
      problems.add(inline.line, .hiddenClaim(id))
      return nil
    }
    guard let rows = judged[id]?.values(words) ?? answer(cell) else { return nil }
    guard let place = rows.columns.firstIndex(of: column) else {
      problems.add(inline.line, .unknownColumn(column, id: id, columns: rows.columns))
      return nil
    }
    guard let row = rows.rows.first else {
      problems.add(inline.line, .noValue(kind: cell.kind.rawValue, id: cell.id))
      return nil
    }
    return BoundValue(value: row[place], text: format.text(row[place]), query: id)
  }

  /// Whether a reference leads somewhere and a citation to a work.
  private mutating func check(_ inline: NotebookExpression) {
    guard !problems.isFull else { return }
    switch inline.kind {
    case .reference(let kind, let id):
      let text = "@\(kind.rawValue)-\(id)"
      guard let cell = notebook.cell(id) else {
        let known = notebook.cells.compactMap { cell in cell.kind.reference.map { "@\($0.rawValue)-\(cell.id)" } }
        return problems.add(inline.line, .unknownReference(text, nearest: nearest(to: text, among: known)))
      }
      if cell.kind.reference != kind {
        let right = cell.kind.reference.map { "@\($0.rawValue)-\(id)" }
        problems.add(inline.line, .wrongReference(text, kind: cell.kind.rawValue, right: right))
      }
    case .citation(let citations):
      for citation in citations where bibliography[citation.key] == nil && !problems.isFull {
        problems.add(
          inline.line, .unknownCitation(citation.key, nearest: bibliography.nearestKey(to: citation.key)))
      }
    case .mention(let citation) where bibliography[citation.key] == nil:
      problems.add(inline.line, .unknownCitation(citation.key, nearest: bibliography.nearestKey(to: citation.key)))
    case .literature(_, let source)
    where source.hasPrefix("@") && bibliography.citation(source) == nil && !problems.isFull:
      let key = source.dropFirst().prefix { $0 != "," }.trimmed
      problems.add(inline.line, .unknownCitation(key, nearest: bibliography.nearestKey(to: key)))
    default: break
    }
  }

  private func unknown(_ id: String) -> ReportProblem {
    .unknownID(id, nearest: nearest(to: id, among: notebook.cells.map(\.id)))
  }
}

extension Notebook {
  /// Queries in the order of their cells; shared ones come first, in their file's order.
  package func sorted(_ queries: [AskedQuery]) -> [AskedQuery] {
    func order(_ query: AskedQuery) -> Int {
      guard let cell = cell(query.id) else { return .max }
      return cell.file == nil ? SharedCells.limit + cell.line : cell.order
    }
    return queries.sorted { (order($0), $0.id) < (order($1), $1.id) }
  }
}

/// Whether a query names a parameter.
private func sqlNames(_ sql: String, _ parameter: String) -> Bool {
  var rest = sql[...]
  while let found = rest.firstRange(of: ":\(parameter)") {
    rest = rest[found.upperBound...]
    if rest.first.map({ !$0.isLetter && !$0.isNumber && $0 != "_" }) ?? true { return true }
  }
  return false
}
