public import Journals

/// The rows of a store that some queries need, and the runs that they come from: a value that can be written down, carried
/// elsewhere, and asked again without the store.
public struct StoreEvidence: Sendable, Hashable {
  /// Of the tables; see `PRAGMA user_version`.
  public var schema: Int
  /// In the schema's order.
  public var tables: [EvidenceTable]
  /// Every run of each experiment of which a run is used, the oldest first.
  public var runs: [EvidenceRun]
  /// Experiments whose runs are judged together, for there are too many: they are used together or not at all.
  public var whole: [String]
  /// Experiments whose runs are found by halving, and how many queries that may take.
  public var grouped: [String: Int]

  /// All facts at once.
  public init(
    schema: Int, tables: [EvidenceTable], runs: [EvidenceRun], whole: [String], grouped: [String: Int] = [:]
  ) {
    self.schema = schema
    self.tables = tables
    self.runs = runs
    self.whole = whole
    self.grouped = grouped
  }

  /// The table of a name; nil where it is not among them.
  public func table(_ name: String) -> EvidenceTable? { tables.first { $0.name == name } }
}

/// Rows of one table.
public struct EvidenceTable: Sendable, Hashable {
  /// As in the schema.
  public var name: String
  /// In the schema's order.
  public var columns: [String]
  /// In the order that the store keeps them in.
  public var rows: [[SQLValue]]

  /// Rows of a table.
  public init(name: String, columns: [String], rows: [[SQLValue]]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }
}

/// What is known of a run besides its rows.
public struct EvidenceRun: Sendable, Hashable {
  /// The run's id.
  public var run: String
  /// When the evidence was taken.
  public var state: RunState
  /// Why it failed or was stopped, where that is known.
  public var cause: String?
  /// SHA-256 of the journal's first ``journalBytes`` bytes, as far as it was read; nil where it is gone.
  public var journal: String?
  /// How much of the journal had been read.
  public var journalBytes: Int
  /// How often it was measured on the test set: its values of `test_accuracy`, also of steps that were done again.
  public var testEvaluations: Int

  /// All facts at once.
  public init(
    run: String, state: RunState, cause: String? = nil, journal: String?, journalBytes: Int, testEvaluations: Int
  ) {
    self.run = run
    self.state = state
    self.cause = cause
    self.journal = journal
    self.journalBytes = journalBytes
    self.testEvaluations = testEvaluations
  }
}

/// A query whose rows are to be evidenced.
public struct EvidenceQuery: Sendable, Hashable {
  /// One SELECT.
  public var sql: String
  /// The values of `:name` in it.
  public var parameters: [String: SQLValue]

  /// A query with its parameters.
  public init(sql: String, parameters: [String: SQLValue] = [:]) {
    self.sql = sql
    self.parameters = parameters
  }
}

/// Which runs the rows of queries depend on.
public struct Influence: Sendable, Hashable {
  /// By the queries' places: ids of runs, sorted.
  public var runs: [[String]]
  /// Experiments whose runs were judged together.
  public var whole: [String]
  /// Experiments whose runs were found by halving, and how many queries that could take.
  public var grouped: [String: Int] = [:]
  /// Places of queries that may depend on fewer runs than are named, for some were judged together.
  public var bounded: Set<Int> = []

  /// The runs that any query depends on.
  public var all: Set<String> { Set(runs.joined()) }
}

/// What is wrong with evidence, as facts.
public enum EvidenceProblem: Hashable, Sendable, CustomStringConvertible {
  /// The bytes are not the JSON that evidence is written as.
  case notJSON(reason: String)
  /// A member is missing.
  case missing(String)
  /// A member is not known.
  case unknown(String)
  /// A member has a value of another kind.
  case wrongType(String, expected: String)
  /// It was written by a newer vgglab.
  case newer(found: Int, known: Int)
  /// The schema has no such table.
  case unknownTable(String)
  /// The table has no such column.
  case unknownColumn(String, table: String)
  /// A table, column or run is there twice.
  case doubled(String)
  /// From 0.
  case badRow(Int, table: String, reason: String)
  /// A row refers to one that is not there.
  case dangling(table: String)
  /// It is larger than a page may carry.
  case tooLarge(bytes: Int, limit: Int)
  /// Checking it would take more than evidence ever takes that was made by vgglab.
  case tooMuchWork
  /// A query gives other rows each time, or none of the store's rows answer it alike.
  case notRepeatable(sql: String)

  /// What is wrong, as half a sentence.
  public var description: String {
    switch self {
    case .notJSON(let reason): "it is not the JSON that evidence is written as (\(reason))"
    case .missing(let key): "it has no \"\(key)\""
    case .unknown(let key): "it has an unknown \"\(key.prefix(60))\""
    case .wrongType(let key, let expected): "\"\(key.prefix(60))\" is not \(expected)"
    case .newer(let found, let known):
      "it has version \(found), and this vgglab reads up to \(known): update vgglab"
    case .unknownTable(let table): "there is no table \"\(table.prefix(60))\""
    case .unknownColumn(let column, let table): "the table \(table) has no column \"\(column.prefix(60))\""
    case .doubled(let what): "\"\(what.prefix(60))\" is there twice"
    case .badRow(let row, let table, let reason): "row \(row) of \(table) is invalid: \(reason)"
    case .dangling(let table): "a row of \(table) refers to what is not there"
    case .tooLarge(let bytes, let limit):
      "it would have \(bytes) bytes, more than the \(limit) that a page may carry; ask for less: fewer runs, or no single steps"
    case .tooMuchWork:
      "checking it takes far more work than evidence that vgglab has made; `verify --max-seconds` allows more"
    case .notRepeatable(let sql):
      "a query does not give the same rows twice; leave out random() and the like, and put rows in order: "
        + String(sql.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(120))
    }
  }
}
