import Digests
import Foundation

/// Appends records to a run's journal: a line each, its checksum first, written in one piece.
public final class JournalWriter {
  private let path: String
  private let descriptor: Int32

  /// Opens the journal to append to it. What a killed process left of a line is cut off: it was never whole.
  ///
  /// Throws ``StoreError``. Only the process that holds the run's lock may write.
  public init(folder: RunFolder) throws(StoreError) {
    path = folder.journalPath
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .journalUnwritable(path: path, reason: String(cString: strerror(errno))) }
    try cutTornLine()
  }

  deinit { close(descriptor) }

  /// Writes records, several to a system call.
  public func append(_ records: [JournalRecord]) throws(StoreError) {
    var data = Data()
    for record in records {
      let json: Data
      do { json = try JournalLine.encoder.encode(record) } catch {
        throw .journalUnwritable(path: path, reason: "\(error)")
      }
      data.append(contentsOf: JournalLine.checksum(json).utf8)
      data.append(UInt8(ascii: " "))
      data.append(json)
      data.append(UInt8(ascii: "\n"))
    }
    let start = lseek(descriptor, 0, SEEK_END)
    var written = 0
    var failure: Int32 = 0
    data.withUnsafeBytes { bytes in
      while written < bytes.count {
        let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          failure = errno
          return
        }
        written += count
      }
    }
    guard failure == 0 else {
      // Half a line would be read as torn; without it the journal is as it was.
      if start >= 0 { _ = ftruncate(descriptor, start) }
      throw .journalUnwritable(path: path, reason: String(cString: strerror(failure)))
    }
  }

  /// Sees to it that all that was written is on the disk.
  public func flush() throws(StoreError) {
    guard fsync(descriptor) == 0 else {
      throw .journalUnwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private func cutTornLine() throws(StoreError) {
    var end = lseek(descriptor, 0, SEEK_END)
    let length = end
    var byte: UInt8 = 0
    while end > 0 {
      guard pread(descriptor, &byte, 1, end - 1) == 1 else { break }
      if byte == UInt8(ascii: "\n") { break }
      end -= 1
    }
    if end < length, ftruncate(descriptor, end) != 0 {
      throw .journalUnwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }
}

/// How a record stands in its line.
enum JournalLine {
  /// Digits of SHA-256 that begin a line.
  static let checksumLength = 16
  /// No record comes near it.
  static let limit = 16 << 20

  static func checksum(_ json: Data) -> String { String(sha256Hex(json).prefix(checksumLength)) }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
