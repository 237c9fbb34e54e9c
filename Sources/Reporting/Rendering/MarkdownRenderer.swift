package import Foundation
package import Notebooks

/// The same blocks as Markdown that GitHub and Jupyter render.
package struct MarkdownRenderer {
  package let renderer: Renderer
  /// Within a table's row, where a line is a row and a pipe ends a cell.
  private var isRow = false
  /// Within a link, which has no other links in it.
  private var isLinked = false
  /// In a Jupyter notebook images are attached, and quotes have no kinds.
  package var isJupyter = false
  /// The PNGs of figures that lie beside the text, by cell and variant; none in a Jupyter notebook.
  package let figures: [String: [FigureVariant: Data]]

  package init(_ renderer: Renderer, figures: [String: [FigureVariant: Data]] = [:], isJupyter: Bool = false) {
    (self.renderer, self.isJupyter, self.figures) = (renderer, isJupyter, figures)
  }

  private var words: Words { renderer.words }
  private var texts: ExpressionTexts { renderer.texts }

  /// The whole report.
  package func document() -> String {
    var parts: [String] = []
    if !renderer.hasOwnTitle, !renderer.notebook.title.isEmpty { parts.append("# \(inline(renderer.notebook.title))") }
    if !renderer.notebook.subtitle.isEmpty { parts.append(inline(renderer.notebook.subtitle)) }
    parts += blocks(renderer.blocks) + footnotes() + references() + queries()
    for section in renderer.facts.sections {
      parts += ["## \(escapedMarkdown(section.heading))", section.markdown]
    }
    parts += ["---", "\(escapedMarkdown(renderer.footer))\(words.gap)`\(fileName)`\(words.stop)"]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var fileName: String {
    renderer.notebook.file.split(separator: "/").last.map(String.init) ?? renderer.notebook.file
  }

  // MARK: Blocks

  /// Each block; nothing for what shows nothing.
  package func blocks(_ blocks: [Block]) -> [String] {
    var found: [String] = []
    // Two lists behind one another have other signs, or they would be one.
    var isOther = false
    var wasList = false
    for block in blocks {
      if case .list = block.content { isOther = wasList && !isOther } else { isOther = false }
      let text = self.block(block, isOther: isOther)
      guard !text.isEmpty else { continue }
      found.append(text)
      if case .list = block.content { wasList = true } else { wasList = false }
    }
    return found
  }

  private func block(_ block: Block, isOther: Bool) -> String {
    switch block.content {
    case .heading(_, let inlines):
      guard let heading = renderer.heading(block.line) else { return "" }
      return String(repeating: "#", count: heading.level) + " " + inline(inlines).replacing("\n", with: " ")
    case .paragraph(let inlines): return paragraph(inlines)
    case .code(let text, let language): return fenced(text.hasSuffix("\n") ? String(text.dropLast()) : text, language)
    case .math(let tex): return "$$\n\(tex)\n$$"
    case .list(let list): return self.list(list, isOther: isOther)
    case .quote(let inner): return quoted(blocks(inner).joined(separator: "\n\n"))
    case .alert(let alert, let inner):
      // GitHub has no alert of the kind TODO.
      let head = isJupyter || alert == .todo ? "**\(words.alert(alert))**\n\n" : "[!\(alert.rawValue.uppercased())]\n"
      return quoted(head + blocks(inner).joined(separator: "\n\n"))
    case .table(let table): return self.table(table)
    case .rule: return "---"
    case .cell(let place):
      guard let cell = renderer.cells[place] else { return "" }
      return MarkdownCells(renderer: renderer, markdown: self).text(cell)
    }
  }

  /// Lines that would begin something else do not.
  package func paragraph(_ inlines: [Inline]) -> String {
    inline(inlines).split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let line = line.drop { $0 == " " }
      if let first = line.first, "#+-=".contains(first) { return "\\\(line)" }
      let digits = line.prefix { $0.isASCII && $0.isNumber }
      let behind = line.dropFirst(digits.count)
      if (1...9).contains(digits.count), let sign = behind.first, sign == "." || sign == ")",
        behind.dropFirst().first.map({ $0 == " " }) ?? true
      {
        return "\(digits)\\\(behind)"
      }
      return String(line)
    }.joined(separator: "\n")
  }

  private func quoted(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? ">" : "> \($0)" }
      .joined(separator: "\n")
  }

  private func list(_ list: List, isOther: Bool) -> String {
    var items: [String] = []
    for (index, item) in list.items.enumerated() {
      let sign = list.start.map { "\($0 + index)\(isOther ? ")" : ".")" } ?? (isOther ? "*" : "-")
      let box = item.isDone.map { $0 ? "[x] " : "[ ] " } ?? ""
      let inner = box + blocks(item.blocks).joined(separator: list.isTight ? "\n" : "\n\n")
      let indent = String(repeating: " ", count: sign.count + 1)
      items.append(
        inner.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { place, line in
          place == 0 ? "\(sign) \(line)" : line.isEmpty ? "" : indent + line
        }.joined(separator: "\n"))
    }
    return items.joined(separator: list.isTight ? "\n" : "\n\n")
  }

  private func table(_ table: TextTable) -> String {
    var inner = self
    inner.isRow = true
    func row(_ cells: [[Inline]]) -> String { "| " + cells.map { inner.inline($0) }.joined(separator: " | ") + " |" }
    let line = table.alignments.map { alignment in
      switch alignment {
      case .left: ":---"
      case .center: ":---:"
      case .right: "---:"
      case nil: "---"
      }
    }
    return ([row(table.head), "|\(line.joined(separator: "|"))|"] + table.rows.map(row)).joined(separator: "\n")
  }

  package func footnotes() -> [String] {
    renderer.footnoteNumbers.sorted { $0.value < $1.value }.map { place, number in
      let lines = blocks(renderer.footnotes[place]).joined(separator: "\n\n")
        .split(separator: "\n", omittingEmptySubsequences: false)
      return "[^\(number)]: "
        + lines.enumerated().map { $0 == 0 || $1.isEmpty ? String($1) : "    \($1)" }.joined(separator: "\n")
    }
  }

  // MARK: Inlines

  package func inline(_ inlines: [Inline]) -> String {
    let pieces = inlines.map(piece)
    var result = ""
    for (index, piece) in pieces.enumerated() {
      let next = index + 1 < pieces.count ? pieces[index + 1].text.unicodeScalars.first : nil
      result += piece.written(before: result.unicodeScalars.last, next: next)
    }
    return result
  }

  /// A piece, and what is around it where it is emphasis.
  private struct Piece {
    var text: String
    var sign = ""
    var tag = ""

    /// With signs, or with tags where Markdown would not see the signs beside punctuation.
    func written(before: Unicode.Scalar?, next: Unicode.Scalar?) -> String {
      guard !sign.isEmpty else { return text }
      func touches(_ inner: Unicode.Scalar?, _ outer: Unicode.Scalar?) -> Bool {
        guard let inner, let outer else { return false }
        return isPunctuation(inner) && !isPunctuation(outer) && !outer.properties.isWhitespace
      }
      let scalars = text.unicodeScalars
      let isLost = touches(scalars.first, before) || touches(scalars.last, next)
      return isLost ? "<\(tag)>\(text)</\(tag)>" : sign + text + sign
    }
  }

  private func piece(_ inline: Inline) -> Piece {
    switch inline {
    case .text(let text): return Piece(text: escapedMarkdown(text))
    case .code(let text): return Piece(text: code(text))
    case .softBreak: return Piece(text: isRow ? " " : "\n")
    case .lineBreak: return Piece(text: isRow ? "<br>" : "\\\n")
    case .emphasis(let inner): return Piece(text: self.inline(inner), sign: "*", tag: "em")
    case .strong(let inner): return Piece(text: self.inline(inner), sign: "**", tag: "strong")
    case .struck(let inner): return Piece(text: self.inline(inner), sign: "~~", tag: "del")
    case .link(let address, let title, let inner): return Piece(text: link(address, title, inner))
    case .image(let address, let title, let alternative, _):
      let name = isJupyter ? "attachment:\(attachmentName(address))" : markdownAddress(imageFile(address))
      let title = title.isEmpty ? "" : " \"\(escapedMarkdown(title).replacing("\"", with: "&quot;"))\""
      return Piece(text: "![\(escapedMarkdown(texts.plain(alternative)))](\(name)\(title))")
    case .footnote(let place): return Piece(text: renderer.footnoteNumbers[place].map { "[^\($0)]" } ?? "")
    case .expression(let place): return Piece(text: texts.markdown(place, isLinked: isLinked))
    }
  }

  /// An image's name among the attachments of a Jupyter cell.
  package func attachmentName(_ address: String) -> String { String(imageFile(address).dropFirst("images/".count)) }

  private func link(_ address: Address, _ title: [AddressPart], _ inner: [Inline]) -> String {
    var linked = self
    linked.isLinked = true
    let text = linked.inline(inner)
    let target = texts.address(address)
    guard !isLinked, isHarmless(target, isImage: false) else { return text }
    let title = texts.title(title)
    // An address that is its own text.
    if title.isEmpty, texts.plain(inner) == target, target.contains("://"),
      target.unicodeScalars.allSatisfy({ $0.value > 0x20 && !"<>\\`|$".unicodeScalars.contains($0) })
    {
      return "<\(target)>"
    }
    let quoted = title.isEmpty ? "" : " \"\(escapedMarkdown(title).replacing("\"", with: "&quot;"))\""
    return "[\(text)](\(markdownAddress(target))\(quoted))"
  }

  private func code(_ text: String) -> String {
    var text = text.replacing("\n", with: " ")
    if isRow { text = text.replacing("|", with: "\\|") }
    let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
    let ticks = String(repeating: "`", count: longest + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") || text.allSatisfy { $0 == " " } ? " " : ""
    return ticks + pad + text + pad + ticks
  }

  /// The queries that no table, figure or claim shows, folded; a Jupyter notebook has them as cells.
  private func queries() -> [String] {
    let queries = renderer.sentenceQueries
    guard !queries.isEmpty else { return [] }
    let entries = queries.map { "`\($0.id)`\n\n\(fenced($0.sql.trimmed, "sql"))" }
    return ["<details><summary>\(words.queries)</summary>\n\n\(entries.joined(separator: "\n\n"))\n\n</details>"]
  }

  /// The works that are cited, and the constants.
  package func references() -> [String] {
    var parts: [String] = []
    if !texts.works.entries.isEmpty {
      parts.append("## \(words.references)")
      parts.append(
        texts.works.entries.map { entry in
          let work = texts.works.parts(entry)
          return
            "- <a id=\"ref-\(escapedHTML(entry.key))\"></a>\(escapedMarkdown(work.before))*\(escapedMarkdown(work.title))*"
            + escapedMarkdown(work.behind) + (work.address.map { " <\($0)>" } ?? "")
        }.joined(separator: "\n"))
    }
    let constants = renderer.notebook.front.constants
    if !constants.isEmpty {
      let entries = constants.map {
        "\(escapedMarkdown($0.text))\(words.gap)\(words.bracketed(escapedMarkdown($0.meaning)))"
      }
      parts.append("\(words.constants)\(words.colon)\(entries.joined(separator: words.comma))")
    }
    return parts
  }
}

/// A block of code with a fence that is longer than what it has of backticks.
package func fenced(_ text: String, _ language: String) -> String {
  let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
  let fence = String(repeating: "`", count: max(3, longest + 1))
  return "\(fence)\(language.contains("`") ? "" : language)\n\(text)\n\(fence)"
}
