package import Notebooks
import Digests
package import Foundation

/// The page: blocks as HTML, with the images inside.
package struct HTMLRenderer {
  package let renderer: Renderer
  /// The PNGs of figures, by cell and variant.
  package let figures: [String: [FigureVariant: Data]]
  /// How often footnotes were referred to so far, by their places.
  private var references: [Int: Int] = [:]
  private var tables = 0

  package init(_ renderer: Renderer, figures: [String: [FigureVariant: Data]]) {
    (self.renderer, self.figures) = (renderer, figures)
  }

  private var words: Words { renderer.words }
  private var texts: ExpressionTexts { renderer.texts }

  package mutating func page() -> String {
    var body = blocks(renderer.blocks)
    body += footnotes() + referencesHTML + constantsHTML + queriesHTML
    var headings = renderer.headings
    if !texts.works.entries.isEmpty {
      headings.append(Heading(level: 2, text: words.references, slug: "references"))
    }
    for section in renderer.facts.sections {
      body += "<h2 id=\"\(escapedHTML(section.slug))\">\(escapedHTML(section.heading))</h2>\n\(section.html)\n"
      headings.append(Heading(level: 2, text: section.heading, slug: section.slug))
    }
    var titles = self
    return Rendered.page(
      renderer, titleHTML: { titles.inline($0, isLinked: true) }, body: body, headings: headings)
  }

  // MARK: Blocks

  package mutating func blocks(_ blocks: [Block], isTight: Bool = false) -> String {
    blocks.map { block($0, isTight: isTight) }.joined()
  }

  private mutating func block(_ block: Block, isTight: Bool) -> String {
    switch block.content {
    case .heading(_, let inlines):
      guard let heading = renderer.heading(block.line) else { return "" }
      let tag = "h\(heading.level)"
      return "<\(tag) id=\"\(escapedHTML(heading.slug))\">\(inline(inlines))</\(tag)>\n"
    case .paragraph(let inlines): return isTight ? inline(inlines) + "\n" : "<p>\(inline(inlines))</p>\n"
    case .code(let text, let language):
      let name = language.isEmpty ? "" : " class=\"language-\(escapedHTML(language))\""
      return "<pre tabindex=\"0\"><code\(name)>\(escapedHTML(text))</code></pre>\n"
    case .math(let tex): return "<p>\(mathML(tex, isDisplayed: true))</p>\n"
    case .list(let list): return self.list(list)
    case .quote(let inner): return "<blockquote>\n\(blocks(inner))</blockquote>\n"
    case .alert(let alert, let inner):
      let name = words.alert(alert)
      return "<section class=\"alert \(alert.rawValue)\" aria-label=\"\(name)\"><p class=\"alert-title\">\(name)</p>\n"
        + "\(blocks(inner))</section>\n"
    case .table(let table): return self.table(table)
    case .rule: return "<hr />\n"
    case .cell(let place):
      guard let cell = renderer.cells[place] else { return "" }
      let html = HTMLCells(renderer: renderer, figures: figures).html(cell) { self.inline($0) }
      return html.isEmpty ? "" : html + "\n"
    }
  }

  private mutating func list(_ list: List) -> String {
    let tag = list.start == nil ? "ul" : "ol"
    let start = list.start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
    var html = "<\(tag)\(start)>\n"
    for item in list.items {
      let sign = item.isDone.map { isDone in
        // A box that nobody can tick is a sign.
        "<span role=\"img\" aria-label=\"\(isDone ? words.done : words.toDo)\">\(isDone ? "☑" : "☐")</span> "
      }
      var inner = blocks(item.blocks, isTight: list.isTight)
      if inner.hasSuffix("\n") { inner.removeLast() }
      if let sign {
        inner = inner.hasPrefix("<p>") ? "<p>\(sign)\(inner.dropFirst(3))" : sign + inner
      }
      html += "<li>\(list.isTight ? "" : "\n")\(inner)\(list.isTight ? "" : "\n")</li>\n"
    }
    return html + "</\(tag)>\n"
  }

  private mutating func table(_ table: TextTable) -> String {
    tables += 1
    func align(_ column: Int) -> String {
      guard table.alignments.indices.contains(column), let alignment = table.alignments[column] else { return "" }
      return " align=\"\(alignment.rawValue)\""
    }
    var html =
      "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"\(words.tableOfText) \(tables)\"><table class=\"prose\">\n<thead>\n<tr>\n"
    for (column, cell) in table.head.enumerated() { html += "<th scope=\"col\"\(align(column))>\(inline(cell))</th>\n" }
    html += "</tr>\n</thead>\n"
    if !table.rows.isEmpty {
      html += "<tbody>\n"
      for row in table.rows {
        html += "<tr>\n"
        for (column, cell) in row.enumerated() { html += "<td\(align(column))>\(inline(cell))</td>\n" }
        html += "</tr>\n"
      }
      html += "</tbody>\n"
    }
    return html + "</table></div>\n"
  }

  // MARK: Inlines

  /// `isLinked` within a link, which has no other links in it.
  package mutating func inline(_ inlines: [Inline], isLinked: Bool = false) -> String {
    var html = ""
    for inline in inlines {
      switch inline {
      case .text(let text): html += escapedHTML(text)
      case .code(let text): html += "<code>\(escapedHTML(text))</code>"
      case .softBreak: html += "\n"
      case .lineBreak: html += "<br />\n"
      case .emphasis(let inner): html += "<em>\(self.inline(inner, isLinked: isLinked))</em>"
      case .strong(let inner): html += "<strong>\(self.inline(inner, isLinked: isLinked))</strong>"
      case .struck(let inner): html += "<del>\(self.inline(inner, isLinked: isLinked))</del>"
      case .link(let address, let title, let inner):
        let text = self.inline(inner, isLinked: true)
        let target = texts.address(address)
        guard !isLinked, isHarmless(target, isImage: false) else {
          html += text
          continue
        }
        let title = texts.title(title)
        let attribute = title.isEmpty ? "" : " title=\"\(escapedHTML(title))\""
        html += "<a href=\"\(escapedHTML(encodedAddress(target)))\"\(attribute)>\(text)</a>"
      case .image(let address, let title, let alternative, _):
        html += image(address, title: title, texts.plain(alternative))
      case .footnote(let place): html += footnoteReference(place)
      case .expression(let place): html += texts.html(place, runs: renderer.runs, isLinked: isLinked)
      }
    }
    return html
  }

  private func image(_ address: String, title: String, _ alternative: String) -> String {
    guard let image = renderer.images[address] else { return escapedHTML(alternative) }
    var html = "<img src=\"data:\(image.kind.rawValue);base64,\(image.data.base64EncodedString())\""
    html += " alt=\"\(escapedHTML(alternative))\""
    if !title.isEmpty { html += " title=\"\(escapedHTML(title))\"" }
    if let width = image.width, let height = image.height { html += " width=\"\(width)\" height=\"\(height)\"" }
    return html + ">"
  }

  private mutating func footnoteReference(_ place: Int) -> String {
    guard let number = renderer.footnoteNumbers[place] else { return "" }
    references[place, default: 0] += 1
    let count = references[place] ?? 1
    let id = count == 1 ? "fnref-\(number)" : "fnref-\(number)-\(count)"
    return
      "<sup class=\"footnote-ref\"><a href=\"#fn-\(number)\" id=\"\(id)\" data-footnote-ref>\(number)</a></sup>"
  }

  private mutating func footnotes() -> String {
    let shown = renderer.footnoteNumbers.sorted { $0.value < $1.value }
    guard !shown.isEmpty else { return "" }
    var html = "<section class=\"footnotes\" aria-label=\"\(words.footnotes)\">\n<ol>\n"
    for (place, number) in shown {
      let text = blocks(renderer.footnotes[place])
      let back =
        "<a href=\"#fnref-\(number)\" class=\"footnote-backref\" data-footnote-backref aria-label=\"\(words.backToText)\">↩</a>"
      let inner = text.hasSuffix("</p>\n") ? "\(text.dropLast(5)) \(back)</p>\n" : "\(text)\(back)\n"
      html += "<li id=\"fn-\(number)\">\n\(inner)</li>\n"
    }
    return html + "</ol>\n</section>\n"
  }

  // MARK: The end

  /// The works that are cited, and no others.
  private var referencesHTML: String {
    guard !texts.works.entries.isEmpty else { return "" }
    var html = "<h2 id=\"references\">\(words.references)</h2>\n<ul class=\"references\">\n"
    for entry in texts.works.entries {
      let parts = texts.works.parts(entry)
      html +=
        "<li id=\"ref-\(escapedHTML(entry.key))\">\(escapedHTML(parts.before))<cite>\(escapedHTML(parts.title))</cite>"
      html += escapedHTML(parts.behind)
      if let address = parts.address { html += " <a href=\"\(escapedHTML(address))\">\(escapedHTML(address))</a>" }
      html += "</li>\n"
    }
    return html + "</ul>\n"
  }

  private var constantsHTML: String {
    let constants = renderer.notebook.front.constants
    guard !constants.isEmpty else { return "" }
    let entries = constants.map { "<dt>\(escapedHTML($0.text))</dt><dd>\(escapedHTML($0.meaning))</dd>" }
    return
      "<details class=\"constants\"><summary>\(words.constants)</summary><dl>\(entries.joined())</dl></details>\n"
  }

  /// The queries that no table, figure or claim shows: those of numbers in sentences, and the views.
  private var queriesHTML: String {
    let queries = renderer.sentenceQueries
    guard !queries.isEmpty else { return "" }
    let entries = queries.map {
      "<dt><code>\(escapedHTML($0.id))</code></dt><dd><pre tabindex=\"0\">\(escapedHTML($0.sql.trimmed))</pre></dd>"
    }
    return
      "<details class=\"constants\"><summary>\(words.queries)</summary><dl>\(entries.joined())</dl></details>\n"
  }
}

/// An address whose characters beyond ASCII are written as addresses have them.
private func encodedAddress(_ address: String) -> String {
  var result = ""
  for scalar in address.unicodeScalars {
    if scalar.value > 0x20, scalar.value < 0x7F, !"<>\"`\\^{|}".unicodeScalars.contains(scalar) {
      result.unicodeScalars.append(scalar)
    } else {
      for byte in String(scalar).utf8 {
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
  return result
}
