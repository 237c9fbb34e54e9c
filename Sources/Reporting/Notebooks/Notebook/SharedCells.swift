/// A file of cells that several notebooks share, one for each language.
public struct SharedCellsSource: Sendable, Hashable {
  /// Its name, beside the notebook.
  public var file: String
  public var text: String

  public init(file: String, text: String) { (self.file, self.text) = (file, text) }
}

/// The cells of such a file: notebooks show them by kind and id, with their own words.
package struct SharedCells {
  private(set) var file = ""
  private(set) var cells: [Cell] = []
  private var places: [String: Int] = [:]

  /// More than a file may have: the cells of the notebook itself come behind them.
  package static let limit = NotebookParser.cellLimit

  package init() {}

  package init(_ source: SharedCellsSource, _ problems: inout ProblemList) {
    file = source.file
    var parser = NotebookParser(
      file: source.file, lines: notebookLines(source.text), front: FrontMatter(), keys: [], cellsFile: source.file)
    cells = parser.parse(shared: nil, &problems).cells
    for index in cells.indices { cells[index].order = index }
    places = Dictionary(cells.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { one, _ in one })
  }

  package func order(of id: String) -> Int? { places[id] }

  /// Completes a cell of the notebook with the shared one of its id. False, and a problem noted, if they do not fit.
  package func complete(_ cell: inout Cell, _ problems: inout ProblemList) -> Bool {
    guard let place = places[cell.id] else { return true }
    let shared = cells[place]
    guard shared.kind == cell.kind else {
      problems.add(cell.line, .sharedKind(cell.id, kind: shared.kind.rawValue, file: file, line: shared.line))
      return false
    }
    guard cell.sql.allSatisfy(\.isWhitespace) else {
      problems.add(cell.line, .sharedQuery(cell.id, file: file, line: shared.line))
      return false
    }
    for (name, option) in cell.options where !Cell.words.contains(name) {
      problems.add(option.line, .sharedOption(name, file: file, line: shared.line))
    }
    for (name, option) in shared.options where cell.options[name] == nil {
      var option = option
      (option.isShared, option.line) = (true, cell.line)
      cell.options[name] = option
    }
    cell.sql = shared.sql
    cell.home = Cell.Home(file: file, line: shared.line)
    return true
  }
}
