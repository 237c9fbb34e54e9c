import Foundation
import GRDBSQLite

extension QueryConnection {
  /// Puts rows into a table whose name and columns are known.
  func insert(_ table: EvidenceTable) throws(StoreError) {
    guard !table.rows.isEmpty else { return }
    let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
    let sql = "INSERT INTO \(table.name) (\(table.columns.joined(separator: ", "))) VALUES (\(marks))"
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    func reason() -> String { String(cString: sqlite3_errmsg(handle)) }
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw .evidence(.badRow(0, table: table.name, reason: reason()))
    }
    for (index, row) in table.rows.enumerated() {
      guard row.count == table.columns.count else {
        throw .evidence(
          .badRow(index, table: table.name, reason: "it has \(row.count) values for \(table.columns.count) columns"))
      }
      for (column, value) in row.enumerated() {
        guard bind(value, to: statement, at: Int32(column + 1)) == SQLITE_OK else {
          throw .evidence(.badRow(index, table: table.name, reason: reason()))
        }
      }
      guard sqlite3_step(statement) == SQLITE_DONE else {
        throw .evidence(.badRow(index, table: table.name, reason: reason()))
      }
      sqlite3_reset(statement)
    }
  }

  /// Makes the bytes of a database file the content of an attached database in memory, which can only be read then.
  func deserialize(_ bytes: Data, as schema: String) throws(StoreError) {
    // SQLite frees it.
    guard let copy = sqlite3_malloc64(UInt64(max(1, bytes.count))) else {
      throw .database(path: ":memory:", reason: "there is not enough memory")
    }
    bytes.copyBytes(to: copy.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    let status = sqlite3_deserialize(
      handle, schema, copy.assumingMemoryBound(to: UInt8.self), Int64(bytes.count), Int64(bytes.count),
      UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY))
    guard status == SQLITE_OK else { throw .database(path: ":memory:", reason: "SQLite does not take the bytes") }
  }
}
