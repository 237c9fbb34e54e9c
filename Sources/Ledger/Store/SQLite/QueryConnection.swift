import Foundation
import GRDBSQLite
import Text

/// A connection of its own for somebody else's SQL: it can read, and nothing else.
package final class QueryConnection {
  /// Virtual-machine steps of one query, in units of ``stepsPerCheck``.
  static let checkLimit = 2_000_000
  /// Few, for a step may move a value of ``valueBytes``.
  static let stepsPerCheck: Int32 = 100
  static let rowLimit = 1_000_000
  static let valueBytes: Int32 = 1 << 20
  /// Of all values of an answer together, of somebody else's SQL and of the module's own.
  static let answerBytes = 96 << 20
  static let trustedAnswerBytes = 256 << 20

  private(set) var handle: OpaquePointer?
  private var checks = 0
  private var bytes = 0
  /// While the module's own SQL runs, nothing is refused.
  private var isTrusted = false
  /// Why the authorizer refused a statement, where it knows more than SQLite reports.
  private var refusal: String?
  /// The tables that statements were found to read while they were prepared.
  private(set) var tablesRead: Set<String> = []
  /// How often a check may be made in all queries together; nil without a bound.
  private var budget: Int?
  private let bounds: QueryBounds
  /// Seconds of the processor that queries have taken, what all of them together may take, and what they had taken when the present
  /// one began. The clock on the wall would make the verdict on evidence depend on what else the machine does.
  private var spent = 0.0
  private var limit = Double.infinity
  private var spentBefore = 0.0
  private var stopwatch = ThreadStopwatch()
  /// The clock is asked once in so many checks.
  private static let checksPerClock = 16
  private let statistics = StatisticsBudget()

  package init(path: String, _ bounds: QueryBounds = .interactive) throws(StoreError) {
    self.bounds = bounds
    let layer = bounds.isRepeatable ? countingLayer : nil
    var status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, layer)
    if status == SQLITE_OK { status = probe() }
    if status == SQLITE_CANTOPEN || status == SQLITE_READONLY {
      // A folder that cannot be written to: nobody else writes either, so the file is taken as it is.
      sqlite3_close(handle)
      let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
      status = sqlite3_open_v2(
        "file:\(escaped)?immutable=1", &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, layer)
    }
    guard status == SQLITE_OK else {
      let reason = String(cString: sqlite3_errmsg(handle))
      sqlite3_close(handle)
      handle = nil
      throw .notADatabase(path: path, reason: reason)
    }
    restrict()
  }

  /// A database in memory, made by `build` and then restricted like any other; all its queries together are bounded by
  /// `budget` steps of SQLite's machine.
  init(
    inMemory budget: Int? = nil, _ bounds: QueryBounds = .notebook,
    _ build: (QueryConnection) throws(StoreError) -> Void
  ) throws(StoreError) {
    self.bounds = bounds
    Self.limitMemory(to: Self.memoryBytes)
    limitTime(to: bounds.seconds)
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(":memory:", &handle, flags, bounds.isRepeatable ? countingLayer : nil) == SQLITE_OK else {
      throw .database(path: ":memory:", reason: "SQLite does not open a database in memory")
    }
    try build(self)
    restrict()
    self.budget = budget.map { $0 / Int(Self.stepsPerCheck) }
  }

  /// All queries from now on may take some seconds of the processor together; nil without a bound.
  func limitTime(to seconds: Double?) { limit = seconds.map { spent + $0 } ?? .infinity }

  /// Seconds of the processor that queries may still take.
  var secondsLeft: Double { max(0, limit - spent) }

  private func restrict() {
    sqlite3_busy_timeout(handle, 5_000)
    Self.bound(handle)
    if limit == .infinity { limitTime(to: bounds.seconds) }
    // SQLite declares these two as if tables were made, at their first use in a connection; later that is refused.
    sqlite3_exec(handle, "SELECT 1 FROM json_each('0'), json_tree('0')", nil, nil, nil)
    addStatistics(to: handle, budget: statistics)
    addPredictionFunctions(to: handle, budget: statistics)
    sqlite3_set_authorizer(
      handle,
      { context, action, first, second, _, _ in
        let connection = Unmanaged<QueryConnection>.fromOpaque(context!).takeUnretainedValue()
        if connection.isTrusted { return SQLITE_OK }
        switch action {
        case SQLITE_READ:
          if let first { connection.tablesRead.insert(String(cString: first)) }
          return SQLITE_OK
        case SQLITE_SELECT, SQLITE_RECURSIVE: return SQLITE_OK
        case SQLITE_FUNCTION:
          let name = second.map { String(cString: $0).lowercased() } ?? ""
          if connection.bounds.isRepeatable, QueryConnection.unrepeatable.contains(name) {
            connection.refusal = "\(name) gives another value each time, or elsewhere; write the value into the query"
            return SQLITE_DENY
          }
          return QueryConnection.forbidden.contains(name) ? SQLITE_DENY : SQLITE_OK
        default: return SQLITE_DENY
        }
      }, Unmanaged.passUnretained(self).toOpaque())
    sqlite3_progress_handler(
      handle, Self.stepsPerCheck,
      { context in
        let connection = Unmanaged<QueryConnection>.fromOpaque(context!).takeUnretainedValue()
        return connection.isWithinBudget() ? 0 : 1
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Counts some more steps; whether the query may take them.
  private func isWithinBudget() -> Bool {
    checks += 1
    if checks % Self.checksPerClock == 1 { spent += stopwatch.lap() }
    if isTrusted { return spent <= limit }
    if let left = budget { budget = left - 1 }
    return checks <= Self.checkLimit && budget ?? 0 >= 0 && spent <= limit
      && spent - spentBefore <= bounds.secondsPerQuery
  }

  /// Whether all queries together have used up what they may.
  private var isSpent: Bool { budget ?? 0 < 0 || spent > limit }

  deinit { sqlite3_close_v2(handle) }

  private func probe() -> Int32 { sqlite3_exec(handle, "SELECT count(*) FROM sqlite_master", nil, nil, nil) }

  /// The rows of one SELECT, `:name` in it bound to a parameter's value. Throws ``StoreError/badQuery(sql:reason:)``.
  func rows(_ sql: String, _ parameters: [String: SQLValue] = [:]) throws(StoreError) -> QueryResult {
    try rows(try prepare(sql, parameters))
  }

  /// The rows of a query that is compiled already.
  func rows(_ query: PreparedQuery) throws(StoreError) -> QueryResult {
    var result = QueryResult(columns: query.columns, rows: [])
    try forEachRow(query) { row in
      result.rows.append(row)
      return true
    }
    return result
  }

  /// Whether a query gives other rows than it gave before; it is asked no further than to the first of them.
  ///
  /// A query that cannot be answered any more is otherwise. Throws ``StoreError/evidence(_:)`` once the steps of all queries
  /// together are used up.
  func isOtherwise(_ query: PreparedQuery, than rows: [[SQLValue]]) throws(StoreError) -> Bool {
    var count = 0
    do {
      try forEachRow(query) { row in
        guard count < rows.count, rows[count] == row else {
          count = -1
          return false
        }
        count += 1
        return true
      }
    } catch {
      if isSpent { throw .evidence(.tooMuchWork) }
      return true
    }
    return count != rows.count
  }

  /// Compiles one SELECT. Throws ``StoreError/badQuery(sql:reason:)``.
  func prepare(_ sql: String, _ parameters: [String: SQLValue] = [:]) throws(StoreError) -> PreparedQuery {
    guard !sql.unicodeScalars.contains("\0") else { throw .badQuery(sql: sql, reason: "it has a zero character") }
    var statement: OpaquePointer?
    var rest = ""
    refusal = nil
    if !isTrusted, isSpent { throw .badQuery(sql: sql, reason: reason(SQLITE_INTERRUPT)) }
    start()
    let status = Self.withPreparationMemory {
      sql.withCString { text in
        var tail: UnsafePointer<CChar>?
        let status = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
        rest = tail.map { String(cString: $0) } ?? ""
        return status
      }
    }
    guard status == SQLITE_OK else { throw .badQuery(sql: sql, reason: reason(status, of: sql)) }
    guard let statement else { throw .badQuery(sql: sql, reason: "it is empty") }
    let query = PreparedQuery(sql: sql, statement: statement)
    guard isBlank(rest) else { throw .badQuery(sql: sql, reason: "it has a second statement; write one") }
    guard sqlite3_column_count(statement) > 0 else { throw .badQuery(sql: sql, reason: "it is not a SELECT") }
    if let problem = bind(parameters, to: statement) { throw .badQuery(sql: sql, reason: problem) }
    return query
  }

  /// Gives the rows of a query one after the other until `body` has had enough.
  private func forEachRow(_ query: PreparedQuery, _ body: ([SQLValue]) -> Bool) throws(StoreError) {
    start()
    bytes = 0
    statistics.reset()
    let (limit, reads) = (isTrusted ? Self.trustedAnswerBytes : Self.answerBytes, clockReads)
    var count = 0
    let statement = query.statement
    let columns = 0..<sqlite3_column_count(statement)
    defer { sqlite3_reset(statement) }
    while true {
      let status = sqlite3_step(statement)
      if bounds.isRepeatable, clockReads != reads {
        throw .badQuery(
          sql: query.sql, reason: "it reads the current time, which changes; write a fixed time into the query"
        )
      }
      switch status {
      case SQLITE_ROW:
        count += 1
        guard count <= Self.rowLimit else {
          throw .answerTooLarge(sql: query.sql, reason: "it has more than \(Self.rowLimit) rows; add a LIMIT")
        }
        bytes += 32
        let row = columns.map { value(statement, $0) }
        guard bytes <= limit else {
          throw .answerTooLarge(sql: query.sql, reason: "its answer has more than \(limit) bytes; ask for less")
        }
        if !body(row) { return }
      case SQLITE_DONE: return
      default: throw .badQuery(sql: query.sql, reason: reason(status))
      }
    }
  }

  private func start() {
    checks = 0
    stopwatch.start()
    spentBefore = spent
  }

  /// Runs the module's own SQL, of one or several statements. Throws ``StoreError/database(path:reason:)``.
  func execute(_ sql: String) throws(StoreError) {
    isTrusted = true
    defer { isTrusted = false }
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      if isSpent { throw .evidence(.tooMuchWork) }
      throw .database(path: ":memory:", reason: String(cString: sqlite3_errmsg(handle)))
    }
  }

  /// The rows of the module's own SQL.
  package func trustedRows(_ sql: String, _ parameters: [String: SQLValue] = [:]) throws(StoreError) -> [[SQLValue]] {
    isTrusted = true
    defer { isTrusted = false }
    return try rows(sql, parameters).rows
  }

  /// The bytes of a database in memory.
  func serialized() throws(StoreError) -> Data {
    isTrusted = true
    defer { isTrusted = false }
    var size: Int64 = 0
    guard let bytes = sqlite3_serialize(handle, "main", &size, 0) else {
      throw .database(path: ":memory:", reason: "SQLite cannot serialize the database")
    }
    defer { sqlite3_free(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }

  /// Compiles the module's own SQL.
  func trustedQuery(_ sql: String, _ parameters: [String: SQLValue]) throws(StoreError) -> PreparedQuery {
    isTrusted = true
    defer { isTrusted = false }
    return try prepare(sql, parameters)
  }

  /// Whether a compiled query finds a row with these parameters.
  func isFound(_ query: PreparedQuery, _ parameters: [String: SQLValue]) throws(StoreError) -> Bool {
    isTrusted = true
    defer { isTrusted = false }
    if let problem = bind(parameters, to: query.statement) { throw .badQuery(sql: query.sql, reason: problem) }
    var isFound = false
    try forEachRow(query) { _ in
      isFound = true
      return false
    }
    return isFound
  }

  /// Runs one of the module's own statements that gives no rows.
  func change(_ sql: String, _ parameters: [String: SQLValue]) throws(StoreError) {
    isTrusted = true
    defer { isTrusted = false }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement,
      bind(parameters, to: statement) == nil, sqlite3_step(statement) == SQLITE_DONE
    else { throw .database(path: ":memory:", reason: String(cString: sqlite3_errmsg(handle))) }
  }

  /// The tables that one SELECT reads, also behind views.
  func tables(readBy sql: String, _ parameters: [String: SQLValue]) throws(StoreError) -> Set<String> {
    tablesRead = []
    _ = try prepare(sql, parameters)
    return tablesRead
  }

  /// Binds what a statement names; the reason why that cannot be done.
  private func bind(_ parameters: [String: SQLValue], to statement: OpaquePointer) -> String? {
    let count = sqlite3_bind_parameter_count(statement)
    guard count > 0 else { return nil }
    for place in 1...count {
      guard let text = sqlite3_bind_parameter_name(statement, place).map({ String(cString: $0) }),
        !text.hasPrefix("?")
      else {
        // `?` and `?1` have no name that a parameter could have: they would be NULL, and make claims of nothing.
        if isTrusted { continue }
        return "a parameter without a name has no value; write :name"
      }
      guard text.hasPrefix(":"), let value = parameters[String(text.dropFirst())] else {
        let names = parameters.keys.sorted().map { ":\($0)" }
        return "there is no parameter \(text); "
          + (names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))")
      }
      let status = bind(value, to: statement, at: place)
      if status != SQLITE_OK { return reason(status) }
    }
    return nil
  }

  /// Gives a place in a statement its value; SQLite's status.
  func bind(_ value: SQLValue, to statement: OpaquePointer, at place: Int32) -> Int32 {
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    return switch value {
    case .null: sqlite3_bind_null(statement, place)
    case .integer(let number): sqlite3_bind_int64(statement, place, number)
    case .real(let number): sqlite3_bind_double(statement, place, number)
    case .text(let text): sqlite3_bind_text(statement, place, text, Int32(text.utf8.count), copied)
    case .blob(let bytes): sqlite3_bind_blob(statement, place, bytes, Int32(bytes.count), copied)
    }
  }

  private func reason(_ status: Int32, of sql: String = "") -> String {
    let message = String(cString: sqlite3_errmsg(handle))
    if let refusal, status & 0xFF == SQLITE_AUTH || status & 0xFF == SQLITE_ERROR { return refusal }
    switch status & 0xFF {
    case SQLITE_AUTH: return "only reading is allowed (\(message))"
    case SQLITE_INTERRUPT:
      if let budget, budget < 0 { return "all queries together take too many steps" }
      if spent > limit {
        return "all queries together take more than \(Quantity.fixed(bounds.seconds ?? 0, 0)) s of the processor"
      }
      if checks <= Self.checkLimit {
        return "it takes more than \(Quantity.fixed(bounds.secondsPerQuery, 0)) s of the processor; narrow it down"
      }
      return "it takes more than \(Self.checkLimit * Int(Self.stepsPerCheck)) steps; narrow it down"
    case SQLITE_TOOBIG: return "a value has more than \(Self.valueBytes) bytes, or the query is too long"
    case SQLITE_NOMEM: return "it needs more memory than a query may have; narrow it down"
    default:
      return message + (remedy(for: message, sql).map { "; \($0)" } ?? "")
    }
  }

  /// The table or column that was probably meant, or where they are listed; nil for other messages.
  private func remedy(for message: String, _ query: String) -> String? {
    func name(behind prefix: String) -> String? {
      guard message.hasPrefix(prefix) else { return nil }
      return message.dropFirst(prefix.count).split(separator: ".").last.map(String.init) ?? ""
    }
    if let table = name(behind: "no such table: ") {
      return near(table, texts("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").map { $0[0] })
        ?? "docs/store.md lists the tables, `SELECT name FROM sqlite_master` too"
    }
    guard let column = name(behind: "no such column: ") else { return nil }
    if query.contains("\"\(column)\"") { return "text is written in single quotes: '\(column)'" }
    let own = column.lowercased()
    let words = query.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    // A table that has the column's name is read where it stands behind FROM or JOIN.
    let isTable = zip(words, words.dropFirst()).contains { ["from", "join"].contains($0) && $1 == own }
    let read = Set(words.filter { $0 != own || isTable })
    let columns = texts(
      """
      SELECT t.name, c.name, c.pk FROM sqlite_master AS t JOIN pragma_table_xinfo(t.name) AS c
      WHERE t.type IN ('table', 'view')
      """
    ).map { (table: $0[0].lowercased(), name: $0[1], isKey: $0[2] != "0") }
    let keys = columns.filter { isTable && $0.table == own && $0.isKey }
    if keys.count == 1 { return "did you mean \(keys[0].name)?" }
    let ofRead = columns.filter { read.contains($0.table) }
    let names = Set((ofRead.isEmpty ? columns : ofRead).map(\.name)).filter { $0.lowercased() != own }
    return near(column, names.sorted()) ?? "docs/store.md lists the columns"
  }

  private func near(_ word: String, _ names: [String]) -> String? {
    (nearest(to: word, among: names) ?? nearestNames(to: word, among: names, limit: 1).first).map {
      "did you mean \($0)?"
    }
  }

  /// The rows of a query of this module as texts.
  private func texts(_ sql: String) -> [[String]] {
    ((try? trustedRows(sql)) ?? []).map { $0.map(\.plainText) }
  }

  private func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
    bytes += MemoryLayout<SQLValue>.stride
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      let count = Int(sqlite3_column_bytes(statement, column))
      bytes += count
      guard let text = sqlite3_column_text(statement, column) else { return .null }
      return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      let count = Int(sqlite3_column_bytes(statement, column))
      bytes += count
      guard count > 0, let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
      return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
    default: return .null
    }
  }
}

/// A compiled SELECT with its parameters bound.
final class PreparedQuery {
  let sql: String
  fileprivate let statement: OpaquePointer

  fileprivate init(sql: String, statement: OpaquePointer) {
    self.sql = sql
    self.statement = statement
  }

  deinit { sqlite3_finalize(statement) }

  var columns: [String] {
    (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
  }

  /// Steps of SQLite's machine that it has taken so far.
  var steps: Int { Int(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0)) }
}

/// Whether nothing but spaces, semicolons and comments is left behind a statement.
private func isBlank(_ rest: String) -> Bool {
  var text = rest[...]
  while let first = text.first {
    if first.isWhitespace || first == ";" {
      text.removeFirst()
    } else if text.hasPrefix("--") {
      text = text.drop { $0 != "\n" }
    } else if text.hasPrefix("/*"), let end = text.firstRange(of: "*/") {
      text = text[end.upperBound...]
    } else {
      return false
    }
  }
  return true
}
