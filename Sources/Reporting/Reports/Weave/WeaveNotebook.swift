import ExactJSON
import Foundation
import Store

extension Weaver {
  /// Rows that an output shows; all of them are in the data folder, and come when the cell is run.
  private static let shownRows = 50

  /// The same as a Jupyter notebook (nbformat 4.5): prose, figures attached to it, and each query as a cell of Python that
  /// asks the page's evidence, with its rows as output.
  func notebookJSON(pictures: [String: Data]) -> Data {
    var cells = NotebookCells()
    cells.markdown(
      (notebook.front.title.map { "# \(escapedMarkdown($0))\n\n" } ?? "")
        + (notebook.front.subtitle.map { "\(escapedMarkdown($0))\n\n" } ?? "") + words.runnable)
    let asked = Dictionary(queries.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
    // What a view finds is seen where it is read.
    let helpers = Dictionary(
      self.cells.compactMap { $0 }.filter { $0.cell.kind == .query && !$0.cell.isView }.map { ($0.cell.line, $0) },
      uniquingKeysWith: { one, _ in one })
    var prose: [String] = []
    var waiting: [EvaluatedCell] = []
    func flush() {
      let text = withoutHTML(prose.joined(separator: "\n"))
      cells.markdown(squeezed(replaceMarks(text, Notebook.inlineMark, inlines.markdown)))
      prose = []
    }
    /// The queries behind a section's sentences come at its end.
    func endSection() {
      flush()
      if !waiting.isEmpty { cells.markdown("*\(words.behindSentences)*") }
      for cell in waiting { add(cell, asked[cell.cell.id], to: &cells, pictures: pictures) }
      waiting = []
    }
    for (index, line) in report.lines.enumerated() {
      if let helper = helpers[index + 1], asked[helper.cell.id] != nil { waiting.append(helper) }
      if line.hasPrefix("# ") || line.hasPrefix("## ") { endSection() }
      // The marks stand at the odd places, if prose touches them or not.
      for (part, text) in line.split(separator: Character(Notebook.cellMark), omittingEmptySubsequences: false)
        .enumerated()
      {
        guard !part.isMultiple(of: 2) else {
          prose.append(String(text))
          continue
        }
        guard let place = Int(text), let cell = self.cells[place] else { continue }
        flush()
        add(cell, asked[cell.cell.id], to: &cells, pictures: pictures)
      }
    }
    endSection()
    cells.markdown(referencesMarkdown)
    for section in facts.sections {
      cells.markdown("## \(escapedMarkdown(section.heading))\n\n\(section.markdown)")
    }
    cells.markdown("---\n\n\(words.made) \(version).")
    return cells.json(title: title)
  }

  private func add(
    _ cell: EvaluatedCell, _ query: AskedQuery?, to cells: inout NotebookCells, pictures: [String: Data]
  ) {
    let id = cell.cell.id
    let number = numbers[id] ?? 0
    let anchor = inlines.targets.contains(id) ? "<a id=\"\(cell.cell.anchor)\"></a>\n\n" : ""
    let caption = replaceMarks(
      sentenceMarkdown(cell.cell.option("caption") ?? ""), Notebook.inlineMark, inlines.markdown)
    var output = query.map { rowsOutput($0.rows) }
    switch cell.content {
    case .nothing: break
    case .otherwise, .claim:
      cells.markdown(anchor + replaceMarks(markdownCell(cell, number: number), Notebook.inlineMark, inlines.markdown))
    case .printout(let text):
      if !caption.isEmpty { cells.markdown(anchor + caption) }
      output = .stream(text + "\n")
    case .figure(let figure):
      cells.markdown(
        "\(anchor)![\(escapedMarkdown(figure.altText))](attachment:figure.png)\n\n**\(words.figure) \(number).** \(caption)",
        attachment: pictures[id])
    case .table(let columns):
      cells.markdown("\(anchor)**\(words.table) \(number).** \(caption)")
      output = tableOutput(columns, cell.rows)
    }
    guard let query, let output else { return }
    cells.prepare(for: query)
    var printed = NotebookCells.python(query)
    if case .stream = output { printed = "print(\(printed)[0][0])" }
    cells.code(printed, outputs: [output])
  }

  /// A query's rows as they are.
  private func rowsOutput(_ rows: QueryResult) -> NotebookCells.Output {
    let columns = rows.columns.enumerated().map { TableColumn(source: $0, heading: $1, format: .automatic) }
    return tableOutput(columns, rows)
  }

  private func tableOutput(_ columns: [TableColumn], _ rows: QueryResult) -> NotebookCells.Output {
    let shown = rows.rows.prefix(Self.shownRows)
    let texts = shown.map { row in columns.map { $0.format.text(row[$0.source]) } }
    let more = rows.rows.count - shown.count
    let plain = QueryResult(columns: columns.map(\.heading), rows: texts.map { $0.map { SQLValue.text($0) } }).table
    var html = "<table><thead><tr>"
    for column in columns { html += "<th>\(escapedHTML(column.heading))</th>" }
    html += "</tr></thead><tbody>"
    for row in texts {
      html += "<tr>" + row.map { "<td>\(escapedHTML($0))</td>" }.joined() + "</tr>"
    }
    html += "</tbody></table>"
    if more > 0 { html += "<p>+ \(more)</p>" }
    return .result(plain: plain + (more > 0 ? "\n+ \(more)" : ""), html: html)
  }
}

/// Markdown whose raw HTML is text: nbconvert passes on what it finds. Code and addresses between angle brackets stay.
func withoutHTML(_ text: String) -> String {
  var fence = ""
  return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
    let start = line.drop { $0 == " " || $0 == ">" }
    let ticks = String(start.prefix { $0 == "`" || $0 == "~" })
    if ticks.count >= 3 {
      if fence.isEmpty { fence = ticks } else if ticks.hasPrefix(fence) { fence = "" }
      return String(line)
    }
    guard fence.isEmpty else { return String(line) }
    var result = ""
    var rest = line
    while let place = rest.firstIndex(where: { $0 == "`" || $0 == "<" }) {
      result += rest[..<place]
      rest = rest[place...]
      if rest.first == "`" {
        let ticks = rest.prefix { $0 == "`" }
        let behind = rest.dropFirst(ticks.count)
        if let end = behind.firstRange(of: ticks) {
          result += rest[..<end.upperBound]
          rest = rest[end.upperBound...]
        } else {
          result += ticks
          rest = behind
        }
      } else {
        let isAddress = rest.prefixMatch(of: /<(https?:|mailto:)[^ <>]*>/) != nil
        result += isAddress ? "<" : "&lt;"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }.joined(separator: "\n")
}

/// The cells of a Jupyter notebook. Their ids follow from their order.
struct NotebookCells {
  enum Output {
    case result(plain: String, html: String)
    case stream(String)
  }

  private var cells: [JSONValue] = []
  private var executed = 0
  private var hasPrelude = false
  private var hasStatistics = false

  mutating func markdown(_ text: String, attachment: Data? = nil) {
    let text = text.trimmed
    guard !text.isEmpty else { return }
    var members: [JSONValue.Member] = []
    if let attachment {
      members.append(
        .init(
          "attachments", .object(["figure.png": .object(["image/png": .text(attachment.base64EncodedString())])])))
    }
    members += [
      .init("cell_type", "markdown"), .init("id", .text(nextID("text"))), .init("metadata", .object([:])),
      .init("source", Self.lines(text)),
    ]
    cells.append(.object(members))
  }

  /// What a query needs is there before the first that needs it.
  mutating func prepare(for query: AskedQuery) {
    if !hasPrelude { code(Self.prelude, outputs: []) }
    hasPrelude = true
    guard !hasStatistics, Self.needsStatistics(query.sql) else { return }
    code(Self.statistics, outputs: [])
    hasStatistics = true
  }

  /// Python, folded away where the page shows queries folded.
  mutating func code(_ source: String, outputs: [Output]) {
    executed += 1
    let count = JSONValue.integer(Int64(executed))
    cells.append(
      .object([
        "cell_type": "code", "execution_count": count, "id": .text(nextID("code")),
        "metadata": .object(["jupyter": .object(["source_hidden": .bool(true)])]),
        "outputs": .array(
          outputs.map { output in
            switch output {
            case .stream(let text):
              .object(["name": "stdout", "output_type": "stream", "text": Self.lines(text)])
            case .result(let plain, let html):
              .object([
                "data": .object(["text/html": Self.lines(html), "text/plain": Self.lines(plain)]),
                "execution_count": count, "metadata": .object([:]), "output_type": "execute_result",
              ])
            }
          }), "source": Self.lines(source),
      ]))
  }

  func json(title: String) -> Data {
    let notebook = JSONValue.object([
      "cells": .array(cells),
      "metadata": .object([
        "kernelspec": .object(["display_name": "Python 3", "language": "python", "name": "python3"]),
        "language_info": .object(["name": "python"]), "title": .text(title),
      ]), "nbformat": .integer(4), "nbformat_minor": .integer(5),
    ])
    return Data(notebook.json(linesTo: 5).utf8)
  }

  private func nextID(_ kind: String) -> String { "\(kind)-\(cells.count + 1)" }

  /// A text as the list of its lines, each with its end.
  private static func lines(_ text: String) -> JSONValue {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { lines.append(line + "\n") }
    let last = lines.removeLast().dropLast()
    return .array(lines.map { .text($0) } + (last.isEmpty ? [] : [.text(String(last))]))
  }

  /// A query as Python asks it.
  static func python(_ query: AskedQuery) -> String {
    let sql = query.sql.trimmed
    // Raw between three quotes, where that can be; it is data to Python whatever is in it.
    let text =
      sql.contains("\"\"\"") || sql.contains("\\") || sql.contains("\r") || sql.contains("\0")
      ? JSONValue.text(sql).json : "\"\"\"\n\(sql)\n\"\"\""
    guard !query.parameters.isEmpty else { return "ask(\(text))" }
    let parameters = query.parameters.sorted { $0.key < $1.key }.map {
      "\(JSONValue.text($0.key).json): \(python($0.value))"
    }
    return "ask(\(text), {\(parameters.joined(separator: ", "))})"
  }

  private static func python(_ value: SQLValue) -> String {
    switch value {
    case .null: "None"
    case .integer, .real: value.number?.isFinite == true ? value.plainText : "float(\"\(value.plainText)\")"
    case .text(let text): JSONValue.text(text).json
    case .blob: "bytes.fromhex(\"\(value.plainText)\")"
    }
  }
}
