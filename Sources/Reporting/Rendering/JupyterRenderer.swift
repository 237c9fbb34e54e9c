import Notebooks
import ExactJSON
package import Foundation
import Store

/// The same blocks as a Jupyter notebook (nbformat 4.5): prose, figures attached to it, and each query as a cell of Python that
/// asks the page's evidence, with its rows as output.
package struct JupyterRenderer {
  package let renderer: Renderer
  /// The PNGs of figures, by cell.
  package let figures: [String: Data]
  private let markdown: MarkdownRenderer
  private var cells = NotebookCells()
  /// Blocks of prose that are not yet in a cell.
  private var prose: [Block] = []
  /// Queries behind the sentences of the section at hand.
  private var waiting: [EvaluatedCell] = []
  /// The ids of queries that have their cells.
  private var added: Set<String> = []

  /// Rows that an output shows; all of them are in the data folder, and come when the cell is run.
  private static let shownRows = 50

  package init(_ renderer: Renderer, figures: [String: Data]) {
    self.renderer = renderer
    self.figures = figures
    markdown = MarkdownRenderer(renderer, isJupyter: true)
  }

  private var words: Words { renderer.words }

  package consuming func notebook() -> Data {
    let notebook = renderer.notebook
    var head: [String] = []
    if !renderer.hasOwnTitle, !notebook.title.isEmpty { head.append("# \(markdown.inline(notebook.title))") }
    if !notebook.subtitle.isEmpty { head.append(markdown.inline(notebook.subtitle)) }
    cells.markdown((head + [words.runnable]).joined(separator: "\n\n"))
    for block in renderer.blocks { add(block) }
    endSection()
    cells.markdown(markdown.footnotes().joined(separator: "\n\n"))
    cells.markdown(markdown.references().joined(separator: "\n\n"))
    for section in renderer.facts.sections {
      cells.markdown("## \(escapedMarkdown(section.heading))\n\n\(section.markdown)")
    }
    let name = notebook.file.split(separator: "/").last.map(String.init) ?? notebook.file
    cells.markdown("---\n\n\(escapedMarkdown(renderer.footer))\(words.gap)`\(name)`\(words.stop)")
    return cells.json(title: renderer.title)
  }

  private mutating func add(_ block: Block) {
    if case .heading = block.content, let heading = renderer.heading(block.line), heading.level <= 2 { endSection() }
    if case .cell(let place) = block.content {
      guard let cell = renderer.cells[place] else { return }
      guard cell.cell.kind != .query else { return wait(for: cell) }
      flush()
      add(cell)
      waitForQueries(of: cell.cell.options.values.map(\.sentence))
    } else {
      prose.append(block)
      [block].walk { inner in
        waitForQueries(of: inner.inlines)
        // What is in a list or quote stays there; its rows come at the section's end.
        if case .cell(let place) = inner.content, let cell = renderer.cells[place] { wait(for: cell) }
      }
    }
  }

  private mutating func waitForQueries(of inlines: [[Inline]]) {
    for place in inlines.flatMap({ $0.expressions }) {
      guard let bound = renderer.report.values[place], let cell = renderer.notebook.places[bound.query],
        let evaluated = renderer.cells[cell], evaluated.cell.kind == .query, evaluated.cell.file != nil
      else { continue }
      wait(for: evaluated)
    }
  }

  /// What a view finds is seen where it is read.
  private mutating func wait(for cell: EvaluatedCell) {
    guard !cell.cell.isView, renderer.query(cell.cell.id) != nil, added.insert(cell.cell.id).inserted else { return }
    waiting.append(cell)
  }

  private mutating func flush() {
    let text = markdown.blocks(prose).joined(separator: "\n\n")
    var attachments: [(name: String, type: String, data: Data)] = []
    prose.walk { block in
      for case .image(let address, _, _, _) in block.inlines.flatMap({ $0.images }) {
        guard let image = renderer.images[address] else { continue }
        attachments.append((markdown.attachmentName(address), image.kind.rawValue, image.data))
      }
      if case .cell(let place) = block.content, let id = renderer.cells[place]?.cell.id, let figure = figures[id] {
        attachments.append(("\(id).png", "image/png", figure))
      }
    }
    cells.markdown(text, attachments: attachments)
    prose = []
  }

  /// The queries behind a section's sentences come at its end.
  private mutating func endSection() {
    flush()
    let shown = waiting
    waiting = []
    if !shown.isEmpty { cells.markdown("*\(words.behindSentences)*") }
    for cell in shown {
      if let query = renderer.query(cell.cell.id) { add(query, rowsOutput(query.rows)) }
    }
  }

  private mutating func add(_ cell: EvaluatedCell) {
    let id = cell.cell.id
    let parts = MarkdownCells(renderer: renderer, markdown: markdown)
    let query = renderer.query(id)
    var output = query.map { rowsOutput($0.rows) }
    switch cell.content {
    case .nothing: break
    case .otherwise, .claim: cells.markdown(parts.text(cell))
    case .printout(let text):
      let caption = parts.caption(cell)
      if !caption.isEmpty { cells.markdown(parts.anchor(cell) + caption) }
      output = .stream(text + "\n")
    case .figure:
      cells.markdown(parts.text(cell), attachments: figures[id].map { [("\(id).png", "image/png", $0)] } ?? [])
    case .table(let columns):
      cells.markdown(parts.anchor(cell) + parts.caption(cell))
      output = tableOutput(columns, cell.rows)
    }
    added.insert(id)
    guard let query, let output else { return }
    add(query, output)
  }

  private mutating func add(_ query: AskedQuery, _ output: NotebookCells.Output) {
    cells.prepare(for: query)
    var printed = NotebookCells.python(query)
    if case .stream = output { printed = "print(\(printed)[0][0])" }
    cells.code(printed, outputs: [output])
  }

  /// A query's rows as they are.
  private func rowsOutput(_ rows: QueryResult) -> NotebookCells.Output {
    let columns = rows.columns.enumerated().map {
      TableColumn(source: $0, heading: $1, format: .automatic, limit: TableColumn.dataLimit)
    }
    return tableOutput(columns, rows)
  }

  private func tableOutput(_ columns: [TableColumn], _ rows: QueryResult) -> NotebookCells.Output {
    let shown = rows.rows.prefix(Self.shownRows)
    let texts = shown.map { row in columns.map { $0.text(row[$0.source]) } }
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

extension [Inline] {
  /// The places of the expressions in it.
  fileprivate var expressions: [Int] {
    var found: [Int] = []
    walk { inline in
      switch inline {
      case .expression(let place): found.append(place)
      case .link(let address, let title, _):
        for case .value(let place) in address + title { found.append(place) }
      default: break
      }
    }
    return found
  }

  fileprivate var images: [Inline] {
    var found: [Inline] = []
    walk { inline in
      if case .image = inline { found.append(inline) }
    }
    return found
  }
}

/// The cells of a Jupyter notebook. Their ids follow from their order.
package struct NotebookCells {
  package enum Output {
    case result(plain: String, html: String)
    case stream(String)
  }

  private var cells: [JSONValue] = []
  private var executed = 0
  private var hasPrelude = false
  private var hasStatistics = false

  package mutating func markdown(_ text: String, attachments: [(name: String, type: String, data: Data)] = []) {
    let text = text.trimmed
    guard !text.isEmpty else { return }
    var members: [JSONValue.Member] = []
    if !attachments.isEmpty {
      var known: Set<String> = []
      let list = attachments.filter { known.insert($0.name).inserted }.map { attachment in
        JSONValue.Member(
          attachment.name,
          .object([JSONValue.Member(attachment.type, .text(attachment.data.base64EncodedString()))]))
      }
      members.append(.init("attachments", .object(list)))
    }
    members += [
      .init("cell_type", "markdown"), .init("id", .text(nextID("text"))), .init("metadata", .object([:])),
      .init("source", Self.lines(text)),
    ]
    cells.append(.object(members))
  }

  /// What a query needs is there before the first that needs it.
  package mutating func prepare(for query: AskedQuery) {
    if !hasPrelude { code(Self.prelude, outputs: []) }
    hasPrelude = true
    guard !hasStatistics, Self.needsStatistics(query.sql) else { return }
    code(Self.statistics, outputs: [])
    hasStatistics = true
  }

  /// Python, folded away where the page shows queries folded.
  package mutating func code(_ source: String, outputs: [Output]) {
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

  package func json(title: String) -> Data {
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
  package static func python(_ query: AskedQuery) -> String {
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
