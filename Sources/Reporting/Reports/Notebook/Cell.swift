/// What a cell makes of its query's rows.
enum CellKind: String, CaseIterable, Sendable {
  /// The first row's columns become values for the text.
  case query
  case table
  case curves
  case bars
  case scatter
  case printout
  /// A sentence and the query that decides it.
  case claim
  /// How the runs came to be that a query names, or all that the page depends on.
  case provenance

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The options that it takes, as `--| option: value` lines before its SQL.
  var options: [String] {
    switch self {
    case .query: ["optional", "view"]
    case .table: ["caption", "columns", "otherwise"]
    case .curves: ["caption", "overlay", "band", "x_label", "y_label", "y_range", "y_scale", "otherwise"]
    case .bars: ["caption", "value_label", "scale", "format", "error", "otherwise"]
    case .scatter: ["caption", "x_label", "y_label", "x_scale", "y_scale", "error", "otherwise"]
    case .printout, .provenance: ["caption", "otherwise"]
    case .claim: ["says", "by", "test", "alternative", "margin", "level", "format", "effect", "otherwise"]
    }
  }

  /// Whether it may go without a query.
  var mayBeEmpty: Bool { self == .provenance }

  /// What references to it are called; nil for what has no number.
  var reference: ReferenceKind? {
    switch self {
    case .query, .printout: nil
    case .table, .provenance: .table
    case .curves, .bars, .scatter: .figure
    case .claim: .claim
    }
  }
}

/// A fenced cell of a notebook.
struct Cell: Sendable, Hashable {
  var kind: CellKind
  var id: String
  /// Of its opening fence, from 1.
  var line: Int
  var options: [String: Option]
  var sql: String

  struct Option: Sendable, Hashable {
    /// Sentences have marks in the places of their inlines.
    var value: String
    var line: Int
  }

  /// Its name among the page's anchors, unlike those of headings.
  var anchor: String { "\(kind.reference?.rawValue ?? "cell")-\(id)" }

  /// The options that are sentences of the page.
  static let sentences: Set<String> = ["caption", "otherwise"]

  /// Whether later cells may read from it by its id, as from a table.
  var isView: Bool { kind == .query && option("view") == "true" }

  func option(_ name: String) -> String? { options[name]?.value }
}

/// A part of a notebook that stands only where a value of a query's first row is true.
struct Condition: Sendable, Hashable {
  var id: String
  /// The first one where none is named.
  var column: String?
  var negated: Bool
  var line: Int
}
