/// The name of a file or folder that can never be a path: up to 100 letters, digits, dots, dashes and underscores of ASCII,
/// and no dot first.
///
/// Names in records that come from outside are decoded as this type, so that none of them can lead out of its folder.
public struct PlainName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The name's text.
  public let text: String

  /// A name; nil for text that is none.
  public init?(_ text: String) {
    guard (1...Self.limit).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "."),
      text.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    self.text = text
  }

  /// Bytes of a name.
  public static let limit = 100

  /// The name itself.
  public var description: String { text }

  /// Orders names by their bytes.
  public static func < (left: PlainName, right: PlainName) -> Bool { left.text < right.text }

  /// The name with a suffix such as `.tmp`. The suffix is part of the program, not input.
  public func appending(_ suffix: String) -> PlainName {
    precondition(suffix.utf8.allSatisfy(Self.isAllowed), "'\(suffix)' cannot end a file name")
    return PlainName(unchecked: text + suffix)
  }

  private init(unchecked text: String) { self.text = text }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}

extension PlainName: ExpressibleByStringLiteral {
  /// A name that is part of the program.
  public init(stringLiteral text: String) {
    guard let name = PlainName(text) else { preconditionFailure("'\(text)' is not a file name") }
    self = name
  }
}

extension PlainName: Codable {
  /// Decodes a name; text that is none is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let name = PlainName(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not the name of a file")
    }
    self = name
  }

  /// Encodes the name as text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
