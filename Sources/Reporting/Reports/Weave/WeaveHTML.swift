import Digests
import Foundation

extension Weaver {
  /// The page, with the pictures inside.
  func html(pictures: [String: Data]) -> String {
    let cells = HTMLCells(words: words, runs: runs, pictures: pictures)
    var body = tree.html
    // A cell's mark is a paragraph of its own, or stands within one if prose touches it.
    body = replaceMarks(body, Notebook.cellMark) { place in
      "\u{E003}" + (self.cells[place].map { cells.html($0, number: numbers[$0.cell.id]) } ?? "") + "\u{E004}"
    }
    body = body.replacing("<p>\u{E003}", with: "").replacing("\u{E004}</p>", with: "")
    body = body.replacing("\u{E003}", with: "</p>").replacing("\u{E004}", with: "<p>")
    body = bindInlines(body)
    body = anchored(body)
    body = body.replacing("<p></p>", with: "")
    var headings = tree.headings
    body += referencesHTML + constantsHTML
    if !inlines.works.entries.isEmpty {
      headings.append(Heading(level: 2, text: words.references, slug: "references"))
    }
    for section in facts.sections {
      body += "<h2 id=\"\(escapedHTML(section.slug))\">\(escapedHTML(section.heading))</h2>\n\(section.html)\n"
      headings.append(Heading(level: 2, text: section.heading, slug: section.slug))
    }
    return page(
      notebook: notebook, title: title, hasTitle: hasOwnTitle, body: body, headings: headings, version: version,
      sourceDigest: sha256Hex(report.source.text), typed: unbound.count)
  }

  /// Inlines as elements in text, and as plain text within a tag.
  private func bindInlines(_ html: String) -> String {
    var isTag = false
    var result = String.UnicodeScalarView()
    var digits: String?
    for scalar in html.unicodeScalars {
      if scalar == Notebook.inlineMark {
        if let place = digits.flatMap({ Int($0) }) {
          digits = nil
          let text = isTag ? escapedHTML(inlines.plain(place)) : inlines.html(place, runs: runs)
          result.append(contentsOf: text.unicodeScalars)
        } else {
          digits = ""
        }
      } else if digits != nil {
        digits!.unicodeScalars.append(scalar)
      } else {
        if scalar == "<" { isTag = true } else if scalar == ">" { isTag = false }
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// The works that are cited, and no others.
  private var referencesHTML: String {
    guard !inlines.works.entries.isEmpty else { return "" }
    var html = "<h2 id=\"references\">\(words.references)</h2>\n<ul class=\"references\">\n"
    for entry in inlines.works.entries {
      let parts = inlines.works.parts(entry)
      html +=
        "<li id=\"ref-\(escapedHTML(entry.key))\">\(escapedHTML(parts.before))<cite>\(escapedHTML(parts.title))</cite>"
      html += escapedHTML(parts.behind)
      if let address = parts.address { html += " <a href=\"\(escapedHTML(address))\">\(escapedHTML(address))</a>" }
      html += "</li>\n"
    }
    return html + "</ul>\n"
  }

  private var constantsHTML: String {
    guard !notebook.front.constants.isEmpty else { return "" }
    let entries = notebook.front.constants.map { "<dt>\(escapedHTML($0.text))</dt><dd>\(escapedHTML($0.meaning))</dd>" }
    return
      "<details class=\"constants\" open><summary>\(words.constants)</summary><dl>\(entries.joined())</dl></details>\n"
  }

  /// Whether the text's first heading is the page's title.
  private var hasOwnTitle: Bool { notebook.front.title == nil && tree.headings.first?.level == 1 }

  /// Headings with their anchors, Markdown's tables in boxes that scroll, and footnotes with their words.
  private func anchored(_ html: String) -> String {
    var result = ""
    var rest = html[...]
    var (next, tables) = (0, 0)
    while let tag = rest.firstRange(of: /<(h[1-6]|table|\/table|th|th align="[a-z]+"|section class="footnotes"[^>]*)>/)
    {
      result += rest[..<tag.lowerBound]
      let text = rest[tag]
      rest = rest[tag.upperBound...]
      if text == "<table>" {
        // The weaver's own tables have a class.
        tables += 1
        result +=
          "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"\(words.tableOfText) \(tables)\"><table class=\"prose\">"
      } else if text == "</table>" {
        result += "</table>"
        if !rest.hasPrefix("</div>") { result += "</div>" }
      } else if text.hasPrefix("<th") {
        result += "<th scope=\"col\"\(text.dropFirst(3))"
      } else if text.hasPrefix("<section") {
        result += "<section class=\"footnotes\" aria-label=\"\(words.footnotes)\">"
      } else if next < tree.headings.count {
        result += "<\(text.dropFirst().dropLast()) id=\"\(escapedHTML(tree.headings[next].slug))\">"
        next += 1
      } else {
        result += text
      }
    }
    // A box that nobody can tick is a sign.
    return (result + rest)
      .replacing(
        "<input type=\"checkbox\" disabled=\"\" />",
        with: "<span role=\"img\" aria-label=\"\(words.toDo)\">☐</span>"
      )
      .replacing(
        "<input type=\"checkbox\" checked=\"\" disabled=\"\" />",
        with: "<span role=\"img\" aria-label=\"\(words.done)\">☑</span>"
      )
      .replacing("aria-label=\"Back to content\"", with: "aria-label=\"\(words.backToText)\"")
  }
}
