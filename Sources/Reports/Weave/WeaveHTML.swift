import Digests
import Foundation

extension Weaver {
  /// The page, with the pictures inside.
  func html(pictures: [String: Data]) -> String {
    let cells = HTMLCells(words: words, runs: facts.runs, pictures: pictures)
    var body = tree.html
    // A cell's mark is a paragraph of its own, or stands within one if prose touches it.
    body = replaceMarks(body, Notebook.cellMark) { place in
      "\u{E003}" + (report.cells[place].map { cells.html($0, number: numbers[place]) } ?? "") + "\u{E004}"
    }
    body = body.replacing("<p>\u{E003}", with: "").replacing("\u{E004}</p>", with: "")
    body = body.replacing("\u{E003}", with: "</p>").replacing("\u{E004}", with: "<p>")
    body = bindInlines(body)
    body = anchored(body)
    body = body.replacing("<p></p>", with: "")
    var headings = tree.headings
    for section in facts.sections {
      body += "<h2 id=\"\(escapedHTML(section.slug))\">\(escapedHTML(section.heading))</h2>\n\(section.html)\n"
      headings.append(Heading(level: 2, text: section.heading, slug: section.slug))
    }
    return page(
      notebook: notebook, title: title, body: body, headings: headings, version: version,
      sourceDigest: sha256Hex(report.source.text))
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
          result.append(contentsOf: inlineHTML(place, isTag: isTag).unicodeScalars)
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

  private func inlineHTML(_ place: Int, isTag: Bool) -> String {
    guard !notebook.inCode.contains(place) else { return escapedHTML(notebook.inlines[place].source) }
    guard let bound = report.values[place] else { return "" }
    let text = escapedHTML(bound.text)
    guard !isTag, bound.value.number != nil else { return text }
    return dataElement(bound.value, text, query: bound.query, runs: facts.runs[bound.query] ?? [])
  }

  /// Headings with their anchors, Markdown's tables in boxes that scroll.
  private func anchored(_ html: String) -> String {
    var result = ""
    var rest = html[...]
    var next = 0
    while let tag = rest.firstRange(of: /<(h[1-6]|table|\/table)>/) {
      result += rest[..<tag.lowerBound]
      let text = rest[tag]
      rest = rest[tag.upperBound...]
      if text == "<table>" {
        // The weaver's own tables stand in their boxes already.
        let isOwn = result.hasSuffix("\">") && result.suffix(400).contains("class=\"scroll\"")
        result +=
          isOwn
          ? "<table>"
          : "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table class=\"prose\">"
      } else if text == "</table>" {
        result += "</table>"
        if !rest.hasPrefix("</div>") { result += "</div>" }
      } else if next < tree.headings.count {
        result += "<\(text.dropFirst().dropLast()) id=\"\(escapedHTML(tree.headings[next].slug))\">"
        next += 1
      } else {
        result += text
      }
    }
    return result + rest
  }
}
