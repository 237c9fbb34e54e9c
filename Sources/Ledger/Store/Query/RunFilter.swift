import GRDB
import Journals
import Text

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
  /// Whether `none` is the word and not that there is no value.
  private let isLiteral: Bool

  /// Throws ``StoreError/badFilter(_:reason:)``.
  public init(_ text: String) throws(StoreError) { try self.init(text, fields: RunField.standard) }

  /// The same over other fields.
  package init(_ text: String, fields: [String: SummaryColumn.Kind]) throws(StoreError) {
    guard let place = text.firstIndex(where: { "!<>=~".contains($0) }),
      let comparison = Comparison.allCases.first(where: { text[place...].hasPrefix($0.rawValue) })
    else {
      throw .badFilter(
        text, reason: "write field, comparison (=, !=, <, <=, >, >=, ~ for contains) and value, as in state=completed")
    }
    let name = text[..<place].trimmingSpaces
    let written = text[place...].dropFirst(comparison.rawValue.count).trimmingSpaces
    let quote = written.first
    let isQuoted = written.count > 1 && (quote == "'" || quote == "\"") && written.last == quote
    let bare = isQuoted ? String(written.dropFirst().dropLast()) : written
    self.comparison = comparison == .same ? .equal : comparison
    field = try RunField(name, in: text, fields: fields)
    // What every run has is never without a value.
    isLiteral = isQuoted || field.isRequired
    value =
      switch field.kind {
      case .truth: ["true": "1", "false": "0"][bare] ?? bare
      case .time where comparison == .contains: bare.replacing(" ", with: "T")
      // Lists are kept without spaces, and shown with them.
      case .text where field.name == "blocks": bare.replacing(" ", with: "")
      case .text, .number, .seed, .time, .state, .tag: bare
      }
    try check(text)
  }

  private func check(_ text: String) throws(StoreError) {
    let isEquality = [.equal, .notEqual].contains(comparison)
    let isNone = value == "none" && !isLiteral && isEquality
    let name = field.name
    switch field.kind {
    case .number, .truth:
      guard comparison != .contains else { throw .badFilter(text, reason: "\(name) is a number; ~ is for texts") }
      guard isNone || Double(value)?.isFinite == true else {
        throw .badFilter(text, reason: "\(name) is a number, and '\(value)' is none")
      }
    case .seed:
      guard comparison != .contains else { throw .badFilter(text, reason: "\(name) is a number; ~ is for texts") }
      guard seed != nil else {
        throw .badFilter(text, reason: "\(name) is a whole number from 0 to \(UInt64.max), and '\(value)' is none")
      }
    case .state:
      guard isEquality else {
        throw .badFilter(text, reason: "a state can only be compared with = and !=")
      }
      guard RunState(rawValue: value) != nil else {
        let states = RunState.allCases.map(\.rawValue)
        throw .badFilter(text, reason: "there is no state '\(value)'\(suggestion(value, among: states))")
      }
    case .tag:
      guard isEquality else { throw .badFilter(text, reason: "a tag can only be compared with = and !=") }
    case .time:
      guard comparison == .contains || isNone || TimePeriod(value) != nil else {
        throw .badFilter(
          text, reason: "\(name) is a time in UTC, such as 2026-11-28 or '2026-11-28 03:06', and '\(value)' is none")
      }
    case .text: break
    }
  }

  /// Runs of an experiment, whatever it is called.
  public init(experiment: String) {
    field = .experiment
    comparison = .equal
    value = experiment
    isLiteral = true
  }

  /// All 64 bits of a seed; nil where the value is none.
  private var seed: UInt64? { UInt64(value) ?? Double(value).flatMap { UInt64(exactly: $0) } }

  /// The condition in SQL.
  package var condition: String { sql.condition }

  /// The condition in SQL, and what it is bound to.
  var sql: (condition: String, arguments: [any DatabaseValueConvertible]) {
    let column = field.column
    switch field.kind {
    case .state:
      // The other states need a look at the run's lock; see `allows(_:)`.
      guard comparison == .equal else { return ("1", []) }
      guard let outcome = RunState(rawValue: value)?.outcome else { return ("s.outcome IS NULL", []) }
      return ("s.outcome = ?", [outcome.rawValue])
    case .tag where value == "none" && !isLiteral:
      return ("\(comparison == .equal ? "NOT " : "")EXISTS (SELECT 1 FROM tag WHERE tag.run = s.run)", [])
    case .tag:
      return (
        "\(comparison == .equal ? "" : "NOT ")EXISTS (SELECT 1 FROM tag WHERE tag.run = s.run AND tag.name = ?)",
        [value]
      )
    case .seed:
      let digits = "\(seed ?? 0)"
      switch comparison {
      case .equal, .same, .contains: return ("\(column) = ?", [digits])
      case .notEqual: return ("\(column) IS NOT ?", [digits])
      // Of decimal numbers without leading zeros the longer one is larger.
      case .less, .atMost, .greater, .atLeast:
        return ("(length(\(column)), \(column)) \(comparison.rawValue) (length(?), ?)", [digits, digits])
      }
    case .text, .number, .truth, .time:
      if value == "none", !isLiteral {
        if comparison == .equal { return ("\(column) IS NULL", []) }
        if comparison == .notEqual { return ("\(column) IS NOT NULL", []) }
      }
      if field.kind == .time, let period = TimePeriod(value) {
        switch comparison {
        case .equal, .same: return ("(\(column) >= ? AND \(column) < ?)", [period.start, period.end])
        case .notEqual:
          return ("(\(column) IS NULL OR \(column) < ? OR \(column) >= ?)", [period.start, period.end])
        case .less, .atLeast: return ("\(column) \(comparison.rawValue) ?", [period.start])
        case .atMost: return ("\(column) < ?", [period.end])
        case .greater: return ("\(column) >= ?", [period.end])
        case .contains: break
        }
      }
      let isText = field.kind == .text || field.kind == .time
      let bound: any DatabaseValueConvertible = isText ? value : Double(value) ?? 0
      switch comparison {
      case .notEqual: return ("\(column) IS NOT ?", [bound])
      case .contains: return ("instr(lower(\(column)), lower(?)) > 0", [bound])
      case .same, .equal, .less, .atMost, .greater, .atLeast: return ("\(column) \(comparison.rawValue) ?", [bound])
      }
    }
  }

  /// Whether it asks for a run by a name, of which a run may have several.
  var isOfName: Bool { field.isName }

  /// Whether a run's derived state is allowed; other fields are SQL's business.
  func allows(_ state: RunState) -> Bool {
    field.kind != .state || (state.rawValue == value) == (comparison == .equal)
  }

  /// Whether `sql` alone decides.
  var isDecidedBySQL: Bool {
    field.kind != .state || comparison == .equal && RunState(rawValue: value)?.outcome != nil
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
    field = try RunField(name, in: text, fields: RunField.standard)
    guard field.kind != .state, field.kind != .tag else {
      throw .badFilter(text, reason: "runs cannot be put in order by \(name)")
    }
  }

  var sql: String {
    let direction = "\(isDescending ? " DESC" : "") NULLS LAST"
    return field.kind == .seed
      ? "length(\(field.column))\(direction), \(field.column)\(direction)" : "\(field.column)\(direction)"
  }
}

/// Which runs are asked for, and in what order.
public struct RunSelection: Sendable, Hashable {
  /// All of which a run must pass.
  public var filters: [RunFilter]
  /// nil for the oldest first.
  public var order: RunOrder?
  /// The first so many; without an order the newest so many, the oldest of them first.
  public var limit: Int?
  /// Whether removed runs are among them.
  public var includesRemoved: Bool

  /// All runs that are not removed, the oldest first, unless a selection says otherwise.
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
package struct RunField: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case text, number, truth, seed, time, state, tag

    init(_ kind: SummaryColumn.Kind) {
      switch kind {
      case .text: self = .text
      case .whole, .number: self = .number
      case .truth: self = .truth
      case .seed: self = .seed
      }
    }
  }

  let name: String
  let kind: Kind

  init(_ name: String, in text: String, fields: [String: SummaryColumn.Kind]) throws(StoreError) {
    let own: [String: Kind] = ["state": .state, "tag": .tag]
    let times = name.hasSuffix("_at") ? Kind.time : nil
    guard let kind = own[name] ?? fields[name].map({ times ?? Kind($0) }) else {
      let names = (Array(fields.keys) + Array(own.keys)).sorted()
      throw .badFilter(
        text,
        reason: "there is no field '\(name.prefix(40))'\(suggestion(name, among: names, limit: 3))"
          + "; fields are the columns of run_summary (see docs/store.md), state and tag")
    }
    self.name = name
    self.kind = kind
  }

  /// Whether it is part of a run's name, of which a run may have several.
  var isName: Bool { SummaryColumn.ofName.contains(name) }

  var isRequired: Bool { ["run", "experiment", "trial", "trial_id", "created_at"].contains(name) }

  var column: String { "s.\(name)" }

  private init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  static let experiment = RunField(name: "experiment", kind: .text)

  static let standard = fields(SummaryColumn.all())

  /// The fields of the columns of a summary.
  package static func fields(_ columns: [SummaryColumn]) -> [String: SummaryColumn.Kind] {
    Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.kind) })
  }
}

/// `; did you mean 'state' or 'steps'?` where something is near enough.
func suggestion(_ text: String, among names: [String], limit: Int = 1) -> String {
  let near = nearestNames(to: text, among: names, limit: limit)
  return near.isEmpty ? "" : "; did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?"
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
