/// A JSON value that keeps whole numbers and others apart, and the order of an object's members.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Finite.
  case real(Double)
  case text(String)
  case array([JSONValue])
  case object([Member])

  /// A name and its value in an object.
  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSONValue

    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// An object with its members in this order.
  public static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member($0.key, $0.value) })
  }

  /// The member of an object; nil where there is none, and for what is no object.
  public subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// The text of the value: no spaces, numbers in the shortest form that reads back exactly. The same value gives the same text.
  public var json: String {
    var bytes: [UInt8] = []
    write(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same with a line for each member and element down to a depth, for people and for `diff`.
  public func json(linesTo depth: Int) -> String {
    var bytes: [UInt8] = []
    write(&bytes, linesTo: depth, indent: 0)
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }

  private func write(_ bytes: inout [UInt8], linesTo depth: Int = 0, indent: Int = 0) {
    func line(_ indent: Int) {
      guard depth > 0 else { return }
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
    }
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let number): bytes.append(contentsOf: "\(number)".utf8)
    case .real(let number):
      precondition(number.isFinite, "\(number) has no form in JSON")
      bytes.append(contentsOf: "\(number)".utf8)
    case .text(let text): Self.write(text, &bytes)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        line(indent + 1)
        value.write(&bytes, linesTo: max(0, depth - 1), indent: indent + 1)
      }
      if !values.isEmpty { line(indent) }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        line(indent + 1)
        Self.write(member.key, &bytes)
        bytes.append(UInt8(ascii: ":"))
        if depth > 0 { bytes.append(UInt8(ascii: " ")) }
        member.value.write(&bytes, linesTo: max(0, depth - 1), indent: indent + 1)
      }
      if !members.isEmpty { line(indent) }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, _ bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}
