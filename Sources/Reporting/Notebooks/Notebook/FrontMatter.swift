package import PositionedYAML
package import Store
import Text

/// What is above a notebook's text between two lines of three dashes.
package struct FrontMatter: Sendable, Hashable {
  package var title: Placed?
  package var subtitle: Placed?
  package var language = "en"
  package var parameters: [Parameter] = []
  /// A file beside the notebook.
  package var bibliography: Placed?
  /// A file of shared cells beside the notebook.
  package var cells: Placed?
  /// Texts with digits that are no measurements, and what they mean.
  package var constants: [Constant] = []
  /// The index of the first line behind it.
  package var end = 0

  package struct Placed: Sendable, Hashable {
    package var value: String
    package var line: Int
    package var column: Int
  }

  package struct Constant: Sendable, Hashable {
    package var text: String
    package var meaning: String
  }

  package static let keys = ["title", "subtitle", "lang", "parameters", "bibliography", "cells", "constants"]

  package init() {}

  /// Reads it from the notebook's lines. Throws ``NotebookError/frontMatter(_:)``.
  package init(lines: [String], file: String, _ problems: inout ProblemList) throws(NotebookError) {
    guard let first = lines.firstIndex(where: { !$0.allSatisfy(\.isWhitespace) }), Self.isDashes(lines[first]) else {
      return
    }
    guard let last = lines[(first + 1)...].firstIndex(where: { Self.isDashes($0) || $0.trimmedEnd == "..." }) else {
      problems.add(first + 1, .frontMatterOpen)
      end = lines.count
      return
    }
    end = last + 1
    let inner = lines[(first + 1)..<last]
    // Empty lines in the place of what is before keep the lines' numbers.
    let yaml = String(repeating: "\n", count: first + 1) + inner.joined(separator: "\n")
    guard inner.contains(where: { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }) else { return }
    do {
      let reader = YAMLReader(try parseYAML(yaml, file: file))
      if let entries = reader.mapping(reader.document.root, "the front matter", known: Self.keys) {
        read(entries, reader)
      }
      try reader.finish()
    } catch { throw .frontMatter(error) }
  }

  private mutating func read(_ entries: [String: YAMLNode.Entry], _ reader: YAMLReader) {
    func placed(_ key: String) -> Placed? {
      guard let entry = entries[key], let value = reader.string(entry.value, key) else { return nil }
      return Placed(value: value, line: entry.value.line, column: entry.value.column)
    }
    func file(_ key: String, _ what: String) -> Placed? {
      guard let found = placed(key), let entry = entries[key] else { return nil }
      if !isPlainFileName(found.value) {
        reader.report(
          entry.value, "\(what) \"\(shortened(found.value))\" is not the name of a file beside the notebook")
      }
      return found
    }
    title = placed("title")
    subtitle = placed("subtitle")
    bibliography = file("bibliography", "the bibliography")
    cells = file("cells", "the file of cells")
    if let entry = entries["lang"], let language = reader.choice(entry.value, "language", ["en", "zh"]) {
      self.language = language
    }
    for entry in named(entries["parameters"]?.value, "parameters", reader) {
      guard Parameter.isName(entry.key) else {
        reader.report(
          line: entry.line, column: entry.column,
          "\"\(shortened(entry.key))\" is no parameter's name; use letters, digits and underscores, a letter first")
        continue
      }
      if let remedy = Parameter.remedy(entry) {
        reader.report(entry.value, "the parameter \(entry.key) is \(entry.value.shown); \(remedy)")
        continue
      }
      guard let parameter = Parameter(entry) else {
        reader.report(
          entry.value, "the parameter \(entry.key) is \(entry.value.kind); a text, number or Boolean was expected")
        continue
      }
      parameters.append(parameter)
    }
    for entry in named(entries["constants"]?.value, "constants", reader) {
      guard let meaning = reader.string(entry.value, "the constant \(shortened(entry.key))") else { continue }
      guard entry.key.unicodeScalars.contains(where: isDigit) else {
        reader.report(
          line: entry.line, column: entry.column, "the constant \"\(shortened(entry.key))\" has no digit; leave it out")
        continue
      }
      constants.append(Constant(text: entry.key, meaning: meaning))
    }
  }

  /// Three dashes; spaces behind them are not seen.
  private static func isDashes(_ line: String) -> Bool { line.trimmedEnd == "---" }

  /// The entries of a mapping whose keys the author chooses.
  private func named(_ node: YAMLNode?, _ what: String, _ reader: YAMLReader) -> [YAMLNode.Entry] {
    guard let node else { return [] }
    guard case .mapping(let entries) = node.content else {
      reader.report(node, "\(what) is \(node.kind); a mapping was expected")
      return []
    }
    guard entries.count <= 100 else {
      reader.report(node, "there are \(entries.count) \(what); 100 is the limit")
      return []
    }
    return entries
  }
}

/// A value that a reader of the notebook may choose.
package struct Parameter: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case integer = "a whole number"
    case real = "a number"
    case truth = "true or false"
    case text = "a text"
  }

  package var name: String
  package var kind: Kind
  /// The default, or what it was set to; a truth is 1 or 0.
  package var value: SQLValue

  package static func isName(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count) && text.utf8.first.map { !(48...57).contains($0) } == true
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
      }
  }

  /// What to write instead of a plain word that looks like a number and is none, or like YAML's other words for true and false: as a
  /// text it would be greater than every number. nil for all else.
  static func remedy(_ entry: YAMLNode.Entry) -> String? {
    guard case .scalar(let text, true) = entry.value.content else { return nil }
    let body = text.drop { $0 == "-" || $0 == "+" }
    let lowered = body.lowercased()
    if ["yes", "no", "on", "off", "y", "n"].contains(lowered) {
      return "write true or false, or \"\(text)\" for a text"
    }
    let isNamed = [".inf", ".nan", "inf", "nan", "infinity"].contains(lowered)
    let beginsAsNumber = body.first.map { ("0"..."9").contains($0) || $0 == "." } ?? false
    guard isNamed || beginsAsNumber && lowered.allSatisfy({ "0123456789abcdefox_.,:+-%t".contains($0) }) else {
      return nil
    }
    do throws(NumberText.Complaint) { _ = try NumberText(text: text, plain: true).number() } catch {
      return "\(error.remedy ?? "write a plain decimal number"), or \"\(text)\" for a text"
    }
    let isWhole = body.allSatisfy { ("0"..."9").contains($0) }
    return isWhole && Int64(text) == nil ? "it is too large" : nil
  }

  /// The kind is that of the default.
  package init?(_ entry: YAMLNode.Entry) {
    guard case .scalar(let text, let plain) = entry.value.content else { return nil }
    if plain, ["", "~", "null", "Null", "NULL"].contains(text) { return nil }
    name = entry.key
    (kind, value) = (.text, .text(text))
    guard plain else { return }
    for kind in [Kind.integer, .real, .truth] {
      if let value = Self.value(text, kind) {
        (self.kind, self.value) = (kind, value)
        return
      }
    }
  }

  /// A text as a value of a kind; nil if it is none.
  package static func value(_ text: String, _ kind: Kind) -> SQLValue? {
    switch kind {
    case .integer: return Int64(text).map { .integer($0) }
    case .real:
      guard text.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }),
        let number = Double(text), number.isFinite
      else { return nil }
      return .real(number)
    case .truth:
      switch text.lowercased() {
      case "true": return .integer(1)
      case "false": return .integer(0)
      default: return nil
      }
    case .text: return .text(text)
    }
  }
}

extension [Parameter] {
  /// With what was set from outside. Throws ``NotebookError/settings(_:)`` with everything that is wrong.
  package func set(_ settings: [String: String]) throws(NotebookError) -> [Parameter] {
    var result = self
    var problems: [SettingProblem] = []
    for (name, text) in settings.sorted(by: { $0.key < $1.key }) {
      guard let place = firstIndex(where: { $0.name == name }) else {
        let names = map(\.name)
        problems.append(.unknown(name, nearest: nearest(to: name, among: names), known: names))
        continue
      }
      if let value = Parameter.value(text, self[place].kind) {
        result[place].value = value
      } else {
        problems.append(.wrongKind(name, value: text, expected: self[place].kind.rawValue))
      }
    }
    if !problems.isEmpty { throw .settings(problems) }
    return result
  }

  package var values: [String: SQLValue] { Dictionary(map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }) }
}

/// Whether a character is a decimal digit, full-width ones too.
package func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.numericType == .decimal }

extension String {
  /// Without spaces at its end.
  fileprivate var trimmedEnd: String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
