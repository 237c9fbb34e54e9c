import PositionedYAML
import Text

/// Takes a notebook's lines apart.
package struct NotebookParser {
  private let source: [String]
  private var notebook: Notebook
  private var reader: ExpressionReader
  private var ids: [String: Int] = [:]
  private var shared = SharedCells()
  /// Of a file of shared cells, its name.
  private let cellsFile: String?
  private var tooLate: [(line: Int, problem: ReportProblem)] = []

  package static let cellLimit = 1_000
  package static let depthLimit = 20

  package init(file: String, lines: [String], front: FrontMatter, keys: Set<String>, cellsFile: String? = nil) {
    source = lines
    reader = ExpressionReader(keys: keys)
    self.cellsFile = cellsFile
    notebook = Notebook(file: file, front: front, conditions: Array(repeating: [], count: lines.count))
  }

  package mutating func parse(shared text: SharedCellsSource?, _ problems: inout ProblemList) -> Notebook {
    var body = source
    for index in 0..<min(notebook.front.end, body.count) { body[index] = "" }
    if let found = MarkupBounds.problem(body) {
      problems.add(found.line, found.problem, file: cellsFile)
      return notebook
    }
    if let text { shared = SharedCells(text, &problems) }
    let isLiteral = LiteralLines(body.map { $0.hasPrefix(":::") ? "" : $0 }).isLiteral
    readConditions(&body, isLiteral, &problems)
    for (index, line) in body.enumerated() where !isLiteral[index] && line.contains("[^") {
      if let label = line.prefixMatch(of: /[ \t>]*\[\^([^\]\s]+)\]:/)?.output.1 {
        reader.footnotes.insert(label.lowercased())
      }
    }
    let (lines, numbers) = marked(body, isLiteral)
    guard reader.expressions.count <= MarkupBounds.inlines else {
      problems.add(1, .tooMany("values and citations", limit: MarkupBounds.inlines), file: cellsFile)
      return notebook
    }
    if let found = MarkupBounds.addressProblem(lines, numbers: numbers) {
      problems.add(found.line, found.problem, file: cellsFile)
      return notebook
    }
    readTree(lines, numbers, &problems)
    if let title = notebook.front.title { notebook.title = sentence(title.value, title.line, &problems) }
    if let subtitle = notebook.front.subtitle { notebook.subtitle = sentence(subtitle.value, subtitle.line, &problems) }
    addSharedQueries()
    notebook.expressions = reader.expressions
    notebook.collectMeant()
    return notebook
  }

  private mutating func readTree(_ lines: [String], _ numbers: [Int], _ problems: inout ProblemList) {
    var heads: [(info: String, body: String, line: Int)] = []
    var tree = TreeReader(lines: lines, numbers: numbers, expressions: reader.expressions) { info, body, line in
      heads.append((info, body, line))
      return heads.count - 1
    }
    let blocks = tree.read()
    // Footnotes' cells come behind the text's, whatever their lines.
    var places: [Int: Int] = [:]
    for (index, head) in heads.enumerated() {
      if let place = readCell(head.info, head.body, head.line, &problems) { places[index] = place }
    }
    notebook.blocks = blocks.compactMap { $0.placingCells(places) }
    notebook.footnotes = tree.footnotes.map { $0.compactMap { $0.placingCells(places) } }
    notebook.droppedHTML = tree.dropped
    notebook.toDo = tree.toDo
    notebook.prose += tree.prose
    for found in tree.problems { problems.add(found.line, found.problem, file: cellsFile) }
  }

  // MARK: Lines

  /// Takes the lines of conditions out, and notes for each line the conditions that it is under.
  private mutating func readConditions(_ body: inout [String], _ isLiteral: [Bool], _ problems: inout ProblemList) {
    var open: [Condition] = []
    for (index, line) in body.enumerated() where index >= notebook.front.end {
      notebook.conditions[index] = open
      guard line.hasPrefix(":::"), !isLiteral[index] else { continue }
      body[index] = ""
      readCondition(line, index + 1, &open, &problems)
      notebook.conditions[index] = open
    }
    for condition in open { problems.add(condition.line, .conditionNotClosed) }
  }

  private func readCondition(
    _ text: String, _ line: Int, _ open: inout [Condition], _ problems: inout ProblemList
  ) {
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
      return problems.add(line, .tooDeep("conditions in one another", limit: Self.depthLimit))
    }
    open.append(
      Condition(id: path[0], column: path.count > 1 ? path[1] : nil, negated: words[0] == "unless", line: line))
  }

  /// The lines with numbers in the places of expressions, and each line's number in the notebook.
  private mutating func marked(_ body: [String], _ isLiteral: [Bool]) -> (lines: [String], numbers: [Int]) {
    var (lines, numbers): ([String], [Int]) = ([], [])
    var run: (lines: [String], numbers: [Int]) = ([], [])
    for (index, line) in body.enumerated() {
      let ends = isLiteral[index] || isBlank(line)
      if !run.lines.isEmpty, ends || opensBlock(line) {
        let found = reader.read(run.lines, numbers: run.numbers)
        lines += found.lines
        numbers += found.numbers
        run = ([], [])
      }
      if ends {
        lines.append(line)
        numbers.append(index + 1)
      } else {
        run.lines.append(line)
        run.numbers.append(index + 1)
      }
    }
    if !run.lines.isEmpty {
      let found = reader.read(run.lines, numbers: run.numbers)
      lines += found.lines
      numbers += found.numbers
    }
    return (lines, numbers)
  }

  private func isBlank(_ line: String) -> Bool {
    line.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }
  }

  /// Whether a line begins a heading, an item or the row of a table, which nothing goes on into.
  private func opensBlock(_ line: String) -> Bool {
    let rest = Substring(line.drop { $0 == " " || $0 == "\t" || $0 == ">" }).utf8
    guard let first = rest.first else { return true }
    let next = rest.dropFirst().first ?? 0x20
    switch first {
    case UInt8(ascii: "#"), UInt8(ascii: "|"): return true
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"): return next == 0x20 || next == 0x09
    case 48...57:
      let behind = rest.drop { (48...57).contains($0) }
      return behind.first.map { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ")") } ?? false
        && (behind.dropFirst().first ?? 0x20) == 0x20
    default: return false
    }
  }

  // MARK: Cells

  private mutating func readCell(
    _ info: String, _ body: String, _ line: Int, _ problems: inout ProblemList
  ) -> Int? {
    func fault(_ line: Int, _ problem: ReportProblem) -> Int? {
      problems.add(line, problem, file: cellsFile)
      return nil
    }
    guard info.hasSuffix("}") else { return fault(line, .badCellHead(info)) }
    let words = info.dropFirst().dropLast().split(separator: " ").map(String.init)
    guard let first = words.first, words.count <= 2 else { return fault(line, .badCellHead(info)) }
    guard let kind = CellKind(rawValue: first) else {
      return fault(
        line, .unknownCellKind(first, nearest: nearest(to: first, among: CellKind.allCases.map(\.rawValue))))
    }
    let id = words.count > 1 ? words[1] : "\(first)-\(notebook.cells.count + 1)"
    guard isID(id) else { return fault(line, .badID(id)) }
    guard id != Notebook.parameterID else { return fault(line, .reservedID(id)) }
    if let earlier = ids[id] { return fault(line, .doubledID(id, line: earlier)) }
    guard notebook.cells.count < Self.cellLimit else { return fault(line, .tooMany("cells", limit: Self.cellLimit)) }
    ids[id] = line
    var cell = Cell(kind: kind, id: id, line: line, options: [:], sql: "")
    cell.file = cellsFile
    var rest = body.split(separator: "\n", omittingEmptySubsequences: false)
    if rest.last?.isEmpty == true { rest.removeLast() }
    var number = line + 1
    while let option = rest.first, option.hasPrefix("--|") {
      readOption(option.dropFirst(3), number, &cell, &problems)
      rest.removeFirst()
      number += 1
    }
    for (index, text) in rest.enumerated() where Self.isOption(text) {
      problems.add(number + index, .lateOption(String(text).trimmed), file: cellsFile)
    }
    cell.sql = rest.joined(separator: "\n")
    if cellsFile == nil {
      guard shared.complete(&cell, &problems) else { return nil }
      for (name, option) in cell.options where option.isShared && Cell.sentences.contains(name) {
        cell.options[name]?.sentence = sentence(option.value, line, &problems)
      }
    }
    if cell.sql.allSatisfy(\.isWhitespace), !kind.mayBeEmpty {
      problems.add(line, missingQuery(cell), file: cellsFile)
    }
    cell.order = shared.order(of: id) ?? SharedCells.limit + notebook.cells.count
    notebook.places[id] = notebook.cells.count
    notebook.cells.append(cell)
    return notebook.cells.count - 1
  }

  /// What is wrong with a cell that has no query of its own and none among the shared ones.
  private func missingQuery(_ cell: Cell) -> ReportProblem {
    guard !shared.file.isEmpty, shared.order(of: cell.id) == nil else { return .emptyCell(kind: cell.kind.rawValue) }
    return .noSharedCell(
      cell.id, kind: cell.kind.rawValue, file: shared.file,
      nearest: nearest(to: cell.id, among: shared.cells.map(\.id)))
  }

  /// Whether a line below a cell's options is written as one: SQL would take it for a comment, and it would say nothing.
  private static func isOption(_ line: Substring) -> Bool {
    let text = line.trimmed
    guard text.hasPrefix("--") else { return false }
    return text.dropFirst(2).trimmed.hasPrefix("|")
  }

  private mutating func readOption(
    _ text: Substring, _ line: Int, _ cell: inout Cell, _ problems: inout ProblemList
  ) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let (name, kind) = (parts[0].trimmed, cell.kind)
    func fault(_ problem: ReportProblem) { problems.add(line, problem, file: cellsFile) }
    if let earlier = cell.options[name] {
      fault(.doubledOption(name, line: earlier.line))
    } else if !kind.options.contains(name) {
      fault(.unknownOption(name, kind: kind.rawValue, nearest: nearest(to: name, among: kind.options)))
    } else if parts.count < 2 {
      fault(.badOption(name, value: "", expected: "`--| \(name): value`"))
    } else {
      let value = parts[1].trimmed
      var option = Cell.Option(value: value, line: line)
      if name == "otherwise", value.isEmpty { fault(.badOption(name, value: value, expected: "a sentence")) }
      if Cell.sentences.contains(name) {
        option.sentence = sentence(value, line, &problems)
        // What others said is theirs, its numbers too.
        for case .text(let text) in option.sentence where name == "caption" || name == "otherwise" {
          notebook.prose.append(ProseText(text: text, line: line, file: cellsFile))
        }
      } else if value.contains("{{") {
        fault(.badOption(name, value: value, expected: "a text without {{values}}"))
      } else if Cell.flags.contains(name), value != "true", value != "false" {
        fault(.badOption(name, value: value, expected: "true or false"))
      }
      cell.options[name] = option
    }
  }

  /// A caption, a title, what a claim says: text between backticks is code, expressions are filled in, nothing else is markup.
  private mutating func sentence(_ text: String, _ line: Int, _ problems: inout ProblemList) -> [Inline] {
    let before = reader.expressions.count
    let marked = reader.read([text], numbers: [line]).lines.joined(separator: " ")
    let inlines = sentenceInlines(marked)
    for expression in reader.expressions[before...] {
      if case .wrong(let problem) = expression.kind { problems.add(line, problem, file: cellsFile) }
    }
    return inlines
  }

  /// The queries that are shared are there for whoever reads from them.
  private mutating func addSharedQueries() {
    for cell in shared.cells where cell.kind == .query && ids[cell.id] == nil {
      notebook.places[cell.id] = notebook.cells.count
      notebook.cells.append(cell)
    }
  }

  private func isID(_ text: String) -> Bool {
    (1...60).contains(text.utf8.count)
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || [45, 95].contains($0) }
  }
}

/// A sentence with marks in its expressions' places, in its parts.
private func sentenceInlines(_ text: String) -> [Inline] {
  let run = TextRun(text)
  var found: [Inline] = []
  var plain = String.UnicodeScalarView()
  func end() {
    for part in splitAtMarks(String(plain)) {
      switch part {
      case .text(let text): found.append(.text(text))
      case .value(let place): found.append(.expression(place))
      }
    }
    plain = String.UnicodeScalarView()
  }
  var walk = run
  while walk.place < walk.scalars.count {
    let scalar = walk.scalars[walk.place]
    let length = walk.literalLength ?? 1
    if scalar == "\\", length == 2, isPunctuation(walk.scalars[walk.place + 1]), walk.scalars[walk.place + 1].isASCII {
      plain.append(walk.scalars[walk.place + 1])
    } else if scalar == "`", let code = code(walk, length) {
      end()
      found.append(.code(code))
    } else {
      plain.append(contentsOf: walk.scalars[walk.place..<(walk.place + length)])
    }
    walk.place += length
  }
  end()
  return found
}

/// What is between the backticks of a literal; nil for backticks alone.
private func code(_ run: TextRun, _ length: Int) -> String? {
  let literal = run.scalars[run.place..<(run.place + length)]
  let ticks = literal.prefix { $0 == "`" }.count
  guard length > 2 * ticks else { return nil }
  return splitAtMarks(String(String.UnicodeScalarView(literal.dropFirst(ticks).dropLast(ticks)))).compactMap {
    if case .text(let text) = $0 { return text }
    return nil
  }.joined().trimmed
}

extension Block {
  /// With the cells' places instead of the order of their heads; nil for a cell that was wrong.
  fileprivate func placingCells(_ places: [Int: Int]) -> Block? {
    var block = self
    switch content {
    case .cell(let head):
      guard let place = places[head] else { return nil }
      block.content = .cell(place)
    case .list(var list):
      for index in list.items.indices {
        list.items[index].blocks = list.items[index].blocks.compactMap { $0.placingCells(places) }
      }
      block.content = .list(list)
    case .quote(let blocks): block.content = .quote(blocks.compactMap { $0.placingCells(places) })
    case .alert(let alert, let blocks): block.content = .alert(alert, blocks.compactMap { $0.placingCells(places) })
    case .heading, .paragraph, .code, .math, .table, .rule: break
    }
    return block
  }
}
