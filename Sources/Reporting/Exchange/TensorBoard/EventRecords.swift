import Foundation

/// The checksum of TensorFlow's record files: CRC-32C (Castagnoli), rotated and moved by a constant.
///
/// Source: https://www.tensorflow.org/tutorials/load_data/tfrecord (TFRecords format details)
func maskedCRC(_ bytes: some Sequence<UInt8>) -> UInt32 {
  let crc = ~bytes.reduce(~UInt32(0)) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
}

private let crcTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0x82F6_3B78 ^ crc >> 1 : crc >> 1 }
}

/// A record as it is in a file: length, its checksum, the bytes, their checksum.
func framedRecord(_ record: Data) -> Data {
  func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
  let length = bytes(UInt64(record.count))
  return Data(length) + bytes(maskedCRC(length)) + record + bytes(maskedCRC(record))
}

/// The ranges of a file's records. Throws for the first that is damaged or has no end.
func recordRanges(_ bytes: [UInt8]) throws(WireProblem) -> [Range<Int>] {
  func number(_ place: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
  }
  var ranges: [Range<Int>] = []
  var place = 0
  while place < bytes.count {
    guard bytes.count - place >= 12, maskedCRC(bytes[place..<place + 8]) == UInt32(number(place + 8, 4)) else {
      let reason = ranges.isEmpty ? "not an event file" : "a damaged record, or one that is not yet wholly written"
      throw WireProblem(offset: place, reason: reason)
    }
    let length = number(place, 8)
    let start = place + 12
    guard length <= UInt64(max(0, bytes.count - start - 4)) else {
      throw WireProblem(offset: place, reason: "a record of \(length) bytes, where \(bytes.count - start) are left")
    }
    let end = start + Int(length)
    guard maskedCRC(bytes[start..<end]) == UInt32(number(end, 4)) else {
      throw WireProblem(offset: start, reason: "a record whose checksum is not that of its bytes")
    }
    ranges.append(start..<end)
    place = end + 4
  }
  return ranges
}
