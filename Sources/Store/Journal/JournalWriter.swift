import Digests
import Foundation

/// Appends records to a run's journal: a line each, its checksum first, written in one piece.
public final class JournalWriter {
  private let path: String
  private let descriptor: Int32
  private var isNew: Bool

  /// Opens the journal to append to it. What a killed process left of a line is cut off: it was never whole.
  ///
  /// Throws ``StoreError``. Only the process that holds the run's lock may write.
  public init(folder: RunFolder) throws(StoreError) {
    path = folder.journalPath
    isNew = Foundation.access(path, F_OK) != 0
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .journalUnwritable(path: path, reason: String(cString: strerror(errno))) }
    try JournalLine.cutTornLine(descriptor, path)
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
      data.append(JournalLine.framed(json))
    }
    try JournalLine.append(data, to: descriptor, path)
  }

  /// Sees to it that all that was written is on the disk.
  public func flush() throws(StoreError) {
    guard fsync(descriptor) == 0 else {
      throw .journalUnwritable(path: path, reason: String(cString: strerror(errno)))
    }
    guard isNew else { return }
    // A new file is only there for good once the folders above it are.
    isNew = false
    let folder = (path as NSString).deletingLastPathComponent
    for directory in [folder, (folder as NSString).deletingLastPathComponent] {
      let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      fsync(descriptor)
      close(descriptor)
    }
  }
}

/// How a record stands in its line.
enum JournalLine {
  /// The version of the format; the first line of a journal tells it.
  static let version = 1
  /// Digits of SHA-256 that begin a line.
  static let checksumLength = 16
  /// No record comes near it.
  static let limit = 16 << 20

  static func checksum(_ json: Data) -> String { String(sha256Hex(json).prefix(checksumLength)) }

  /// A record's line: its checksum, a space, the JSON, a line end.
  static func framed(_ json: Data) -> Data {
    var line = Data(checksum(json).utf8)
    line.append(UInt8(ascii: " "))
    line.append(json)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// Writes lines at the end of a file that is open to append; all of them, or the file is as it was.
  static func append(_ data: Data, to descriptor: Int32, _ path: String) throws(StoreError) {
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

  /// Cuts off what stands behind the last line end.
  static func cutTornLine(_ descriptor: Int32, _ path: String) throws(StoreError) {
    let length = lseek(descriptor, 0, SEEK_END)
    var end = length
    var block = [UInt8](repeating: 0, count: 1 << 16)
    search: while end > 0 {
      let size = min(off_t(block.count), end)
      guard pread(descriptor, &block, Int(size), end - size) == Int(size) else {
        throw .journalUnwritable(path: path, reason: "its end cannot be read")
      }
      if let newline = block[..<Int(size)].lastIndex(of: UInt8(ascii: "\n")) {
        end += off_t(newline) + 1 - size
        break search
      }
      end -= size
    }
    if end < length, ftruncate(descriptor, end) != 0 {
      throw .journalUnwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

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
