import CCMarkGFM
import Text

/// Makes blocks of cmark's nodes.
package struct TreeReader {
  /// The notebook's line of each line that was parsed.
  package let numbers: [Int]
  package let lines: [String]
  package let expressions: [NotebookExpression]
  /// Reads a cell from its fence, body and line, and gives its place; nil for a wrong one.
  package let cell: (_ info: String, _ body: String, _ line: Int) -> Int?
  private(set) var footnotes: [[Block]] = []
  private(set) var dropped: [DroppedHTML] = []
  private(set) var prose: [ProseText] = []
  /// The notebook's lines of TODO notes.
  private(set) var toDo: [ClosedRange<Int>] = []
  private(set) var problems: [(line: Int, problem: ReportProblem)] = []
  private var depth = 0

  package static let depthLimit = 100

  package init(
    lines: [String], numbers: [Int], expressions: [NotebookExpression], cell: @escaping (String, String, Int) -> Int?
  ) {
    (self.lines, self.numbers, self.expressions, self.cell) = (lines, numbers, expressions, cell)
  }

  package mutating func read() -> [Block] {
    var result: [Block] = []
    var reader = self
    withMarkdown(lines.joined(separator: "\n")) { root in
      for node in children(root) {
        if name(node) == "footnote_definition" {
          let blocks = reader.blocks(node)
          reader.footnotes.append(blocks)
        } else if let block = reader.block(node) {
          result.append(block)
        }
      }
    }
    self = reader
    return result
  }

  private func line(_ node: OpaquePointer) -> Int {
    let index = Int(cmark_node_get_start_line(node)) - 1
    return numbers.indices.contains(index) ? numbers[index] : 1
  }

  /// The notebook's last line of a node, with what an expression goes on into.
  private func lastLine(_ node: OpaquePointer) -> Int {
    let next = Int(cmark_node_get_end_line(node))
    return numbers.indices.contains(next) ? numbers[next] - 1 : numbers.last ?? 1
  }

  private mutating func fault(_ line: Int, _ problem: ReportProblem) { problems.append((line, problem)) }

  // MARK: Blocks

  private mutating func blocks(_ node: OpaquePointer) -> [Block] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      fault(line(node), .tooDeep("quotes and lists in one another", limit: Self.depthLimit))
      return []
    }
    return children(node).compactMap { block($0) }
  }

  private mutating func block(_ node: OpaquePointer) -> Block? {
    let line = line(node)
    func made(_ content: Block.Content) -> Block { Block(line: line, content: content) }
    switch name(node) {
    case "heading":
      return made(.heading(level: Int(cmark_node_get_heading_level(node)), inlines(node, line, isHeading: true)))
    case "paragraph":
      let inner = inlines(node, line)
      checkConditions(inner, line)
      if inner.count == 1, case .expression(let place) = inner[0],
        case .formula(let tex, isDisplayed: true) = expressions[place].kind
      {
        return made(.math(tex))
      }
      return inner.isEmpty ? nil : made(.paragraph(inner))
    case "code_block": return code(node, line).map(made)
    case "block_quote":
      let inner = blocks(node)
      let first = Int(cmark_node_get_start_line(cmark_node_first_child(node) ?? node)) - 1
      let source = lines.indices.contains(first) ? lines[first] : ""
      let before = problems.count
      guard let box = alert(inner, source: source) else {
        // A marker in a list, in bold or before a link is none, and what it was to hide would be on the page.
        if problems.count == before, source.prefixMatch(of: Self.todoMarker) != nil {
          fault(line, .badInline("[!TODO]", reason: "it must be alone at the beginning of the quote; write > [!TODO]"))
        }
        return made(.quote(inner))
      }
      if case .alert(.todo, _) = box { toDo.append(line...max(line, lastLine(node))) }
      return made(box)
    case "list":
      let start = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST ? Int(cmark_node_get_list_start(node)) : nil
      let items = children(node).map { item in
        List.Item(
          line: self.line(item),
          isDone: name(item) == "tasklist" ? cmark_gfm_extensions_get_tasklist_item_checked(item) : nil,
          blocks: blocks(item))
      }
      return made(.list(List(start: start, isTight: cmark_node_get_list_tight(node) != 0, items: items)))
    case "thematic_break": return made(.rule)
    case "table": return made(.table(table(node)))
    case "html_block":
      drop(string(cmark_node_get_literal(node)), line)
      return nil
    default: return nil
    }
  }

  /// Lines of three colons mean something at the beginning of a line, outside of quotes and lists.
  private mutating func checkConditions(_ inlines: [Inline], _ line: Int) {
    var starts = true
    for inline in inlines {
      if starts, case .text(let text) = inline, text.hasPrefix(":::") { fault(line, .misplacedCondition(text)) }
      starts = inline == .softBreak
    }
  }

  private mutating func code(_ node: OpaquePointer, _ line: Int) -> Block.Content? {
    let body = restored(string(cmark_node_get_literal(node)))
    let info = string(cmark_node_get_fence_info(node)).trimmed
    var (length, offset, character) = (Int32(0), Int32(0), CChar(0))
    let isFenced = cmark_node_get_fenced(node, &length, &offset, &character) != 0
    let bodyLines = body.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let isClosed = !isFenced || closes(line + bodyLines.count + 1, length: Int(length), character)
    if isFenced, info.hasPrefix("{") {
      guard isClosed else {
        fault(line, .fenceNotClosed)
        return nil
      }
      for (index, text) in bodyLines.enumerated() {
        guard let head = Fence(text), head.info.hasPrefix("{"), head.info.hasSuffix("}"), head.character == character,
          head.length >= Int(length)
        else { continue }
        fault(line, .cellSwallows(info, other: head.info, line: line + 1 + index))
        return nil
      }
      return cell(info, body, line).map { .cell($0) }
    }
    for (index, text) in bodyLines.enumerated() {
      guard let head = Fence(text), head.info.hasPrefix("{"), head.info.hasSuffix("}") else { continue }
      if !isFenced {
        fault(line + index, .cellInIndentedCode(head.info))
      } else if !isClosed || head.character == character && head.length >= Int(length) {
        fault(line, .fenceSwallows(head.info, line: line + 1 + index))
      } else {
        continue
      }
      break
    }
    return .code(body, language: info.split(separator: " ").first.map(String.init) ?? "")
  }

  /// Whether a line of the notebook is the end of a fence.
  private func closes(_ line: Int, length: Int, _ character: CChar) -> Bool {
    guard let index = numbers.firstIndex(of: line) else { return false }
    let rest = lines[index].utf8.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }
    let signs = rest.prefix { $0 == UInt8(bitPattern: character) }.count
    return signs >= length && rest.dropFirst(signs).allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// The marker of a TODO note, however it is set.
  private static var todoMarker: Regex<Substring> {
    /[>\s*_+\-0-9.]*\[\s*[!！]?\s*[Tt][Oo][Dd][Oo]\s*\]/
  }

  /// What a quote that begins with `[!NOTE]` is; nil for a quote.
  ///
  /// A marker that is written wrongly is noted, for what it was to hide would be on the page.
  private mutating func alert(_ blocks: [Block], source: String) -> Block.Content? {
    guard let first = blocks.first, case .paragraph(var inlines) = first.content, case .text(let text) = inlines[0],
      text.hasPrefix("["), let bracket = source.firstIndex(of: "["), source[..<bracket].last != "\\"
    else { return nil }
    let inner = text.dropFirst().prefix { $0 != "]" }
    let behind = text.dropFirst(inner.count + 2)
    guard inner.first == "!", text.contains("]"), let alert = Alert(rawValue: inner.dropFirst().lowercased()) else {
      if let problem = Self.misspeltAlert(inner, isClosed: text.contains("]")) { fault(first.line, problem) }
      return nil
    }
    let isAlone =
      behind.allSatisfy(\.isWhitespace)
      && (inlines.count == 1 || inlines[1] == .softBreak || inlines[1] == .lineBreak)
    if isAlone {
      inlines.removeFirst(min(2, inlines.count))
    } else if alert == .todo {
      // A note to the author stays one, whatever text follows its marker.
      let text = String(behind.drop(while: \.isWhitespace))
      if text.isEmpty { inlines.removeFirst() } else { inlines[0] = .text(text) }
    } else {
      return nil
    }
    var rest = blocks
    if inlines.isEmpty { rest.removeFirst() } else { rest[0].content = .paragraph(inlines) }
    return .alert(alert, rest)
  }

  /// What is wrong with the text in a quote's first brackets where it is meant as the marker of a box; nil for other text.
  private static func misspeltAlert(_ inner: Substring, isClosed: Bool) -> ReportProblem? {
    let lead = inner.prefix { $0 == "!" || $0 == "！" || $0.isWhitespace }
    let isMarked = lead.contains { !$0.isWhitespace }
    let rest = inner.dropFirst(lead.count)
    let word = isClosed ? rest.trimmed : String(rest.prefix { $0.isLetter })
    let plain = word.filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }.lowercased()
    guard plain.contains(where: \.isLetter), plain.allSatisfy({ $0.isLetter || $0.isNumber }) else { return nil }
    let near = nearest(to: plain, among: Alert.allCases.map(\.rawValue))
    let isOneWord = isClosed && !word.contains(where: \.isWhitespace)
    guard isMarked ? isOneWord || near != nil : plain == Alert.todo.rawValue && isClosed else { return nil }
    return .badAlert(isClosed ? "[\(inner)]" : "[\(lead)\(word)", nearest: near)
  }

  private mutating func table(_ node: OpaquePointer) -> TextTable {
    let count = Int(cmark_gfm_extensions_get_table_columns(node))
    let signs = cmark_gfm_extensions_get_table_alignments(node)
    let alignments = (0..<count).map { column -> TextTable.Alignment? in
      switch signs?[column] {
      case UInt8(ascii: "l"): .left
      case UInt8(ascii: "c"): .center
      case UInt8(ascii: "r"): .right
      default: nil
      }
    }
    var rows: [[[Inline]]] = []
    for row in children(node) { rows.append(children(row).map { inlines($0, line(row)) }) }
    return TextTable(alignments: alignments, head: rows.first ?? [], rows: Array(rows.dropFirst()))
  }

  // MARK: Inlines

  private mutating func inlines(_ node: OpaquePointer, _ line: Int, isHeading: Bool = false) -> [Inline] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      fault(line, .tooDeep("emphasis and links in one another", limit: Self.depthLimit))
      return []
    }
    var result: [Inline] = []
    var pending = ProseText(text: "", line: line, isHeading: isHeading)
    func endProse() {
      if !pending.text.isEmpty { prose.append(pending) }
      // What HTML does not take for a comment would be on the page, with what it was to hide.
      if pending.text.contains("<!--") { fault(pending.line, .openComment) }
    }
    let isAddress = name(node) == "link" && isItsOwnAddress(node)
    for child in children(node) {
      if name(child) == "text" {
        let literal = string(cmark_node_get_literal(child))
        let here = self.line(child)
        if pending.text.isEmpty { pending.line = here }
        if !isAddress { pending.text += proseText(literal) }
        for part in parts(literal) {
          if case .text(let more) = part, case .text(let before)? = result.last {
            result[result.count - 1] = .text(before + more)
          } else {
            result.append(part)
          }
        }
        continue
      }
      if !pending.text.isEmpty {
        endProse()
        pending = ProseText(text: "", line: line)
      }
      result += inline(child, line)
    }
    endProse()
    return result
  }

  private mutating func inline(_ node: OpaquePointer, _ outer: Int) -> [Inline] {
    let line = max(outer, self.line(node))
    switch name(node) {
    case "softbreak": return [.softBreak]
    case "linebreak": return [.lineBreak]
    case "code": return [.code(restored(string(cmark_node_get_literal(node))).replacing("\n", with: " "))]
    case "emph": return [.emphasis(inlines(node, line))]
    case "strong": return [.strong(inlines(node, line))]
    case "strikethrough": return [.struck(inlines(node, line))]
    case "footnote_reference":
      return Int(string(cmark_node_get_literal(node))).map { [.footnote($0 - 1)] } ?? []
    case "html_inline": return html(restored(string(cmark_node_get_literal(node))), line)
    case "link":
      let address = addressParts(string(cmark_node_get_url(node)), line)
      let title = addressParts(string(cmark_node_get_title(node)), line)
      return [.link(address, title: title, inlines(node, line))]
    case "image":
      let parts = addressParts(string(cmark_node_get_url(node)), line)
      var address = ""
      for part in parts {
        guard case .text(let text) = part else {
          fault(
            line, .badImage(restored(string(cmark_node_get_url(node))), reason: "a value cannot name an image's file"))
          return []
        }
        address += text
      }
      let title = restored(string(cmark_node_get_title(node)))
      return [.image(address, title: title, alternative: inlines(node, line), line: line)]
    default: return inlines(node, line)
    }
  }

  private func isItsOwnAddress(_ node: OpaquePointer) -> Bool {
    // An address that a link was made of is no prose.
    guard let first = cmark_node_first_child(node), cmark_node_next(first) == nil, name(first) == "text" else {
      return false
    }
    return string(cmark_node_get_url(node)).hasSuffix(string(cmark_node_get_literal(first)))
  }

  /// A tag within a sentence: comments are hidden, tags of HTML are left out, other text between angles is text.
  private mutating func html(_ tag: String, _ line: Int) -> [Inline] {
    let name = htmlName(tag)
    if name == "br" { return [.lineBreak] }
    if !tag.hasPrefix("<!"), !tag.hasPrefix("<?"), !htmlElements.contains(name) { return [.text(tag)] }
    drop(tag, line)
    return []
  }

  private mutating func drop(_ html: String, _ line: Int) {
    let visible = html.replacing(/<!--(?s:.*?)-->/, with: "").trimmed
    guard !visible.isEmpty, !visible.hasPrefix("<!--") else { return }
    for (index, text) in html.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !html.trimmed.hasPrefix("<!--"), let head = Fence(text), head.info.hasPrefix("{") else { continue }
      fault(line + index, .cellInHTML(head.info))
    }
    dropped.append(DroppedHTML(line: line, tag: String(visible.prefix { $0 != "\n" })))
  }

  // MARK: Expressions

  /// A text with its expressions apart.
  private mutating func parts(_ text: String) -> [Inline] {
    var found: [Inline] = []
    for part in split(text) {
      switch part {
      case .text(let text): found.append(.text(text))
      case .value(let place):
        switch expressions[place].kind {
        case .wrong(let problem): fault(expressions[place].line, problem)
        case .formula(let tex, _):
          do throws(FormulaFault) { _ = try Formula(tex) } catch {
            fault(expressions[place].line, .badFormula(tex, reason: "\(error)"))
          }
        case .value, .literature, .reference, .citation, .mention, .verdicts: break
        }
        found.append(.expression(place))
      }
    }
    return found
  }

  /// An address with its values apart; nothing else means anything there.
  private mutating func addressParts(_ text: String, _ line: Int) -> [AddressPart] {
    var found: [AddressPart] = []
    for part in split(text) {
      guard case .value(let place) = part else {
        found.append(part)
        continue
      }
      switch expressions[place].kind {
      case .value: found.append(part)
      case .wrong(let problem) where expressions[place].source.hasPrefix("{{"): fault(expressions[place].line, problem)
      default: found.append(.text(expressions[place].source))
      }
    }
    return found
  }

  private func split(_ text: String) -> [AddressPart] { splitAtMarks(text) }

  private func proseText(_ text: String) -> String {
    splitAtMarks(text).map { part in
      if case .text(let text) = part { return text }
      return "\u{FFFC}"
    }.joined()
  }

  /// A literal with what was written in the place of its expressions.
  private func restored(_ text: String) -> String {
    splitAtMarks(text).map { part in
      switch part {
      case .text(let text): text
      case .value(let place): expressions[place].source
      }
    }.joined()
  }
}

/// A text at the marks of its expressions.
package func splitAtMarks(_ text: String) -> [AddressPart] {
  guard text.unicodeScalars.contains(where: isMark) else { return text.isEmpty ? [] : [.text(text)] }
  var found: [AddressPart] = []
  var piece = String.UnicodeScalarView()
  var number: String.UnicodeScalarView?
  func end() {
    if !piece.isEmpty { found.append(.text(String(piece))) }
    piece = String.UnicodeScalarView()
  }
  for scalar in text.unicodeScalars {
    if scalar == expressionMark {
      if let digits = number {
        if let place = Int(String(digits)) { found.append(.value(place)) }
        number = nil
      } else {
        end()
        number = String.UnicodeScalarView()
      }
    } else if isMark(scalar) {
      continue
    } else if number != nil {
      number!.append(scalar)
    } else {
      piece.append(scalar)
    }
  }
  end()
  return found
}

/// The opening line of a fenced block.
package struct Fence {
  package var character: CChar
  package var length: Int
  package var info: String

  package init?(_ line: some StringProtocol) {
    let text = line.drop { $0 == " " || $0 == "\t" || $0 == ">" }
    guard let first = text.utf8.first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else { return nil }
    character = CChar(bitPattern: first)
    length = text.utf8.prefix { $0 == first }.count
    info = text.dropFirst(length).trimmed
    guard length >= 3 else { return nil }
  }
}

private func name(_ node: OpaquePointer) -> String {
  switch cmark_node_get_type(node) {
  case CMARK_NODE_FOOTNOTE_DEFINITION: "footnote_definition"
  case CMARK_NODE_FOOTNOTE_REFERENCE: "footnote_reference"
  default: string(cmark_node_get_type_string(node))
  }
}

private func children(_ node: OpaquePointer) -> [OpaquePointer] {
  var found: [OpaquePointer] = []
  var next = cmark_node_first_child(node)
  while let child = next {
    found.append(child)
    next = cmark_node_next(child)
  }
  return found
}

/// The element that a tag is of, in lower case.
private func htmlName(_ tag: String) -> String {
  String(tag.dropFirst().drop { $0 == "/" }.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
    .lowercased()
}

/// The elements of HTML, of its past too, and those of SVG and MathML within it.
private let htmlElements = Set(
  """
  a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas
  caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt element em embed
  fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img
  input ins isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta meter multicol nav
  nobr noembed noframes noscript object ol optgroup option output p param picture plaintext portal pre progress q rb rp rt rtc
  ruby s samp script search section select shadow slot small source spacer span strike strong style sub summary sup svg table
  tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp
  """.split { $0 == " " || $0 == "\n" }.map(String.init))

extension StringProtocol {
  /// Without spaces at both ends.
  package var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
