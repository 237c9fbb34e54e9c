import Yams

/// A parsed file, and what was wrong that did not keep it from being read.
public struct YAMLDocument: Sendable {
  public let file: String
  public let text: String
  public let root: YAMLNode
  /// Doubled keys; the first of each is in the tree.
  public let problems: [YAMLProblem]
}

/// The bounds of what is read.
public enum YAMLLimit {
  public static let bytes = 1 << 20
  public static let nodes = 100_000
  public static let depth = 64
}

/// Parses one YAML document.
///
/// Throws ``YAMLProblems`` for what is not YAML, an empty file, several documents, keys that are not strings, nesting
/// beyond ``YAMLLimit/depth`` and more than ``YAMLLimit/nodes`` nodes with aliases followed.
public func parseYAML(_ text: String, file: String) throws(YAMLProblems) -> YAMLDocument {
  func failure(_ line: Int, _ column: Int, _ message: String) -> YAMLProblems {
    YAMLProblems(
      file: file, text: text, problems: [YAMLProblem(line: max(1, line), column: max(1, column), message: message)])
  }
  guard text.utf8.count <= YAMLLimit.bytes else {
    throw failure(1, 1, "has \(text.utf8.count) bytes; at most \(YAMLLimit.bytes) are read")
  }
  if let place = tooDeep(text) {
    throw failure(place.line, place.column, "is nested too deeply; at most \(YAMLLimit.depth) levels are read")
  }
  var source = text
  var problems: [YAMLProblem] = []
  var doubled: Set<Place> = []
  while true {
    do {
      let parser = try Parser(yaml: source)
      guard let node = try parser.nextRoot() else { throw failure(1, 1, "is empty; an experiment was expected") }
      if let second = try parser.nextRoot() {
        throw failure(second.mark?.line ?? 1, 1, "a second document begins here; write one document a file")
      }
      var conversion = Conversion(doubled: doubled)
      let root = try conversion.convert(node, depth: 0)
      return YAMLDocument(file: file, text: text, root: root, problems: problems)
    } catch let error as YAMLProblems {
      throw error
    } catch let error as ConversionError {
      throw failure(error.line, error.column, error.message)
    } catch let error as YamlError {
      switch error {
      case .duplicatedKeysInMapping(let keys, let context):
        // The parser gives up at a doubled key: its second place is told, renamed, and the file parsed again.
        guard problems.count < 50, let key = keys.first,
          let (place, renamed) = renameSecond(key, after: context.mark, in: source, number: problems.count)
        else { throw failure(context.mark.line, context.mark.column, "key \"\(keys.first ?? "")\" is doubled") }
        doubled.insert(place)
        problems.append(
          YAMLProblem(
            line: place.line, column: place.column,
            message: "key \"\(key)\" is doubled; it stands in line \(context.mark.line) already"))
        source = renamed
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw failure(mark.line, mark.column, "is not YAML: \(problem)")
      case .reader(let problem, _, _, _): throw failure(1, 1, "is not YAML: \(problem)")
      default: throw failure(1, 1, "is not YAML: \(error)")
      }
    } catch {
      throw failure(1, 1, "is not YAML: \(error)")
    }
  }
}

private struct Place: Hashable {
  var line: Int
  var column: Int
}

/// Where brackets or dashes open more levels than are read: the parser descends by recursion.
private func tooDeep(_ text: String) -> Place? {
  var depth = 0
  var line = 1
  var column = 0
  var dashes = 0
  for scalar in text.unicodeScalars {
    column += 1
    switch scalar {
    case "\n":
      line += 1
      column = 0
      dashes = 0
    case "[", "{": depth += 1
    case "]", "}": depth = max(0, depth - 1)
    case "-", "?": dashes += 1
    default: if scalar != " " { dashes = 0 }
    }
    // Indentation is a level too, at the least a column each.
    if depth > 4 * YAMLLimit.depth || dashes > 4 * YAMLLimit.depth { return Place(line: line, column: column) }
  }
  return nil
}

/// The second place of a key in the mapping whose first one stands at `mark`, and the text with that place renamed to
/// something of the same length.
private func renameSecond(_ key: String, after mark: Mark, in text: String, number: Int) -> (Place, String)? {
  var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
  let word = Array(key.unicodeScalars)
  guard !word.isEmpty else { return nil }
  func isKey(_ line: [Unicode.Scalar], _ start: Int) -> Bool {
    guard start + word.count <= line.count, Array(line[start..<start + word.count]) == word else { return false }
    if start > 0, !" {,\"'-\t".unicodeScalars.contains(line[start - 1]) { return false }
    var end = start + word.count
    while end < line.count, " \"'".unicodeScalars.contains(line[end]) { end += 1 }
    return end < line.count && line[end] == ":"
  }
  var places: [Place] = []
  for index in max(0, mark.line - 1)..<lines.count {
    for start in 0..<max(0, lines[index].count) where index > mark.line - 1 || start > mark.column - 1 {
      if isKey(lines[index], start) { places.append(Place(line: index + 1, column: start + 1)) }
    }
  }
  // In a block mapping its keys stand in one column; in a flow mapping the next one is meant.
  let same = places.first { $0.line > mark.line && $0.column == mark.column }
  let flow = places.first { $0.line == mark.line }
  guard let place = flow ?? same ?? places.first else { return nil }
  var letters = Array("k\(number)".unicodeScalars)
  while letters.count < word.count { letters.append("k") }
  lines[place.line - 1].replaceSubrange(place.column - 1..<place.column - 1 + word.count, with: letters)
  let renamed = lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
  return (place, renamed)
}

private struct ConversionError: Error {
  var line: Int
  var column: Int
  var message: String
}

/// Takes over the parser's tree, counting what aliases make of it.
private struct Conversion {
  let doubled: Set<Place>
  var nodes = 0

  mutating func convert(_ node: Node, depth: Int) throws(ConversionError) -> YAMLNode {
    let line = node.mark?.line ?? 1
    let column = node.mark?.column ?? 1
    nodes += 1
    guard nodes <= YAMLLimit.nodes else {
      throw ConversionError(
        line: line, column: column, message: "aliases make more than \(YAMLLimit.nodes) values of this file")
    }
    guard depth <= YAMLLimit.depth else {
      throw ConversionError(
        line: line, column: column, message: "is nested too deeply; at most \(YAMLLimit.depth) levels are read")
    }
    let content: YAMLNode.Content
    switch node {
    case .scalar(let scalar): content = .scalar(scalar.string, plain: scalar.style == .plain || scalar.style == .any)
    case .sequence(let sequence):
      var items: [YAMLNode] = []
      for item in sequence { items.append(try convert(item, depth: depth + 1)) }
      content = .sequence(items)
    case .mapping(let mapping):
      var entries: [YAMLNode.Entry] = []
      for (key, value) in mapping {
        let place = Place(line: key.mark?.line ?? line, column: key.mark?.column ?? column)
        if doubled.contains(place) { continue }
        guard case .scalar(let scalar) = key else {
          throw ConversionError(line: place.line, column: place.column, message: "a key must be a plain word")
        }
        entries.append(
          YAMLNode.Entry(
            key: scalar.string, line: place.line, column: place.column, value: try convert(value, depth: depth + 1)))
      }
      content = .mapping(entries)
    case .alias:
      throw ConversionError(line: line, column: column, message: "aliases are not read; write the value out")
    }
    return YAMLNode(content: content, line: line, column: column)
  }
}
