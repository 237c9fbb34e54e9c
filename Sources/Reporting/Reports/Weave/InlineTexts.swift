import Store

/// What stands in the places of inlines: values, references, citations, published numbers.
struct InlineTexts {
  let notebook: Notebook
  let values: [BoundValue?]
  /// Whether the inline is meant and its line stands.
  let stands: [Bool]
  let bibliography: Bibliography
  let works: CitedWorks
  let words: Words
  /// The numbers of cells that stand, by their ids.
  let numbers: [String: Int]

  init(_ report: EvaluatedReport, numbers: [String: Int]) {
    notebook = report.notebook
    values = report.values
    self.numbers = numbers
    words = Words(language: report.language)
    bibliography = report.bibliography
    var stands: [Bool] = []
    var cited: Set<String> = []
    for (place, inline) in report.notebook.inlines.enumerated() {
      let isMeant = report.stands[inline.line - 1] && !report.notebook.inCode.contains(place)
      stands.append(isMeant)
      guard isMeant else { continue }
      switch inline.kind {
      case .citation(let citations): cited.formUnion(citations.map(\.key))
      case .literature(_, let source): report.bibliography.citation(source).map { _ = cited.insert($0.key) }
      default: break
      }
    }
    self.stands = stands
    works = CitedWorks(report.bibliography, cited: cited, words: words)
  }

  /// For places without markup: headings, tags.
  func plain(_ place: Int) -> String {
    guard stands[place] else { return notebook.inCode.contains(place) ? notebook.inlines[place].source : "" }
    switch notebook.inlines[place].kind {
    case .value: return values[place]?.text ?? ""
    case .literature(let text, _): return text
    case .reference(let kind, let id): return reference(kind, id)
    case .citation(let citations): return words.bracketed(citations.map(works.label).joined(separator: words.semicolon))
    case .wrong: return ""
    }
  }

  func html(_ place: Int, runs: [String: [UsedRun]]) -> String {
    guard stands[place] else { return escapedHTML(plain(place)) }
    switch notebook.inlines[place].kind {
    case .value:
      guard let bound = values[place] else { return "" }
      let text = escapedHTML(bound.text)
      guard bound.value.number != nil else { return text }
      return dataElement(bound.value, text, query: bound.query, runs: runs[bound.query] ?? [])
    case .literature(let text, let source):
      return "<span class=\"lit\" title=\"\(escapedHTML(published(source)))\">\(escapedHTML(text))</span>"
    case .reference(let kind, let id):
      let text = escapedHTML(reference(kind, id))
      return numbers[id] == nil ? text : "<a href=\"#\(kind.rawValue)-\(id)\">\(text)</a>"
    case .citation(let citations):
      return words.bracketed(
        citations.map { "<a href=\"#ref-\(escapedHTML($0.key))\">\(escapedHTML(works.label($0)))</a>" }
          .joined(separator: words.semicolon))
    case .wrong: return ""
    }
  }

  func markdown(_ place: Int) -> String {
    guard stands[place] else { return notebook.inCode.contains(place) ? plain(place) : "" }
    switch notebook.inlines[place].kind {
    case .value, .wrong:
      let text = escapedMarkdown(plain(place))
      // At the beginning of a line these would be headings and lists.
      guard values[place]?.value.number == nil else { return text }
      return text.first.map { "#+-=".contains($0) } ?? false ? "\\" + text : text
    case .literature(let text, let source):
      return "\(escapedMarkdown(text)) \(words.bracketed(escapedMarkdown(published(source))))"
    case .reference(let kind, let id):
      let text = escapedMarkdown(reference(kind, id))
      return numbers[id] == nil ? text : "[\(text)](#\(kind.rawValue)-\(id))"
    case .citation(let citations):
      return words.bracketed(
        citations.map { "[\(escapedMarkdown(works.label($0)))](#ref-\($0.key))" }.joined(separator: words.semicolon))
    }
  }

  /// `Figure 2`; without a number where the cell's condition does not hold.
  private func reference(_ kind: ReferenceKind, _ id: String) -> String {
    numbers[id].map { "\(words.name(kind))\u{A0}\($0)" } ?? words.leftOut(kind)
  }

  /// Where a published number comes from, in words.
  private func published(_ source: String) -> String {
    bibliography.citation(source).map(works.label) ?? source
  }

  /// The references that lead to what does not stand.
  var leadingNowhere: [Inline] {
    zip(notebook.inlines, stands).compactMap { inline, isMeant in
      guard isMeant, case .reference(_, let id) = inline.kind, numbers[id] == nil else { return nil }
      return inline
    }
  }

  /// The cells that are referred to.
  var targets: Set<String> {
    Set(
      zip(notebook.inlines, stands).compactMap { inline, isMeant in
        guard isMeant, case .reference(_, let id) = inline.kind else { return nil }
        return id
      })
  }
}
