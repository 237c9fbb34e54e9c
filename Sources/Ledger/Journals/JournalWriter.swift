import Files
import Foundation

/// Appends records to a run's journal: a line each, its checksum first, written in one piece.
public final class JournalWriter {
  private let folder: Folder
  private let file: Descriptor
  private let store: String
  private var isNew: Bool

  /// Opens the journal to append to it. What a killed process left of a line is cut off: it was never whole.
  ///
  /// Throws ``JournalError``. Only the process that holds the run's lock may write.
  public init(folder run: RunFolder) throws(JournalError) {
    store = run.store
    folder = try filing { () throws(FileError) in try run.open() }
    isNew = folder.kind(of: RunFiles.journal.text) == nil
    do throws(FileError) { file = try folder.file(RunFiles.journal, .append) } catch {
      if case .unwritable(let path, let reason) = error { throw .unwritable(path: path, reason: reason) }
      throw .file(error)
    }
    try JournalLine.cutTornLine(file)
  }

  /// Writes records, several to a system call. Throws ``JournalError``.
  public func append(_ records: [JournalRecord]) throws(JournalError) {
    var data = Data()
    for record in records { data.append(try JournalLine.framed(record, file.path)) }
    try JournalLine.append(data, to: file)
  }

  /// Waits until all that was written is on the disk. Throws ``JournalError``.
  public func flush() throws(JournalError) {
    do throws(FileError) { try file.flush() } catch {
      guard case .unwritable(let path, let reason) = error else { throw .file(error) }
      throw .unwritable(path: path, reason: reason)
    }
    guard isNew else { return }
    // A new file is only there for good once the folders above it are.
    isNew = false
    folder.flush()
    (try? RunFolder.runs(in: store))?.flush()
  }
}
