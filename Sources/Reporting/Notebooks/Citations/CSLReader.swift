import ExactJSON
import Foundation
import PositionedYAML

/// Reads a bibliography in CSL-JSON: a list of works as Zotero, Pandoc and citation servers write it.
///
/// It has the bounds of ``BibTeXReader``. Fields that pages do not show are passed over; of those that they show, what has
/// another form than CSL-JSON's is left out and noted.
package struct CSLReader {
  /// People of one work.
  static let peopleLimit = 5_000

  private var written = 0

  /// The works in their order.
  package static func read(_ text: String) throws(BibTeXReader.Fault) -> [BibliographyEntry] {
    // A byte-order mark says nothing, here as in a .bib file.
    let data = Data((text.first == "\u{FEFF}" ? text.dropFirst() : text[...]).utf8)
    let root: JSONValue
    do { root = try readJSON(data, limit: NotebookSource.bibliographyLimit) } catch {
      let line = data.prefix(error.offset).reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
      throw BibTeXReader.Fault(line: line, problem: .badCSL("\(error)"))
    }
    guard let works = root.array else {
      throw BibTeXReader.Fault(line: 1, problem: .badCSL("a list of works in brackets was expected"))
    }
    guard works.count <= BibTeXReader.entryLimit else {
      throw BibTeXReader.Fault(line: 1, problem: .badCSL("there are more than \(BibTeXReader.entryLimit) works"))
    }
    let lines = elementLines(data)
    var reader = CSLReader()
    var known: [String: Int] = [:]
    var entries: [BibliographyEntry] = []
    for (place, work) in works.enumerated() {
      let line = lines.indices.contains(place) ? lines[place] : 1
      let entry = try reader.entry(work, line: line)
      if let earlier = known.updateValue(line, forKey: entry.key) {
        throw BibTeXReader.Fault(line: line, problem: .doubledKey(entry.key, line: earlier))
      }
      entries.append(entry)
    }
    return entries
  }

  /// The lines in which the elements of a list begin.
  private static func elementLines(_ data: Data) -> [Int] {
    var (lines, line, depth, isText, isEscaped): ([Int], Int, Int, Bool, Bool) = ([], 1, 0, false, false)
    var isExpected = false
    for byte in data {
      if byte == 0x0A { line += 1 }
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == 0x22 {
          isText = false
        }
        continue
      }
      if isExpected, byte > 0x20, byte != UInt8(ascii: "]") {
        lines.append(line)
        isExpected = false
      }
      switch byte {
      case 0x22: isText = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        if depth == 1 { isExpected = true }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ",") where depth == 1: isExpected = true
      default: break
      }
    }
    return lines
  }

  private mutating func entry(_ work: JSONValue, line: Int) throws(BibTeXReader.Fault) -> BibliographyEntry {
    func fault(_ reason: String) -> BibTeXReader.Fault { BibTeXReader.Fault(line: line, problem: .badCSL(reason)) }
    guard let members = work.members else { throw fault("a work in braces was expected") }
    guard members.count <= BibTeXReader.fieldLimit else {
      throw fault("the work has more than \(BibTeXReader.fieldLimit) fields")
    }
    let values = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { one, _ in one })
    guard let key = values["id"].flatMap(Self.plain)?.trimmed, !key.isEmpty else {
      throw fault("the work has no \"id\" to be cited by")
    }
    let kind = values["type"]?.text ?? ""
    var entry = BibliographyEntry(kind: kind, key: key, line: line, fields: [:])
    for (name, field) in Self.fields where values[name] != nil && values[name] != .null {
      guard let value = values[name], let text = Self.plain(value) else {
        entry.unread.insert(name)
        continue
      }
      let bytes = text.utf8.count
      written += bytes
      guard bytes <= BibTeXReader.valueLimit else {
        throw fault("the value of \(name) has more than \(BibTeXReader.valueLimit) characters")
      }
      guard written <= BibTeXReader.textLimit else {
        throw fault("all values together have more than \(BibTeXReader.textLimit) characters")
      }
      entry.fields[field] = Self.shown(text, field)
    }
    if kind == "article-journal" || kind == "article-magazine" || kind == "article-newspaper" {
      entry.fields["journal"] = entry.fields.removeValue(forKey: "booktitle")
    }
    let people = values["author"] ?? values["editor"]
    if let people, people != .null { entry.people = try self.people(people, &entry, fault) }
    if let issued = values["issued"], issued != .null {
      entry.fields["year"] = Self.year(issued)
      if entry.fields["year"] == nil { entry.unread.insert("issued") }
    }
    return entry
  }

  /// CSL-JSON's names of what a page shows, and the names that the list of references knows them by.
  private static let fields = [
    ("title", "title"), ("container-title", "booktitle"), ("publisher", "publisher"), ("volume", "volume"),
    ("issue", "number"), ("page", "pages"), ("DOI", "doi"), ("URL", "url"), ("note", "note"),
  ]

  /// A text, or a number as it is written.
  private static func plain(_ value: JSONValue) -> String? {
    switch value {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .real: value.json
    default: nil
    }
  }

  /// Of the text the marks that CSL-JSON allows in it are taken away, and what they are around is kept.
  private static func shown(_ text: String, _ field: String) -> String {
    switch field {
    case "doi": return text.trimmed.replacing(/^(https?:\/\/(dx\.)?doi\.org\/|doi:\s*)/.ignoresCase(), with: "")
    case "url": return text.trimmed
    case "pages": return oneLine(text).replacing(/(\d)-(\d)/) { "\($0.1)–\($0.2)" }
    default: return oneLine(text.replacing(/<\/?(i|b|sc|sup|sub|span)( [^<>]{0,80})?>/, with: ""))
    }
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ").precomposedStringWithCanonicalMapping
  }

  private mutating func people(
    _ value: JSONValue, _ entry: inout BibliographyEntry, _ fault: (String) -> BibTeXReader.Fault
  ) throws(BibTeXReader.Fault) -> People {
    var found = People()
    guard let names = value.array else {
      entry.unread.insert("author")
      return found
    }
    guard names.count <= Self.peopleLimit else { throw fault("the work has more than \(Self.peopleLimit) people") }
    for name in names {
      let parts = [
        "family", "given", "literal", "non-dropping-particle", "dropping-particle", "suffix",
      ].map { Self.oneLine(name[$0]?.text ?? "") }
      written += parts.reduce(0) { $0 + $1.utf8.count }
      guard written <= BibTeXReader.textLimit else {
        throw fault("all values together have more than \(BibTeXReader.textLimit) characters")
      }
      func joined(_ words: [String], _ separator: String) -> String {
        words.filter { !$0.isEmpty }.joined(separator: separator)
      }
      // `van` belongs to the name, `de` of `de la Fontaine` comes behind the given ones.
      let family = parts[0].isEmpty ? parts[2] : joined([parts[3], parts[0]], " ")
      let given = joined([joined([parts[1], parts[4]], " "), parts[5]], ", ")
      if family.isEmpty, given.isEmpty {
        entry.unread.insert("author")
      } else if family.lowercased() == "others", given.isEmpty {
        found.hasOthers = true
      } else {
        found.people.append(family.isEmpty ? Person(family: given, given: "") : Person(family: family, given: given))
      }
    }
    return found
  }

  /// Of `{"date-parts": [[2015, 5]]}`, `{"raw": "2015-05"}` or `{"literal": "2015"}`.
  private static func year(_ value: JSONValue) -> String? {
    if let first = value["date-parts"]?.array?.first?.array?.first, let text = plain(first)?.trimmed, !text.isEmpty {
      return text.utf8.count <= 20 ? text : nil
    }
    for name in ["raw", "literal"] {
      guard let text = value[name]?.text else { continue }
      if let year = text.firstMatch(of: /\d{4}/) { return String(year.output) }
      let plain = oneLine(text)
      if name == "literal", !plain.isEmpty, plain.utf8.count <= 60 { return plain }
    }
    return nil
  }
}
