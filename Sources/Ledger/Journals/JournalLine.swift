import Digests
import Files
import Foundation

/// How a record is written in its line.
enum JournalLine {
  /// The version of the format; the first line of a journal has it.
  static let version = 1
  /// Digits of SHA-256 that begin a line.
  static let checksumLength = 16
  /// No record comes near it.
  static let limit = 16 << 20

  static func checksum(_ json: Data) -> String { String(sha256Hex(json).prefix(checksumLength)) }

  /// A record's line: its checksum, a space, the JSON, a line end. Throws ``JournalError``.
  static func framed(_ record: some Encodable, _ path: String) throws(JournalError) -> Data {
    let json: Data
    do { json = try encoder.encode(record) } catch { throw .unwritable(path: path, reason: "\(error)") }
    return framed(json)
  }

  static func framed(_ json: Data) -> Data {
    var line = Data(checksum(json).utf8)
    line.append(UInt8(ascii: " "))
    line.append(json)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// Writes lines at the end of a file that is open to append; all of them, or the file is as it was. Throws
  /// ``JournalError``.
  static func append(_ data: Data, to file: Descriptor) throws(JournalError) {
    let start = lseek(file.number, 0, SEEK_END)
    let failure = data.withUnsafeBytes { writeAllBytes($0, to: file.number) }
    guard let failure else { return }
    // Half a line would be read as torn; without it the journal is as it was.
    if start >= 0 { _ = ftruncate(file.number, start) }
    throw .unwritable(path: file.path, reason: String(cString: strerror(failure)))
  }

  /// Cuts off what follows the last line end. Throws ``JournalError``.
  static func cutTornLine(_ file: Descriptor) throws(JournalError) {
    let length = lseek(file.number, 0, SEEK_END)
    var end = length
    var block = [UInt8](repeating: 0, count: 1 << 16)
    search: while end > 0 {
      let size = min(off_t(block.count), end)
      guard pread(file.number, &block, Int(size), end - size) == Int(size) else {
        throw .unwritable(path: file.path, reason: "its end cannot be read")
      }
      if let newline = block[..<Int(size)].lastIndex(of: UInt8(ascii: "\n")) {
        end += off_t(newline) + 1 - size
        break search
      }
      end -= size
    }
    if end < length, ftruncate(file.number, end) != 0 {
      throw .unwritable(path: file.path, reason: String(cString: strerror(errno)))
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
