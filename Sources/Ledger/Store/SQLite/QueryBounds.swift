import GRDBSQLite

/// What somebody else's SQL may take.
public struct QueryBounds: Sendable, Hashable {
  /// Of one query, of the processor.
  public var secondsPerQuery: Double
  /// Of all queries of a connection together, of the processor; nil without a bound.
  public var seconds: Double?
  /// Whether the answers must be the same tomorrow: without random numbers and the current time.
  public var isRepeatable: Bool

  /// Bounds of one query and of all together.
  public init(secondsPerQuery: Double, seconds: Double?, isRepeatable: Bool) {
    self.secondsPerQuery = secondsPerQuery
    self.seconds = seconds
    self.isRepeatable = isRepeatable
  }

  /// Somebody at the terminal, who can press Ctrl-C.
  public static let interactive = QueryBounds(secondsPerQuery: 30, seconds: nil, isRepeatable: false)
  /// A notebook's queries.
  public static let notebook = QueryBounds(secondsPerQuery: 4, seconds: 8, isRepeatable: true)
}

extension QueryConnection {
  /// Of SQLite's memory, all connections of the process together.
  static let memoryBytes: Int64 = 512 << 20
  /// Of SQLite's memory while one statement is compiled: common table expressions that double are copied each time.
  static let preparationBytes: Int64 = 32 << 20

  /// Functions that give other values each time, and those that reach out of the database.
  static let unrepeatable: Set<String> = [
    "random", "randomblob", "current_date", "current_time", "current_timestamp", "changes", "total_changes",
    "last_insert_rowid", "sqlite_version", "sqlite_source_id", "sqlite_compileoption_used", "sqlite_compileoption_get",
  ]
  static let forbidden: Set<String> = ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"]

  /// What bounds a connection's memory and the form of its statements.
  static func bound(_ handle: OpaquePointer?) {
    limitMemory(to: memoryBytes)
    // Sorting and grouping stay in memory, which is bounded; files beside it would not be.
    sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nil, nil, nil)
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, valueBytes)
    sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20)
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 250_000)
    sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 500)
    sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 200)
    // Matching a pattern is one step however long it takes, so its length bounds it.
    sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100)
    // "a name" in double quotes is a column, and never a text because there is no such column.
    _disableDoubleQuotedStringLiterals(handle)
    replaceTextFunctions(of: handle)
    boundFormats(of: handle)
    refuseLocalTime(of: handle)
  }

  /// Does something while SQLite may take no more than ``preparationBytes`` beyond what it has.
  static func withPreparationMemory<T>(_ body: () -> T) -> T {
    limitMemory(to: min(memoryBytes, sqlite3_memory_used() + preparationBytes))
    defer { limitMemory(to: memoryBytes) }
    return body()
  }

  static func limitMemory(to bytes: Int64) {
    sqlite3_hard_heap_limit64(bytes)
    // A lower hard limit lowers the soft one too, and it would stay there.
    sqlite3_soft_heap_limit64(bytes)
  }
}
