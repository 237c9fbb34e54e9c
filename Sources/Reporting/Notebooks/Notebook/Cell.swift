/// What a cell makes of its query's rows.
package enum CellKind: String, CaseIterable, Sendable {
  /// The first row's columns become values for the text.
  case query
  case table
  case curves
  case bars
  case scatter
  /// A matrix of values as shades.
  case heatmap
  /// Small images.
  case grid
  case printout
  /// A sentence and the query that decides it.
  case claim
  /// How the runs came to be that a query names, or all that the page depends on.
  case provenance

  package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The options that it takes, as `--| option: value` lines before its SQL.
  package var options: [String] {
    switch self {
    case .query: ["optional", "view"]
    case .table: ["caption", "columns", "open", "otherwise"]
    case .curves: ["caption", "overlay", "band", "x_label", "y_label", "y_range", "y_scale", "otherwise"]
    case .bars: ["caption", "value_label", "scale", "format", "error", "otherwise"]
    case .scatter: ["caption", "x_label", "y_label", "x_scale", "y_scale", "error", "otherwise"]
    case .heatmap: ["caption", "row_label", "column_label", "scale", "format", "otherwise"]
    case .grid: ["caption", "side", "otherwise"]
    case .printout, .provenance: ["caption", "open", "otherwise"]
    case .claim: ["says", "by", "test", "alternative", "margin", "level", "format", "effect", "otherwise"]
    }
  }

  /// Whether it may go without a query.
  package var mayBeEmpty: Bool { self == .provenance }

  /// What references to it are called; nil for what has no number.
  package var reference: ReferenceKind? {
    switch self {
    case .query, .printout: nil
    case .table, .provenance: .table
    case .curves, .bars, .scatter, .heatmap, .grid: .figure
    case .claim: .claim
    }
  }
}

/// A fenced cell of a notebook.
package struct Cell: Sendable, Hashable {
  package var kind: CellKind
  package var id: String
  /// Of its opening fence, from 1.
  package var line: Int
  package var options: [String: Option]
  package var sql: String
  /// The file of shared cells that it is from; nil for the notebook itself.
  package var file: String?
  /// Where its query is, if that is in a file of shared cells.
  package var home: Home?
  /// Views read from those of a lower order.
  package var order = 0

  package struct Option: Sendable, Hashable {
    package var value: String
    package var line: Int
    /// Of what is a sentence.
    package var sentence: [Inline] = []
    /// Whether it is from a file of shared cells.
    package var isShared = false

    package init(value: String, line: Int) { (self.value, self.line) = (value, line) }
  }

  package struct Home: Sendable, Hashable {
    package var file: String
    package var line: Int
  }

  /// Its name among the page's anchors, unlike those of headings.
  package var anchor: String { "\(kind.reference?.rawValue ?? "cell")-\(id)" }

  /// The options that are sentences of the page.
  package static let sentences: Set<String> = ["caption", "otherwise", "says", "by"]

  /// The options that are for readers, in their language.
  package static let words = sentences.union([
    "columns", "effect", "open", "x_label", "y_label", "value_label", "row_label", "column_label",
  ])

  /// The options that are true or false.
  package static let flags: Set<String> = ["optional", "view", "overlay", "open"]

  /// Whether it is shown whole, however long it is.
  package var isOpen: Bool { option("open") == "true" }

  /// Whether later cells may read from it by its id, as from a table.
  package var isView: Bool { kind == .query && option("view") == "true" }

  package func option(_ name: String) -> String? { options[name]?.value }

  /// The sentence of an option; nil where it is not given.
  package func sentence(_ name: String) -> [Inline]? { options[name]?.sentence }
}

/// A part of a notebook that is there only where a value of a query's first row is true.
package struct Condition: Sendable, Hashable {
  package var id: String
  /// The first one where none is named.
  package var column: String?
  package var negated: Bool
  package var line: Int
}
