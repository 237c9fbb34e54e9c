import PositionedYAML
import Text

/// Takes a notebook's lines apart.
struct NotebookParser {
  private let source: [String]
  private var notebook: Notebook
  private var reader = InlineReader()
  private var ids: [String: Int] = [:]
  private var open: [Condition] = []
  /// The inlines in code within captions and sentences.
  private var sentenceCode: Set<Int> = []

  static let cellLimit = 1_000
  static let depthLimit = 20

  init(file: String, lines: [String], front: FrontMatter) {
    source = lines
    notebook = Notebook(
      file: file, front: front, lines: Array(repeating: "", count: lines.count),
      conditions: Array(repeating: [], count: lines.count))
  }

  mutating func parse(_ problems: inout ProblemList) -> Notebook {
    var index = notebook.front.end
    while index < source.count {
      let line = source[index]
      notebook.conditions[index] = open
      if let fence = Fence(line) {
        let end = source[(index + 1)...].firstIndex { fence.isClosed(by: $0) }
        if fence.info.hasPrefix("{") {
          guard let end else {
            problems.add(index + 1, .fenceNotClosed)
            break
          }
          for inner in index...end { notebook.conditions[inner] = open }
          readCell(fence, index, end, &problems)
          index = end + 1
        } else {
          // A block of code: nothing in it means anything.
          let last = end ?? source.count - 1
          for inner in index...last {
            notebook.lines[inner] = source[inner]
            notebook.conditions[inner] = open
          }
          index = last + 1
        }
        continue
      }
      if line.hasPrefix(":::") {
        readCondition(line, index + 1, &problems)
      } else {
        notebook.lines[index] = reader.marked(line, line: index + 1)
      }
      index += 1
    }
    for condition in open { problems.add(condition.line, .conditionNotClosed) }
    notebook.inlines = reader.inlines
    if let found = MarkupBounds.problem(notebook.lines, reader) {
      problems.add(found.line, found.problem)
      return notebook
    }
    let tree = MarkdownTree(notebook.lines.joined(separator: "\n"))
    notebook.inCode = tree.marksInCode.union(sentenceCode)
    for (place, inline) in notebook.inlines.enumerated() where !notebook.inCode.contains(place) {
      if case .wrong(let problem) = inline.kind { problems.add(inline.line, problem) }
    }
    return notebook
  }

  private mutating func readCell(_ fence: Fence, _ start: Int, _ end: Int, _ problems: inout ProblemList) {
    let line = start + 1
    guard fence.info.hasSuffix("}") else { return problems.add(line, .badCellHead(fence.info)) }
    let words = fence.info.dropFirst().dropLast().split(separator: " ").map(String.init)
    guard let first = words.first, words.count <= 2 else { return problems.add(line, .badCellHead(fence.info)) }
    guard let kind = CellKind(rawValue: first) else {
      return problems.add(
        line, .unknownCellKind(first, nearest: nearest(to: first, among: CellKind.allCases.map(\.rawValue))))
    }
    let id = words.count > 1 ? words[1] : "\(first)-\(notebook.cells.count + 1)"
    guard isID(id) else { return problems.add(line, .badCellHead(fence.info)) }
    guard id != Notebook.parameterID else { return problems.add(line, .reservedID(id)) }
    if let earlier = ids[id] { return problems.add(line, .doubledID(id, line: earlier)) }
    guard notebook.cells.count < Self.cellLimit else {
      return problems.add(line, .tooMany("cells", limit: Self.cellLimit))
    }
    ids[id] = line
    var cell = Cell(kind: kind, id: id, line: line, options: [:], sql: "")
    var body = start + 1
    while body < end, source[body].hasPrefix("--|") {
      readOption(source[body].dropFirst(3), body + 1, &cell, &problems)
      body += 1
    }
    cell.sql = source[body..<end].joined(separator: "\n")
    if cell.sql.allSatisfy(\.isWhitespace), !kind.mayBeEmpty { problems.add(line, .emptyCell(kind: first)) }
    notebook.lines[start] =
      kind == .query ? "" : "\(Notebook.cellMark)\(notebook.cells.count)\(Notebook.cellMark)"
    notebook.places[id] = notebook.cells.count
    notebook.cells.append(cell)
  }

  private mutating func readOption(
    _ text: Substring, _ line: Int, _ cell: inout Cell, _ problems: inout ProblemList
  ) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let (name, kind) = (parts[0].trimmed, cell.kind)
    if !kind.options.contains(name) {
      problems.add(line, .unknownOption(name, kind: kind.rawValue, nearest: nearest(to: name, among: kind.options)))
    } else if parts.count < 2 {
      problems.add(line, .badOption(name, value: "", expected: "`--| \(name): value`"))
    } else {
      var value = parts[1].trimmed
      if Cell.sentences.contains(name) {
        value = reader.marked(value, line: line)
        for (isCode, part) in sentenceParts(value) where isCode { sentenceCode.formUnion(marks(in: part)) }
      }
      cell.options[name] = Cell.Option(value: value, line: line)
    }
  }

  private mutating func readCondition(_ text: String, _ line: Int, _ problems: inout ProblemList) {
    let head = text.dropFirst(3).trimmed
    if head.isEmpty {
      if open.popLast() == nil { problems.add(line, .conditionNotOpen) }
      return
    }
    let words = head.dropFirst().dropLast().split(separator: " ").map(String.init)
    guard head.hasPrefix("{"), head.hasSuffix("}"), words.count == 2, ["if", "unless"].contains(words[0]) else {
      return problems.add(line, .badCondition(text))
    }
    let path = words[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else { return problems.add(line, .badCondition(text)) }
    guard open.count < Self.depthLimit else {
      return problems.add(line, .tooMany("conditions in one another", limit: Self.depthLimit))
    }
    open.append(
      Condition(id: path[0], column: path.count > 1 ? path[1] : nil, negated: words[0] == "unless", line: line))
  }

  private func isID(_ text: String) -> Bool {
    (1...60).contains(text.utf8.count)
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || [45, 95].contains($0) }
  }
}

/// The opening line of a fenced block.
private struct Fence {
  var letter: Character
  var length: Int
  var info: String

  init?(_ line: String) {
    let text = line.drop { $0 == " " }
    guard line.count - text.count <= 3, let first = text.first, first == "`" || first == "~" else { return nil }
    letter = first
    length = text.prefix { $0 == first }.count
    info = text.dropFirst(length).trimmed
    guard length >= 3, letter == "~" || !info.contains("`") else { return nil }
  }

  func isClosed(by line: String) -> Bool {
    let text = line.trimmed
    return text.count >= length && text.allSatisfy { $0 == letter }
  }
}

extension StringProtocol {
  /// Without spaces at both ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
