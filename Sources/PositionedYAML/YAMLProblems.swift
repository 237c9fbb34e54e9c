/// What is wrong at one place of a YAML file.
public struct YAMLProblem: Sendable, Hashable {
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int
  public var message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

/// All that is wrong with a YAML file.
public struct YAMLProblems: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  /// In the order of their places.
  public let problems: [YAMLProblem]
  private let lines: [Int: String]

  public init(file: String, text: String, problems: [YAMLProblem]) {
    self.file = file
    var seen: Set<YAMLProblem> = []
    self.problems =
      problems.filter { seen.insert($0).inserted }
      .sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
    let wanted = Set(self.problems.map(\.line))
    var kept: [Int: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where wanted.contains(index + 1) {
      kept[index + 1] = String(line.prefix(400)).replacing("\r", with: "")
    }
    lines = kept
  }

  /// `file:line:column: message`, the line itself, and a caret under the column, for each problem.
  public var description: String {
    problems.map { problem in
      let head = "\(file):\(problem.line):\(problem.column): \(problem.message)"
      guard let line = lines[problem.line], !line.isEmpty else { return head }
      // What stands before the caret keeps its tabs and its wide characters' width.
      let before = line.unicodeScalars.prefix(problem.column - 1).map { scalar in
        scalar == "\t" ? "\t" : isWide(scalar) ? "  " : " "
      }
      return "\(head)\n  \(printable(line))\n  \(before.joined())^"
    }.joined(separator: "\n")
  }
}

private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
    true
  default: false
  }
}

/// Control characters would drive the terminal that shows the line.
private func printable(_ line: String) -> String {
  String(
    String.UnicodeScalarView(
      line.unicodeScalars.map { $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7F ? $0 : "\u{FFFD}" }))
}

/// The candidate that `word` was probably meant to be; nil if none is near.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let limit = max(1, word.count / 3)
  var best: (distance: Int, candidate: String)?
  for candidate in candidates {
    let distance = editDistance(Array(word.lowercased()), Array(candidate.lowercased()))
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.candidate
}

/// Levenshtein's distance, an exchange of neighbours counting once.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard a.count < 200, b.count < 200 else { return .max }
  var rows = [[Int](0...b.count)]
  for i in 1..<a.count + 1 {
    var row = [i]
    for j in 1..<b.count + 1 {
      var cost = min(row[j - 1] + 1, rows[i - 1][j] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, rows[i - 2][j - 2] + 1) }
      row.append(cost)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
