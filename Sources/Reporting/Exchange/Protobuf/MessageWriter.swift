package import Foundation

/// Writes a message of Protocol Buffers, field by field, as https://protobuf.dev/programming-guides/encoding/ has it.
///
/// Fields are named by their public numbers. Messages in messages are kept as pieces, so that large arrays are copied once, when
/// the bytes are asked for.
package struct MessageWriter: Sendable {
  private enum Piece: Sendable {
    case bytes([UInt8])
    case floats([Float])
  }

  private var pieces: [Piece] = []
  private var tail: [UInt8] = []
  /// The length of the message.
  package private(set) var count = 0

  /// An empty message.
  package init() {}

  /// How a field's value is written, by the numbers of the format.
  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  private mutating func key(_ field: Int, _ type: WireType) { raw(UInt64(field) << 3 | type.rawValue) }

  private mutating func raw(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  private mutating func append(_ byte: UInt8) {
    tail.append(byte)
    count += 1
  }

  private mutating func append(_ bytes: some Sequence<UInt8>) { for byte in bytes { append(byte) } }

  /// A whole number (int32, int64, bool, enum).
  package mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    raw(UInt64(bitPattern: Int64(value)))
  }

  /// A 64-bit floating-point number.
  package mutating func double(_ field: Int, _ value: Double) {
    key(field, .fixed64)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { append($0) }
  }

  /// A 32-bit floating-point number.
  package mutating func float(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { append($0) }
  }

  /// A text.
  package mutating func text(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

  /// Bytes.
  package mutating func bytes(_ field: Int, _ value: [UInt8]) {
    key(field, .bytes)
    raw(UInt64(value.count))
    tail.append(contentsOf: value)
    count += value.count
  }

  /// 32-bit numbers as little-endian bytes.
  package mutating func bytes(_ field: Int, of values: [Float]) {
    key(field, .bytes)
    raw(UInt64(4 * values.count))
    pieces += [.bytes(tail), .floats(values)]
    tail = []
    count += 4 * values.count
  }

  /// A message in this one.
  package mutating func message(_ field: Int, _ body: (inout MessageWriter) -> Void) {
    var inner = MessageWriter()
    body(&inner)
    key(field, .bytes)
    raw(UInt64(inner.count))
    guard !inner.pieces.isEmpty else {
      tail.append(contentsOf: inner.tail)
      count += inner.count
      return
    }
    pieces.append(.bytes(tail))
    pieces += inner.pieces
    tail = inner.tail
    count += inner.count
  }

  /// The message's bytes.
  package var data: Data {
    var data = Data(capacity: count)
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): data.append(contentsOf: bytes)
      // All machines that vgglab is built for are little-endian.
      case .floats(let values): values.withUnsafeBytes { data.append(contentsOf: $0) }
      }
    }
    data.append(contentsOf: tail)
    return data
  }
}
