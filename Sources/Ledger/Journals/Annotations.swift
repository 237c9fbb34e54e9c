import Files
import Foundation

/// What people say of a run when it is made: a tag, a note, that it is removed. The truth is `annotations.jsonl` in the
/// run's folder, framed as the journal is; the journal itself belongs to the worker.
public struct AnnotationRecord: Sendable, Hashable, Codable {
  /// What is said of a run.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// A tag given or taken away, a note, a removal, and its end.
    case tag, untag, note, remove, restore
    /// Another name of the run's configuration; the text is a ``ReferenceRecord``.
    case reference
  }

  /// What is said.
  public var kind: Kind
  /// The tag's name or the note's text; empty for the others.
  public var text: String
  /// When it was said, ISO 8601 in UTC.
  public var at: String

  /// An annotation as it was made.
  public init(kind: Kind, text: String = "", at: String) {
    self.kind = kind
    self.text = text
    self.at = at
  }

  /// What of it cannot be; nil if all of it can.
  var problem: String? {
    guard at.utf8.count <= 40, at.utf8.allSatisfy({ (32...126).contains($0) }) else { return "its time is invalid" }
    return switch kind {
    case .tag, .untag: Self.isTagName(text) ? nil : "its tag is invalid"
    case .note: text.utf8.count <= Self.noteLimit ? nil : "its note is too long"
    case .remove, .restore, .reference: text.utf8.count <= Self.noteLimit ? nil : "its text is too long"
    }
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
  /// Appends annotations under the file's own lock, and waits until they are on the disk. Throws ``JournalError``.
  ///
  /// The worker's lock is not needed: a run can be annotated while it is in progress.
  public func annotate(_ records: [AnnotationRecord]) throws(JournalError) {
    let folder = try filing { () throws(FileError) in try open() }
    let file = try filing { () throws(FileError) in try folder.file(RunFiles.annotations, .append) }
    var data = Data()
    for record in records { data.append(try JournalLine.framed(record, file.path)) }
    while flock(file.number, LOCK_EX) != 0 {
      if errno != EINTR { throw .unwritable(path: file.path, reason: String(cString: strerror(errno))) }
    }
    try JournalLine.cutTornLine(file)
    try JournalLine.append(data, to: file)
    try filing { () throws(FileError) in try file.flush() }
    // A new file is only there for good once its folder is.
    folder.flush()
  }
}

/// A run's annotations as far as their file is whole.
public struct AnnotationFile: Sendable {
  /// In their order.
  public var records: [AnnotationRecord] = []
  /// Behind the last whole line.
  public var endOffset = 0
  /// Lines that are whole and yet wrong, as sentences.
  public var problems: [String] = []

  /// Bytes of such a file.
  public static let limit = 64 << 20

  /// Reads the file of a run; one that is not there is empty. Throws ``JournalError``.
  public init(of run: RunFolder) throws(JournalError) {
    let data: Data
    do throws(FileError) { data = try run.open().read(RunFiles.annotations, limit: Self.limit) } catch {
      guard case .missing = error else { throw .file(error) }
      self.init(Data(), path: run.path)
      return
    }
    self.init(data, path: "\(run.path)/\(RunFiles.annotations)")
  }

  /// Reads the bytes of such a file; `path` is for messages.
  init(_ data: Data, path: String) {
    let decoder = JournalLine.decoder
    var start = data.startIndex
    while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = data[start..<end]
      let json = Data(line.dropFirst(JournalLine.checksumLength + 1))
      if line.prefix(JournalLine.checksumLength).elementsEqual(JournalLine.checksum(json).utf8),
        let record = try? decoder.decode(AnnotationRecord.self, from: json), record.problem == nil
      {
        records.append(record)
      } else {
        problems.append("\(path): the line at byte \(endOffset) is no annotation; it was skipped")
      }
      endOffset += end + 1 - start
      start = end + 1
    }
  }

  /// Whether the newest annotation about it says that the run is removed.
  public var isRemoved: Bool {
    records.last { $0.kind == .remove || $0.kind == .restore }?.kind == .remove
  }
}

/// What people said of a run in a folder with `runs/`, as far as it is whole. Throws ``JournalError``.
public func annotations(ofRun run: String, root: String) throws(JournalError) -> [AnnotationRecord] {
  try AnnotationFile(of: RunFolder(store: root, existing: run)).records
}
