import Files
import Foundation

/// What people say of a run when it is made: a tag, a note, that it is removed. The truth is `annotations.jsonl` in the
/// run's folder, framed as the journal is; the journal itself belongs to the worker.
public struct AnnotationRecord: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case tag, untag, note, remove, restore
    /// Another name of the run's configuration; the text is a ``ReferenceRecord``.
    case reference
  }

  public var kind: Kind
  /// The tag's name or the note's text; empty for the others.
  public var text: String
  public var at: String

  public init(kind: Kind, text: String = "", at: String) {
    self.kind = kind
    self.text = text
    self.at = at
  }

  /// Bytes of a note.
  public static let noteLimit = 64 << 10

  /// Whether a tag may be called so: up to 64 visible characters without spaces and commas.
  public static func isTagName(_ name: String) -> Bool {
    (1...64).contains(name.count)
      && name.unicodeScalars.allSatisfy { scalar in
        scalar != "," && !scalar.properties.isWhitespace
          && ![.control, .format, .lineSeparator, .paragraphSeparator, .unassigned]
            .contains(scalar.properties.generalCategory)
      }
  }
}

extension RunFolder {
  /// Appends annotations under the file's own lock, and sees to it that they are on the disk.
  ///
  /// The worker's lock is not needed: a run can be annotated while it is worked on. Throws ``StoreError``.
  public func annotate(_ records: [AnnotationRecord]) throws(StoreError) {
    let path = annotationsPath
    func failure() -> StoreError { .journalUnwritable(path: path, reason: String(cString: strerror(errno))) }
    var data = Data()
    for record in records {
      do { data.append(JournalLine.framed(try JournalLine.encoder.encode(record))) } catch {
        throw .journalUnwritable(path: path, reason: "\(error)")
      }
    }
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 { if errno != EINTR { throw failure() } }
    try JournalLine.cutTornLine(descriptor, path)
    try JournalLine.append(data, to: descriptor, path)
    guard fsync(descriptor) == 0 else { throw failure() }
    // A new file is only there for good once its folder is.
    let folder = open(self.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}

/// A run's annotations as far as their file is whole.
struct AnnotationFile {
  var records: [AnnotationRecord] = []
  /// Behind the last whole line.
  var endOffset = 0
  var problems: [String] = []

  /// Reads the file; one that is not there is empty.
  init(_ path: String) throws(StoreError) {
    let data: Data
    do throws(FileError) { data = try readFile(path) } catch {
      if case .missing = error { return }
      throw .file(error)
    }
    let decoder = JournalLine.decoder
    var start = data.startIndex
    while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = data[start..<end]
      let json = Data(line.dropFirst(JournalLine.checksumLength + 1))
      if line.prefix(JournalLine.checksumLength).elementsEqual(JournalLine.checksum(json).utf8),
        let record = try? decoder.decode(AnnotationRecord.self, from: json),
        record.kind != .tag || AnnotationRecord.isTagName(record.text)
      {
        records.append(record)
      } else {
        problems.append("\(path): the line at byte \(endOffset) is no annotation; it was passed over")
      }
      endOffset += end + 1 - start
      start = end + 1
    }
  }
}
