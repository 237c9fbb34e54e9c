import Notebooks

/// A cell as Markdown, with its number (`Table 1`, `Figure 2`) where it has one.
package struct MarkdownCells {
  package let renderer: Renderer
  package let markdown: MarkdownRenderer

  private var words: Words { renderer.words }

  package func text(_ cell: EvaluatedCell) -> String {
    let body = body(cell)
    return body.isEmpty ? "" : anchor(cell) + body
  }

  /// A place that links lead to, where some do.
  package func anchor(_ cell: EvaluatedCell) -> String {
    renderer.texts.targets.contains(cell.cell.id) ? "<a id=\"\(cell.cell.anchor)\"></a>\n\n" : ""
  }

  /// `**Table 1.** What it shows.`
  package func caption(_ cell: EvaluatedCell) -> String {
    let sentence = markdown.inline(cell.cell.sentence("caption") ?? [])
    guard let kind = cell.cell.kind.reference else { return sentence }
    let name = words.strong("\(words.name(kind)) \(renderer.numbers[cell.cell.id] ?? 0)", words.label)
    return sentence.isEmpty ? name : name + words.gap + sentence
  }

  private func body(_ cell: EvaluatedCell) -> String {
    switch cell.content {
    case .nothing: return ""
    case .otherwise(let sentence): return otherwise(cell, sentence)
    case .printout(let printed):
      let caption = caption(cell)
      return fenced(printable(printed), "text") + (caption.isEmpty ? "" : "\n\n\(caption)")
    case .claim(let claim, let otherwise): return self.claim(cell, claim, otherwise: otherwise)
    case .figure(let figure):
      let data = markdown.isJupyter ? "" : "\(words.gap)\(words.bracketed("[\(words.data)](data/\(cell.cell.id).csv)"))"
      return "\(picture(cell.cell.id, figure))\n\n\(caption(cell))\(data)" + query(cell)
    case .table(let columns):
      var lines = [caption(cell), ""]
      lines.append("| " + columns.map { escapedMarkdown($0.heading) }.joined(separator: " | ") + " |")
      lines.append("| " + columns.map { isNumeric($0, cell.rows) ? "---:" : "---" }.joined(separator: " | ") + " |")
      for row in cell.rows.rows {
        lines.append(
          "| " + columns.map { escapedMarkdown($0.format.text(row[$0.source])) }.joined(separator: " | ") + " |")
      }
      return lines.joined(separator: "\n") + query(cell)
    }
  }

  /// A figure's image; on GitHub the one that fits the reader's colors and width. Jupyter attaches the light one alone.
  private func picture(_ id: String, _ figure: Figure) -> String {
    guard !markdown.isJupyter else { return "![\(escapedMarkdown(figure.altText))](attachment:\(id).png)" }
    let drawings = markdown.figures[id] ?? [:]
    let sources = FigureVariant.allCases.compactMap { variant in
      drawings[variant] == nil
        ? nil : variant.media.map { "<source media=\"\($0)\" srcset=\"\(variant.file(id))\">" }
    }
    let text = escapedHTML(figure.altText).replacing("\n", with: " ")
    return "<picture>\(sources.joined())<img src=\"\(FigureVariant.standard.file(id))\" alt=\"\(text)\"></picture>"
  }

  private func otherwise(_ cell: EvaluatedCell, _ sentence: [Inline]) -> String {
    let name = cell.cell.kind.reference.map {
      words.strong("\(words.name($0)) \(renderer.numbers[cell.cell.id] ?? 0)", words.label) + words.gap
    }
    return "> \(name ?? "")\(markdown.inline(sentence).replacing("\n", with: " "))"
  }

  /// The query, folded; a Jupyter notebook has it as a cell.
  private func query(_ cell: EvaluatedCell) -> String {
    let sql = cell.cell.sql.trimmed
    guard !sql.isEmpty, !markdown.isJupyter else { return "" }
    return "\n\n<details><summary>\(words.query)</summary>\n\n\(fenced(sql, "sql"))\n\n</details>"
  }

  /// A claim as a quoted block: its verdict in words, its sentence, struck through where it is refuted.
  private func claim(_ cell: EvaluatedCell, _ claim: JudgedClaim, otherwise: [Inline]?) -> String {
    let sentence = markdown.inline(cell.cell.sentence("says") ?? [])
    let text = ClaimText(
      claim: claim, words: words, format: ValueFormat(cell.cell.option("format") ?? "") ?? .automatic,
      phrase: cell.cell.option("effect").map(escapedMarkdown), runs: renderer.runCount(claim.id)
    ) { escapedMarkdown($1) }
    let number = renderer.numbers[cell.cell.id] ?? 0
    var parts = [
      words.strong("\(words.claim) \(number)\(words.colon)\(words.verdict(claim.verdict))", words.stop) + words.gap
        + (claim.verdict == .refuted ? "~~\(sentence)~~" : sentence)
    ]
    if claim.by != nil { parts.append("\(words.said)\(words.gap)\(markdown.inline(cell.cell.sentence("by") ?? []))") }
    if !text.sentences.isEmpty { parts.append(text.sentences.joined(separator: words.gap)) }
    if let detail = claim.detail { parts.append(escapedMarkdown(detail)) }
    if let otherwise { parts.append(markdown.inline(otherwise)) }
    return parts.map { "> \($0.replacing("\n", with: " "))" }.joined(separator: "\n>\n") + query(cell)
  }
}
