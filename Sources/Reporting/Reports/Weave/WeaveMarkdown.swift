extension Weaver {
  /// The same as Markdown that GitHub renders.
  var markdown: String {
    var text = report.lines.joined(separator: "\n")
    let targets = inlines.targets
    text = replaceMarks(text, Notebook.cellMark) { place in
      guard let cell = cells[place] else { return "" }
      let anchor = targets.contains(cell.cell.id) ? "<a id=\"\(cell.cell.anchor)\"></a>\n\n" : ""
      return "\n" + anchor + markdownCell(cell, number: numbers[cell.cell.id] ?? 0) + "\n"
    }
    text = replaceMarks(text, Notebook.inlineMark, inlines.markdown)
    var head = notebook.front.title.map { "# \(escapedMarkdown($0))\n" } ?? ""
    if let subtitle = notebook.front.subtitle { head += "\n\(escapedMarkdown(subtitle))\n" }
    text += referencesMarkdown
    for section in facts.sections { text += "\n\n## \(escapedMarkdown(section.heading))\n\n\(section.markdown)\n" }
    let tail = "\n---\n\n\(words.made)\(words.typed(unbound.count)) \(words.woven) \(version).\n"
    return squeezed(head + "\n" + text) + tail
  }

  /// The works that are cited, and the constants.
  var referencesMarkdown: String {
    var text = ""
    if !inlines.works.entries.isEmpty {
      text += "\n\n## \(words.references)\n\n"
      for entry in inlines.works.entries {
        let parts = inlines.works.parts(entry)
        text += "- <a id=\"ref-\(entry.key)\"></a>\(escapedMarkdown(parts.before))*\(escapedMarkdown(parts.title))*"
        text += escapedMarkdown(parts.behind) + (parts.address.map { " <\($0)>" } ?? "") + "\n"
      }
    }
    if !notebook.front.constants.isEmpty {
      let entries = notebook.front.constants.map {
        "\(escapedMarkdown($0.text)) \(words.bracketed(escapedMarkdown($0.meaning)))"
      }
      text += "\n\n\(words.constants): \(entries.joined(separator: words.comma))\n"
    }
    return text
  }

  func markdownCell(_ cell: EvaluatedCell, number: Int) -> String {
    let caption = sentenceMarkdown(cell.cell.option("caption") ?? "")
    switch cell.content {
    case .nothing: return ""
    case .otherwise(let sentence):
      let name = cell.cell.kind.reference.map { "**\(words.name($0)) \(number).** " } ?? ""
      return "> \(name)\(sentenceMarkdown(sentence))"
    case .printout(let printed):
      let text = withoutMarks(printed)
      return fenced(text, "text") + (caption.isEmpty ? "" : "\n\n\(caption)")
    case .claim(let claim, let otherwise): return claimMarkdown(cell, claim, number: number, otherwise: otherwise)
    case .figure(let figure):
      let alt = escapedMarkdown(figure.altText)
      return """
        ![\(alt)](figures/\(cell.cell.id).png)

        **\(words.figure) \(number).**\(caption.isEmpty ? "" : " \(caption)") ([\(words.data)](data/\(cell.cell.id).csv))

        \(queryMarkdown(cell))
        """
    case .table(let columns):
      var lines = ["**\(words.table) \(number).**\(caption.isEmpty ? "" : " \(caption)")", ""]
      lines.append("| " + columns.map { escapedMarkdown($0.heading) }.joined(separator: " | ") + " |")
      lines.append(
        "| "
          + columns.map { column in
            isNumeric(column, cell.rows) ? "---:" : "---"
          }.joined(separator: " | ") + " |")
      for row in cell.rows.rows {
        lines.append(
          "| " + columns.map { escapedMarkdown($0.format.text(row[$0.source])) }.joined(separator: " | ") + " |")
      }
      return lines.joined(separator: "\n") + "\n\n" + queryMarkdown(cell)
    }
  }

  /// The query, folded.
  private func queryMarkdown(_ cell: EvaluatedCell) -> String {
    let sql = cell.cell.sql.trimmed
    guard !sql.isEmpty else { return "" }
    return "<details><summary>\(words.query)</summary>\n\n\(fenced(sql, "sql"))\n\n</details>"
  }
}

/// A block of code with a fence that is longer than what it has of backticks.
private func fenced(_ text: String, _ language: String) -> String {
  let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
  let fence = String(repeating: "`", count: max(3, longest + 1))
  return "\(fence)\(language)\n\(text)\n\(fence)"
}

extension Weaver {
  /// A claim as a quoted block: its verdict in words, its sentence, struck through where it is refuted.
  private func claimMarkdown(
    _ cell: EvaluatedCell, _ claim: JudgedClaim, number: Int, otherwise: String?
  ) -> String {
    let sentence = sentenceMarkdown(claim.says)
    let runs = self.runs[claim.id]?.count
    let text = ClaimText(
      claim: claim, words: words, format: ValueFormat(cell.cell.option("format") ?? "") ?? .automatic,
      phrase: cell.cell.option("effect").map(escapedMarkdown), runs: runs
    ) { escapedMarkdown($1) }
    var parts = [
      "**\(words.claim) \(number): \(words.verdict(claim.verdict)).** "
        + (claim.verdict == .refuted ? "~~\(sentence)~~" : sentence)
    ]
    if let by = claim.by { parts.append("\(words.said) \(escapedMarkdown(by))") }
    if !text.sentences.isEmpty { parts.append(text.sentences.joined(separator: words.gap)) }
    if let detail = claim.detail { parts.append(escapedMarkdown(detail)) }
    if let otherwise { parts.append(sentenceMarkdown(otherwise)) }
    return parts.map { "> \($0)" }.joined(separator: "\n>\n") + "\n\n" + queryMarkdown(cell)
  }
}

/// At most one empty line in a row, none within blocks of code touched.
func squeezed(_ text: String) -> String {
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
