public import Files
import Foundation
import GRDB
public import Journals

/// A folder with the journals of runs, and the index that is made from them: a database.
public final class Store: Sendable {
  /// What a store is opened for.
  public enum Access: Sendable {
    /// To read the index as it is.
    case readOnly
    /// To take in journals as well, and to bring an older index up to date.
    case readWrite
  }

  /// The folder.
  public let directory: String
  /// The network file system that it lies on; nil for a local one.
  public let networkFileSystem: String?
  /// The index's file.
  let databasePath: String
  let queue: DatabaseQueue
  /// Where the index is, if it was made for this process alone.
  private let temporary: TemporaryFolder?
  /// What brought the index up to date when it was opened; nil where it was so already.
  public let migration: StoreMigration?

  private init(
    directory: String, databasePath: String, queue: DatabaseQueue, networkFileSystem: String?,
    temporary: TemporaryFolder? = nil, migration: StoreMigration? = nil
  ) {
    self.directory = directory
    self.databasePath = databasePath
    self.queue = queue
    self.networkFileSystem = networkFileSystem
    self.temporary = temporary
    self.migration = migration
  }

  /// The file of the index of the store in a folder.
  public static func databasePath(_ directory: String) -> String { "\(directory)/lab.sqlite" }

  /// Whether the index was made for this process alone, because the store's own cannot be written.
  public var isTemporary: Bool { temporary != nil }

  /// Opens the store in a folder; with `create` the folder and the index are made where they are missing. An index whose
  /// tables somebody has changed is made again from the journals. Opened to write, an index of an earlier version is copied
  /// beside itself and brought up to date: see ``migration``.
  ///
  /// `networkFileSystem` gives the name of the network file system that a path lies on. Throws ``StoreError``: missing,
  /// not writable, a folder with other files, from a newer vgglab, of an earlier version and opened to read, a database of another program.
  public static func open(
    at directory: String, access: Access, create: Bool = false,
    networkFileSystem: (String) -> String? = NetworkFileSystem.name(at:)
  ) throws(StoreError) -> Store {
    let path = databasePath(directory)
    let index = try IndexFile(in: directory)
    switch index {
    case .none: try prepare(directory, access: access, create: create)
    case .ours: break
    case .newer(let version): throw .newer(path: path, found: version, known: Schema.version)
    case .foreign(let reason): throw .foreignDatabase(path: path, reason: reason)
    case .damaged(let reason): throw .notADatabase(path: path, reason: reason)
    case .changed:
      guard access == .readWrite else { throw .notADatabase(path: path, reason: "its tables were changed") }
      _ = try rebuild(at: directory)
    }
    if access == .readWrite {
      guard Foundation.access(directory, W_OK) == 0 else {
        throw .notWritable(path: directory, reason: String(cString: strerror(errno)))
      }
      // Where all runs are gone, their index is still a store's, and says so of each.
      _ = try filing { () throws(FileError) in
        try Folder(directory).folder(making: StoreFolder.runs, mode: StoreFolder.mode)
      }
    }
    // Switching a new index to its journal mode does not wait for others that do the same.
    for attempt in 1... {
      do throws(StoreError) {
        return try connect(directory, path: path, access: access, networkFileSystem: networkFileSystem(directory))
      } catch {
        guard case .busy = error, attempt < 600 else { throw error }
        usleep(100_000)
      }
    }
    preconditionFailure("the loop has no end")
  }

  /// Makes the folders of a new store, and none in a folder with somebody else's files.
  private static func prepare(_ directory: String, access: Access, create: Bool) throws(StoreError) {
    guard access == .readWrite else { throw .missing(path: directory) }
    switch StorePlace(directory) {
    case .runs: break
    case .free: guard create else { throw .missing(path: directory) }
    case .occupied: throw create ? .occupied(path: directory) : .missing(path: directory)
    }
    do throws(FileError) {
      try makeDirectory(directory, mode: StoreFolder.mode)
      let folder = try Folder(directory)
      _ = try folder.folder(making: StoreFolder.runs, mode: StoreFolder.mode)
      // Made with its owner's mode, which SQLite then gives to the files beside it. Never replaced: another process may have
      // made it meanwhile, and opened it.
      if folder.kind(of: StoreFolder.database.text) == nil {
        _ = fchmod(try folder.file(StoreFolder.database, .update).number, 0o600)
      }
      // A store in a repository is nothing to be committed.
      if folder.kind(of: ".gitignore") == nil { try? writeTextAtomically("\(directory)/.gitignore", "*\n") }
    } catch {
      if case .unwritable(let path, let reason) = error { throw .notWritable(path: path, reason: reason) }
      throw .file(error)
    }
  }

  static func connect(
    _ directory: String, path: String, access: Access, networkFileSystem network: String?,
    temporary: TemporaryFolder? = nil
  ) throws(StoreError) -> Store {
    var configuration = Configuration()
    configuration.readonly = access == .readOnly
    configuration.busyMode = .timeout(60)
    configuration.foreignKeysEnabled = true
    configuration.label = "vgglab"
    let mode = access == .readWrite ? (network == nil ? "WAL" : "DELETE") : nil
    configuration.prepareDatabase { database in
      if let mode { try database.execute(sql: "PRAGMA journal_mode = \(mode)") }
    }
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      var migration: StoreMigration?
      if access == .readWrite {
        let own = path == databasePath(directory) ? directory : nil
        migration = try Migrations(queue: queue, path: path, directory: own).run()
      } else {
        try check(queue, path)
      }
      return Store(
        directory: directory, databasePath: path, queue: queue, networkFileSystem: network, temporary: temporary,
        migration: migration)
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw .notADatabase(path: path, reason: error.message ?? "damaged")
      case .SQLITE_READONLY, .SQLITE_CANTOPEN:
        guard access == .readOnly, let store = openImmutable(directory) else {
          throw .notWritable(path: path, reason: error.message ?? "read-only")
        }
        return store
      case .SQLITE_BUSY: throw .busy(path: path)
      default: throw .database(path: path, reason: error.message ?? "\(error)")
      }
    } catch {
      throw .database(path: path, reason: "\(error)")
    }
  }

  /// Opens the store to read from it, with what the journals have new taken in first. Where the index cannot be written or
  /// is not up to date, one is made from the journals for this process alone, so that what is read is true.
  ///
  /// Throws ``StoreError``.
  public static func openToRead(at directory: String) throws(StoreError) -> Store {
    try openToRead(at: directory) { _ in }
  }

  /// The same; `report` gets that an older index was brought up to date, and what is wrong with journals.
  public static func openToRead(
    at directory: String, report: (StoreRemark) -> Void
  ) throws(StoreError) -> Store {
    guard exists(at: directory) else { return try open(at: directory, access: .readOnly) }
    if Foundation.access(directory, W_OK) == 0 {
      do throws(StoreError) {
        return try openToChange(at: directory, report: report)
      } catch {
        switch error {
        case .notWritable, .busy, .database: break
        default: throw error
        }
      }
    }
    if let store = try? open(at: directory, access: .readOnly), (try? store.isUpToDate) == true { return store }
    let store = try makeTemporary(of: directory)
    for problem in try store.ingest() { report(.journal(problem)) }
    return store
  }

  /// Opens the store to write in it, with what the journals have new taken in first; `report` as for
  /// ``openToRead(at:report:)``. Throws ``StoreError``.
  public static func openToChange(
    at directory: String, create: Bool = false, report: (StoreRemark) -> Void
  ) throws(StoreError) -> Store {
    let store = try open(at: directory, access: .readWrite, create: create)
    if let migration = store.migration { report(.migrated(migration)) }
    for problem in try store.ingest() { report(.journal(problem)) }
    return store
  }

  /// An empty index of a store's journals, in a temporary folder.
  static func makeTemporary(of directory: String) throws(StoreError) -> Store {
    let folder: TemporaryFolder
    do throws(FileError) { folder = try TemporaryFolder("vgglab-index") } catch { throw .file(error) }
    return try connect(
      directory, path: "\(folder.path)/lab.sqlite", access: .readWrite, networkFileSystem: nil, temporary: folder)
  }

  /// A database in a folder that cannot be written to: nobody else writes, so no lock is needed.
  private static func openImmutable(_ directory: String) -> Store? {
    var configuration = Configuration()
    configuration.readonly = true
    let escaped = databasePath(directory).addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? ""
    guard let queue = try? DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration),
      (try? check(queue, databasePath(directory))) != nil
    else { return nil }
    return Store(
      directory: directory, databasePath: databasePath(directory), queue: queue, networkFileSystem: nil)
  }

  private static func check(_ queue: DatabaseQueue, _ path: String) throws {
    let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard found <= Schema.version else { throw StoreError.newer(path: path, found: found, known: Schema.version) }
    guard found > 0 else { throw StoreError.notADatabase(path: path, reason: "it has no tables of a store") }
    guard found == Schema.version else { throw StoreError.older(path: path, found: found, known: Schema.version) }
  }

  /// Closes the database; what follows fails.
  public func close() { try? queue.close() }

  /// Closes the database and removes what a store has beside its runs: the index, and the files that are made with it.
  public func closeKeepingJournals() {
    close()
    for name in ["lab.sqlite", "lab.sqlite-wal", "lab.sqlite-shm", ".gitignore", "\(StoreFolder.locks)/index"] {
      unlink("\(directory)/\(name)")
    }
    rmdir("\(directory)/\(StoreFolder.locks)")
  }

  /// Works on the database with its errors as facts.
  func reading<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try queue.read(body) } catch let error as StoreError { throw error } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
  }

  static func reason(_ error: any Error) -> String {
    if let error = error as? DatabaseError { return error.message ?? "\(error)" }
    if let error = error as? any CustomStringConvertible & Fault { return error.description }
    if let error = error as? CocoaError, let underlying = error.userInfo[NSUnderlyingErrorKey] as? any Error {
      return "\(underlying)"
    }
    return "\(error)"
  }

  /// The rows of one SELECT on a connection that can do nothing but read; `:name` in it is bound to the parameter's value.
  ///
  /// Throws ``StoreError/badQuery(sql:reason:)`` for wrong SQL, for whatever would write, and for queries without end.
  public func query(_ sql: String, _ parameters: [String: SQLValue]) throws(StoreError) -> QueryResult {
    try QueryConnection(path: databasePath, .notebook).rows(sql, parameters)
  }

  /// The same without parameters, for somebody at a terminal: the current time and random numbers can be asked for.
  public func query(_ sql: String) throws(StoreError) -> QueryResult {
    try QueryConnection(path: databasePath).rows(sql)
  }
}

/// Does something with files, their errors as the store's.
func filing<T>(_ body: () throws(FileError) -> T) throws(StoreError) -> T {
  do { return try body() } catch { throw .file(error) }
}

/// Works on runs' folders with their errors as the store's.
func journaling<T>(_ body: () throws(JournalError) -> T) throws(StoreError) -> T {
  do { return try body() } catch { throw StoreError(error) }
}

extension StoreError {
  /// A journal's error as the store's.
  public init(_ error: JournalError) {
    self =
      switch error {
      case .noSuchRun(let run): .noSuchRun(run)
      case .file(let error): .file(error)
      default: .journal(error)
      }
  }
}
