import PositionedYAML
import Store

/// A literate document as it was written: prose with marks where cells and inlines stand.
///
/// Marks are single characters of Unicode's private use area around a number, so that Markdown leaves them alone. Lines
/// keep their numbers.
struct Notebook: Sendable {
  var file: String
  var front: FrontMatter
  /// The lines of the body, with marks; lines of front matter, conditions and cells' bodies are empty.
  var lines: [String]
  var cells: [Cell] = []
  /// Where the cells are among ``cells``, by their ids.
  var places: [String: Int] = [:]
  var inlines: [Inline] = []
  /// The places of those that stand in code, where they mean nothing.
  var inCode: Set<Int> = []
  /// For each line the conditions that it stands under.
  var conditions: [[Condition]]

  var language: String { front.language }
  var parameters: [String: SQLValue] { front.parameters.values }

  func cell(_ id: String) -> Cell? { places[id].map { cells[$0] } }

  static let cellMark: Unicode.Scalar = "\u{E000}"
  static let inlineMark: Unicode.Scalar = "\u{E001}"
  /// The id under which the parameters' values are read.
  static let parameterID = "parameters"
}

/// Collects what is wrong, each thing with its line.
struct ProblemList {
  private(set) var found: [ReportError.Located] = []
  private var known: Set<ReportError.Located> = []

  /// Whether there are more than anybody reads: looking for the nearest names would take long for nothing.
  var isFull: Bool { found.count > ReportError.shown }

  mutating func add(_ line: Int, _ problem: ReportProblem) {
    let located = ReportError.Located(line: line, problem: problem)
    if known.insert(located).inserted { found.append(located) }
  }

  func finish(_ file: String) throws(ReportError) {
    if !found.isEmpty { throw .notebook(file: file, problems: found.sorted { $0.line < $1.line }) }
  }
}

/// A notebook's lines without what must not be in them: carriage returns, byte order marks and the marks of the weaver.
func notebookLines(_ text: String) -> [String] {
  let clean = String(
    String.UnicodeScalarView(
      text.unicodeScalars.filter { !isMark($0) && $0 != "\r" && $0 != "\u{FEFF}" }))
  return clean.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

/// Reads a notebook's text. Throws ``ReportError`` with everything that is wrong with its form.
func parseNotebook(_ source: NotebookSource) throws(ReportError) -> Notebook {
  var problems = ProblemList()
  let lines = notebookLines(source.text)
  var front = try FrontMatter(lines: lines, file: source.file, &problems)
  front.parameters = try front.parameters.set(source.settings)
  var parser = NotebookParser(file: source.file, lines: lines, front: front)
  let notebook = parser.parse(&problems)
  try problems.finish(source.file)
  return notebook
}
