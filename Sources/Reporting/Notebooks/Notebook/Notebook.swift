import PositionedYAML
package import Store

/// A literate document as it was written: a tree of blocks with cells and expressions as its leaves.
package struct Notebook: Sendable {
  package var file: String
  package var front: FrontMatter
  package var title: [Inline] = []
  package var subtitle: [Inline] = []
  package var blocks: [Block] = []
  /// The footnotes' texts.
  package var footnotes: [[Block]] = []
  package var cells: [Cell] = []
  /// Where the cells are among ``cells``, by their ids.
  package var places: [String: Int] = [:]
  package var expressions: [NotebookExpression] = []
  /// The places of those that are in the text, and not in code or a comment.
  package private(set) var meant: Set<Int> = []
  /// For each line the conditions that it is under.
  package var conditions: [[Condition]]
  /// Lines of TODO notes, which drafts alone show.
  package var toDo: [ClosedRange<Int>] = []
  /// Raw HTML that is in no output.
  package var droppedHTML: [DroppedHTML] = []
  /// All text that is neither code nor an address.
  package var prose: [ProseText] = []

  package var language: String { front.language }
  package var parameters: [String: SQLValue] { front.parameters.values }

  /// Whether a line, from 1, is of a TODO note.
  package func isToDo(_ line: Int) -> Bool { toDo.contains { $0.contains(line) } }

  package func cell(_ id: String) -> Cell? { places[id].map { cells[$0] } }

  /// The id under which the parameters' values are read.
  package static let parameterID = "parameters"

  /// Notes which expressions are in the text.
  package mutating func collectMeant() {
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
  package private(set) var found: [NotebookError.Located] = []
  private var known: Set<NotebookError.Located> = []

  package init() {}

  /// Whether there are more than anybody reads: looking for the nearest names would take long for nothing.
  package var isFull: Bool { found.count > NotebookError.shown }

  /// `file` where it is not the notebook itself.
  package mutating func add(_ line: Int, _ problem: ReportProblem, file: String? = nil) {
    let located = NotebookError.Located(line: line, problem: problem, file: file)
    if known.insert(located).inserted { found.append(located) }
  }

  /// Problems of a shared query are reported at its own line.
  package mutating func add(_ cell: Cell, _ problem: ReportProblem) {
    switch problem {
    case .badQuery, .notAView:
      if let home = cell.home { return add(home.line, problem, file: home.file) }
    default: break
    }
    add(cell.line, problem, file: cell.file)
  }

  package func finish(_ file: String) throws(NotebookError) {
    guard !found.isEmpty else { return }
    throw .notebook(
      file: file, problems: found.sorted { ($0.file ?? "", $0.line) < ($1.file ?? "", $1.line) })
  }
}

/// A notebook's lines, whatever ends them, without byte order marks and the placeholder characters used while it is
/// read.
package func notebookLines(_ text: String) -> [String] {
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

/// Reads a notebook's text. Throws ``NotebookError`` with everything that is wrong with its form.
package func parseNotebook(_ source: NotebookSource) throws(NotebookError) -> Notebook {
  try parseNotebook(source, keys: Set(try readBibliography(source).entries.map(\.key)))
}

/// The keys of the bibliography are those of works that sentences can mention.
package func parseNotebook(_ source: NotebookSource, keys: Set<String>) throws(NotebookError) -> Notebook {
  var problems = ProblemList()
  let lines = notebookLines(source.text)
  var front = try FrontMatter(lines: lines, file: source.file, &problems)
  front.parameters = try front.parameters.set(source.settings)
  var parser = NotebookParser(file: source.file, lines: lines, front: front, keys: keys)
  let notebook = parser.parse(shared: source.cells, &problems)
  try problems.finish(source.file)
  return notebook
}
