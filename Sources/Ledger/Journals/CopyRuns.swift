import Digests
public import Files
public import Foundation

/// A run's files that go into an archive or come out of one. Journal and annotations are in memory; kept files, which may be
/// weights of any size, stay where they are until they are written.
public struct RunCopy: Sendable {
  /// The run's id.
  public var run: String
  /// Up to the last whole line.
  public var journal: Data
  /// The bytes of its annotations; nil without any.
  public var annotations: Data?
  /// Files that the run keeps, by their names in its folder.
  public var artifacts: [PlainName: ArtifactRecord]
  /// Kept files that are larger than what is taken, or gone.
  public var leftOut: [PlainName]
  /// What the journal records.
  public var records: [JournalRecord]
  private let source: Folder

  /// Bytes of a journal and of its annotations.
  public static let journalLimit = 1 << 30

  /// How the names of files begin that hold uncommitted changes to the source.
  public static let changesPrefix = "uncommitted-"

  /// Reads a run's folder, `<root>/runs/<run>`, following no link. Artifacts larger than `artifactLimit` are left out, and
  /// so are uncommitted changes without `withChanges`; those whose bytes are not what the journal says are refused.
  ///
  /// Throws ``JournalError``.
  public init(root: String, run: String, artifactLimit: Int, withChanges: Bool = true) throws(JournalError) {
    self.run = run
    let named = try RunFolder(store: root, existing: run)
    let folder = try filing { () throws(FileError) in try named.open() }
    source = folder
    guard let whole = try Self.read(RunFiles.journal, folder) else { throw .noSuchRun(run) }
    journal = whole.lastIndex(of: 10).map { whole[...$0] } ?? Data()
    annotations = try Self.read(RunFiles.annotations, folder)
    artifacts = [:]
    leftOut = []
    records = try readJournal(named).records
    guard case .run(let first)? = records.first, first.run == run else {
      throw .noRunRecord(path: named.journalPath)
    }
    var kept: [PlainName: ArtifactRecord] = [:]
    for case .artifact(let record) in records { kept[record.path] = record }
    for (name, record) in kept.sorted(by: { $0.key < $1.key }) {
      if !withChanges, name.text.hasPrefix(Self.changesPrefix) || record.name.hasPrefix(Self.changesPrefix) { continue }
      guard record.bytes <= artifactLimit, folder.kind(of: name.text) != nil else {
        leftOut.append(name)
        continue
      }
      try filing { () throws(FileError) in try Self.read(name, record, folder) { _ in } }
      artifacts[name] = record
    }
  }

  /// Reads a kept file in pieces. Throws `FileError` as well where it is not what the journal says, at the latest at its end.
  private static func read(
    _ name: PlainName, _ record: ArtifactRecord, _ folder: Folder, take: (ArraySlice<UInt8>) throws(FileError) -> Void
  ) throws(FileError) {
    let file = try folder.file(name)
    guard try file.status().st_size == record.bytes else { throw .changed(path: file.path) }
    var hash = RunningSHA256()
    try file.readPieces { piece throws(FileError) in
      piece.withUnsafeBytes { hash.update($0) }
      try take(piece)
    }
    guard hash.hexadecimal == record.digest else { throw .changed(path: file.path) }
  }

  private static func read(_ name: PlainName, _ folder: Folder) throws(JournalError) -> Data? {
    do throws(FileError) { return try folder.read(name, limit: journalLimit) } catch {
      if case .missing = error { return nil }
      throw .file(error)
    }
  }

  /// The names of its files in the run's folder.
  public var names: [PlainName] {
    [RunFiles.journal] + (annotations == nil ? [] : [RunFiles.annotations]) + artifacts.keys.sorted()
  }

  /// Writes its journal and annotations into a folder. Throws `FileError`.
  public func writeRecords(into folder: Folder) throws(FileError) {
    try folder.write(RunFiles.journal, journal)
    if let annotations { try folder.write(RunFiles.annotations, annotations) }
  }

  /// Writes all its files into a folder, each wholly or not at all. Throws `FileError`, for a kept file too that was changed
  /// meanwhile.
  public func write(into folder: Folder) throws(FileError) {
    try writeRecords(into: folder)
    for (name, record) in artifacts.sorted(by: { $0.key < $1.key }) {
      let staged = try folder.stage(name)
      do throws(FileError) {
        try Self.read(name, record, source) { piece throws(FileError) in
          let failure = piece.withUnsafeBytes { writeAllBytes($0, to: staged.file.number) }
          if let failure { throw .unwritable(path: staged.file.path, reason: String(cString: strerror(failure))) }
        }
        try staged.keep()
      } catch {
        staged.discard()
        throw error
      }
    }
  }
}
