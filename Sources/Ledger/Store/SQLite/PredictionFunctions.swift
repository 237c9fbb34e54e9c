import GRDBSQLite

/// Gives a connection `only_first(a, b)`: how many test images the first of two runs classified correctly and the second did not,
/// of their `prediction.correct`; what McNemar's test counts. NULL where one of them is.
func addPredictionFunctions(to handle: OpaquePointer?, budget: StatisticsBudget) {
  sqlite3_create_function_v2(
    handle, "only_first", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
    Unmanaged.passUnretained(budget).toOpaque(),
    { context, _, values in
      guard let first = values?[0], let second = values?[1] else { return }
      if sqlite3_value_type(first) == SQLITE_NULL || sqlite3_value_type(second) == SQLITE_NULL { return }
      let budget = Unmanaged<StatisticsBudget>.fromOpaque(sqlite3_user_data(context)!).takeUnretainedValue()
      do throws(StatisticError) {
        try budget.spend(Int(sqlite3_value_bytes(first)) + Int(sqlite3_value_bytes(second)))
      } catch {
        sqlite3_result_error(context, error.sentence, -1)
        return
      }
      guard let a = bits(first), let b = bits(second), a.count == b.count else {
        sqlite3_result_error(
          context, "only_first() compares prediction.correct of two runs over the same test images", -1)
        return
      }
      sqlite3_result_int64(context, zip(a, b).reduce(into: Int64(0)) { $0 += Int64(($1.0 & ~$1.1).nonzeroBitCount) })
    }, nil, nil, nil)
}

/// The four bits of each hexadecimal digit; nil for anything else.
private func bits(_ value: OpaquePointer) -> [UInt8]? {
  guard sqlite3_value_type(value) == SQLITE_TEXT, let text = sqlite3_value_text(value) else { return nil }
  var digits: [UInt8] = []
  digits.reserveCapacity(Int(sqlite3_value_bytes(value)))
  for byte in UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))) {
    switch byte {
    case 48...57: digits.append(byte - 48)
    case 97...102: digits.append(byte - 87)
    default: return nil
    }
  }
  return digits
}
