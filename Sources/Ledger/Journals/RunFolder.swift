public import Files
public import Foundation

/// A run's folder in a store: its journal, lock, log and weights. Its files are opened below descriptors, and no link in the
/// store is followed.
public struct RunFolder: Sendable, Hashable {
  /// The store's folder.
  public let store: String
  /// The run's id.
  public let run: String

  private init(store: String, run: String) {
    self.store = store
    self.run = run
  }

  /// The folder of a run that is there. Throws ``JournalError``.
  public init(store: String, existing run: String) throws(JournalError) {
    self.init(store: store, run: run)
    guard let name = Self.name(of: run) else { throw .badRunID(run) }
    do throws(FileError) { _ = try Self.runs(in: store).folder(name) } catch {
      if case .missing = error { throw .noSuchRun(run) }
      throw .file(error)
    }
  }

  /// A new folder for a run of a trial: its id is the trial's first eight digits and eight random ones. Whoever may look into
  /// the folder of all runs may look into it. Throws ``JournalError``.
  public static func create(store: String, trialID: String) throws(JournalError) -> RunFolder {
    let runs = try filing { () throws(FileError) in
      try makeDirectory(store, mode: StoreFolder.mode)
      return try Folder(store).folder(making: StoreFolder.runs, mode: StoreFolder.mode)
    }
    let mode = runs.permissions ?? StoreFolder.mode
    for _ in 0..<100 {
      let run = "\(trialID.prefix(8))-\(randomDigits().prefix(8))"
      guard let name = name(of: run) else { preconditionFailure("'\(trialID)' is not a trial's id") }
      if try filing({ () throws(FileError) in try runs.makeFolder(name, mode: mode) }) {
        return RunFolder(store: store, run: run)
      }
    }
    throw .file(.unwritable(path: runs.path, reason: "no free id was found"))
  }

  /// Opens the folder. Throws `FileError`.
  public func open() throws(FileError) -> Folder {
    guard let name = Self.name(of: run) else { throw .missing(path: path) }
    return try Self.runs(in: store).folder(name)
  }

  /// Opens the folder of all runs of a store. Throws `FileError`.
  public static func runs(in store: String) throws(FileError) -> Folder {
    try Folder(store).folder(StoreFolder.runs)
  }

  /// The ids of the runs that have a folder in a store, sorted; none where there is no store. Throws `FileError`.
  public static func ids(in store: String) throws(FileError) -> [String] {
    do throws(FileError) {
      let runs = try runs(in: store)
      return try runs.names().filter { isID($0) }
    } catch {
      if case .missing = error { return [] }
      throw error
    }
  }

  /// For messages.
  public var path: String { "\(store)/runs/\(run)" }
  /// For messages.
  public var journalPath: String { Self.journalPath(store: store, run: run) }
  /// For messages.
  public static func journalPath(store: String, run: String) -> String { "\(store)/runs/\(run)/journal.jsonl" }

  /// Bytes of one of the run's files; nil if it is not there or no regular file.
  public func size(of name: PlainName) -> Int? {
    guard let status = (try? open())?.status(name.text), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Whether nothing is there under the journal's name.
  public var isWithoutJournal: Bool { (try? open())?.kind(of: RunFiles.journal.text) == nil }

  /// Whether a text can be the id of a run: lower-case letters, digits and dashes only, so that an id is never a path.
  public static func isID(_ text: String) -> Bool { name(of: text) != nil }

  /// The name of a run's folder; nil for a text that is no run's id.
  public static func name(of run: String) -> PlainName? {
    guard (1...64).contains(run.utf8.count),
      run.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 })
    else { return nil }
    return PlainName(run)
  }

  /// Takes the run's kernel lock; nil where another process holds it. Throws ``JournalError``.
  ///
  /// The lock is released with the process that holds it, however that ends. `endedJob` is a job of a cluster that is known to be
  /// over: a record of it on another machine does not count.
  public func acquireLock(endedJob: String? = nil) throws(JournalError) -> RunLock? {
    let lock = LockFile(file: try filing { () throws(FileError) in try open().file(RunFiles.lock, .update) })
    // Somebody who only looks whether it is held holds it for a moment.
    for _ in 0..<40 {
      if lock.take(endedJob: endedJob) { return RunLock(lock) }
      usleep(5_000)
    }
    return nil
  }

  /// The process that holds the run's lock; nil where none does, or it is not known.
  public var lockHolder: LockHolder? {
    guard isLocked, let file = try? open().file(RunFiles.lock) else { return nil }
    return LockFile(file: file).holder
  }

  /// Whether a process holds the run's lock.
  public var isLocked: Bool {
    guard let file = try? open().file(RunFiles.lock) else { return false }
    if flock(file.number, LOCK_SH | LOCK_NB) != 0 { return errno == EWOULDBLOCK }
    return LockFile(file: file).isHeldElsewhere
  }
}

/// The names of the files that each run has.
public enum RunFiles {
  /// Everything that happened, a checksummed line each.
  public static let journal: PlainName = "journal.jsonl"
  /// Tags, notes and removals.
  public static let annotations: PlainName = "annotations.jsonl"
  /// Held by the process that works on the run.
  public static let lock: PlainName = "lock"
  /// What the worker printed.
  public static let log: PlainName = "log"
  /// What the worker is to do.
  public static let job: PlainName = "job.json"
  /// The job of a cluster that works on the run.
  public static let cluster: PlainName = "cluster.json"
  /// What names the process of the last attempt on its machine.
  public static let process: PlainName = "process.json"
  /// Files that a record may not name as its own.
  static let reserved: Set<PlainName> = [journal, annotations, lock, log, job, cluster, process]
}

/// The names of what is in a store's folder, and who may look into it.
public enum StoreFolder {
  /// A folder for each run.
  public static let runs: PlainName = "runs"
  /// A file for each trial that is being worked on.
  public static let locks: PlainName = "locks"
  /// A folder for each array of jobs that was submitted to a cluster.
  public static let cluster: PlainName = "cluster"
  /// Saved comparisons.
  public static let comparisons: PlainName = "comparisons"
  /// Reports and archives that use runs.
  public static let pins: PlainName = "pins"
  /// The index.
  public static let database: PlainName = "lab.sqlite"
  /// New stores are for their owner alone; `chmod` opens them to others.
  public static let mode: mode_t = 0o700
}

/// A lock that is held.
public final class RunLock: Sendable {
  private let file: LockFile

  fileprivate init(_ file: LockFile) { self.file = file }

  /// Releases it; so does the end of the process.
  public func release() { file.release() }
}
