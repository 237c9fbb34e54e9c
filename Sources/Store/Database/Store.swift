import Foundation
import GRDB

/// A folder with the journals of runs, and the database that is made from them.
public final class Store: Sendable {
  public enum Access: Sendable {
    case readOnly, readWrite
  }

  /// The folder.
  public let directory: String
  /// The network file system that it lies on; nil for a local one.
  public let networkFileSystem: String?
  let queue: DatabaseQueue

  private init(directory: String, queue: DatabaseQueue, networkFileSystem: String?) {
    self.directory = directory
    self.queue = queue
    self.networkFileSystem = networkFileSystem
  }

  /// The database's file.
  public static func databasePath(_ directory: String) -> String { "\(directory)/lab.sqlite" }

  var databasePath: String { Self.databasePath(directory) }

  /// Opens the store in a folder; with `create` the folder and the database are made where they are missing.
  ///
  /// `networkFileSystem` tells the name of the network file system that a path lies on. Throws ``StoreError``: missing,
  /// not writable, from a newer vgglab, not a database.
  public static func open(
    at directory: String, access: Access, create: Bool = false,
    networkFileSystem: (String) -> String? = NetworkFileSystem.name(at:)
  ) throws(StoreError) -> Store {
    let path = databasePath(directory)
    if !FileManager.default.fileExists(atPath: path) {
      guard access == .readWrite, create || FileManager.default.fileExists(atPath: "\(directory)/runs") else {
        throw .missing(path: directory)
      }
      do {
        try FileManager.default.createDirectory(atPath: "\(directory)/runs", withIntermediateDirectories: true)
      } catch {
        throw .notWritable(path: directory, reason: reason(error))
      }
    }
    if access == .readWrite, Foundation.access(directory, W_OK) != 0 {
      throw .notWritable(path: directory, reason: String(cString: strerror(errno)))
    }
    var configuration = Configuration()
    configuration.readonly = access == .readOnly
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    configuration.label = "vgglab"
    let network = networkFileSystem(directory)
    if access == .readWrite {
      let mode = network == nil ? "WAL" : "DELETE"
      configuration.prepareDatabase { database in try database.execute(sql: "PRAGMA journal_mode = \(mode)") }
    }
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      if access == .readWrite { try migrate(queue, path) } else { try check(queue, path) }
      return Store(directory: directory, queue: queue, networkFileSystem: network)
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
      default: throw .database(path: path, reason: error.message ?? "\(error)")
      }
    } catch {
      throw .database(path: path, reason: "\(error)")
    }
  }

  /// Opens the store to read from it, with what the journals have new taken in first where that is possible.
  public static func openToRead(at directory: String) throws(StoreError) -> Store {
    if FileManager.default.fileExists(atPath: "\(directory)/runs"), Foundation.access(directory, W_OK) == 0,
      let store = try? open(at: directory, access: .readWrite), (try? store.ingest()) != nil
    {
      return store
    }
    return try open(at: directory, access: .readOnly)
  }

  /// A database in a folder that cannot be written to: nobody else writes, so no lock is needed.
  private static func openImmutable(_ directory: String) -> Store? {
    var configuration = Configuration()
    configuration.readonly = true
    let escaped = databasePath(directory).addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? ""
    guard let queue = try? DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration),
      (try? check(queue, databasePath(directory))) != nil
    else { return nil }
    return Store(directory: directory, queue: queue, networkFileSystem: nil)
  }

  private static func check(_ queue: DatabaseQueue, _ path: String) throws {
    let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard found <= Schema.version else { throw StoreError.newer(path: path, found: found, known: Schema.version) }
    guard found > 0 else { throw StoreError.notADatabase(path: path, reason: "it has no tables of a store") }
  }

  private static func migrate(_ queue: DatabaseQueue, _ path: String) throws {
    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= Schema.version else { throw StoreError.newer(path: path, found: found, known: Schema.version) }
        guard found < Schema.version else { return .commit }
        if found == 0, try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master)") == true {
          throw StoreError.notADatabase(path: path, reason: "it has other tables than a store's")
        }
        for view in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'view'") {
          try database.execute(sql: "DROP VIEW \(view.quotedDatabaseIdentifier)")
        }
        for step in Schema.upgrade(from: found) { try database.execute(sql: step) }
        try database.execute(sql: "PRAGMA user_version = \(Schema.version)")
        return .commit
      }
    }
  }

  /// Closes the database; what follows fails.
  public func close() { try? queue.close() }

  /// Works on the database with its errors as facts.
  func reading<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do { return try queue.read(body) } catch let error as StoreError { throw error } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
  }

  static func reason(_ error: any Error) -> String {
    if let error = error as? DatabaseError { return error.message ?? "\(error)" }
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
