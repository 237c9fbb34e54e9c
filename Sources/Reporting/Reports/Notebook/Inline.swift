/// Something within a sentence that the weaver fills in.
struct Inline: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// `{{id.column | format}}`.
    case value(id: String, column: String, format: ValueFormat)
    /// `{lit text | source}`: a number that somebody else published.
    case literature(text: String, source: String)
    /// `@fig-id`, `@tbl-id`, `@clm-id`.
    case reference(ReferenceKind, id: String)
    /// `[@key; @other, Table 2]`.
    case citation([Citation])
    /// Written wrongly, which matters unless it stands in code.
    case wrong(ReportProblem)
  }

  struct Citation: Sendable, Hashable {
    var key: String
    /// Where in the work, as in `[@key, Table 2]`.
    var place: String?
  }

  /// As it was written.
  var source: String
  var line: Int
  var kind: Kind
}

/// What a cross-reference leads to.
enum ReferenceKind: String, CaseIterable, Sendable {
  case figure = "fig"
  case table = "tbl"
  case claim = "clm"
}

/// Reads the inlines of a line and puts marks in their places.
struct InlineReader {
  var inlines: [Inline] = []
  /// Places looked at so far; each takes a while.
  private(set) var beginnings = 0
  /// Whether there are more than a notebook may have: it is refused, and not read further.
  private var isFull: Bool { inlines.count > MarkupBounds.inlines || beginnings > MarkupBounds.beginnings }
  /// Of what is written for one inline, in characters.
  private static let lengthLimit = 300

  /// The line with a mark in the place of each inline.
  mutating func marked(_ text: String, line: Int) -> String {
    guard !isFull, text.contains("{") || text.contains("@") else { return text }
    var result = ""
    var rest = text[...]
    while !isFull,
      let start = rest.firstIndex(where: { $0 == "{" || $0 == "@" || $0 == "[" })
    {
      result += rest[..<start]
      let before = result.last
      rest = rest[start...]
      beginnings += 1
      guard let (length, kind) = Self.read(rest, after: before) else {
        result.append(rest.removeFirst())
        continue
      }
      let end = rest.index(rest.startIndex, offsetBy: length)
      result += "\(Notebook.inlineMark)\(inlines.count)\(Notebook.inlineMark)"
      inlines.append(Inline(source: String(rest[..<end]), line: line, kind: kind))
      rest = rest[end...]
    }
    return result + rest
  }

  /// The inline at a text's beginning, and how many characters it has.
  private static func read(_ rest: Substring, after before: Character?) -> (Int, Inline.Kind)? {
    let text = rest.prefix(Self.lengthLimit)
    if text.hasPrefix("{{"), let end = text.firstRange(of: "}}") {
      let inner = String(text[text.index(text.startIndex, offsetBy: 2)..<end.lowerBound])
      return (inner.count + 4, value(inner))
    }
    if text.hasPrefix("{lit ") {
      guard let end = text.firstIndex(of: "}") else {
        return (text.count, .wrong(.badInline(String(text), reason: "it has no closing brace in its line")))
      }
      let inner = text[..<end].dropFirst(5)
      let parts = inner.split(separator: "|", maxSplits: 1).map(\.trimmed)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        return (
          inner.count + 6, .wrong(.badInline("{lit \(inner)}", reason: "write {lit text | where it comes from}"))
        )
      }
      return (inner.count + 6, .literature(text: parts[0], source: parts[1]))
    }
    if text.hasPrefix("["), text.dropFirst().hasPrefix("@"), let end = text.firstIndex(of: "]") {
      let inner = text[..<end].dropFirst()
      let parts = inner.split(separator: ";").map(\.trimmed)
      let citations = parts.compactMap(citation)
      guard citations.count == parts.count, !citations.isEmpty else { return nil }
      return (inner.count + 2, .citation(citations))
    }
    if text.hasPrefix("@"), before.map({ !$0.isLetter && !$0.isNumber && $0 != "@" }) ?? true || isWide(before) {
      for kind in ReferenceKind.allCases where text.dropFirst().hasPrefix("\(kind.rawValue)-") {
        var id = text.dropFirst(kind.rawValue.count + 2).prefix {
          $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
        }
        // A dash at the end belongs to the sentence.
        while id.last == "-" { id.removeLast() }
        guard !id.isEmpty else { return nil }
        return (kind.rawValue.count + 2 + id.count, .reference(kind, id: String(id)))
      }
    }
    return nil
  }

  private static func value(_ inner: String) -> Inline.Kind {
    let parts = inner.split(separator: "|", maxSplits: 1).map(\.trimmed)
    let path = parts.first?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
    guard path.count == 2 else {
      return .wrong(.badInline("{{\(inner)}}", reason: "write {{id.column | format}}"))
    }
    guard let format = ValueFormat(parts.count > 1 ? parts[1] : "") else {
      return .wrong(
        .badInline("{{\(inner)}}", reason: "there is no such format; there are \(ValueFormat.names)"))
    }
    return .value(id: path[0], column: path[1], format: format)
  }

  private static func citation(_ text: String) -> Inline.Citation? {
    guard text.hasPrefix("@") else { return nil }
    let key = text.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_:.+/-".contains($0)) }
    let rest = text.dropFirst(key.count + 1)
    guard !key.isEmpty, rest.isEmpty || rest.hasPrefix(",") else { return nil }
    let place = rest.dropFirst().trimmed
    return Inline.Citation(key: String(key), place: place.isEmpty ? nil : place)
  }

  /// Chinese is written without spaces, so a reference may touch its characters.
  private static func isWide(_ character: Character?) -> Bool {
    character?.unicodeScalars.first.map { $0.value >= 0x2E80 } ?? false
  }
}
