import Foundation
import GRDBSQLite

/// A connection of its own for somebody else's SQL: it can read, and nothing else.
final class QueryConnection {
  /// Virtual-machine steps of one query, in units of ``stepsPerCheck``.
  static let checkLimit = 20_000
  static let stepsPerCheck: Int32 = 10_000
  static let rowLimit = 1_000_000
  static let valueBytes: Int32 = 4 << 20
  /// Of all values of an answer together.
  static let answerBytes = 256 << 20

  private var handle: OpaquePointer?
  private var checks = 0
  private var bytes = 0
  private let budget = StatisticsBudget()

  init(path: String) throws(StoreError) {
    var status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
    if status == SQLITE_OK { status = probe() }
    if status == SQLITE_CANTOPEN || status == SQLITE_READONLY {
      // A folder that cannot be written to: nobody else writes either, so the file is taken as it stands.
      sqlite3_close(handle)
      let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
      status = sqlite3_open_v2(
        "file:\(escaped)?immutable=1", &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
    }
    guard status == SQLITE_OK else {
      let reason = String(cString: sqlite3_errmsg(handle))
      sqlite3_close(handle)
      handle = nil
      throw .notADatabase(path: path, reason: reason)
    }
    sqlite3_busy_timeout(handle, 5_000)
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.valueBytes)
    sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20)
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 250_000)
    // Matching a pattern is one step however long it takes, so its length bounds it.
    sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100)
    // SQLite declares these two as if tables were made, at their first use in a connection; later that is refused.
    sqlite3_exec(handle, "SELECT 1 FROM json_each('0'), json_tree('0')", nil, nil, nil)
    addStatistics(to: handle, budget: budget)
    sqlite3_set_authorizer(
      handle,
      { _, action, first, second, _, _ in
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
        case SQLITE_FUNCTION:
          let name = second.map { String(cString: $0).lowercased() } ?? ""
          return ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"].contains(name)
            ? SQLITE_DENY : SQLITE_OK
        default: return SQLITE_DENY
        }
      }, nil)
    sqlite3_progress_handler(
      handle, Self.stepsPerCheck,
      { context in
        let connection = Unmanaged<QueryConnection>.fromOpaque(context!).takeUnretainedValue()
        connection.checks += 1
        return connection.checks > QueryConnection.checkLimit ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { sqlite3_close(handle) }

  private func probe() -> Int32 { sqlite3_exec(handle, "SELECT count(*) FROM sqlite_master", nil, nil, nil) }

  /// The rows of one SELECT. Throws ``StoreError/badQuery(sql:reason:)``.
  func rows(_ sql: String) throws(StoreError) -> QueryResult {
    checks = 0
    bytes = 0
    budget.reset()
    guard !sql.unicodeScalars.contains("\0") else { throw .badQuery(sql: sql, reason: "it has a zero character") }
    var statement: OpaquePointer?
    var rest = ""
    let status = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let status = sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
      rest = tail.map { String(cString: $0) } ?? ""
      return status
    }
    defer { sqlite3_finalize(statement) }
    guard status == SQLITE_OK else { throw .badQuery(sql: sql, reason: reason(status)) }
    guard let statement else { throw .badQuery(sql: sql, reason: "it is empty") }
    guard isBlank(rest) else { throw .badQuery(sql: sql, reason: "it has a second statement; write one") }
    guard sqlite3_column_count(statement) > 0 else { throw .badQuery(sql: sql, reason: "it is not a SELECT") }
    let columns = (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
    var result = QueryResult(columns: columns, rows: [])
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        guard result.rows.count < Self.rowLimit else {
          throw .badQuery(sql: sql, reason: "it has more than \(Self.rowLimit) rows; add a LIMIT")
        }
        result.rows.append(columns.indices.map { value(statement, Int32($0)) })
        guard bytes <= Self.answerBytes else {
          throw .badQuery(sql: sql, reason: "its answer has more than \(Self.answerBytes) bytes; ask for less")
        }
      case SQLITE_DONE: return result
      case let status: throw .badQuery(sql: sql, reason: reason(status))
      }
    }
  }

  private func reason(_ status: Int32) -> String {
    let message = String(cString: sqlite3_errmsg(handle))
    switch status & 0xFF {
    case SQLITE_AUTH: return "only reading is allowed (\(message))"
    case SQLITE_INTERRUPT:
      return "it takes more than \(Self.checkLimit * Int(Self.stepsPerCheck)) steps; narrow it down"
    case SQLITE_TOOBIG: return "a value has more than \(Self.valueBytes) bytes"
    default:
      return message.hasPrefix("no such table")
        ? "\(message); docs/store.md lists the tables, `SELECT name FROM sqlite_master` too" : message
    }
  }

  private func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
    bytes += MemoryLayout<SQLValue>.size
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
