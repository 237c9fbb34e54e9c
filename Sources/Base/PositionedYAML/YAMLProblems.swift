import Text

/// What is wrong at one place of a YAML file.
public struct YAMLProblem: Sendable, Hashable {
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int
  /// What is wrong, and what to do.
  public var message: String

  /// A problem at a place.
  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

/// All that is wrong with a YAML file.
public struct YAMLProblems: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name that messages use.
  public let file: String
  /// In the order of their places.
  public let problems: [YAMLProblem]
  private let lines: [Int: [Unicode.Scalar]]

  /// The problems of a file with this text.
  public init(file: String, text: String, problems: [YAMLProblem]) {
    self.file = file
    var seen: Set<YAMLProblem> = []
    self.problems =
      problems.filter { seen.insert($0).inserted }
      .sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
    let source = SourceText(text).lines
    var kept: [Int: [Unicode.Scalar]] = [:]
    for problem in self.problems where source.indices.contains(problem.line - 1) {
      kept[problem.line] = source[problem.line - 1]
    }
    lines = kept
  }

  /// `file:line:column: message`, the line itself, and a caret under the column, for each problem.
  public var description: String {
    problems.map { problem in
      let head = "\(file):\(problem.line):\(problem.column): \(problem.message)"
      guard let line = lines[problem.line], !line.isEmpty else { return head }
      let (shown, caret) = excerpt(line, column: problem.column)
      return "\(head)\n  \(shown)\n  \(caret)"
    }.joined(separator: "\n")
  }
}

/// The part of a line around a column, and a caret for the line under it.
private func excerpt(_ line: [Unicode.Scalar], column: Int) -> (shown: String, caret: String) {
  func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars.map { $0.isUnprintable ? "\u{FFFD}" : $0 }))
  }
  let index = min(max(0, column - 1), line.count)
  // A line as long as a whole file would hide the caret.
  let isLong = line.count > 400
  let start = isLong && index > 120 ? index - 80 : 0
  let end = isLong ? min(line.count, start + 200) : line.count
  let before = (start > 0 ? "…" : "") + text(line[start..<index])
  let shown = before + text(line[index..<end]) + (end < line.count ? "…" : "")
  // What is before the caret keeps its tabs and the width of its characters.
  let caret = before.map { $0 == "\t" ? "\t" : String(repeating: " ", count: displayWidth($0)) }.joined()
  return (shown, caret + "^")
}
