import PositionedYAML

/// One work of a bibliography.
package struct BibliographyEntry: Sendable, Hashable {
  /// In lower case: `article`, `inproceedings`, `book`, …
  package var kind: String
  package var key: String
  /// From 1.
  package var line: Int
  /// By their names in lower case, as plain text; addresses as they are.
  package var fields: [String: String]
  /// Authors, or else editors.
  package var people = People()
  /// What LaTeX says in it that is not understood: its names are left out, its texts are kept.
  package var unknown: Set<String> = []
  /// Fields of CSL-JSON that have another form than theirs: they are left out.
  package var unread: Set<String> = []
  /// What its crossref names, where there is no such entry.
  package var missingParent: String?
}

/// Reads BibTeX: entries with fields in braces, in quotes or as numbers, `@string` for abbreviations, `@comment`.
///
/// Everything is bounded: the text by its file's size, entries, fields and the depth of braces by limits here.
package struct BibTeXReader {
  package static let entryLimit = 5_000
  package static let fieldLimit = 100
  package static let depthLimit = 50
  /// Characters of one value with its abbreviations written out, and of all values together.
  package static let valueLimit = 20_000
  package static let textLimit = 4_000_000

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var line = 1
  private var abbreviations = months
  private var entries: [(entry: BibliographyEntry, fields: [String: String])] = []
  /// The lines of the entries, by their keys.
  private var lines: [String: Int] = [:]
  /// Characters of all values so far.
  private var written = 0

  /// Of a `ReportProblem`, with its line in the bibliography.
  package struct Fault: Error {
    package var line: Int
    package var problem: ReportProblem
  }

  /// The entries in their order.
  package static func read(_ text: String) throws(Fault) -> [BibliographyEntry] {
    var reader = BibTeXReader(text)
    while try reader.readNext() {}
    let places = Dictionary(
      reader.entries.enumerated().map { ($1.entry.key.lowercased(), $0) }, uniquingKeysWith: { one, _ in one })
    return reader.entries.map { entry, fields in
      var (entry, fields) = (entry, fields)
      // What an entry has not, it has from the one that it refers to; that one's title is its book's.
      if let parent = fields["crossref"], let place = places[parent.trimmed.lowercased()] {
        for (name, value) in reader.entries[place].fields where !["crossref", "key"].contains(name) {
          let name = name == "title" ? "booktitle" : name
          if fields[name] == nil { fields[name] = value }
        }
        if entry.kind == "inbook" || entry.kind == "incollection" || entry.kind == "inproceedings" {
          if let editors = fields["editor"], fields["author"] == nil { fields["author"] = editors }
        }
      } else if let parent = fields["crossref"] {
        entry.missingParent = parent.trimmed
      }
      return completed(entry, fields)
    }
  }

  private static let addresses: Set<String> = ["url", "doi", "eprint"]

  private static func completed(_ entry: BibliographyEntry, _ fields: [String: String]) -> BibliographyEntry {
    var entry = entry
    entry.people = People(fields["author"] ?? fields["editor"] ?? "", unknown: &entry.unknown)
    for (name, value) in fields {
      let isAddress = addresses.contains(name) || name == "howpublished" && value.contains("://")
      entry.fields[name] =
        isAddress ? plainAddress(value) : plainText(fromLaTeX: value, unknown: &entry.unknown)
    }
    if let doi = entry.fields["doi"] {
      entry.fields["doi"] = String(doi.replacing(/^(https?:\/\/(dx\.)?doi\.org\/|doi:\s*)/.ignoresCase(), with: ""))
    }
    return entry
  }

  private init(_ text: String) { scalars = text.unicodeScalars.filter { $0 != "\r" && $0 != "\u{FEFF}" } }

  private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func advance() {
    if scalars[place] == "\n" { line += 1 }
    place += 1
  }

  private mutating func skipSpace() {
    while let scalar = current, scalar.properties.isWhitespace { advance() }
  }

  private func fault(_ reason: String) -> Fault { Fault(line: line, problem: .badBibTeX(reason)) }

  private mutating func expect(_ scalar: Unicode.Scalar, _ reason: String) throws(Fault) {
    skipSpace()
    guard current == scalar else { throw fault(reason) }
    advance()
  }

  private mutating func word() -> String {
    var text = String.UnicodeScalarView()
    while let scalar = current, scalar.isASCII,
      scalar.properties.isAlphabetic || isDigit(scalar) || "_:.+/-".unicodeScalars.contains(scalar)
    {
      text.append(scalar)
      advance()
    }
    return String(text)
  }

  /// A key in any script.
  private mutating func keyText() -> String {
    var text = String.UnicodeScalarView()
    while let scalar = current, !scalar.properties.isWhitespace, !"{}(),=\"#%\\~".unicodeScalars.contains(scalar) {
      text.append(scalar)
      advance()
    }
    return String(text)
  }

  /// Whether there was one more entry; text outside of entries is a comment.
  private mutating func readNext() throws(Fault) -> Bool {
    while let scalar = current, scalar != "@" { advance() }
    guard current != nil else { return false }
    let start = line
    advance()
    skipSpace()
    let kind = word().lowercased()
    guard !kind.isEmpty else { throw fault("an @ is followed by an entry's kind, as in @article{key, …}") }
    if kind == "comment" { return true }
    skipSpace()
    let closing: Unicode.Scalar = current == "(" ? ")" : "}"
    if closing == ")" {
      advance()
    } else {
      try expect("{", "@\(shortened(kind)) is followed by an opening brace")
    }
    if kind == "preamble" {
      try skipBraces()
      return true
    }
    if kind == "string" {
      for (name, value) in try readFields(start, closing) { abbreviations[name] = value }
      return true
    }
    skipSpace()
    let key = keyText()
    guard !key.isEmpty else { throw fault("the entry has no key; write @\(kind){key, …}") }
    if let earlier = lines.updateValue(start, forKey: key) {
      throw Fault(line: start, problem: .doubledKey(key, line: earlier))
    }
    guard entries.count < Self.entryLimit else { throw fault("there are more than \(Self.entryLimit) entries") }
    skipSpace()
    if current == "," { advance() }
    let fields = try readFields(start, closing)
    entries.append((BibliographyEntry(kind: kind, key: key, line: start, fields: [:]), fields))
    return true
  }

  private mutating func skipBraces() throws(Fault) {
    var depth = 1
    while depth > 0 {
      guard let scalar = current else { throw fault("a brace is not closed") }
      if scalar == "{" { depth += 1 } else if scalar == "}" { depth -= 1 }
      advance()
    }
  }

  /// `name = value, …` up to the closing brace.
  private mutating func readFields(_ start: Int, _ closing: Unicode.Scalar) throws(Fault) -> [String: String] {
    var fields: [String: String] = [:]
    while true {
      skipSpace()
      guard let scalar = current else {
        throw Fault(line: start, problem: .badBibTeX("the entry has no closing brace"))
      }
      if scalar == closing {
        advance()
        return fields
      }
      let name = word().lowercased()
      guard !name.isEmpty else { throw fault("a field's name was expected, as in title = {…}") }
      try expect("=", "the field \(shortened(name)) is followed by = and its value")
      var value = ""
      repeat {
        if current == "#" { advance() }
        value += try readValue(name)
        // Before it grows further: an abbreviation may be made of others.
        guard value.utf8.count <= Self.valueLimit else {
          throw fault("the value of \(shortened(name)) has more than \(Self.valueLimit) characters")
        }
        skipSpace()
      } while current == "#"
      written += value.utf8.count
      guard written <= Self.textLimit else {
        throw fault("all values together have more than \(Self.textLimit) characters")
      }
      guard fields.count < Self.fieldLimit else { throw fault("the entry has more than \(Self.fieldLimit) fields") }
      guard fields[name] == nil else { throw fault("the field \(shortened(name)) is given twice; leave one out") }
      fields[name] = value
      if current == "," {
        advance()
      } else if current != nil, current != closing {
        throw fault("a comma is missing behind \(shortened(name))")
      }
    }
  }

  private mutating func readValue(_ name: String) throws(Fault) -> String {
    skipSpace()
    let start = line
    guard let first = current else { throw fault("the field \(shortened(name)) has no value") }
    guard first == "{" || first == "\"" else {
      let text = word()
      guard !text.isEmpty else { throw fault("the value of \(shortened(name)) must be in braces or quotes") }
      if text.unicodeScalars.allSatisfy(isDigit) { return text }
      guard let meant = abbreviations[text.lowercased()] else {
        throw fault("there is no @string \"\(shortened(text))\"; put the value of \(shortened(name)) in braces")
      }
      return meant
    }
    advance()
    var text = String.UnicodeScalarView()
    var depth = 0
    while let scalar = current {
      if depth == 0, scalar == (first == "{" ? "}" : "\"") {
        advance()
        return String(text)
      }
      if scalar == "{" { depth += 1 } else if scalar == "}" { depth -= 1 }
      guard (0...Self.depthLimit).contains(depth) else { throw fault("braces do not match in \(shortened(name))") }
      text.append(scalar)
      advance()
      if scalar == "\\", current != nil, current != "\n" {
        text.append(current!)
        advance()
      }
    }
    throw Fault(line: start, problem: .badBibTeX("the value of \(shortened(name)) is not closed"))
  }
}

/// Abbreviations that every bibliography has.
private let months = [
  "jan": "January", "feb": "February", "mar": "March", "apr": "April", "may": "May", "jun": "June", "jul": "July",
  "aug": "August", "sep": "September", "oct": "October", "nov": "November", "dec": "December",
]
