import CZlib
import Foundation

/// Unpacks a gzip file of one or several members into at most `limit` bytes.
func gunzip(_ data: Data, path: String, limit: Int) throws(DatasetError) -> Data {
  var stream = z_stream()
  // 15 bits of window, and 16: a gzip header is expected.
  guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw .gzip(path: path, reason: "zlib does not start")
  }
  defer { inflateEnd(&stream) }
  var output = Data()
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  var failure: DatasetError?
  var input = [UInt8](data)
  input.withUnsafeMutableBufferPointer { input in
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(input.count)
    while failure == nil {
      let status = piece.withUnsafeMutableBufferPointer { piece in
        stream.next_out = piece.baseAddress
        stream.avail_out = UInt32(piece.count)
        return inflate(&stream, Z_NO_FLUSH)
      }
      let count = piece.count - Int(stream.avail_out)
      if output.count + count > limit {
        failure = .unpacksTooLarge(path: path, limit: limit)
        break
      }
      output.append(contentsOf: piece[..<count])
      if status == Z_STREAM_END {
        if stream.avail_in == 0 { break }
        guard inflateReset(&stream) == Z_OK else {
          failure = .gzip(path: path, reason: "zlib does not start again")
          break
        }
      } else if status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && count == 0) {
        failure = .gzip(path: path, reason: "it ends too early")
      } else if status != Z_OK {
        failure = .gzip(path: path, reason: stream.msg.map { String(cString: $0) } ?? "zlib error \(status)")
      }
    }
  }
  if let failure { throw failure }
  return output
}
