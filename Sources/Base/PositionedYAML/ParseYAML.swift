import Yams

/// A parsed file, and what was wrong that did not keep it from being read.
public struct YAMLDocument: Sendable {
  /// The name that messages use.
  public let file: String
  /// The text as it was read.
  public let text: String
  /// The tree.
  public let root: YAMLNode
  /// Doubled keys and wrong merge keys; the first of doubled keys is in the tree.
  public let problems: [YAMLProblem]

  /// A document that was not parsed from a file.
  public init(file: String, text: String, root: YAMLNode, problems: [YAMLProblem] = []) {
    self.file = file
    self.text = text
    self.root = root
    self.problems = problems
  }
}

/// The bounds of what is read.
public enum YAMLLimit {
  /// Bytes of a file.
  public static let bytes = 1 << 20
  /// Values, aliases followed.
  public static let nodes = 100_000
  /// Levels of nesting.
  public static let depth = 64
}

/// Parses one YAML document.
///
/// Merge keys (`<<`) are followed. Throws ``YAMLProblems`` for what is not YAML, an empty file, several documents, keys
/// that are not strings, nesting beyond ``YAMLLimit/depth`` and more than ``YAMLLimit/nodes`` nodes with aliases followed.
public func parseYAML(_ text: String, file: String) throws(YAMLProblems) -> YAMLDocument {
  guard text.utf8.count <= YAMLLimit.bytes else {
    throw YAMLProblems(
      file: file, text: text,
      problems: [
        YAMLProblem(
          line: 1, column: 1, message: "has \(text.utf8.count) bytes; at most \(YAMLLimit.bytes) are read")
      ])
  }
  var parse = YAMLParse(text)
  do throws(Failure) {
    let root = try parse.run()
    return YAMLDocument(file: file, text: text, root: root, problems: parse.problems)
  } catch {
    let last = YAMLProblem(
      line: max(1, error.place.line), column: max(1, error.place.column), message: error.message)
    throw YAMLProblems(file: file, text: text, problems: parse.problemsSoFar + [last])
  }
}

/// A position in the file, both numbers from 1.
struct Place: Hashable, Comparable {
  var line: Int
  var column: Int

  init(_ line: Int, _ column: Int) {
    self.line = line
    self.column = column
  }

  init(_ mark: Mark) { self.init(mark.line, mark.column) }

  static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// Why a document cannot be read at all.
struct Failure: Error {
  var place: Place
  var message: String

  static let depth = "is nested too deeply; at most \(YAMLLimit.depth) levels are read"
}

/// One document on its way through the parser.
private struct YAMLParse {
  private var source: SourceText
  private(set) var problems: [YAMLProblem] = []
  /// The parser gives up at a doubled key and says where its first one is: that one is made another by a scalar that is
  /// inserted there, and the text parsed again. Both are found in the tree then, at their exact places.
  private var insertions: [Insertion] = []

  struct Insertion {
    /// Where it is in the file, and the place of its key.
    var place: Place
    var scalar: Unicode.Scalar
    var key: (name: String, place: Place)
  }

  init(_ text: String) { source = SourceText(text) }

  mutating func run() throws(Failure) -> YAMLNode {
    if let (line, column, scalar) = source.firstForbidden {
      let digits = String(scalar.value, radix: 16, uppercase: true)
      throw Failure(
        place: Place(line, column),
        message: """
          is not YAML: it has the control character U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits); \
          remove it
          """)
    }
    while true {
      do {
        let parser = try Parser(yaml: textWithInsertions, encoding: .utf8)
        guard let node = try parser.nextRoot() else {
          throw Failure(place: Place(1, 1), message: "is empty; an experiment was expected")
        }
        if let second = try parser.nextRoot() {
          throw Failure(
            place: Place(second.mark?.line ?? 1, 1),
            message: "a second document begins here; write one document per file")
        }
        var conversion = YAMLConversion(
          source: source, inserted: Set(insertions.map(\.scalar)), original: Self.original(insertions))
        let root = try conversion.convert(node, depth: 0)
        problems = conversion.problems
        return root
      } catch let failure as Failure {
        throw failure
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        try rejectDuplicate(keys.first ?? "", Self.original(insertions)(Place(context.mark)))
      } catch let error as YamlError {
        throw failure(error)
      } catch {
        throw Failure(place: Place(1, 1), message: "is not YAML: \(error)")
      }
    }
  }

  /// What is known when the text turns out not to be YAML behind doubled keys.
  var problemsSoFar: [YAMLProblem] {
    problems.isEmpty
      ? insertions.map { insertion in
        YAMLProblem(
          line: insertion.key.place.line, column: insertion.key.place.column,
          message: "key \"\(shortened(insertion.key.name))\" is doubled in its mapping; remove one")
      } : problems
  }

  /// Makes the key at a place another one than its double.
  private mutating func rejectDuplicate(_ key: String, _ place: Place) throws(Failure) {
    let name = source.restored(key, without: Set(insertions.map(\.scalar)))
    func doubled() -> Failure {
      Failure(place: place, message: "key \"\(shortened(name))\" is doubled in its mapping; remove one")
    }
    guard source.lines.indices.contains(place.line - 1) else { throw doubled() }
    let line = source.lines[place.line - 1]
    var index = place.column - 1
    // Anchors and tags are before the key itself.
    while index < line.count, line[index] == "&" || line[index] == "!" {
      while index < line.count, line[index] != " " { index += 1 }
      while index < line.count, line[index] == " " { index += 1 }
    }
    if index < line.count, line[index] == "\"" || line[index] == "'" { index += 1 }
    let inside = Place(place.line, index + 1)
    // A key that is an alias has the place of its anchor: it would be met again and again.
    guard !insertions.contains(where: { $0.place == inside }), let scalar = source.unusedScalar() else {
      throw doubled()
    }
    insertions.append(Insertion(place: inside, scalar: scalar, key: (name, place)))
  }

  private var textWithInsertions: String {
    guard !insertions.isEmpty else { return source.forParser }
    var lines = source.forParser.split(separator: "\n", omittingEmptySubsequences: false).map {
      Array($0.unicodeScalars)
    }
    for insertion in insertions.sorted(by: { $0.place > $1.place }) {
      lines[insertion.place.line - 1].insert(insertion.scalar, at: insertion.place.column - 1)
    }
    return lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
  }

  /// From places in the parser's text to those of the file.
  private static func original(_ insertions: [Insertion]) -> (Place) -> Place {
    let columns = Dictionary(grouping: insertions.map(\.place), by: \.line).mapValues { $0.map(\.column).sorted() }
    return { place in
      var column = place.column
      for inserted in columns[place.line] ?? [] where inserted < column { column -= 1 }
      return Place(place.line, column)
    }
  }

  private func failure(_ error: YamlError) -> Failure {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let place = Self.original(insertions)(Place(mark))
      return Failure(place: place, message: sentence(problem, at: place))
    default: return Failure(place: Place(1, 1), message: "is not YAML: \(error)")
    }
  }

  /// The parser's words, in ours where they would help nobody.
  private func sentence(_ problem: String, at place: Place) -> String {
    if problem.hasPrefix("Maximum nesting level") { return Failure.depth }
    let line = source.lines.indices.contains(place.line - 1) ? source.lines[place.line - 1] : []
    let isTab = line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t")
    return "is not YAML: \(problem)\(isTab ? "; the line is indented by a tab, write spaces" : "")"
  }
}
