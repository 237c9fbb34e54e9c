import Digests
import Files
import Foundation
import Store

/// What weaving wrote.
public struct WovenReport: Sendable, Hashable {
  public var pagePath: String
  public var markdownPath: String
  public var figures: [String]
  public var warnings: [String]
}

/// Weaves a notebook over a store's rows: `index.html`, `README.md`, `figures/` and `data/` in the folder `output`.
///
/// All of it is made in memory before the first file is written, and the same rows give the same bytes. Throws
/// ``ReportError`` with everything that is wrong with the notebook, or for a folder that cannot be written.
public func weaveReport(
  notebook file: String, source: any RowSource, output: String, version: String
) throws(ReportError) -> WovenReport {
  let notebook = try readNotebook(file)
  let evaluated = try evaluate(notebook, source)
  let weaver = Weaver(evaluated, version: version)
  do throws(FileError) {
    try makeDirectory("\(output)/figures")
    try makeDirectory("\(output)/data")
    for (name, data) in weaver.files { try writeFileAtomically("\(output)/\(name)", data) }
    let markdown = "\(output)/README.md"
    try writeTextAtomically(markdown, weaver.markdown)
    let page = "\(output)/index.html"
    try writeTextAtomically(page, weaver.html(digest: sha256Hex(try readFile(file))))
    removeOthers(output, keeping: Set(weaver.files.map(\.name)))
    return WovenReport(
      pagePath: page, markdownPath: markdown,
      figures: weaver.files.map(\.name).filter { $0.hasPrefix("figures/") }.map { "\(output)/\($0)" },
      warnings: weaver.warnings)
  } catch {
    throw .file(error)
  }
}

/// Figures and data that an earlier weave left and this one has not.
private func removeOthers(_ output: String, keeping names: Set<String>) {
  for (folder, suffix) in [("figures", ".png"), ("data", ".csv")] {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(output)/\(folder)")) ?? []
    where name.hasSuffix(suffix) && !names.contains("\(folder)/\(name)") {
      unlink("\(output)/\(folder)/\(name)")
    }
  }
}

/// Puts an evaluated notebook together.
private struct Weaver {
  let evaluated: EvaluatedNotebook
  let version: String
  let tree: MarkdownTree
  let title: String
  /// The numbers of tables and of figures, by cell.
  var numbers: [Int: Int] = [:]
  private(set) var warnings: [String] = []

  var notebook: Notebook { evaluated.notebook }

  init(_ evaluated: EvaluatedNotebook, version: String) {
    self.evaluated = evaluated
    self.version = version
    let values = evaluated.notebook.values
    tree = MarkdownTree(evaluated.lines.joined(separator: "\n")) { "{{\(values[$0].source)}}" }
    title =
      evaluated.notebook.title ?? tree.headings.first { $0.level == 1 }?.text
      ?? evaluated.notebook.file.split(separator: "/").last.map(String.init) ?? "Report"
    var tables = 0
    var figures = 0
    for (place, cell) in evaluated.cells.enumerated() {
      switch cell?.content {
      case .table:
        tables += 1
        numbers[place] = tables
      case .figure:
        figures += 1
        numbers[place] = figures
      default: break
      }
    }
    if tree.hasRawHTML { warnings.append("\(evaluated.notebook.file): raw HTML is left out of the page") }
    for (value, bound) in zip(values, evaluated.values) where bound?.value == .null {
      warnings.append("\(evaluated.notebook.file):\(value.line): {{\(value.source)}} has no value")
    }
  }

  /// Figures and data, by their names in the report's folder.
  var files: [(name: String, data: Data)] {
    evaluated.cells.compactMap { $0 }.flatMap { cell -> [(name: String, data: Data)] in
      var files = [(name: "data/\(cell.cell.id).csv", data: Data(cell.rows.csv.utf8))]
      if case .figure(let figure) = cell.content {
        files.append((name: "figures/\(cell.cell.id).png", data: figure.png))
      }
      return files
    }
  }

  func html(digest: String) -> String {
    let cells = HTMLCells(language: notebook.language)
    var body = tree.html
    // A cell's mark is a paragraph of its own, or stands within one if prose touches it.
    body = replaceMarks(body, Notebook.cellMark) { place in
      "\u{E003}" + (evaluated.cells[place].map { cells.html($0, number: numbers[place]) } ?? "") + "\u{E004}"
    }
    body = body.replacing("<p>\u{E003}", with: "").replacing("\u{E004}</p>", with: "")
    body = body.replacing("\u{E003}", with: "</p>").replacing("\u{E004}", with: "<p>")
    body = bindValues(body)
    body = anchored(body)
    body = body.replacing("<p></p>", with: "")
    return page(
      notebook: notebook, title: title, body: body, headings: tree.headings, version: version, sourceDigest: digest)
  }

  /// Values as elements in text, and as plain text within a tag.
  private func bindValues(_ html: String) -> String {
    var isTag = false
    var result = String.UnicodeScalarView()
    var digits: String?
    for scalar in html.unicodeScalars {
      if scalar == Notebook.valueMark {
        if let place = digits.flatMap({ Int($0) }) {
          digits = nil
          guard let bound = evaluated.values[place] else { continue }
          let text = escapedHTML(bound.text)
          let isNumber = bound.value.number != nil
          result.append(
            contentsOf: (isTag || !isNumber ? text : dataElement(bound.value, text, query: bound.query)).unicodeScalars)
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

  var markdown: String {
    var text = evaluated.lines.joined(separator: "\n")
    let words = Words(language: notebook.language)
    text = replaceMarks(text, Notebook.cellMark) { place in
      guard let cell = evaluated.cells[place] else { return "" }
      return "\n" + markdownCell(cell, number: numbers[place], words) + "\n"
    }
    text = replaceMarks(text, Notebook.valueMark) { place in
      if tree.marksInCode.contains(place) { return "{{\(notebook.values[place].source)}}" }
      return evaluated.values[place].map { escapedMarkdown($0.text) } ?? ""
    }
    var head = notebook.title.map { "# \(escapedMarkdown($0))\n" } ?? ""
    if let subtitle = notebook.subtitle { head += "\n\(escapedMarkdown(subtitle))\n" }
    let tail = "\n---\n\n\(words.made) \(version).\n"
    return squeezed(head + "\n" + text) + tail
  }

  /// At most one empty line in a row, none within blocks of code touched.
  private func squeezed(_ text: String) -> String {
    var lines: [Substring] = []
    var fence = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let ticks = line.prefix { $0 == "`" }.count
      if ticks >= 3, fence == 0 { fence = ticks } else if fence > 0, ticks >= fence, line.count == ticks { fence = 0 }
      if line.isEmpty, fence == 0, lines.last?.isEmpty != false { continue }
      lines.append(line)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private func markdownCell(_ cell: EvaluatedCell, number: Int?, _ words: Words) -> String {
    let caption = sentenceMarkdown(cell.cell.option("caption") ?? "")
    switch cell.content {
    case .nothing: return ""
    case .otherwise(let sentence): return "> \(sentenceMarkdown(sentence))"
    case .printout(let text):
      let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
      let fence = String(repeating: "`", count: max(3, longest + 1))
      return "\(fence)text\n\(text)\n\(fence)" + (caption.isEmpty ? "" : "\n\n\(caption)")
    case .figure(let figure):
      let alt = escapedMarkdown(figure.altText)
      return
        "![\(alt)](figures/\(cell.cell.id).png)\n\n**\(words.figure) \(number ?? 0).**\(caption.isEmpty ? "" : " \(caption)")"
    case .table(let columns):
      var lines = ["**\(words.table) \(number ?? 0).**\(caption.isEmpty ? "" : " \(caption)")", ""]
      lines.append("| " + columns.map { escapedMarkdown($0.heading) }.joined(separator: " | ") + " |")
      lines.append(
        "| "
          + columns.map { column in
            cell.rows.rows.allSatisfy { $0[column.source] == .null || $0[column.source].number != nil } ? "---:" : "---"
          }.joined(separator: " | ") + " |")
      for row in cell.rows.rows {
        lines.append(
          "| " + columns.map { escapedMarkdown($0.format.text(row[$0.source])) }.joined(separator: " | ") + " |")
      }
      return lines.joined(separator: "\n")
    }
  }
}
