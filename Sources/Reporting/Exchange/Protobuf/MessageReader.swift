/// What is wrong with a message, and at which byte.
struct WireProblem: Error, Hashable {
  var offset: Int
  var reason: String
}

/// Reads the fields of a message of Protocol Buffers, one after the other. Nothing is believed before it is compared with the bytes
/// that are there; what is in a field that nobody asks for is passed over.
struct MessageReader {
  /// A field's value; bytes are a range of the file.
  enum Value: Hashable {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(Range<Int>)
    case fixed32(UInt32)
  }

  let bytes: [UInt8]
  private var place: Int
  private let end: Int

  /// The message in a range of a file's bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    (place, end) = (range.lowerBound, range.upperBound)
  }

  /// The next field; nil behind the last.
  mutating func next() throws(WireProblem) -> (field: Int, value: Value)? {
    guard place < end else { return nil }
    let start = place
    let key = try varint()
    guard key >> 3 > 0, key >> 3 <= 0x1FFF_FFFF else {
      throw WireProblem(offset: start, reason: "no field has the number \(key >> 3)")
    }
    let field = Int(key >> 3)
    switch key & 7 {
    case 0: return (field, .varint(try varint()))
    case 1: return (field, .fixed64(try fixed(8)))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - place) else {
        throw WireProblem(offset: start, reason: "a field of \(length) bytes, where \(end - place) are left")
      }
      let range = place..<place + Int(length)
      place = range.upperBound
      return (field, .bytes(range))
    case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw WireProblem(offset: start, reason: "a field of the unknown type \(key & 7)")
    }
  }

  private mutating func varint() throws(WireProblem) -> UInt64 {
    let start = place
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard place < end else { throw WireProblem(offset: start, reason: "a number that has no end") }
      let byte = bytes[place]
      place += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw WireProblem(offset: start, reason: "a number of more than 64 bits")
  }

  private mutating func fixed(_ count: Int) throws(WireProblem) -> UInt64 {
    guard end - place >= count else { throw WireProblem(offset: place, reason: "a number that has no end") }
    defer { place += count }
    return (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }

  /// The text in a range. Throws for bytes that are not UTF-8.
  func text(_ range: Range<Int>) throws(WireProblem) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw WireProblem(offset: range.lowerBound, reason: "a text that is not UTF-8")
    }
    return text
  }
}
