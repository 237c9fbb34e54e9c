import Digests
public import Files
public import Foundation

/// A run's files that go into an archive or come out of one.
public struct RunCopy: Sendable, Hashable {
  /// The run's id.
  public var run: String
  /// Up to the last whole line.
  public var journal: Data
  /// The bytes of its annotations; nil without any.
  public var annotations: Data?
  /// Files that the run keeps, by their names in its folder.
  public var artifacts: [PlainName: Data]
  /// Kept files that were larger than what is taken, or are gone.
  public var leftOut: [PlainName]
  /// What the journal records.
  public var records: [JournalRecord]

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
    let source = try RunFolder(store: root, existing: run)
    let folder = try filing { () throws(FileError) in try source.open() }
    guard let whole = try Self.read(RunFiles.journal, folder) else { throw .noSuchRun(run) }
    journal = whole.lastIndex(of: 10).map { whole[...$0] } ?? Data()
    annotations = try Self.read(RunFiles.annotations, folder)
    artifacts = [:]
    leftOut = []
    records = try readJournal(source).records
    guard case .run(let first)? = records.first, first.run == run else {
      throw .noRunRecord(path: source.journalPath)
    }
    var kept: [PlainName: ArtifactRecord] = [:]
    for case .artifact(let record) in records { kept[record.path] = record }
    for (name, record) in kept.sorted(by: { $0.key < $1.key }) {
      if !withChanges, name.text.hasPrefix(Self.changesPrefix) || record.name.hasPrefix(Self.changesPrefix) { continue }
      guard record.bytes <= artifactLimit, let data = try? folder.read(name, limit: max(0, artifactLimit)) else {
        leftOut.append(name)
        continue
      }
      guard sha256Hex(data) == record.digest else {
        throw .file(.unreadable(path: "\(folder.path)/\(name)", reason: "it is not what the journal says"))
      }
      artifacts[name] = data
    }
  }

  private static func read(_ name: PlainName, _ folder: Folder) throws(JournalError) -> Data? {
    do throws(FileError) { return try folder.read(name, limit: journalLimit) } catch {
      if case .missing = error { return nil }
      throw .file(error)
    }
  }

  /// Its files by their names in the run's folder.
  public var files: [PlainName: Data] {
    var files = artifacts
    files[RunFiles.journal] = journal
    files[RunFiles.annotations] = annotations
    return files
  }
}
