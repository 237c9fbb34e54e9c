import Text

/// Something within a sentence that is filled in or looked up.
package struct NotebookExpression: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// `{{id.column | format}}`.
    case value(id: String, column: String, format: ValueFormat)
    /// `{lit text | source}`: a number that somebody else published.
    case literature(text: String, source: String)
    /// `@fig-id`, `@tbl-id`, `@clm-id`.
    case reference(ReferenceKind, id: String)
    /// `[@key; see @other, Table 2]`.
    case citation([Citation])
    /// `@key` in a sentence: the names are part of it, the year is in brackets.
    case mention(Citation)
    /// `{verdicts #anchor}`: how many claims of the section under a heading have which verdict; of the whole page without one.
    case verdicts(anchor: String?)
    /// `$…$`, or `$$…$$` on lines of its own.
    case formula(String, isDisplayed: Bool)
    /// Written wrongly, which matters unless it is in code.
    case wrong(ReportProblem)
  }

  package struct Citation: Sendable, Hashable {
    package var key: String
    /// Where in the work, as in `[@key, Table 2]`.
    package var place: String?
    /// Before it, as in `[see @key]`.
    package var prefix: String?
    /// `[-@key]`: the year alone.
    package var isYearOnly = false
  }

  /// As it was written.
  package var source: String
  package var line: Int
  package var kind: Kind
}

/// What a cross-reference leads to.
package enum ReferenceKind: String, CaseIterable, Sendable {
  case figure = "fig"
  case table = "tbl"
  case claim = "clm"
}

/// The character around an expression's number where Markdown is parsed: it is none of Markdown's, so that neither the pipes
/// nor the line ends in an expression mean anything there. It is in no notebook, no block and no output.
package let expressionMark: Unicode.Scalar = "\u{E001}"

/// The character that makes Markdown see emphasis beside Chinese punctuation: `**真，**她说`.
package let emphasisMark: Unicode.Scalar = "\u{E002}"

/// Whether a character is a placeholder while a notebook is read.
package func isMark(_ scalar: Unicode.Scalar) -> Bool { (0xE000...0xE00F).contains(scalar.value) }

/// Finds the expressions of a text's lines and puts their numbers in their places.
package struct ExpressionReader {
  private(set) var expressions: [NotebookExpression] = []
  /// The keys of the bibliography: `@key` means something for these only.
  package let keys: Set<String>
  /// The labels of the footnotes that there are.
  package var footnotes: Set<String> = []

  package init(keys: Set<String>) { self.keys = keys }

  /// Of a formula, in characters.
  private static let formulaLimit = 1_000
  /// Of braces that may be meant as an expression, in characters.
  private static let bracesLimit = 300
  private static let literatureUsage = "write {lit text | where it comes from}"
  private static let verdictsUsage = "write {verdicts #anchor-of-a-heading}, or {verdicts} for the whole page"

  /// A text run, lines of one paragraph, with a number in the place of each expression, and the lines' numbers: a line that
  /// an expression ends in goes on in the line that it begins in.
  package mutating func read(_ lines: [String], numbers: [Int]) -> (lines: [String], numbers: [Int]) {
    guard lines.contains(where: { $0.unicodeScalars.contains { "{[@$*~".unicodeScalars.contains($0) } }) else {
      return (lines, numbers)
    }
    var run = TextRun(lines.joined(separator: "\n"))
    var output = String.UnicodeScalarView()
    var found: (lines: [String], numbers: [Int]) = ([], [])
    var (line, start) = (0, 0)
    func end() {
      found.lines.append(String(output))
      found.numbers.append(numbers[min(start, numbers.count - 1)])
      output = String.UnicodeScalarView()
    }
    while run.place < run.scalars.count {
      let scalar = run.scalars[run.place]
      if scalar == "\n" {
        end()
        line += 1
        start = line
        run.place += 1
        continue
      }
      let here = numbers[min(line, numbers.count - 1)]
      if let length = run.literalLength {
        for scalar in run.scalars[run.place..<(run.place + length)] {
          if scalar == "\n" {
            end()
            line += 1
            start = line
          } else {
            output.append(scalar)
          }
        }
        run.place += length
      } else if let (length, kind) = expression(&run) {
        let source = run.text(run.place..<(run.place + length))
        output.append(contentsOf: "\(expressionMark)\(expressions.count)\(expressionMark)".unicodeScalars)
        expressions.append(NotebookExpression(source: source, line: here, kind: kind))
        line += source.unicodeScalars.count { $0 == "\n" }
        run.place += length
      } else if let length = run.delimiterLength {
        let (before, after) = run.emphasisMarks(length)
        if before { output.append(emphasisMark) }
        output.append(contentsOf: run.scalars[run.place..<(run.place + length)])
        if after { output.append(emphasisMark) }
        run.place += length
      } else {
        output.append(scalar)
        run.place += 1
      }
    }
    end()
    return found
  }

  /// The expression at the run's place, and how many characters it has.
  private func expression(_ run: inout TextRun) -> (Int, NotebookExpression.Kind)? {
    switch run.scalars[run.place] {
    case "{" where run.starts("{{"): return value(&run)
    case "{" where run.starts("{lit ") || run.starts("{lit\n"): return literature(&run)
    case "{" where run.starts("{verdicts}") || run.starts("{verdicts ") || run.starts("{verdicts\n"):
      return verdicts(&run)
    case "{": return misspelt(run)
    case "[" where run.starts("[^"): return missingFootnote(run)
    case "[": return citation(run)
    case "@": return reference(run)
    case "$": return formula(&run)
    default: return nil
    }
  }

  private func value(_ run: inout TextRun) -> (Int, NotebookExpression.Kind) {
    guard let end = run.find("}}", from: run.place + 2) else {
      return (
        2,
        .wrong(.badInline("{{", reason: "it has no closing braces; write {{id.column | format}}, or \\{{ for braces"))
      )
    }
    let inner = run.unwrapped((run.place + 2)..<end)
    return (end + 2 - run.place, Self.value(inner))
  }

  package static func value(_ inner: String) -> NotebookExpression.Kind {
    let parts = inner.split(separator: "|", maxSplits: 1).map(\.trimmed)
    let path = parts.first?.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed) ?? []
    guard path.count == 2, !path[0].isEmpty, !path[1].isEmpty else {
      return .wrong(.badInline("{{\(inner)}}", reason: "write {{id.column | format}}"))
    }
    guard let format = ValueFormat(parts.count > 1 ? parts[1] : "") else {
      return .wrong(.badInline("{{\(inner)}}", reason: "there is no such format; there are \(ValueFormat.names)"))
    }
    return .value(id: path[0], column: path[1], format: format)
  }

  private func literature(_ run: inout TextRun) -> (Int, NotebookExpression.Kind) {
    guard let end = run.find("}", from: run.place + 5) else {
      return (5, .wrong(.badInline("{lit", reason: "it has no closing brace; \(Self.literatureUsage)")))
    }
    let inner = run.unwrapped((run.place + 5)..<end)
    let parts = inner.split(separator: "|", maxSplits: 1).map(\.trimmed)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      return (
        end + 1 - run.place, .wrong(.badInline("{lit \(inner)}", reason: Self.literatureUsage))
      )
    }
    return (end + 1 - run.place, .literature(text: parts[0], source: parts[1]))
  }

  private func verdicts(_ run: inout TextRun) -> (Int, NotebookExpression.Kind) {
    guard let end = run.find("}", from: run.place + 9) else {
      return (9, .wrong(.badInline("{verdicts", reason: "it has no closing brace; \(Self.verdictsUsage)")))
    }
    let inner = run.unwrapped((run.place + 9)..<end).trimmed
    let length = end + 1 - run.place
    if inner.isEmpty { return (length, .verdicts(anchor: nil)) }
    guard inner.hasPrefix("#"), inner.count > 1, !inner.contains(where: \.isWhitespace) else {
      return (length, .wrong(.badInline("{verdicts \(inner)}", reason: Self.verdictsUsage)))
    }
    return (length, .verdicts(anchor: String(inner.dropFirst())))
  }

  /// Braces that are evidently meant as `{lit …}` or `{verdicts …}` and would be printed as they are.
  private func misspelt(_ run: TextRun) -> (Int, NotebookExpression.Kind)? {
    let rest = run.scalars[(run.place + 1)...].prefix(Self.bracesLimit)
    guard let end = rest.firstIndex(where: { $0 == "{" || $0 == "}" }), run.scalars[end] == "}" else { return nil }
    let inner = run.unwrapped((run.place + 1)..<end)
    let text = inner.trimmed
    let head = text.prefix { $0.isASCII && $0.isLetter }
    let (word, tail) = (head.lowercased(), text.dropFirst(head.count))
    let usage: String
    if Self.isLiterature(word, tail) {
      usage = Self.literatureUsage
    } else if Self.isVerdicts(word, tail) {
      usage = Self.verdictsUsage
    } else {
      return nil
    }
    return (end + 1 - run.place, .wrong(.badInline("{\(inner)}", reason: "\(usage); \\{ is a brace")))
  }

  private static func isLiterature(_ word: String, _ tail: Substring) -> Bool {
    if word == "lit" { return true }
    // A number before the source distinguishes it from a word that is only similar.
    guard let pipe = tail.firstIndex(of: "|"), tail[..<pipe].contains(where: \.isNumber),
      tail.first.map({ $0.isWhitespace || $0.isNumber }) ?? false
    else { return false }
    return word.hasPrefix("lit") || nearest(to: word, among: ["lit"]) != nil
  }

  private static func isVerdicts(_ word: String, _ tail: Substring) -> Bool {
    if word == "verdict" || word == "verdicts" { return true }
    guard tail.allSatisfy(\.isWhitespace) || tail.trimmed.hasPrefix("#") else { return false }
    return word.count > 4 && word.first == "v" && nearest(to: word, among: ["verdicts"]) != nil
  }

  /// `@fig-id`, or `@key` of a work.
  private func reference(_ run: TextRun) -> (Int, NotebookExpression.Kind)? {
    let before = run.before
    // Chinese is written without spaces, so a reference may touch its characters.
    if let before, before == "@" || isWordScalar(before) && before.value < 0x2E80 { return nil }
    for kind in ReferenceKind.allCases where run.starts("@\(kind.rawValue)-") {
      let start = run.place + kind.rawValue.count + 2
      var end = start
      while end < run.scalars.count, run.scalars[end].isASCII,
        isWordScalar(run.scalars[end]) || run.scalars[end] == "-" || run.scalars[end] == "_"
      {
        end += 1
      }
      // A dash at the end belongs to the sentence.
      while end > start, run.scalars[end - 1] == "-" { end -= 1 }
      guard end > start else { return nil }
      return (end - run.place, .reference(kind, id: run.text(start..<end)))
    }
    guard !keys.isEmpty else { return nil }
    let length = citationKeyLength(run.scalars[(run.place + 1)...])
    guard length > 0 else { return nil }
    let key = run.text((run.place + 1)..<(run.place + 1 + length))
    guard keys.contains(key) else { return nil }
    return (length + 1, .mention(NotebookExpression.Citation(key: key)))
  }

  /// `[^label]` that leads to nothing.
  private func missingFootnote(_ run: TextRun) -> (Int, NotebookExpression.Kind)? {
    guard let label = run.bracketed?.dropFirst(), !label.isEmpty, !label.contains(where: \.isWhitespace),
      !footnotes.contains(label.lowercased())
    else { return nil }
    let text = "[^\(label)]"
    return (
      text.unicodeScalars.count,
      .wrong(.badInline(text, reason: "there is no such footnote; write \\[^ for brackets"))
    )
  }

  /// `[@key; see @other, p. 3; -@third]`.
  private func citation(_ run: TextRun) -> (Int, NotebookExpression.Kind)? {
    guard let group = run.bracketed, group.contains("@") else { return nil }
    let end = run.place + group.unicodeScalars.count + 2
    // The text of a link is none.
    if end < run.scalars.count, run.scalars[end] == "(" || run.scalars[end] == ":" { return nil }
    let items = unwrappedLines(group).split(whereSeparator: { $0 == ";" || $0 == "；" }).map(\.trimmed)
    let citations = items.map(Self.citation)
    guard citations.contains(where: { $0 != nil }) else { return nil }
    let isReference = citations.map { one in one.map { isReferenceKey($0.key) } ?? false }
    // References in brackets are references, and the brackets are the author's.
    if !isReference.contains(false) { return nil }
    guard citations.allSatisfy({ $0 != nil }), !isReference.contains(true) else {
      let reason =
        isReference.contains(true)
        ? "works and figures, tables or claims are not in one pair of brackets"
        : "write [@key], [@one; see @other, p. 3] or [-@key]"
      return (end - run.place, .wrong(.badInline("[\(unwrappedLines(group))]", reason: reason)))
    }
    return (end - run.place, .citation(citations.compactMap { $0 }))
  }

  /// `see @key, p. 3`; nil for what has no key.
  private static func citation(_ text: String) -> NotebookExpression.Citation? {
    let scalars = Array(text.unicodeScalars)
    for (place, scalar) in scalars.enumerated() where scalar == "@" {
      var before = place
      let isYearOnly = before > 0 && scalars[before - 1] == "-"
      if isYearOnly { before -= 1 }
      if before > 0, isWordScalar(scalars[before - 1]), scalars[before - 1].value < 0x2E80 { continue }
      let length = citationKeyLength(scalars[(place + 1)...])
      guard length > 0 else { continue }
      func part(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])).trimmed }
      let end = place + 1 + length
      var rest = part(end..<scalars.count)
      if rest.hasPrefix(",") || rest.hasPrefix("，") { rest = String(rest.dropFirst()).trimmed }
      let prefix = part(0..<before)
      // A second work belongs behind a semicolon.
      guard !rest.contains("@"), !prefix.contains("@") else { return nil }
      return NotebookExpression.Citation(
        key: part((place + 1)..<end), place: rest.isEmpty ? nil : rest, prefix: prefix.isEmpty ? nil : prefix,
        isYearOnly: isYearOnly)
    }
    return nil
  }

  private func isReferenceKey(_ key: String) -> Bool {
    ReferenceKind.allCases.contains { key.hasPrefix("\($0.rawValue)-") } && !keys.contains(key)
  }

  private func formula(_ run: inout TextRun) -> (Int, NotebookExpression.Kind)? {
    if run.starts("$$") {
      guard let end = run.find("$$", from: run.place + 2), end > run.place + 2 else { return nil }
      let tex = run.unwrapped((run.place + 2)..<end)
      return tex.trimmed.isEmpty ? nil : (end + 2 - run.place, Self.formula(tex.trimmed, isDisplayed: true))
    }
    let start = run.place + 1
    guard start < run.scalars.count, !run.scalars[start].properties.isWhitespace else { return nil }
    var end = start
    while end < run.scalars.count, end - start <= Self.formulaLimit {
      let scalar = run.scalars[end]
      if scalar == "\\" {
        end += 2
        continue
      }
      if scalar == "$" {
        let next = end + 1 < run.scalars.count ? run.scalars[end + 1] : " "
        // An amount of money follows, or the sign belongs to one.
        guard !run.scalars[end - 1].properties.isWhitespace, !isDigit(next), end > start else { return nil }
        return (end + 1 - run.place, Self.formula(run.unwrapped(start..<end), isDisplayed: false))
      }
      end += 1
    }
    return nil
  }

  /// A formula; one that has a value in it would show the value's name.
  private static func formula(_ tex: String, isDisplayed: Bool) -> NotebookExpression.Kind {
    guard let value = tex.firstMatch(of: /\{\{\s*[a-z0-9_\-]+\s*\.\s*[A-Za-z_][^{}]*\}\}/)?.output else {
      return .formula(tex, isDisplayed: isDisplayed)
    }
    let reason = "no value is filled in within a formula; end the formula before it, as in $x =$ \(value)"
    return .wrong(.badFormula(tex, reason: reason))
  }
}

/// How many characters of a work's key a text begins with.
package func citationKeyLength(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
  guard let first = scalars.first, isWordScalar(first) || first == "_" else { return 0 }
  var end = scalars.startIndex
  while end < scalars.endIndex, isKeyScalar(scalars[end]) { end += 1 }
  // Signs at its end belong to the sentence.
  while end > scalars.startIndex, !isWordScalar(scalars[end - 1]), scalars[end - 1] != "_" { end -= 1 }
  return end - scalars.startIndex
}

/// Whether a character may be in a work's key.
package func isKeyScalar(_ scalar: Unicode.Scalar) -> Bool {
  isWordScalar(scalar) || "_:.#$%&-+?<>~/".unicodeScalars.contains(scalar)
}

/// Letters, marks and digits of all scripts.
package func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
    .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
    true
  default: false
  }
}

/// A text over line ends as one line.
package func unwrappedLines(_ text: String) -> String {
  guard text.unicodeScalars.contains("\n") else { return text }
  return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
    // The signs of a quote before a line are not the text's.
    index == 0 ? line.trimmed : String(line.drop { $0 == " " || $0 == "\t" || $0 == ">" }).trimmed
  }.joined(separator: " ").trimmed
}
