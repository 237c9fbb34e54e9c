import Files
import PositionedYAML

/// A literate document as it was written: prose with marks where cells and values stand.
///
/// Marks are single characters of Unicode's private use area around a number, so that Markdown leaves them alone. Lines
/// keep their numbers.
struct Notebook: Sendable {
  var file: String
  var title: String?
  var subtitle: String?
  var language: String
  /// The lines of the body, with marks; lines of front matter, conditions and cells' bodies are empty.
  var lines: [String]
  var cells: [Cell] = []
  var values: [InlineValue] = []
  /// For each line the conditions that it stands under.
  var conditions: [[Condition]]

  static let cellMark: Unicode.Scalar = "\u{E000}"
  static let valueMark: Unicode.Scalar = "\u{E001}"
}

/// Collects what is wrong, each thing with its line.
struct ProblemList {
  private(set) var found: [ReportError.Located] = []

  mutating func add(_ line: Int, _ problem: ReportProblem) {
    found.append(ReportError.Located(line: line, problem: problem))
  }

  func finish(_ file: String) throws(ReportError) {
    if !found.isEmpty { throw .notebook(file: file, problems: found.sorted { $0.line < $1.line }) }
  }
}

/// Reads a notebook. Throws ``ReportError`` with everything that is wrong with its form.
func readNotebook(_ file: String) throws(ReportError) -> Notebook {
  let text: String
  do { text = try readText(file, limit: 1 << 20) } catch { throw .file(error) }
  var problems = ProblemList()
  var parser = NotebookParser(file: file, text: text)
  let notebook = try parser.parse(&problems)
  try problems.finish(file)
  return notebook
}

private struct NotebookParser {
  let file: String
  let source: [String]
  var notebook: Notebook
  var ids: [String: Int] = [:]
  var open: [Condition] = []

  init(file: String, text: String) {
    self.file = file
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { !(0xE000...0xE00F).contains($0.value) && $0 != "\r" && $0 != "\u{FEFF}" }))
    source = clean.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    notebook = Notebook(
      file: file, title: nil, subtitle: nil, language: "en", lines: Array(repeating: "", count: source.count),
      conditions: Array(repeating: [], count: source.count))
  }

  mutating func parse(_ problems: inout ProblemList) throws(ReportError) -> Notebook {
    var index = try readFrontMatter(&problems)
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
        notebook.lines[index] = readValues(line, index + 1, &problems)
      }
      index += 1
    }
    for condition in open { problems.add(condition.line, .conditionNotClosed) }
    return notebook
  }

  /// The index of the first line behind the front matter.
  private mutating func readFrontMatter(_ problems: inout ProblemList) throws(ReportError) -> Int {
    guard source.first == "---" else { return 0 }
    guard let end = source.dropFirst().firstIndex(of: "---") else {
      problems.add(1, .frontMatterOpen)
      return source.count
    }
    // An empty line in the place of the dashes keeps the lines' numbers.
    let yaml = "\n" + source[1..<end].joined(separator: "\n")
    guard source[1..<end].contains(where: { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }) else {
      return end + 1
    }
    do {
      let reader = YAMLReader(try parseYAML(yaml, file: file))
      let root = reader.document.root
      if let entries = reader.mapping(root, "the front matter", known: ["title", "subtitle", "lang"]) {
        notebook.title = entries["title"].flatMap { reader.string($0.value, "title") }
        notebook.subtitle = entries["subtitle"].flatMap { reader.string($0.value, "subtitle") }
        if let entry = entries["lang"], let language = reader.choice(entry.value, "language", ["en", "zh"]) {
          notebook.language = language
        }
      }
      try reader.finish()
    } catch { throw .frontMatter(error) }
    return end + 1
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
    if let earlier = ids[id] { return problems.add(line, .doubledID(id, line: earlier)) }
    ids[id] = line
    var cell = Cell(kind: kind, id: id, line: line, options: [:], sql: "")
    var body = start + 1
    while body < end, source[body].hasPrefix("--|") {
      let parts = source[body].dropFirst(3).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].trimmed
      if !kind.options.contains(name) {
        problems.add(body + 1, .unknownOption(name, kind: first, nearest: nearest(to: name, among: kind.options)))
      } else if parts.count < 2 {
        problems.add(body + 1, .badOption(name, value: "", expected: "`--| \(name): value`"))
      } else {
        cell.options[name] = Cell.Option(value: parts[1].trimmed, line: body + 1)
      }
      body += 1
    }
    cell.sql = source[body..<end].joined(separator: "\n")
    if cell.sql.allSatisfy(\.isWhitespace) { problems.add(line, .emptyCell(kind: first)) }
    notebook.lines[start] =
      kind == .query ? "" : "\(Notebook.cellMark)\(notebook.cells.count)\(Notebook.cellMark)"
    notebook.cells.append(cell)
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
    open.append(Condition(id: words[1], negated: words[0] == "unless", line: line))
  }

  /// The line with a mark in the place of each `{{…}}`.
  private mutating func readValues(_ text: String, _ line: Int, _ problems: inout ProblemList) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.range(of: "{{") {
      guard let end = rest[start.upperBound...].range(of: "}}") else { break }
      result += rest[..<start.lowerBound]
      let inner = rest[start.upperBound..<end.lowerBound]
      let parts = inner.split(separator: "|", maxSplits: 1).map(\.trimmed)
      let path = parts.first?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
      if path.count != 2 {
        problems.add(line, .badInline(String(inner), reason: "write {{id.column | format}}"))
      } else if let format = ValueFormat(parts.count > 1 ? parts[1] : "") {
        result += "\(Notebook.valueMark)\(notebook.values.count)\(Notebook.valueMark)"
        notebook.values.append(
          InlineValue(source: String(inner), line: line, id: path[0], column: path[1], format: format))
      } else {
        problems.add(line, .badInline(String(inner), reason: "there is no such format; there are \(ValueFormat.names)"))
      }
      rest = rest[end.upperBound...]
    }
    return result + rest
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
