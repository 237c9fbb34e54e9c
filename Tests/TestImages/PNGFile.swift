package import Foundation

/// PNG files of given pixels, unpacked inside.
package enum PNGFile {
  /// pixels `[height, width, channels]`, 1 or 3 channels.
  package static func data(width: Int, height: Int, channels: Int, _ pixels: [UInt8]) -> Data {
    var rows: [UInt8] = []
    for row in 0..<height { rows += [0] + pixels[row * width * channels..<(row + 1) * width * channels] }
    let kind: UInt8 = channels == 1 ? 0 : 2
    let header = bytes(width) + bytes(height) + [8, kind, 0, 0, 0]
    return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      + chunk("IHDR", header) + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  /// An image of one color.
  package static func flat(_ width: Int, _ height: Int, _ color: [UInt8]) -> Data {
    data(
      width: width, height: height, channels: color.count, (0..<width * height).flatMap { _ in color })
  }

  private static func bytes(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

  package static func chunk(_ kind: String, _ content: [UInt8]) -> Data {
    let body = Array(kind.utf8) + content
    return Data(bytes(content.count) + body + bytes(Int(checksum(body))))
  }

  /// CRC-32 as PNG has it.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ content: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: max(1, content.count), by: 65535) {
      let block = content[start..<min(start + 65535, content.count)]
      let length = UInt16(block.count)
      stream += [start + 65535 >= content.count ? 1 : 0]
      stream += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)] + block
    }
    var (a, b) = (1, 0)
    for byte in content { (a, b) = ((a + Int(byte)) % 65521, (b + a + Int(byte)) % 65521) }
    return stream + bytes(b << 16 | a)
  }
}
