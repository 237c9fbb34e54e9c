public import Foundation

/// What is wrong with a JSON text, and where.
public struct JSONProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the text.
  public enum Kind: Hashable, Sendable {
    case notUTF8
    case tooManyBytes(Int, limit: Int)
    case tooDeep(limit: Int)
    case tooManyValues(limit: Int)
    case unexpected(expected: String)
    case endsTooEarly
    case badNumber
    case badEscape
    case controlCharacter
    case doubledKey(String)
    case trailing
  }

  public var kind: Kind
  /// From 0, in bytes.
  public var offset: Int

  public init(kind: Kind, offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  public var description: String {
    let what =
      switch kind {
      case .notUTF8: "it is not UTF-8"
      case .tooManyBytes(let bytes, let limit): "it has \(bytes) bytes; at most \(limit) are read"
      case .tooDeep(let limit): "it is nested more than \(limit) deep"
      case .tooManyValues(let limit): "it has more than \(limit) values"
      case .unexpected(let expected): "\(expected) was expected"
      case .endsTooEarly: "it ends too early"
      case .badNumber: "the number is invalid, or does not fit 64 bits"
      case .badEscape: "there is no such escape in a string"
      case .controlCharacter: "a string contains a control character"
      case .doubledKey(let key): "the key \"\(key.prefix(40))\" is doubled"
      case .trailing: "there is text after its end"
      }
    return "byte \(offset): \(what)"
  }
}

/// The bounds of what is read.
public enum JSONLimit {
  public static let depth = 32
  public static let values = 20_000_000
  /// Of a number's text; 64 bits need far less.
  public static let digits = 40
}

/// Reads a JSON text (RFC 8259) strictly: no byte order mark, doubled keys, lone surrogates or numbers beyond 64 bits.
public func readJSON(_ data: Data, limit: Int) throws(JSONProblem) -> JSONValue {
  guard data.count <= limit else {
    throw JSONProblem(kind: .tooManyBytes(data.count, limit: limit), offset: 0)
  }
  guard String(validating: data, as: UTF8.self) != nil else { throw JSONProblem(kind: .notUTF8, offset: 0) }
  var reader = JSONReader(bytes: [UInt8](data))
  return try reader.whole()
}

private struct JSONReader {
  let bytes: [UInt8]
  var place = 0
  var count = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private func problem(_ kind: JSONProblem.Kind, at offset: Int? = nil) -> JSONProblem {
    JSONProblem(kind: kind, offset: offset ?? place)
  }

  mutating func whole() throws(JSONProblem) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard place == bytes.count else { throw problem(.trailing) }
    return value
  }

  private mutating func skipSpace() {
    while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
  }

  private func peek() throws(JSONProblem) -> UInt8 {
    guard place < bytes.count else { throw problem(.endsTooEarly) }
    return bytes[place]
  }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth <= JSONLimit.depth else { throw problem(.tooDeep(limit: JSONLimit.depth)) }
    count += 1
    guard count <= JSONLimit.values else { throw problem(.tooManyValues(limit: JSONLimit.values)) }
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw problem(.unexpected(expected: "a value"))
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
    guard bytes[place...].starts(with: word.utf8) else { throw problem(.unexpected(expected: "a value")) }
    place += word.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(JSONProblem) -> JSONValue {
    place += 1
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      place += 1
      return .object([])
    }
    while true {
      skipSpace()
      let start = place
      guard try peek() == UInt8(ascii: "\"") else { throw problem(.unexpected(expected: "a key")) }
      let key = try string()
      guard keys.insert(key).inserted else { throw problem(.doubledKey(key), at: start) }
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw problem(.unexpected(expected: "a colon")) }
      place += 1
      members.append(JSONValue.Member(key, try value(depth: depth + 1)))
      if try !isNext(or: UInt8(ascii: "}")) { return .object(members) }
    }
  }

  private mutating func array(_ depth: Int) throws(JSONProblem) -> JSONValue {
    place += 1
    var values: [JSONValue] = []
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      place += 1
      return .array([])
    }
    while true {
      values.append(try value(depth: depth + 1))
      if try !isNext(or: UInt8(ascii: "]")) { return .array(values) }
    }
  }

  /// Whether a comma follows; false for the end.
  private mutating func isNext(or end: UInt8) throws(JSONProblem) -> Bool {
    skipSpace()
    let byte = try peek()
    guard byte == UInt8(ascii: ",") || byte == end else {
      throw problem(.unexpected(expected: "a comma or the end"))
    }
    place += 1
    return byte != end
  }

  private mutating func number() throws(JSONProblem) -> JSONValue {
    let start = place
    func isDigit(_ place: Int) -> Bool { place < bytes.count && (48...57).contains(bytes[place]) }
    func digits() throws(JSONProblem) {
      guard isDigit(place) else { throw problem(.badNumber, at: start) }
      while isDigit(place) { place += 1 }
    }
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    let first = place
    try digits()
    guard place - first == 1 || bytes[first] != UInt8(ascii: "0") else { throw problem(.badNumber, at: start) }
    var isWhole = true
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      isWhole = false
      place += 1
      try digits()
    }
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      place += 1
      if place < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[place]) { place += 1 }
      try digits()
    }
    guard place - start <= JSONLimit.digits else { throw problem(.badNumber, at: start) }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if isWhole {
      guard let number = Int64(text) else { throw problem(.badNumber, at: start) }
      return .integer(number)
    }
    guard let number = Double(text), number.isFinite else { throw problem(.badNumber, at: start) }
    return .real(number)
  }

  private mutating func string() throws(JSONProblem) -> String {
    place += 1
    var text: [UInt8] = []
    var plain = place
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        text.append(contentsOf: bytes[plain..<place])
        place += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text.append(contentsOf: bytes[plain..<place])
        text.append(contentsOf: try escape())
        plain = place
      case 0..<0x20: throw problem(.controlCharacter)
      default: place += 1
      }
    }
  }

  /// The UTF-8 of an escape.
  private mutating func escape() throws(JSONProblem) -> [UInt8] {
    let start = place
    place += 1
    let letter = try peek()
    place += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      var unit = try hexadecimal(start)
      if (0xD800...0xDBFF).contains(unit) {
        guard bytes[place...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
          throw problem(.badEscape, at: start)
        }
        place += 2
        let low = try hexadecimal(start)
        guard (0xDC00...0xDFFF).contains(low) else { throw problem(.badEscape, at: start) }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw problem(.badEscape, at: start) }
      return Array(String(Character(scalar)).utf8)
    default: throw problem(.badEscape, at: start)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(JSONProblem) -> UInt32 {
    guard bytes.count - place >= 4 else { throw problem(.endsTooEarly) }
    let digits = bytes[place..<place + 4]
    guard digits.allSatisfy({ (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0) }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem(.badEscape, at: start) }
    place += 4
    return unit
  }
}
