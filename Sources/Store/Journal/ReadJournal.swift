import Foundation

/// A piece of a journal that was read.
public struct JournalPiece: Sendable, Hashable {
  public var records: [JournalRecord]
  /// Where the next piece begins: behind the last whole line.
  public var endOffset: Int
  /// Lines that are whole and yet wrong, as sentences.
  public var problems: [String]
}

/// Reads a journal from an offset to its last whole line.
///
/// A line without its end is left for later. A whole line whose checksum or content is wrong is told and passed over.
/// With a `limit` the piece ends behind the line that reaches so many bytes, so that a long journal can be read in
/// pieces of bearable size. Throws ``StoreError`` if the file cannot be read.
public func readJournal(_ path: String, from offset: Int = 0, limit: Int = .max) throws(StoreError) -> JournalPiece {
  // Without waiting: a pipe in a journal's place must not hold anybody up.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    if errno == ENOENT { throw .file(.missing(path: path)) }
    throw .file(.unreadable(path: path, reason: String(cString: strerror(errno))))
  }
  defer { close(descriptor) }
  guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
    throw .file(.unreadable(path: path, reason: String(cString: strerror(errno))))
  }
  var result = JournalPiece(records: [], endOffset: offset, problems: [])
  let decoder = JournalLine.decoder
  var pending = Data()
  var scanned = 0
  var piece = [UInt8](repeating: 0, count: 1 << 18)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw .file(.unreadable(path: path, reason: String(cString: strerror(errno))))
    }
    if count == 0 { return result }
    pending.append(contentsOf: piece[..<count])
    var start = pending.startIndex
    while let end = pending[(start + scanned)...].firstIndex(of: UInt8(ascii: "\n")) {
      scanned = 0
      let line = pending[start..<end]
      do throws(LineProblem) {
        result.records.append(try decode(line, decoder))
      } catch {
        result.problems.append("\(path): the line at byte \(result.endOffset) \(error.what); it was passed over")
      }
      result.endOffset += end + 1 - start
      start = end + 1
      if result.endOffset - offset >= limit { return result }
    }
    pending = Data(pending[start...])
    scanned = pending.count
    if pending.count > JournalLine.limit {
      result.problems.append("\(path): the line at byte \(result.endOffset) has no end; what follows was not read")
      return result
    }
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
    throw LineProblem(what: "does not fit its checksum")
  }
  do {
    return try decoder.decode(JournalRecord.self, from: json)
  } catch let error as NewerJournal {
    throw LineProblem(
      what: "is of version \(error.version) of the format, and this vgglab knows up to \(JournalLine.version)")
  } catch {
    throw LineProblem(what: "is of a kind that this vgglab does not know")
  }
}
