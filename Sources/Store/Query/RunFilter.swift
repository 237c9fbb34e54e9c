import GRDB

/// A condition on runs as `list --filter` takes it: `state=completed`, `test_accuracy>0.9`, `tag=good`.
public struct RunFilter: Sendable, Hashable {
  enum Comparison: String, Sendable, Hashable, CaseIterable {
    // Longer ones first: `<=` is not `<` and `=…`.
    case notEqual = "!=", atMost = "<=", atLeast = ">=", same = "==", equal = "=", less = "<", greater = ">"
    case contains = "~"
  }

  let field: RunField
  let comparison: Comparison
  let value: String

  /// Throws ``StoreError/badFilter(_:reason:)``.
  public init(_ text: String) throws(StoreError) {
    guard let place = text.firstIndex(where: { "!<>=~".contains($0) }),
      let comparison = Comparison.allCases.first(where: { text[place...].hasPrefix($0.rawValue) })
    else {
      throw .badFilter(
        text, reason: "write field, comparison (=, !=, <, <=, >, >=, ~ for contains) and value, as in state=completed")
    }
    let name = text[..<place].trimmingSpaces
    value = text[place...].dropFirst(comparison.rawValue.count).trimmingSpaces
    self.comparison = comparison == .same ? .equal : comparison
    field = try RunField(name, in: text)
    switch field.kind {
    case .number:
      guard comparison != .contains else {
        throw .badFilter(text, reason: "\(name) is a number; ~ is for texts")
      }
      let isNone = value == "none" && [.equal, .notEqual].contains(self.comparison)
      guard isNone || Double(value)?.isFinite == true else {
        throw .badFilter(text, reason: "\(name) is a number, and '\(value)' is none")
      }
    case .state:
      guard [.equal, .notEqual].contains(self.comparison) else {
        throw .badFilter(text, reason: "a state is equal to another (=) or not (!=)")
      }
      guard RunState(rawValue: value) != nil else {
        let states = RunState.allCases.map(\.rawValue)
        throw .badFilter(text, reason: "there is no state '\(value)'\(suggestion(value, among: states))")
      }
    case .tag:
      guard [.equal, .notEqual].contains(self.comparison) else {
        throw .badFilter(text, reason: "a run has a tag (=) or has it not (!=)")
      }
    case .text: break
    }
  }

  /// Runs of an experiment, whatever it is called.
  public init(experiment: String) {
    field = .experiment
    comparison = .equal
    value = experiment
  }

  /// The condition in SQL, and what it is bound to.
  var sql: (condition: String, arguments: [any DatabaseValueConvertible]) {
    switch field.kind {
    case .state:
      // The other states need a look at the run's lock; see `allows(_:)`.
      guard comparison == .equal else { return ("1", []) }
      return value == "completed" || value == "failed" ? ("s.outcome = ?", [value]) : ("s.outcome IS NULL", [])
    case .tag:
      return (
        "\(comparison == .equal ? "" : "NOT ")EXISTS (SELECT 1 FROM tag WHERE tag.run = s.run AND tag.name = ?)",
        [value]
      )
    case .text, .number:
      let column = field.column
      let bound: any DatabaseValueConvertible = field.kind == .number ? Double(value) ?? 0 : value
      if value == "none" {
        if comparison == .equal { return ("\(column) IS NULL", []) }
        if comparison == .notEqual { return ("\(column) IS NOT NULL", []) }
      }
      switch comparison {
      case .notEqual: return ("\(column) IS NOT ?", [bound])
      case .contains: return ("instr(lower(\(column)), lower(?)) > 0", [bound])
      case .same, .equal, .less, .atMost, .greater, .atLeast: return ("\(column) \(comparison.rawValue) ?", [bound])
      }
    }
  }

  /// Whether a run's derived state is allowed; other fields are SQL's business.
  func allows(_ state: RunState) -> Bool {
    field.kind != .state || (state.rawValue == value) == (comparison == .equal)
  }

  /// Whether ``sql`` alone decides.
  var isDecidedBySQL: Bool {
    field.kind != .state || comparison == .equal && ["completed", "failed"].contains(value)
  }
}

/// What runs are put in order by: a field's name, behind a `-` for descending.
public struct RunOrder: Sendable, Hashable {
  let field: RunField
  let isDescending: Bool

  /// Throws ``StoreError/badFilter(_:reason:)``.
  public init(_ text: String) throws(StoreError) {
    isDescending = text.hasPrefix("-")
    let name = isDescending ? String(text.dropFirst()) : text
    field = try RunField(name, in: text)
    guard field.kind == .text || field.kind == .number else {
      throw .badFilter(text, reason: "runs cannot be put in order by \(name)")
    }
  }

  var sql: String { "\(field.column)\(isDescending ? " DESC" : "") NULLS LAST" }
}

/// Which runs are asked for, and in what order.
public struct RunSelection: Sendable, Hashable {
  public var filters: [RunFilter]
  /// nil for the oldest first.
  public var order: RunOrder?
  /// The first so many; without an order the newest so many, the oldest of them first.
  public var limit: Int?
  public var includesRemoved: Bool

  public init(
    filters: [RunFilter] = [], order: RunOrder? = nil, limit: Int? = nil, includesRemoved: Bool = false
  ) {
    self.filters = filters
    self.order = order
    self.limit = limit
    self.includesRemoved = includesRemoved
  }
}

/// A field of runs, by the names that `run_summary` has.
struct RunField: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case text, number, state, tag
  }

  let name: String
  let kind: Kind

  init(_ name: String, in text: String) throws(StoreError) {
    guard let kind = Self.kinds[name] else {
      let names = Self.kinds.keys.sorted()
      throw .badFilter(
        text,
        reason: "there is no field '\(name.prefix(40))'\(suggestion(name, among: names)); fields are "
          + names.joined(separator: ", "))
    }
    self.name = name
    self.kind = kind
  }

  /// Seeds have 64 bits without a sign and are kept as text.
  var column: String { name == "seed" ? "CAST(s.seed AS REAL)" : "s.\(name)" }

  private init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  static let experiment = RunField(name: "experiment", kind: .text)

  private static let kinds: [String: Kind] = {
    var kinds: [String: Kind] = ["state": .state, "tag": .tag]
    for name in [
      "run", "experiment", "trial", "trial_id", "profile", "cause", "created_at", "ended_at", "arch", "input",
      "dataset",
      "init", "cpu", "blas", "blas_core", "kernels", "instruction_set", "vgglab_version", "git_commit", "host",
    ] { kinds[name] = .text }
    for name in [
      "attempts", "ratio", "resize", "train_examples", "test_examples", "seed", "epochs", "batch_size", "learning_rate",
      "momentum", "weight_decay", "max_steps", "steps", "train_loss", "train_accuracy", "test_loss", "test_accuracy",
      "examples_per_second", "seconds", "training_seconds", "peak_rss_bytes", "parameters", "multiply_adds",
      "activation_floats", "threads", "git_dirty",
    ] { kinds[name] = .number }
    return kinds
  }()
}

/// `; did you mean 'state'?` where something is near enough.
private func suggestion(_ text: String, among names: [String]) -> String {
  let near = names.map { (name: $0, distance: distance(text, $0)) }.min { $0.distance < $1.distance }
  guard let near, near.distance <= max(1, min(text.count, near.name.count) / 3) else { return "" }
  return "; did you mean '\(near.name)'?"
}

/// Letters to insert, leave out or change to come from one text to the other.
private func distance(_ one: String, _ other: String) -> Int {
  let (a, b) = (Array(one.prefix(64)), Array(other))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let above = row[j + 1]
      row[j + 1] = a[i] == b[j] ? diagonal : 1 + min(diagonal, above, row[j])
      diagonal = above
    }
  }
  return row[b.count]
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
