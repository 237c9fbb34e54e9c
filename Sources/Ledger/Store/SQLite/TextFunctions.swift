import Foundation
import GRDBSQLite

/// Replaces SQLite's text functions that take a product of two lengths by such that take a sum: a function is one step of
/// SQLite's machine, however long it takes, and nothing can interrupt it.
func replaceTextFunctions(of handle: OpaquePointer?) {
  let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
  sqlite3_create_function_v2(handle, "instr", 2, flags, nil, findText, nil, nil, nil)
  sqlite3_create_function_v2(handle, "replace", 3, flags, nil, replaceText, nil, nil, nil)
  for (name, sides) in [("trim", 3), ("ltrim", 1), ("rtrim", 2)] {
    let context = UnsafeMutableRawPointer(bitPattern: sides)
    sqlite3_create_function_v2(handle, name, 1, flags, context, trimText, nil, nil, nil)
    sqlite3_create_function_v2(handle, name, 2, flags, context, trimText, nil, nil, nil)
  }
}

/// Replaces `printf` and `format` by such that refuse widths and precisions above 9999, which SQLite writes out character by
/// character in one step; all others are answered by a plain connection's own.
func boundFormats(of handle: OpaquePointer?) {
  let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
  for name in ["printf", "format"] {
    var plain: OpaquePointer?
    guard sqlite3_open_v2(":memory:", &plain, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else {
      sqlite3_close_v2(plain)
      continue
    }
    sqlite3_create_function_v2(
      handle, name, -1, flags, UnsafeMutableRawPointer(plain), formatText, nil, nil,
      { sqlite3_close_v2(OpaquePointer($0)) })
  }
}

/// Replaces the date functions that take modifiers by such that refuse `localtime` and `utc`, whose answers are those of one
/// machine's time zone; all else is answered by a plain connection's own, which counts readings of the clock as the others do.
func refuseLocalTime(of handle: OpaquePointer?) {
  for (name, counts) in [
    ("date", 2...5), ("time", 2...5), ("datetime", 2...5), ("julianday", 2...5), ("unixepoch", 2...5),
    ("strftime", 3...6),
  ] {
    for count in counts {
      let function = DateFunction(name)
      guard function.connection != nil else { continue }
      sqlite3_create_function_v2(
        handle, name, Int32(count), SQLITE_UTF8 | SQLITE_INNOCUOUS, Unmanaged.passRetained(function).toOpaque(),
        dateText,
        nil, nil, { Unmanaged<DateFunction>.fromOpaque($0!).release() })
    }
  }
}

/// One of SQLite's own date functions, in a connection of its own.
private final class DateFunction {
  let name: String
  private(set) var connection: OpaquePointer?

  init(_ name: String) {
    self.name = name
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    if sqlite3_open_v2(":memory:", &connection, flags, countingLayer) != SQLITE_OK {
      sqlite3_close_v2(connection)
      connection = nil
    }
  }

  deinit { sqlite3_close_v2(connection) }
}

private func dateText(_ context: OpaquePointer?, _ count: Int32, _ values: Arguments) {
  guard let values, let state = sqlite3_user_data(context) else { return }
  let function = Unmanaged<DateFunction>.fromOpaque(state).takeUnretainedValue()
  for place in 1..<Int(count) {
    let modifier = String(decoding: bytes(values[place]), as: UTF8.self).lowercased()
    if ["localtime", "utc"].contains(modifier.split(whereSeparator: \.isWhitespace).joined()) {
      sqlite3_result_error(
        context, "\(modifier) depends on the machine's time zone; all times of a store are UTC already", -1)
      return
    }
  }
  let sql = "SELECT \(function.name)(\((1...count).map { "?\($0)" }.joined(separator: ", ")))"
  var statement: OpaquePointer?
  defer { sqlite3_finalize(statement) }
  guard sqlite3_prepare_v2(function.connection, sql, -1, &statement, nil) == SQLITE_OK else { return }
  for place in 0..<count { sqlite3_bind_value(statement, place + 1, values[Int(place)]) }
  guard sqlite3_step(statement) == SQLITE_ROW else { return }
  sqlite3_result_value(context, sqlite3_column_value(statement, 0))
}

private func formatText(_ context: OpaquePointer?, _ count: Int32, _ values: Arguments) {
  guard let values, count > 0, !isNull(values[0]) else { return }
  guard isBounded(bytes(values[0])) else {
    sqlite3_result_error(context, "a width or precision of a format is * or above 9999", -1)
    return
  }
  let plain = OpaquePointer(sqlite3_user_data(context))
  let sql = "SELECT format(\((1...count).map { "?\($0)" }.joined(separator: ", ")))"
  var statement: OpaquePointer?
  defer { sqlite3_finalize(statement) }
  guard sqlite3_prepare_v2(plain, sql, -1, &statement, nil) == SQLITE_OK else {
    sqlite3_result_error(context, "a format has too many values", -1)
    return
  }
  for place in 0..<count { sqlite3_bind_value(statement, place + 1, values[Int(place)]) }
  guard sqlite3_step(statement) == SQLITE_ROW else {
    sqlite3_result_error_toobig(context)
    return
  }
  sqlite3_result_value(context, sqlite3_column_value(statement, 0))
}

/// Whether no conversion of a format has `*` or a number of more than four digits.
private func isBounded(_ format: UnsafeBufferPointer<UInt8>) -> Bool {
  var isConversion = false
  var digits = 0
  for byte in format {
    guard isConversion else {
      isConversion = byte == UInt8(ascii: "%")
      digits = 0
      continue
    }
    switch byte {
    case 48...57:
      digits += 1
      if digits > 4 { return false }
    case UInt8(ascii: "*"): return false
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: " "), UInt8(ascii: "#"),
      UInt8(ascii: "!"),
      UInt8(ascii: ","), UInt8(ascii: "l"):
      digits = 0
    default: isConversion = false
    }
  }
  return true
}

private typealias Arguments = UnsafeMutablePointer<OpaquePointer?>?

private func isNull(_ value: OpaquePointer?) -> Bool { sqlite3_value_type(value) == SQLITE_NULL }

/// A value's bytes, which live as long as the call: a blob's own, or those of its text.
private func bytes(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8> {
  if sqlite3_value_type(value) == SQLITE_BLOB {
    let start = sqlite3_value_blob(value)?.assumingMemoryBound(to: UInt8.self)
    return UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
  }
  let start = sqlite3_value_text(value)
  return UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
}

/// A text that is looked for, by the method of Knuth, Morris and Pratt: each byte that is searched is looked at twice at most.
private struct Pattern {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// For each beginning of the text the length of the longest proper beginning that it ends with.
  private let borders: [Int]

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    var borders = [Int](repeating: 0, count: bytes.count)
    var length = 0
    for place in bytes.indices.dropFirst() {
      while length > 0, bytes[place] != bytes[length] { length = borders[length - 1] }
      if bytes[place] == bytes[length] { length += 1 }
      borders[place] = length
    }
    self.borders = borders
  }

  /// The offset of its first place in a text from `start` on.
  func offset(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
    var length = 0
    for place in start..<text.count {
      while length > 0, text[place] != bytes[length] { length = borders[length - 1] }
      if text[place] == bytes[length] { length += 1 }
      if length == bytes.count { return place - length + 1 }
    }
    return nil
  }
}

private func isLeading(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

private func findText(_ context: OpaquePointer?, _ count: Int32, _ values: Arguments) {
  guard let values, !isNull(values[0]), !isNull(values[1]) else { return }
  let areBlobs = sqlite3_value_type(values[0]) == SQLITE_BLOB && sqlite3_value_type(values[1]) == SQLITE_BLOB
  if !areBlobs {
    // What is no text yet becomes one, a blob too.
    _ = (sqlite3_value_text(values[0]), sqlite3_value_text(values[1]))
  }
  let (text, needle) = (bytes(values[0]), bytes(values[1]))
  if needle.isEmpty { return sqlite3_result_int64(context, 1) }
  guard let place = Pattern(needle).offset(in: text) else { return sqlite3_result_int64(context, 0) }
  let before = areBlobs ? place : text[..<place].count(where: isLeading)
  sqlite3_result_int64(context, Int64(before) + 1)
}

private func giveBack(_ context: OpaquePointer?, _ bytes: some Collection<UInt8>) {
  let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  Array(bytes).withUnsafeBytes { buffer in
    sqlite3_result_text64(
      context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(buffer.count), copied,
      UInt8(SQLITE_UTF8))
  }
  if bytes.isEmpty { sqlite3_result_text(context, "", 0, copied) }
}

private func replaceText(_ context: OpaquePointer?, _ count: Int32, _ values: Arguments) {
  guard let values, !isNull(values[0]), !isNull(values[1]), !isNull(values[2]) else { return }
  for place in 0..<3 { _ = sqlite3_value_text(values[place]) }
  let (text, pattern, other) = (bytes(values[0]), bytes(values[1]), bytes(values[2]))
  guard !pattern.isEmpty, pattern[0] != 0 else { return sqlite3_result_value(context, values[0]) }
  let limit = Int(sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1))
  var result: [UInt8] = []
  var place = 0
  let wanted = Pattern(pattern)
  while let found = wanted.offset(in: text, from: place) {
    result.append(contentsOf: text[place..<found])
    result.append(contentsOf: other)
    guard result.count <= limit else { return sqlite3_result_error_toobig(context) }
    place = found + pattern.count
  }
  result.append(contentsOf: text[place...])
  guard result.count <= limit else { return sqlite3_result_error_toobig(context) }
  giveBack(context, result)
}

/// A text without the characters of a set at its ends; spaces where no set is given.
private func trimText(_ context: OpaquePointer?, _ count: Int32, _ values: Arguments) {
  guard let values, !isNull(values[0]), count == 1 || !isNull(values[1]) else { return }
  let sides = Int(bitPattern: sqlite3_user_data(context))
  for place in 0..<Int(count) { _ = sqlite3_value_text(values[place]) }
  let text = characters(bytes(values[0]))
  let set: Set<[UInt8]> = count == 1 ? [[0x20]] : Set(characters(bytes(values[1])).map(Array.init))
  var rest = text[...]
  if sides & 1 != 0 { rest = rest.drop { set.contains(Array($0)) } }
  if sides & 2 != 0 { while let last = rest.last, set.contains(Array(last)) { rest.removeLast() } }
  giveBack(context, rest.joined())
}

/// The bytes of a text, character by character.
private func characters(_ text: UnsafeBufferPointer<UInt8>) -> [Slice<UnsafeBufferPointer<UInt8>>] {
  var found: [Slice<UnsafeBufferPointer<UInt8>>] = []
  var place = 0
  while place < text.count {
    var end = place + 1
    if text[place] >= 0xC0 { while end < text.count, !isLeading(text[end]) { end += 1 } }
    found.append(text[place..<end])
    place = end
  }
  return found
}
