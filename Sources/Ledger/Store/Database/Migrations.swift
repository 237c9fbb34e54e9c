import Files
import Foundation
import GRDB
import Journals

/// What was done to bring the index of an earlier version up to date.
public struct StoreMigration: Sendable, Hashable {
  /// The version that the index had.
  public var from: Int
  /// The version that it has now.
  public var to: Int
  /// The file with the index as it was.
  public var backup: String

  /// For people.
  public var sentence: String {
    "the store's index was upgraded from version \(from) to \(to); the previous index is kept in \(backup)"
  }
}

/// What is to be said of a store when it is opened.
public enum StoreRemark: Sendable, Hashable, CustomStringConvertible {
  case migrated(StoreMigration)
  /// What is wrong with a run's journal, and what was done.
  case journal(String)

  public var description: String {
    switch self {
    case .migrated(let migration): migration.sentence
    case .journal(let problem): problem
    }
  }
}

/// Brings an index up to date, by GRDB's migrator over ``Schema/steps``.
package struct Migrations {
  let queue: DatabaseQueue
  package let path: String
  /// The folder for a backup of the index and for the lock; nil for an index of this process alone.
  package let directory: String?

  /// The table in which GRDB keeps the names of the steps that were taken.
  package static let table = "grdb_migrations"
  /// How that table is made.
  package static let definition = "CREATE TABLE \(table) (identifier TEXT NOT NULL PRIMARY KEY) STRICT"
  /// Backups that are kept, those of the latest versions.
  package static let backupLimit = 3

  /// The name of a step.
  package static func identifier(_ version: Int) -> String { "version \(version)" }

  /// Each step with its version number in one transaction. Views hold nothing: they are dropped before the first and made
  /// behind the last.
  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    for (index, step) in Schema.steps.enumerated() {
      migrator.registerMigration(identifier(index + 1), foreignKeyChecks: .immediate) { database in
        try dropViews(database)
        try database.execute(sql: step)
        if index + 1 == Schema.version {
          try database.execute(sql: Schema.views)
          try database.execute(sql: "PRAGMA application_id = \(IndexFile.applicationID)")
        }
        try database.execute(sql: "PRAGMA user_version = \(index + 1)")
      }
    }
    return migrator
  }()

  private static func dropViews(_ database: Database) throws {
    for view in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'view'") {
      try database.execute(sql: "DROP VIEW \(view.quotedDatabaseIdentifier)")
    }
  }

  /// Brings the index up to date; nil where there was nothing to do or nothing to keep.
  package func run() throws -> StoreMigration? {
    guard try version() < Schema.version else {
      try setApplicationID()
      return nil
    }
    // Two processes that find an old index at once take the steps one after the other.
    let lock = lock()
    defer { withExtendedLifetime(lock) {} }
    let found = try version()
    guard found < Schema.version else { return nil }
    let backup = found > 0 ? try keepBackup() : nil
    try recordSteps(until: found)
    try Self.migrator.migrate(queue)
    return backup.map { StoreMigration(from: found, to: Schema.version, backup: $0) }
  }

  /// Waits for the lock of the store's index; nil where files cannot be locked. It is released with the last reference.
  private func lock() -> Descriptor? {
    guard let directory, let locks = try? Folder(directory).folder(making: StoreFolder.locks, mode: StoreFolder.mode),
      let file = try? locks.file("index", .update)
    else { return nil }
    while flock(file.number, LOCK_EX) != 0 { if errno != EINTR { return nil } }
    return file
  }

  private func version() throws -> Int {
    let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard found <= Schema.version else { throw StoreError.newer(path: path, found: found, known: Schema.version) }
    return found
  }

  private func setApplicationID() throws {
    try queue.writeWithoutTransaction { database in
      if try Int.fetchOne(database, sql: "PRAGMA application_id") != IndexFile.applicationID {
        try database.execute(sql: "PRAGMA application_id = \(IndexFile.applicationID)")
      }
    }
  }

  /// Writes down which steps a version has behind it. Up to version 8 only the version number said so; it has the last word,
  /// for the tables were compared with that version's.
  private func recordSteps(until version: Int) throws {
    try queue.write { database in
      try database.execute(sql: "DROP TABLE IF EXISTS \(Self.table); \(Self.definition)")
      for step in 0..<version {
        try database.execute(
          sql: "INSERT INTO \(Self.table) (identifier) VALUES (?)", arguments: [Self.identifier(step + 1)])
      }
    }
  }

  /// Copies the index beside it, whole or not at all; the copy's path.
  private func keepBackup() throws -> String? {
    guard let directory else { return nil }
    let beside = try TemporaryCopy(in: directory)
    defer { beside.remove() }
    let found = try beside.fill(from: queue)
    let target = "\(directory)/\(Store.backupName(version: found))"
    try beside.keep(as: target)
    for old in Store.backups(in: directory).dropLast(Self.backupLimit) { unlink("\(directory)/\(old)") }
    return target
  }
}

/// A database file in a folder of its own in a store, to be given another name or removed.
package struct TemporaryCopy {
  private let store: Folder
  private let folder: String
  /// The file that a database may be made in.
  package let path: String

  /// Makes the folder. Throws ``StoreError``.
  package init(in directory: String) throws(StoreError) {
    folder = "rebuilt-\(randomDigits())"
    guard let name = PlainName(folder) else { preconditionFailure("'\(folder)' is no file name") }
    store = try filing { () throws(FileError) in try Folder(directory) }
    let store = store
    _ = try filing { () throws(FileError) in try store.folder(making: name, mode: StoreFolder.mode) }
    path = "\(directory)/\(folder)/\(StoreFolder.database)"
  }

  /// Copies a database into it; the version of its schema.
  func fill(from queue: DatabaseQueue) throws -> Int {
    let copy = try DatabaseQueue(path: path)
    try queue.backup(to: copy)
    let version = try copy.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try copy.close()
    return version
  }

  /// Gives the file the name `target`, for its owner alone, in place of what has it, which may be a link that leads elsewhere.
  func keep(as target: String) throws(StoreError) {
    guard chmod(path, 0o600) == 0, rename(path, target) == 0 else {
      throw .notWritable(path: target, reason: String(cString: strerror(errno)))
    }
  }

  /// Removes what is left of it.
  package func remove() { try? store.removeAll(folder) }
}

extension Store {
  /// The name of the copy of an index that was kept when it was brought up to date.
  package static func backupName(version: Int) -> String { "lab.sqlite.version-\(version)" }

  /// The names of kept copies of earlier indices in a store, those of the earliest versions first.
  package static func backups(in directory: String) -> [String] {
    let names = (try? Folder(directory).names()) ?? []
    let versions = names.compactMap { name -> Int? in
      guard let digits = name.wholeMatch(of: /lab\.sqlite\.version-([0-9]{1,6})/)?.1 else { return nil }
      return Int(digits)
    }
    return versions.sorted().map(backupName)
  }
}
