import PositionedYAML
import Store

/// A literate document as it was written: a tree of blocks with cells and expressions as its leaves.
package struct Notebook: Sendable {
  package var file: String
  var front: FrontMatter
  package var title: [Inline] = []
  package var subtitle: [Inline] = []
  package var blocks: [Block] = []
  /// The footnotes' texts.
  package var footnotes: [[Block]] = []
  package var cells: [Cell] = []
  /// Where the cells are among ``cells``, by their ids.
  var places: [String: Int] = [:]
  package var expressions: [NotebookExpression] = []
  /// The places of those that are in the text, and not in code or a comment.
  private(set) var meant: Set<Int> = []
  /// For each line the conditions that it is under.
  var conditions: [[Condition]]
  /// Raw HTML that is in no output.
  package var droppedHTML: [DroppedHTML] = []
  /// All text that is neither code nor an address.
  var prose: [ProseText] = []

  package var language: String { front.language }
  var parameters: [String: SQLValue] { front.parameters.values }

  package func cell(_ id: String) -> Cell? { places[id].map { cells[$0] } }

  /// The id under which the parameters' values are read.
  static let parameterID = "parameters"

  /// Notes which expressions are in the text.
  mutating func collectMeant() {
    var found: Set<Int> = []
    func collect(_ inlines: [Inline]) {
      inlines.walk { inline in
        switch inline {
        case .expression(let place): found.insert(place)
        case .link(let address, let title, _):
          for case .value(let place) in address + title { found.insert(place) }
        default: break
        }
      }
    }
    (blocks + footnotes.flatMap { $0 }).walk { $0.inlines.forEach(collect) }
    collect(title + subtitle)
    for cell in cells where cell.file == nil { cell.options.values.forEach { collect($0.sentence) } }
    meant = found
  }
}

/// A tag of raw HTML, which the outputs leave out.
package struct DroppedHTML: Sendable, Hashable {
  package var line: Int
  package var tag: String
}

/// Collects what is wrong, each thing with its line.
package struct ProblemList {
  private(set) var found: [ReportError.Located] = []
  private var known: Set<ReportError.Located> = []

  /// Whether there are more than anybody reads: looking for the nearest names would take long for nothing.
  var isFull: Bool { found.count > ReportError.shown }

  /// `file` where it is not the notebook itself.
  mutating func add(_ line: Int, _ problem: ReportProblem, file: String? = nil) {
    let located = ReportError.Located(line: line, problem: problem, file: file)
    if known.insert(located).inserted { found.append(located) }
  }

  /// What is wrong with a shared query is told where it is written.
  mutating func add(_ cell: Cell, _ problem: ReportProblem) {
    if case .badQuery = problem, let home = cell.home { return add(home.line, problem, file: home.file) }
    add(cell.line, problem, file: cell.file)
  }

  func finish(_ file: String) throws(ReportError) {
    guard !found.isEmpty else { return }
    throw .notebook(
      file: file, problems: found.sorted { ($0.file ?? "", $0.line) < ($1.file ?? "", $1.line) })
  }
}

/// A notebook's lines, whatever ends them, without byte order marks and the characters that stand for something while it is
/// read.
func notebookLines(_ text: String) -> [String] {
  var lines: [String] = []
  var line = String.UnicodeScalarView()
  var last: Unicode.Scalar = " "
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n" where last == "\r": break
    case "\n", "\r":
      lines.append(String(line))
      line = String.UnicodeScalarView()
    case "\u{FEFF}": break
    case let mark where isMark(mark): break
    default: line.append(scalar)
    }
    last = scalar
  }
  lines.append(String(line))
  return lines
}

/// Reads a notebook's text. Throws ``ReportError`` with everything that is wrong with its form.
package func parseNotebook(_ source: NotebookSource) throws(ReportError) -> Notebook {
  try parseNotebook(source, keys: Set(try readBibliography(source).entries.map(\.key)))
}

/// The keys of the bibliography are those of works that sentences can mention.
func parseNotebook(_ source: NotebookSource, keys: Set<String>) throws(ReportError) -> Notebook {
  var problems = ProblemList()
  let lines = notebookLines(source.text)
  var front = try FrontMatter(lines: lines, file: source.file, &problems)
  front.parameters = try front.parameters.set(source.settings)
  var parser = NotebookParser(file: source.file, lines: lines, front: front, keys: keys)
  let notebook = parser.parse(shared: source.cells, &problems)
  try problems.finish(source.file)
  return notebook
}
