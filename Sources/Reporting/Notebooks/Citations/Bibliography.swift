import PositionedYAML
import Text

/// The works that a notebook can cite.
package struct Bibliography: Sendable {
  package let entries: [BibliographyEntry]
  private let places: [String: Int]

  package init(entries: [BibliographyEntry]) {
    self.entries = entries
    places = Dictionary(entries.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { one, _ in one })
  }

  package static let empty = Bibliography(entries: [])

  package subscript(key: String) -> BibliographyEntry? { places[key].map { entries[$0] } }

  package func nearestKey(to key: String) -> String? { nearest(to: key, among: entries.map(\.key)) }

  /// A key and the place in the work, of `simonyan2015, Table 2`; nil if it is no key of these.
  package func citation(_ text: String) -> NotebookExpression.Citation? {
    let sides = text.split(separator: ",", maxSplits: 1).map(\.trimmed)
    let key = sides.first.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 } ?? ""
    guard self[key] != nil else { return nil }
    return NotebookExpression.Citation(key: key, place: sides.count > 1 ? sides[1] : nil)
  }
}

/// The works that a page cites, named as it names them.
package struct CitedWorks: Sendable {
  package let words: Words
  /// In the order of the list of references.
  package let entries: [BibliographyEntry]
  /// `Simonyan & Zisserman` and `2015`, with a letter behind the year where two would be called alike.
  private let labels: [String: (name: String, year: String)]

  package init(_ bibliography: Bibliography, cited keys: Set<String>, words: Words) {
    self.words = words
    let found = bibliography.entries.filter { keys.contains($0.key) }
    let names = found.map { (entry: $0, name: Self.name($0, words)) }
    let sorted = names.sorted { ($0.name, $0.entry.year, $0.entry.key) < ($1.name, $1.entry.year, $1.entry.key) }
    entries = sorted.map(\.entry)
    var labels: [String: (name: String, year: String)] = [:]
    // Works that would be called alike are neighbors.
    var start = 0
    while start < sorted.count {
      let (name, year) = (sorted[start].name, sorted[start].entry.year)
      let end = sorted[start...].firstIndex { $0.name != name || $0.entry.year != year } ?? sorted.count
      for place in start..<end {
        let letter = end - start > 1 ? Self.letter(place - start) : ""
        labels[sorted[place].entry.key] = (name, year + letter)
      }
      start = end
    }
    self.labels = labels
  }

  private static func letter(_ index: Int) -> String {
    index < 26 ? String(UnicodeScalar(UInt8(97 + index))) : "-\(index + 1)"
  }

  /// As it is within a pair of brackets.
  package func label(_ citation: NotebookExpression.Citation) -> String {
    guard let label = labels[citation.key] else { return citation.key }
    return (citation.prefix.map { $0 + " " } ?? "")
      + (citation.isYearOnly ? label.year : "\(label.name)\(words.comma)\(label.year)")
      + (citation.place.map { words.comma + $0 } ?? "")
  }

  /// As it is in a sentence: the names, and what is in brackets.
  package func mention(_ citation: NotebookExpression.Citation) -> (name: String, year: String) {
    labels[citation.key] ?? (citation.key, "")
  }

  /// What LaTeX says in the works that is not understood.
  package var unknown: [(key: String, line: Int, commands: [String])] {
    entries.filter { !$0.unknown.isEmpty }.map { ($0.key, $0.line, $0.unknown.sorted()) }
  }

  /// The works whose crossref leads to no entry.
  package var orphans: [(key: String, line: Int, parent: String)] {
    entries.compactMap { entry in entry.missingParent.map { (entry.key, entry.line, $0) } }
  }

  /// Fields of the works that could not be read.
  package var unread: [(key: String, line: Int, fields: [String])] {
    entries.filter { !$0.unread.isEmpty }.map { ($0.key, $0.line, $0.unread.sorted()) }
  }

  /// An entry of the list in its parts; the title is set apart.
  package func parts(_ entry: BibliographyEntry) -> (before: String, title: String, behind: String, address: String?) {
    let year = labels[entry.key]?.year ?? entry.year
    let people = entry.people.people.map(\.full) + (entry.people.hasOthers ? [words.andOthers] : [])
    let authors = people.isEmpty ? Self.name(entry, words) : people.joined(separator: words.semicolon)
    var places: [String] = []
    for name in ["journal", "booktitle", "publisher", "school", "institution", "howpublished", "note"] {
      if let text = entry.fields[name], !text.hasPrefix("http") { places.append(text) }
    }
    if let volume = entry.fields["volume"] {
      let text = volume + (entry.fields["number"].map { "(\($0))" } ?? "")
      places.insert(text, at: min(1, places.count))
    }
    if let pages = entry.fields["pages"] { places.append(pages) }
    if let archive = entry.fields["eprint"] { places.append("arXiv:\(archive)") }
    let named = [entry.fields["url"], entry.fields["howpublished"]].compactMap { $0 }.first {
      $0.hasPrefix("https://") || $0.hasPrefix("http://")
    }
    // What follows an address, as the day of a visit, is text.
    let words = named?.split(maxSplits: 1, whereSeparator: \.isWhitespace) ?? []
    if words.count > 1 { places.append(words[1].trimmed) }
    let address =
      entry.fields["doi"].map { "https://doi.org/\($0)" }
      ?? words.first.map { String($0.hasSuffix(",") || $0.hasSuffix(";") ? $0.dropLast() : $0) }
      ?? entry.fields["eprint"].map { "https://arxiv.org/abs/\($0)" }
    return (
      "\(authors) (\(year)). ", entry.fields["title"] ?? entry.key,
      (places.isEmpty ? "" : ". " + places.joined(separator: ", ")) + ".", address.map(Self.encoded)
    )
  }

  /// An address with what would end it in HTML or Markdown as bytes in hexadecimal: parentheses, brackets, spaces.
  private static func encoded(_ address: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return address.unicodeScalars.map { scalar in
      guard scalar.value <= 0x20 || scalar.value == 0x7F || "<>\"()[]`\\".unicodeScalars.contains(scalar) else {
        return String(scalar)
      }
      return "%\(digits[Int(scalar.value) / 16])\(digits[Int(scalar.value) % 16])"
    }.joined()
  }

  private static func name(_ entry: BibliographyEntry, _ words: Words) -> String {
    let names = entry.people.people.map(\.family)
    if entry.people.hasOthers, let first = names.first { return "\(first) \(words.andOthers)" }
    switch names.count {
    case 0: return entry.fields["organization"] ?? entry.fields["title"] ?? entry.key
    case 1: return names[0]
    case 2: return "\(names[0]) \(words.and) \(names[1])"
    default: return "\(names[0]) \(words.andOthers)"
    }
  }
}

extension BibliographyEntry {
  package var year: String { fields["year"] ?? fields["date"].map { String($0.prefix(4)) } ?? "n.d." }
}

/// Reads a notebook's bibliography. Throws ``NotebookError`` with the line of what is wrong with it.
package func readBibliography(_ source: NotebookSource) throws(NotebookError) -> Bibliography {
  var problems = ProblemList()
  let front = try FrontMatter(lines: notebookLines(source.text), file: source.file, &problems)
  guard let name = front.bibliography else { return .empty }
  guard let text = source.bibliography else {
    throw .notebook(file: source.file, problems: [.init(line: name.line, problem: .badBibliography(name.value))])
  }
  do {
    return Bibliography(entries: source.isBibliographyJSON ? try CSLReader.read(text) : try BibTeXReader.read(text))
  } catch {
    throw .notebook(file: name.value, problems: [.init(line: error.line, problem: error.problem)])
  }
}

extension NotebookSource {
  /// Whether the bibliography is CSL-JSON, as its name in the front matter says; otherwise it is BibTeX.
  public var isBibliographyJSON: Bool {
    var problems = ProblemList()
    let front = try? FrontMatter(lines: notebookLines(text), file: file, &problems)
    return front?.bibliography?.value.lowercased().hasSuffix(".json") ?? false
  }
}
