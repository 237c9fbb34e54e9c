public import Rendering
import Text

/// What checking a page, a report's folder or an archive found.
public struct Verification: Sendable, Hashable, Codable {
  /// Numbers with their query and runs in the page that is right.
  public var numbers = 0
  /// How many of them the page shows exactly.
  public var verified = 0
  /// Of them those that do not.
  public var stale = 0
  /// Digits in prose that no query gives.
  public var unbound = 0
  public var figures = 0
  public var figures_verified = 0
  /// How many claims have which verdict, by the verdicts' names in words.
  public var verdicts: [String: Int] = [:]
  /// Every claim, page by page in the order of their cells.
  public var claims: [ListedClaim] = []
  public var runs = 0
  public var report = ""
  /// Empty for what is sound.
  public var differences: [PageDifference] = []
  /// How many more there are than are listed.
  public var more_differences = 0
  /// What could not be compared, and why.
  public var not_compared: [SkippedComparison] = []
  /// What else is to be said, in sentences.
  public var notes: [String] = []

  public init() {}

  /// Whether nothing differs of what was compared; see ``isVerified(allowing:)``.
  public var isSound: Bool { differences.isEmpty && more_differences == 0 }

  /// Whether nothing differs, and everything was compared but what is allowed to be left out.
  public func isVerified(allowing kinds: Set<SkippedComparison.Kind> = []) -> Bool {
    isSound && not_compared.allSatisfy { kinds.contains($0.kind) }
  }

  static let listed = 12

  mutating func add(_ difference: PageDifference) {
    if differences.count < Self.listed { differences.append(difference) } else { more_differences += 1 }
  }

  mutating func add(_ one: SkippedComparison) {
    if !not_compared.contains(one) { not_compared.append(one) }
  }

  mutating func add(_ other: Verification) {
    numbers += other.numbers
    verified += other.verified
    stale += other.stale
    unbound += other.unbound
    figures += other.figures
    figures_verified += other.figures_verified
    verdicts.merge(other.verdicts, uniquingKeysWith: +)
    claims += other.claims
    runs = max(runs, other.runs)
    if report.isEmpty { report = other.report }
    for difference in other.differences { add(difference) }
    more_differences += other.more_differences
    for one in other.not_compared { add(one) }
    for note in other.notes where !notes.contains(note) { notes.append(note) }
  }

  /// For people.
  public var text: String {
    var lines = ["\(verified) of \(numbers) numbers verified, \(stale) stale, \(unbound) unbound"]
    if figures > 0 { lines.append("\(figures_verified) of \(figures) figures verified") }
    if !verdicts.isEmpty {
      let verdicts = verdicts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      lines.append("claims: \(verdicts)")
    }
    lines += notes
    lines += skippedLines
    lines += differences.map { "\($0)" }
    if more_differences > 0 { lines.append("… and \(more_differences) more") }
    return lines.joined(separator: "\n")
  }
}

extension Verification {
  /// A line for each reason; for several files of one reason their number and the first.
  var skippedLines: [String] {
    var files: [String: [String]] = [:]
    var reasons: [String] = []
    for one in not_compared {
      if files[one.what] == nil { reasons.append(one.what) }
      files[one.what, default: []].append(one.file)
    }
    return reasons.map { reason in
      let files = files[reason]!
      let others = files.count > 1 ? " (and \(Quantity.count(files.count - 1, "more file")))" : ""
      return "not compared: \(files[0]): \(reason)\(others)"
    }
  }
}

/// Something that could not be compared on this machine or by this version.
public struct SkippedComparison: Sendable, Hashable, Codable, CustomStringConvertible {
  /// What was not compared.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// Drawings, for text is drawn with other fonts here.
    case figures
    /// What another version of vgglab wrote around the numbers.
    case text
  }

  public var kind: Kind
  public var file: String
  public var what: String

  public init(_ kind: Kind, file: String, _ what: String) { (self.kind, self.file, self.what) = (kind, file, what) }

  public var description: String { "\(file): \(what)" }
}

/// Something that is not as it must be.
public struct PageDifference: Sendable, Hashable, Codable, CustomStringConvertible {
  public var file: String
  /// From 1; 0 for a whole file.
  public var line: Int
  /// The query's or figure's id, where it is known.
  public var id: String?
  /// What is there, shortened; empty for a file that is missing.
  public var found: String
  /// What must be there.
  public var right: String
  /// What is wrong with a whole file or the evidence, in words.
  public var what: String?

  public init(
    file: String, line: Int = 0, id: String? = nil, found: String = "", right: String = "", what: String? = nil
  ) {
    self.file = file
    self.line = line
    self.id = id
    self.found = found
    self.right = right
    self.what = what
  }

  public var description: String {
    let place = (line > 0 ? "\(file):\(line)" : file) + (id.map { " \($0)" } ?? "")
    if let what { return "\(place): \(what)" }
    return "\(place): shows \"\(found)\"; should be \"\(right)\""
  }
}
