import Digests
import Files
public import Foundation

/// A run's files that go into an archive or come out of one.
public struct RunCopy: Sendable, Hashable {
  public var run: String
  /// Up to the last whole line.
  public var journal: Data
  public var annotations: Data?
  /// Files that the run keeps, by their names in its folder.
  public var artifacts: [String: Data]
  /// Kept files that were larger than what is taken, or are gone.
  public var leftOut: [String]

  /// Bytes of a journal and of its annotations.
  public static let journalLimit = 1 << 30

  /// How the names of files begin that hold uncommitted changes to the source.
  public static let changesPrefix = "uncommitted-"

  /// Reads a run's folder, `<root>/runs/<run>`, following no link. Artifacts larger than `artifactLimit` are left out, and
  /// so are uncommitted changes without `withChanges`; those whose bytes are not what the journal says are refused.
  ///
  /// Throws ``StoreError``.
  public init(root: String, run: String, artifactLimit: Int, withChanges: Bool = true) throws(StoreError) {
    guard RunFolder.isID(run) else { throw .badRunID(run) }
    self.run = run
    let folder = "\(root)/runs/\(run)"
    for path in ["\(root)/runs", folder] where Self.isLink(path) {
      throw .file(.unreadable(path: path, reason: "it is a link"))
    }
    guard let whole = try Self.read("\(folder)/journal.jsonl") else { throw .noSuchRun(run) }
    journal = whole.lastIndex(of: 10).map { whole[...$0] } ?? Data()
    annotations = try Self.read("\(folder)/annotations.jsonl")
    artifacts = [:]
    leftOut = []
    let piece = try readJournal("\(folder)/journal.jsonl")
    guard case .run(let first)? = piece.records.first, first.run == run else {
      throw .notADatabase(path: "\(folder)/journal.jsonl", reason: "it does not begin with its run")
    }
    var kept: [String: ArtifactRecord] = [:]
    for case .artifact(let record) in piece.records { kept[record.path] = record }
    for (name, record) in kept.sorted(by: { $0.key < $1.key }) {
      if !withChanges, name.hasPrefix(Self.changesPrefix) || record.name.hasPrefix(Self.changesPrefix) { continue }
      guard Self.isFileName(name), !Self.isLink("\(folder)/\(name)"), record.bytes <= artifactLimit,
        let data = try? readFile("\(folder)/\(name)", limit: max(0, artifactLimit))
      else {
        leftOut.append(name)
        continue
      }
      guard sha256Hex(data) == record.digest else {
        throw .file(.unreadable(path: "\(folder)/\(name)", reason: "it is not what the journal says"))
      }
      artifacts[name] = data
    }
  }

  private static func read(_ path: String) throws(StoreError) -> Data? {
    guard !isLink(path) else { throw .file(.unreadable(path: path, reason: "it is a link")) }
    do throws(FileError) { return try readFile(path, limit: journalLimit) } catch {
      if case .missing = error { return nil }
      throw .file(error)
    }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func isFileName(_ name: String) -> Bool {
    (1...100).contains(name.utf8.count) && !name.hasPrefix(".")
      && !["journal.jsonl", "annotations.jsonl", "lock"].contains(name)
      && name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
      }
  }

  /// Its files by their names in the run's folder.
  public var files: [String: Data] {
    var files = artifacts
    files["journal.jsonl"] = journal
    files["annotations.jsonl"] = annotations
    return files
  }
}

extension Store {
  /// Takes runs in: each comes whole or not at all, and if one cannot come, none does. Runs that are there with the same
  /// journal, or have gone on from it, are passed over. Gives the ids of those that are new.
  ///
  /// Throws ``StoreError/runIsOther(_:)`` for a run that is there with another journal.
  public func take(_ copies: [RunCopy]) throws(StoreError) -> [String] {
    var new: [RunCopy] = []
    for copy in copies {
      let path = RunFolder.journalPath(store: directory, run: copy.run)
      guard FileManager.default.fileExists(atPath: "\(directory)/runs/\(copy.run)") else {
        new.append(copy)
        continue
      }
      guard journalDigest(path, bytes: copy.journal.count) == sha256Hex(copy.journal) else {
        throw .runIsOther(copy.run)
      }
    }
    var staged: [(from: String, to: String)] = []
    var moved: [(from: String, to: String)] = []
    do {
      for copy in new {
        let stage = "\(directory)/runs/.import-\(getpid())-\(copy.run)"
        staged.append((from: stage, to: "\(directory)/runs/\(copy.run)"))
        try makeDirectory(stage)
        for (name, data) in copy.files.sorted(by: { $0.key < $1.key }) {
          try writeFileAtomically("\(stage)/\(name)", data)
        }
      }
      for move in staged {
        guard rename(move.from, move.to) == 0 else {
          throw FileError.unwritable(path: move.to, reason: String(cString: strerror(errno)))
        }
        moved.append(move)
      }
    } catch {
      for move in moved { rename(move.to, move.from) }
      for move in staged { try? FileManager.default.removeItem(atPath: move.from) }
      if let error = error as? FileError { throw .file(error) }
      throw .notWritable(path: directory, reason: "\(error)")
    }
    _ = try ingest()
    return new.map(\.run)
  }

  /// All rows of some runs, with what is known of them besides. Throws ``StoreError``.
  public func evidence(ofRuns chosen: [String]) throws(StoreError) -> StoreEvidence {
    let scratch = try ScratchStore(path: databasePath)
    var choice = EvidenceChoice(tables: Set(scratch.tables))
    choice.runs = chosen
    choice.measuredRuns = chosen
    return StoreEvidence(
      schema: scratch.schema, tables: try scratch.rows(choice), runs: try facts(of: chosen, scratch), whole: [])
  }
}
