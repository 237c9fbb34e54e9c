import Files
import Foundation

/// A piece of a journal that was read.
public struct JournalPiece: Sendable, Hashable {
  /// In the order in which they were written.
  public var records: [JournalRecord]
  /// Where the next piece begins: behind the last whole line.
  public var endOffset: Int
  /// Lines that are whole and yet wrong, as sentences.
  public var problems: [String]
}

/// Reads a run's journal from an offset to its last whole line.
///
/// A line without its end is left for later. A whole line whose checksum or content is wrong is reported and skipped; so is
/// one whose values cannot be (``RecordLimits``): no other code has to fear them. With a `limit` the piece ends behind the line
/// that reaches so many bytes, so that a long journal can be read in pieces of bearable size.
///
/// Throws ``JournalError`` if the file cannot be read.
public func readJournal(
  _ run: RunFolder, from offset: Int = 0, limit: Int = .max
) throws(JournalError) -> JournalPiece {
  let file = try filing { () throws(FileError) in try run.open().file(RunFiles.journal) }
  var reader = JournalReader(file: file)
  if offset > 0 { try reader.readLimits() }
  return try reader.read(from: offset, limit: limit)
}

/// Reads one open journal.
private struct JournalReader {
  let file: Descriptor
  let decoder = JournalLine.decoder
  var limits = RecordLimits()

  /// The limits that the journal's first record sets for the others.
  mutating func readLimits() throws(JournalError) {
    _ = try read(from: 0, limit: 1)
  }

  mutating func read(from offset: Int, limit: Int) throws(JournalError) -> JournalPiece {
    guard lseek(file.number, off_t(offset), SEEK_SET) >= 0 else {
      throw .file(.unreadable(path: file.path, reason: String(cString: strerror(errno))))
    }
    var result = JournalPiece(records: [], endOffset: offset, problems: [])
    var pending = Data()
    var scanned = 0
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Foundation.read(file.number, &piece, piece.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .file(.unreadable(path: file.path, reason: String(cString: strerror(errno))))
      }
      if count == 0 { return result }
      pending.append(contentsOf: piece[..<count])
      var start = pending.startIndex
      while let end = pending[(start + scanned)...].firstIndex(of: UInt8(ascii: "\n")) {
        scanned = 0
        do throws(LineProblem) {
          result.records.append(try record(of: pending[start..<end]))
        } catch {
          result.problems.append("\(file.path): the line at byte \(result.endOffset) \(error.what); it was skipped")
        }
        result.endOffset += end + 1 - start
        start = end + 1
        if result.endOffset - offset >= limit { return result }
      }
      pending = Data(pending[start...])
      scanned = pending.count
      if pending.count > JournalLine.limit {
        result.problems.append(
          "\(file.path): the line at byte \(result.endOffset) has no end; what follows was not read")
        return result
      }
    }
  }

  private mutating func record(of line: Data) throws(LineProblem) -> JournalRecord {
    let record = try decode(line, decoder)
    if let problem = limits.problem(of: record) { throw LineProblem(what: "cannot be: \(problem)") }
    if case .run(let run) = record { limits = RecordLimits(of: run) }
    return record
  }
}

private struct LineProblem: Error {
  var what: String
}

private func decode(_ line: Data, _ decoder: JSONDecoder) throws(LineProblem) -> JournalRecord {
  let length = JournalLine.checksumLength
  guard line.count > length + 1, line[line.startIndex + length] == UInt8(ascii: " ") else {
    throw LineProblem(what: "is not a record")
  }
  let json = Data(line.dropFirst(length + 1))
  guard line.prefix(length).elementsEqual(JournalLine.checksum(json).utf8) else {
    throw LineProblem(what: "does not match its checksum")
  }
  do {
    return try decoder.decode(JournalRecord.self, from: json)
  } catch let error as NewerJournal {
    throw LineProblem(
      what: "has format version \(error.version), and this vgglab reads up to \(JournalLine.version)")
  } catch {
    throw LineProblem(what: "is of a kind that this vgglab does not know")
  }
}
