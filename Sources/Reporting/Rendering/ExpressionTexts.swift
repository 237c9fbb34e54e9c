package import Notebooks
import Store

/// What is in the places of expressions: values, references, citations, published numbers.
package struct ExpressionTexts {
  package let notebook: Notebook
  package let values: [BoundValue?]
  /// Whether the expression is meant and its line is shown.
  package let isShown: [Bool]
  package let bibliography: Bibliography
  package let works: CitedWorks
  package let words: Words
  /// The numbers of cells that are shown, by their ids.
  package let numbers: [String: Int]
  /// The verdicts of the page's claims, by the sections that they are in.
  package var verdicts = SectionVerdicts()

  package init(_ report: EvaluatedReport, numbers: [String: Int]) {
    notebook = report.notebook
    values = report.values
    self.numbers = numbers
    words = Words(language: report.language)
    bibliography = report.bibliography
    var isShown: [Bool] = []
    var cited: Set<String> = []
    for (place, expression) in report.notebook.expressions.enumerated() {
      let isMeant = report.notebook.meant.contains(place) && report.isShown(expression.line)
      isShown.append(isMeant)
      guard isMeant else { continue }
      switch expression.kind {
      case .citation(let citations): cited.formUnion(citations.map(\.key))
      case .mention(let citation): cited.insert(citation.key)
      case .literature(_, let source): report.bibliography.citation(source).map { _ = cited.insert($0.key) }
      default: break
      }
    }
    self.isShown = isShown
    works = CitedWorks(report.bibliography, cited: cited, words: words)
  }

  /// For places without markup: headings' anchors, tags, addresses.
  package func plain(_ place: Int) -> String {
    guard isShown[place] else { return "" }
    switch notebook.expressions[place].kind {
    case .value: return values[place]?.text ?? ""
    case .literature(let text, _): return text
    case .verdicts(let anchor): return words.counts(verdicts.under(anchor))
    case .reference(let kind, let id): return reference(kind, id)
    case .citation(let citations): return words.bracketed(citations.map(works.label).joined(separator: words.semicolon))
    case .mention(let citation):
      let work = works.mention(citation)
      return "\(work.name)\(words.gap)\(words.bracketed(work.year))"
    case .formula(let tex, _): return tex
    case .wrong: return ""
    }
  }

  /// `isLinked` within a link, which has no other links in it.
  package func html(_ place: Int, runs: [String: [UsedRun]], isLinked: Bool) -> String {
    guard isShown[place] else { return "" }
    func link(_ anchor: String, _ text: String) -> String {
      isLinked ? escapedHTML(text) : "<a href=\"#\(escapedHTML(anchor))\">\(escapedHTML(text))</a>"
    }
    switch notebook.expressions[place].kind {
    case .value:
      guard let bound = values[place] else { return "" }
      let text = escapedHTML(bound.text)
      guard bound.value.number != nil else { return text }
      return dataElement(bound.value, text, query: bound.query, runs: runs[bound.query] ?? [])
    case .literature(let text, let source):
      return "<span class=\"lit\" title=\"\(escapedHTML(published(source)))\">\(escapedHTML(text))</span>"
    case .verdicts(let anchor):
      let counts = words.counts(verdicts.under(anchor)) {
        dataElement(.integer(Int64($0)), "\($0)", query: SectionVerdicts.query, runs: [])
      }
      return "<span class=\"verdicts\">\(counts)</span>"
    case .reference(let kind, let id):
      let text = reference(kind, id)
      return numbers[id] == nil ? escapedHTML(text) : link("\(kind.rawValue)-\(id)", text)
    case .citation(let citations):
      return words.bracketed(
        citations.map { link("ref-\($0.key)", works.label($0)) }.joined(separator: words.semicolon))
    case .mention(let citation):
      let work = works.mention(citation)
      return "\(escapedHTML(work.name))\(words.gap)\(words.bracketed(link("ref-\(citation.key)", work.year)))"
    case .formula(let tex, let isDisplayed): return mathML(tex, isDisplayed: isDisplayed)
    case .wrong: return ""
    }
  }

  package func markdown(_ place: Int, isLinked: Bool) -> String {
    guard isShown[place] else { return "" }
    func link(_ anchor: String, _ text: String) -> String {
      isLinked ? escapedMarkdown(text) : "[\(escapedMarkdown(text))](#\(markdownAddress(anchor)))"
    }
    switch notebook.expressions[place].kind {
    case .value, .wrong, .verdicts: return escapedMarkdown(plain(place))
    case .literature(let text, let source):
      return "\(escapedMarkdown(text))\(words.gap)\(words.bracketed(escapedMarkdown(published(source))))"
    case .reference(let kind, let id):
      let text = reference(kind, id)
      return numbers[id] == nil ? escapedMarkdown(text) : link("\(kind.rawValue)-\(id)", text)
    case .citation(let citations):
      return words.bracketed(
        citations.map { link("ref-\($0.key)", works.label($0)) }.joined(separator: words.semicolon))
    case .mention(let citation):
      let work = works.mention(citation)
      return "\(escapedMarkdown(work.name))\(words.gap)\(words.bracketed(link("ref-\(citation.key)", work.year)))"
    case .formula(let tex, let isDisplayed): return isDisplayed ? "$$\(tex)$$" : "$\(tex)$"
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

  /// An address with its values, as parts of an address have them.
  package func address(_ parts: Address) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value(let place): encodedForAddress(plain(place))
      }
    }.joined()
  }

  package func title(_ parts: [AddressPart]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value(let place): plain(place)
      }
    }.joined()
  }

  /// The text of inlines for places without markup.
  package func plain(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .softBreak, .lineBreak: " "
      case .footnote: ""
      case .expression(let place): plain(place)
      case .emphasis, .strong, .struck, .link, .image: plain(inline.children)
      }
    }.joined()
  }

  /// The references that lead to what is not shown.
  package var leadingNowhere: [NotebookExpression] {
    zip(notebook.expressions, isShown).compactMap { expression, isMeant in
      guard isMeant, case .reference(_, let id) = expression.kind, numbers[id] == nil else { return nil }
      return expression
    }
  }

  /// The cells that are referred to.
  package var targets: Set<String> {
    Set(
      zip(notebook.expressions, isShown).compactMap { expression, isMeant in
        guard isMeant, case .reference(_, let id) = expression.kind else { return nil }
        return id
      })
  }
}
