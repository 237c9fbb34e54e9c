internal import Compression
internal import Foundation

/// A chunk of a PNG file (PNG specification, third edition, 5.3).
struct PNGChunk {
  let kind: String
  /// Where its content is in the file.
  let content: Range<Int>
}

/// The chunks of a PNG file up to its end chunk. Throws ``ImageError`` where the file ends before.
func pngChunks(_ bytes: [UInt8]) throws(ImageError) -> [PNGChunk] {
  var chunks: [PNGChunk] = []
  // Behind the signature.
  var offset = 8
  while true {
    let left = bytes.count - offset - 12
    guard left >= 0 else { throw .damaged(format: .png, reason: "it ends before its end chunk") }
    let length = Int(bigEndian(bytes, offset))
    guard length <= left else { throw .damaged(format: .png, reason: "it ends before its end chunk") }
    let kind = String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self)
    chunks.append(PNGChunk(kind: kind, content: offset + 8..<offset + 8 + length))
    offset += length + 12
    if kind == "IEND" { return chunks }
  }
}

/// Looks at all of a PNG file: every chunk's checksum, nothing behind the end, and as many bytes of pixels as the header says.
func checkPNGStructure(_ data: Data, _ header: ImageHeader) throws(ImageError) {
  let bytes = [UInt8](data)
  let chunks = try pngChunks(bytes)
  for chunk in chunks {
    let checked = bytes[chunk.content.lowerBound - 4..<chunk.content.upperBound]
    guard checksum(checked) == bigEndian(bytes, chunk.content.upperBound) else {
      throw .damaged(format: .png, reason: "the checksum of a chunk is wrong")
    }
  }
  let end = (chunks.last?.content.upperBound ?? 0) + 4
  guard end == bytes.count else {
    throw .damaged(format: .png, reason: "something follows its end")
  }
  guard let first = chunks.first, first.kind == "IHDR", first.content.count == 13 else {
    throw .damaged(format: .png, reason: "its first chunk is not its header")
  }
  let needed = pixelBytes(Array(bytes[first.content]), header)
  var packed = Data()
  for chunk in chunks where chunk.kind == "IDAT" { packed.append(contentsOf: bytes[chunk.content]) }
  let count: Int
  do throws(CompressionError) {
    count = try inflatedSize(packed, limit: needed)
  } catch {
    throw .damaged(format: .png, reason: "its pixels: \(error)")
  }
  guard count == needed else {
    throw .damaged(format: .png, reason: "it has \(count) bytes of pixels, and its header needs \(needed)")
  }
}

/// The unpacked bytes of all rows, each behind the byte that names its filter.
private func pixelBytes(_ header: [UInt8], _ size: ImageHeader) -> Int {
  // By color type: gray, none, RGB, palette, gray with alpha, none, RGB with alpha.
  let samples = [1, 0, 3, 1, 2, 0, 4]
  let bits = Int(header[8]) * (Int(header[9]) < samples.count ? samples[Int(header[9])] : 0)
  func rows(_ width: Int, _ height: Int) -> Int {
    width > 0 && height > 0 ? height * (1 + (width * bits + 7) / 8) : 0
  }
  guard header[12] == 1 else { return rows(size.width, size.height) }
  // Adam7: where each pass begins, and how far its pixels are apart.
  let passes = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
  ]
  return passes.reduce(0) { sum, pass in
    let (left, top, across, down) = pass
    return sum + rows((size.width - left + across - 1) / across, (size.height - top + down - 1) / down)
  }
}

private func bigEndian(_ bytes: [UInt8], _ start: Int) -> UInt32 {
  bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
}

/// Remainders of all bytes for the polynomial 0xEDB88320 (PNG specification, annex D).
private let crcTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { remainder, _ in remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
}

private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  let table = crcTable
  return ~bytes.reduce(~0) { remainder, byte in table[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ remainder >> 8 }
}
