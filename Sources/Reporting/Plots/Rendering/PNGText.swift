public import Foundation

/// Reads the texts that a PNG file carries in tEXt and uncompressed iTXt chunks, in the file's order.
///
/// Compressed texts are passed over. Lengths and checksums of all chunks are checked on the way.
///
/// - Throws: `PlotError.png`.
public func readPNGText(_ data: Data) throws(PlotError) -> [(keyword: String, value: String)] {
  _ = try PNGHeader(data)
  let bytes = [UInt8](data)
  var texts: [(keyword: String, value: String)] = []
  var offset = PNGHeader.signature.count
  while offset < bytes.count {
    let chunk = try PNGChunk(bytes, at: offset)
    if chunk.kind == "tEXt" || chunk.kind == "iTXt" {
      guard let text = chunk.text else { throw .png(.malformed(chunk: chunk.kind, offset: offset)) }
      if let value = text.value { texts.append((text.keyword, value)) }
    }
    offset = chunk.end
    if chunk.kind == "IEND" { return texts }
  }
  throw .png(.truncated(offset: offset))
}

/// Adds text chunks behind a PNG's header: tEXt for printable ASCII, iTXt (UTF-8) for all else.
///
/// Formats: PNG specification, third edition, 11.3.3.
func insertPNGText(_ texts: [(keyword: String, value: String)], into png: Data) throws(PlotError) -> Data {
  guard !texts.isEmpty else { return png }
  let header = try PNGHeader(png)
  var chunks: [UInt8] = []
  for (keyword, value) in texts {
    let name = try latin1Keyword(keyword)
    let utf8 = Array(value.utf8)
    guard utf8.count <= PNGChunk.textLimit else {
      throw .png(.text(keyword: keyword, bytes: utf8.count, limit: PNGChunk.textLimit))
    }
    guard !utf8.contains(0) else { throw .png(.malformed(chunk: keyword, offset: 0)) }
    if utf8.allSatisfy({ $0 == 10 || (32...126).contains($0) }) {
      chunks += PNGChunk.encoded("tEXt", name + [0] + utf8)
    } else {
      // Not compressed, no language tag, no translated keyword.
      chunks += PNGChunk.encoded("iTXt", name + [0, 0, 0, 0, 0] + utf8)
    }
  }
  var result = png
  result.insert(contentsOf: chunks, at: png.startIndex + header.end)
  return result
}

private func latin1Keyword(_ keyword: String) throws(PlotError) -> [UInt8] {
  let scalars = keyword.unicodeScalars.map(\.value)
  let isPrintable = scalars.allSatisfy { (32...126).contains($0) || (161...255).contains($0) }
  guard (1...79).contains(scalars.count), isPrintable, scalars.first != 32, scalars.last != 32,
    !zip(scalars, scalars.dropFirst()).contains(where: { $0 == 32 && $1 == 32 })
  else { throw .png(.keyword(keyword)) }
  return scalars.map { UInt8($0) }
}

/// The first chunk of a PNG: its size in pixels.
struct PNGHeader {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  let width: Int
  let height: Int
  /// Where the header chunk ends.
  let end: Int

  init(_ data: Data) throws(PlotError) {
    let bytes = [UInt8](data.prefix(33))
    guard bytes.count == 33, bytes.starts(with: Self.signature) else { throw .png(.notPNG) }
    let chunk = try PNGChunk(bytes, at: Self.signature.count)
    guard chunk.kind == "IHDR", chunk.content.count == 13 else { throw .png(.notPNG) }
    width = Int(bigEndian(bytes[16..<20]))
    height = Int(bigEndian(bytes[20..<24]))
    end = chunk.end
    guard width > 0, height > 0 else { throw .png(.malformed(chunk: "IHDR", offset: 8)) }
  }
}

/// A chunk: length, kind, content, CRC-32 of kind and content.
private struct PNGChunk {
  static let textLimit = 1_000_000

  let kind: String
  let content: ArraySlice<UInt8>
  /// The offset behind the chunk.
  let end: Int

  init(_ bytes: [UInt8], at offset: Int) throws(PlotError) {
    guard bytes.count - offset >= 12 else { throw .png(.truncated(offset: offset)) }
    let length = Int(bigEndian(bytes[offset..<offset + 4]))
    guard length <= bytes.count - offset - 12 else { throw .png(.truncated(offset: offset)) }
    let name = bytes[offset + 4..<offset + 8]
    guard name.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }) else {
      throw .png(.malformed(chunk: "?", offset: offset))
    }
    kind = String(decoding: name, as: UTF8.self)
    content = bytes[offset + 8..<offset + 8 + length]
    end = offset + 12 + length
    guard crc32(bytes[offset + 4..<offset + 8 + length]) == bigEndian(bytes[end - 4..<end]) else {
      throw .png(.checksum(chunk: kind, offset: offset))
    }
  }

  /// Keyword and text of a text chunk, without the text if it is compressed; nil if the chunk is malformed.
  var text: (keyword: String, value: String?)? {
    let parts = content.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, (1...79).contains(parts[0].count) else { return nil }
    let keyword = latin1(parts[0])
    if kind == "tEXt" { return (keyword, latin1(parts[1])) }
    let rest = parts[1]
    guard rest.count >= 2, let isCompressed = rest.first else { return nil }
    let fields = rest.dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, isCompressed <= 1 else { return nil }
    if isCompressed == 1 { return (keyword, nil) }
    return String(validating: fields[2], as: UTF8.self).map { (keyword, $0) }
  }

  private func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  static func encoded(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + content
    return bytes(UInt32(content.count)) + body + bytes(crc32(body[...]))
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

private func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  bytes.reduce(0) { $0 << 8 | UInt32($1) }
}

/// Remainders of all bytes for the polynomial 0xEDB88320 (PNG specification, annex D).
private let crcTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { remainder, _ in remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
}

private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  ~bytes.reduce(~0) { remainder, byte in crcTable[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ remainder >> 8 }
}
