import CZlib
public import Foundation

/// What can go wrong with compressed bytes, as facts.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  case damaged(reason: String)
  case endsTooEarly
  /// Bytes stand behind the end of what was compressed.
  case trailing(bytes: Int)
  case unpacksTooLarge(limit: Int)

  public var description: String {
    switch self {
    case .damaged(let reason): reason
    case .endsTooEarly: "it ends too early"
    case .trailing(let bytes): "\(bytes) bytes follow its end"
    case .unpacksTooLarge(let limit): "it unpacks to more than \(limit) bytes"
    }
  }
}

/// Unpacks a gzip file (RFC 1952) of one or several members into at most `limit` bytes.
public func gunzip(_ data: Data, limit: Int) throws(CompressionError) -> Data {
  // 15 bits of window, and 16: a gzip header is expected.
  try inflate(data, windowBits: 15 + 16, severalMembers: true, limit: limit)
}

/// Unpacks a zlib stream (RFC 1950) into at most `limit` bytes.
public func inflated(_ data: Data, limit: Int) throws(CompressionError) -> Data {
  try inflate(data, windowBits: 15, severalMembers: false, limit: limit)
}

/// How many bytes a zlib stream (RFC 1950) unpacks into, at most `limit`; they are not kept.
public func inflatedSize(_ data: Data, limit: Int) throws(CompressionError) -> Int {
  var size = 0
  try inflate(data, windowBits: 15, severalMembers: false, limit: limit) { size += $0.count }
  return size
}

/// Packs bytes as a gzip file without a name or a time: the same bytes give the same file.
public func gzipped(_ data: Data) -> Data { deflate(data, windowBits: 15 + 16) }

/// Packs bytes as a zlib stream.
public func deflated(_ data: Data) -> Data { deflate(data, windowBits: 15) }

private func inflate(
  _ data: Data, windowBits: Int32, severalMembers: Bool, limit: Int
) throws(CompressionError) -> Data {
  var output = Data()
  try inflate(data, windowBits: windowBits, severalMembers: severalMembers, limit: limit) {
    output.append(contentsOf: $0)
  }
  return output
}

private func inflate(
  _ data: Data, windowBits: Int32, severalMembers: Bool, limit: Int, take: (ArraySlice<UInt8>) -> Void
) throws(CompressionError) {
  guard data.count <= Int(UInt32.max) else { throw .unpacksTooLarge(limit: limit) }
  var stream = z_stream()
  guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw .damaged(reason: "zlib does not start")
  }
  defer { inflateEnd(&stream) }
  var size = 0
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  var failure: CompressionError?
  var input = [UInt8](data)
  input.withUnsafeMutableBufferPointer { input in
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(input.count)
    while failure == nil {
      let status = piece.withUnsafeMutableBufferPointer { piece in
        stream.next_out = piece.baseAddress
        stream.avail_out = UInt32(piece.count)
        return CZlib.inflate(&stream, Z_NO_FLUSH)
      }
      let count = piece.count - Int(stream.avail_out)
      if size + count > limit {
        failure = .unpacksTooLarge(limit: limit)
        break
      }
      take(piece[..<count])
      size += count
      if status == Z_STREAM_END {
        if stream.avail_in == 0 { break }
        guard severalMembers else {
          failure = .trailing(bytes: Int(stream.avail_in))
          break
        }
        guard inflateReset(&stream) == Z_OK else {
          failure = .damaged(reason: "zlib does not start again")
          break
        }
      } else if status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && count == 0) {
        failure = .endsTooEarly
      } else if status != Z_OK {
        failure = .damaged(reason: stream.msg.map { String(cString: $0) } ?? "zlib error \(status)")
      }
    }
  }
  if let failure { throw failure }
}

private func deflate(_ data: Data, windowBits: Int32) -> Data {
  precondition(data.count <= Int(UInt32.max), "\(data.count) bytes are more than one stream takes")
  var stream = z_stream()
  let started = deflateInit2_(
    &stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  precondition(started == Z_OK, "zlib does not start: \(started)")
  defer { deflateEnd(&stream) }
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(data.count))))
  var input = [UInt8](data)
  input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      let status = CZlib.deflate(&stream, Z_FINISH)
      precondition(status == Z_STREAM_END, "zlib ends with \(status)")
    }
  }
  return Data(output.prefix(output.count - Int(stream.avail_out)))
}
