package import Notebooks
package import Foundation
package import Store

/// A cell as HTML, with its number (`Table 1`, `Figure 2`) where it has one.
package struct HTMLCells {
  package let renderer: Renderer
  /// The PNGs of figures, by cell and variant.
  package let figures: [String: [FigureVariant: Data]]
  /// A figure's data table takes about so many bytes of the page; all rows are in the data folder.
  package static let tableBytes = 60_000
  /// Longer printouts are folded.
  static let printedLines = 12
  /// Longer tables are folded.
  static let tableRows = 6
  /// Rows about runs are wide and high.
  static let provenanceRows = 3

  private var words: Words { renderer.words }
  private var runs: [String: [UsedRun]] { renderer.runs }

  package func html(_ cell: EvaluatedCell, inline: ([Inline]) -> String) -> String {
    let id = cell.cell.id
    let name = cell.cell.kind.reference.map { "\(words.name($0)) \(renderer.numbers[id] ?? 0)" }
    func caption(_ sentence: [Inline]?, _ name: String?) -> String {
      let sentence = inline(sentence ?? [])
      guard let name else { return sentence }
      return "<b>\(name)\(words.label)</b>" + (sentence.isEmpty ? "" : "\(words.gap)\(sentence)")
    }
    let given = cell.cell.sentence("caption")
    switch cell.content {
    case .nothing: return ""
    case .otherwise(let sentence):
      return "<p class=\"otherwise\" id=\"\(cell.cell.anchor)\">\(caption(sentence, name))</p>"
    case .printout(let text):
      let caption = caption(given, nil)
      let foot = caption.isEmpty ? "" : "<figcaption>\(caption)</figcaption>"
      let pre = "<pre tabindex=\"0\">\(escapedHTML(text))</pre>"
      let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      let shown =
        lines <= Self.printedLines || cell.cell.isOpen
        ? pre : "<details class=\"printed\"><summary>\(words.printed(lines))</summary>\(pre)</details>"
      return "<figure class=\"printout\" id=\"\(cell.cell.anchor)\">\(shown)\(foot)</figure>"
    case .claim(let claim, let otherwise):
      return self.claim(cell, claim, name: name ?? "", otherwise: otherwise, inline: inline)
    case .table(let columns):
      let rows =
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"\(name ?? "")\">"
        + "\(table(columns, cell.rows, id: id))</div>"
      let caption = caption(given, name)
      let limit = cell.cell.kind == .provenance ? Self.provenanceRows : Self.tableRows
      let isLong = cell.rows.rows.count > limit && !cell.cell.isOpen
      // A long table is under its caption, which says what is in it.
      let shown =
        isLong
        ? fold("long", "\(caption) \(words.bracketed(words.rows(cell.rows.rows.count)))", query(cell) + rows)
        : "<figcaption>\(caption)</figcaption>\(query(cell))\(rows)"
      return "<figure class=\"table\" id=\"\(cell.cell.anchor)\">\(shown)</figure>"
    case .figure(let figure): return chart(cell, figure, name: name ?? "", caption: caption(given, name))
    }
  }

  private func chart(_ cell: EvaluatedCell, _ figure: Figure, name: String, caption: String) -> String {
    let id = cell.cell.id
    let columns = cell.rows.columns.enumerated().map {
      TableColumn(
        source: $0, heading: $1.replacing("_", with: " "), format: .text, limit: TableColumn.dataLimit)
    }
    var rows = cell.rows
    let left = rows.rows.count - rowLimit(id: id, columns: columns.count)
    if left > 0 { rows.rows.removeLast(left) }
    return """
      <figure class="chart" id="\(cell.cell.anchor)">\
      \(picture(id, figure, name: name))\
      <figcaption>\(caption)</figcaption>\
      <details><summary>\(words.data)</summary><div class="scroll" tabindex="0" role="group" \
      aria-label="\(words.data): \(name)">\(table(columns, rows, id: id))</div>\
      \(left > 0 ? "<p>\(left) \(words.more) <code>data/\(id).csv</code></p>" : "")</details>\
      \(query(cell))</figure>
      """
  }

  /// All drawings of a figure: a browser takes the one that fits its width and colors, paper the light one.
  private func picture(_ id: String, _ figure: Figure, name: String) -> String {
    let drawings = figures[id] ?? [:]
    // Without a figure for phones the wide one keeps its size there, and scrolls.
    let isWide = drawings[.narrow] == nil
    var html =
      "<div class=\"scroll\(isWide ? " wide" : "")\" tabindex=\"0\" role=\"group\" aria-label=\"\(name)\"><picture>"
    for variant in FigureVariant.allCases {
      guard let png = drawings[variant], let size = figure.lists[variant]?.size else { continue }
      let address = "data:image/png;base64,\(png.base64EncodedString())"
      let room = "width=\"\(Int(size.width.rounded()))\" height=\"\(Int(size.height.rounded()))\""
      html +=
        variant.media.map { "<source media=\"\($0)\" srcset=\"\(address)\" \(room)>" }
        ?? "<img src=\"\(address)\" alt=\"\(escapedHTML(figure.altText))\" \(room)>"
    }
    return html + "</picture></div>"
  }

  /// A claim: its verdict in words, its sentence, struck through where it is refuted, and what was measured.
  private func claim(
    _ cell: EvaluatedCell, _ claim: JudgedClaim, name: String, otherwise: [Inline]?, inline: ([Inline]) -> String
  ) -> String {
    let used = runs[claim.id]
    let text = ClaimText(
      claim: claim, words: words, format: ValueFormat(cell.cell.option("format") ?? "") ?? .automatic,
      phrase: cell.cell.option("effect").map(escapedHTML), runs: renderer.runCount(claim.id)
    ) { dataElement($0, escapedHTML($1), query: claim.id, runs: used ?? []) }
    let verdict = words.verdict(claim.verdict)
    let (kind, sign) =
      switch claim.verdict {
      case .supported: ("supported", "✓")
      case .refuted: ("refuted", "✗")
      case .undecided: ("undecided", "?")
      }
    let sentence = inline(cell.cell.sentence("says") ?? [])
    let says = claim.verdict == .refuted ? "<s>\(sentence)</s>" : sentence
    let head =
      "<section class=\"claim \(kind)\" id=\"\(cell.cell.anchor)\" aria-label=\"\(name): \(verdict)\">"
      + "<p class=\"verdict\"><b>\(name)\(words.label)</b>\(words.gap)"
      + "<span class=\"badge\"><span aria-hidden=\"true\">\(sign)</span> \(verdict)</span>"
      + " <span class=\"says\">\(says)</span></p>"
    var proof = text.findings
    if let detail = claim.detail { proof.append(escapedHTML(detail)) }
    if let otherwise { proof.append(inline(otherwise)) }
    let said =
      claim.by == nil
      ? "" : "<p class=\"said\">\(words.said)\(words.gap)\(inline(cell.cell.sentence("by") ?? []))</p>"
    func paragraph(_ sentences: [String]) -> String {
      sentences.isEmpty ? "" : "<p class=\"measured\">\(sentences.joined(separator: words.gap))</p>"
    }
    let measured = paragraph(proof)
    guard claim.verdict == .supported else {
      // What was measured contradicts the sentence or leaves it open, and is read with it; who said it is folded.
      return head + measured
        + fold("proof", words.queryAndSource(claim.by != nil), said + paragraph(text.tests) + sql(cell)) + "</section>"
    }
    // What is as it was said takes a line; how that is known is folded.
    return head + fold("proof", words.proof, said + measured + paragraph(text.tests) + sql(cell)) + "</section>"
  }

  private func fold(_ kind: String, _ summary: String, _ content: String) -> String {
    "<details class=\"\(kind)\"><summary>\(summary)</summary>\(content)</details>"
  }

  private func sql(_ cell: EvaluatedCell) -> String {
    "<pre tabindex=\"0\">\(escapedHTML(cell.cell.sql.trimmed))</pre>"
  }

  private func rowLimit(id: String, columns: Int) -> Int {
    let bytes = columns * (60 + id.utf8.count + 13 * (runs[id]?.count ?? 0))
    return min(500, max(20, Self.tableBytes / max(1, bytes)))
  }

  private func query(_ cell: EvaluatedCell) -> String {
    let sql = cell.cell.sql.trimmed
    return sql.isEmpty ? "" : "<details><summary>\(words.query)</summary>\(self.sql(cell))</details>"
  }

  private func table(_ columns: [TableColumn], _ rows: QueryResult, id: String) -> String {
    let numeric = columns.map { column in
      isNumeric(column, rows)
    }
    var html = "<table class=\"rows\"><thead><tr>"
    for (column, isNumber) in zip(columns, numeric) {
      html += "<th scope=\"col\"\(isNumber ? " class=\"number\"" : "")>\(escapedHTML(column.heading))</th>"
    }
    html += "</tr></thead><tbody>"
    for row in rows.rows {
      html += "<tr>"
      for (place, (column, isNumber)) in zip(columns, numeric).enumerated() {
        let value = row[column.source]
        let text = escapedHTML(column.text(value))
        let content = value.number == nil ? text : dataElement(value, text, query: id, runs: runs[id] ?? [])
        html +=
          place == 0 && !isNumber
          ? "<th scope=\"row\">\(content)</th>" : "<td\(isNumber ? " class=\"number\"" : "")>\(content)</td>"
      }
      html += "</tr>"
    }
    return html + "</tbody></table>"
  }
}

/// Whether a column has numbers and nothing else.
package func isNumeric(_ column: TableColumn, _ rows: QueryResult) -> Bool {
  var hasNumber = false
  for row in rows.rows where row[column.source] != .null {
    guard row[column.source].number != nil else { return false }
    hasNumber = true
  }
  return hasNumber
}

/// A bound number: its text for people; its full precision, query and runs for machines.
package func dataElement(_ value: SQLValue, _ escapedText: String, query: String, runs: [UsedRun]) -> String {
  let digests = runs.map { $0.digest.prefix(12) }.joined(separator: " ")
  return "<data value=\"\(escapedHTML(value.plainText))\" data-query=\"\(query)\""
    + (digests.isEmpty ? "" : " data-runs=\"\(escapedHTML(digests))\"") + ">\(escapedText)</data>"
}
