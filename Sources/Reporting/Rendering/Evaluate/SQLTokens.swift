/// A piece of a query as SQLite takes it apart.
package struct SQLToken: Hashable {
  package enum Kind: Hashable {
    /// A name or key word; a quoted name too.
    case name
    case text
    case number
    case sign
    case comment
  }

  package var kind: Kind
  /// As it is written.
  package var source: Substring
  /// Of a name, without quotes.
  package var name: String = ""
  package var isQuoted = false

  package func isWord(_ word: String) -> Bool { kind == .name && !isQuoted && name.lowercased() == word }
}

/// A query's pieces; spaces are none.
package func sqlTokens(_ sql: String) -> [SQLToken] {
  var tokens: [SQLToken] = []
  let text = sql.utf8
  var place = text.startIndex
  func isNameByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte == 36
      || byte >= 0x80
  }
  func end(where isEnd: (UInt8) -> Bool, from start: String.Index) -> String.Index {
    text[start...].firstIndex(where: isEnd) ?? text.endIndex
  }
  func add(_ kind: SQLToken.Kind, to end: String.Index) {
    tokens.append(SQLToken(kind: kind, source: sql[place..<end], name: kind == .name ? String(sql[place..<end]) : ""))
    place = end
  }
  while place < text.endIndex {
    let byte = text[place]
    let after = text.index(after: place)
    let next = after < text.endIndex ? text[after] : 0
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0C, 0x0D: place = after
    case UInt8(ascii: "-") where next == byte: add(.comment, to: end(where: { $0 == 10 }, from: place))
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
      var close = text.index(after: after)
      var last: UInt8 = 0
      while close < text.endIndex {
        let byte = text[close]
        close = text.index(after: close)
        if last == UInt8(ascii: "*"), byte == UInt8(ascii: "/") { break }
        last = byte
      }
      add(.comment, to: close)
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "["):
      let closing = byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : byte
      var close = after
      var name: [UInt8] = []
      while close < text.endIndex {
        let byte = text[close]
        close = text.index(after: close)
        if byte == closing {
          // Two of a sign are one.
          guard closing != UInt8(ascii: "]"), close < text.endIndex, text[close] == closing else { break }
          close = text.index(after: close)
        }
        name.append(byte)
      }
      let isName = byte != UInt8(ascii: "'")
      add(isName ? .name : .text, to: close)
      if isName {
        tokens[tokens.count - 1].name = String(decoding: name, as: UTF8.self)
        tokens[tokens.count - 1].isQuoted = true
      }
    case 48...57: add(.number, to: end(where: { !isNameByte($0) && $0 != UInt8(ascii: ".") }, from: place))
    case let byte where isNameByte(byte): add(.name, to: end(where: { !isNameByte($0) }, from: place))
    default: add(.sign, to: after)
    }
  }
  return tokens
}

/// A query without comments and semicolons at its end: it can be put into another.
package func sqlBody(_ sql: String) -> String {
  let tokens = sqlTokens(sql)
  guard let last = tokens.last(where: { $0.kind != .comment && $0.source != ";" }) else { return "" }
  return String(sql[..<last.source.endIndex]).trimmed
}

/// A name as SQL quotes it.
package func sqlQuoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
