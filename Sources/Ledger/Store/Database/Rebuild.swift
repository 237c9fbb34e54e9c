import Files
import Foundation
import GRDB
import Journals

extension Store {
  /// Makes a store's database again from its journals; the old one stays until the new one is whole.
  ///
  /// Where the old one is a database still, it takes over the new one's content in one transaction, so that processes
  /// that have it open go on with it. Where it is none, the new file takes its place.
  ///
  /// Gives what is wrong with journals, as sentences. Throws ``StoreError``.
  public static func rebuild(at directory: String) throws(StoreError) -> [String] {
    guard exists(at: directory) else { throw .missing(path: directory) }
    if case .foreign(let reason) = try IndexFile(in: directory) {
      throw .foreignDatabase(path: databasePath(directory), reason: reason)
    }
    let target = databasePath(directory)
    let beside = try TemporaryCopy(in: directory)
    defer { beside.remove() }
    let store = try connect(
      directory, path: beside.path, access: .readWrite,
      networkFileSystem: NetworkFileSystem.name(at: directory))
    var problems = try store.ingest()
    if let backup = try keepWhatNoJournalHas(directory, store) { problems.append(backup) }
    do {
      if try replaceContent(of: target, by: store) { return problems }
    } catch { throw .database(path: target, reason: reason(error)) }
    store.close()
    for suffix in ["-wal", "-shm"] { unlink(target + suffix) }
    guard rename(beside.path, target) == 0 else {
      throw .notWritable(path: target, reason: String(cString: strerror(errno)))
    }
    return problems
  }

  /// Copies the index beside itself where it has runs or metrics that no journal has any more: it may be the last that is known of
  /// them. An earlier copy stays. Gives a sentence about it; nil where nothing is lost.
  private static func keepWhatNoJournalHas(_ directory: String, _ store: Store) throws(StoreError) -> String? {
    let path = databasePath(directory)
    let sql = "SELECT (SELECT count(*) FROM run WHERE outcome IS NOT NULL) + (SELECT count(*) FROM metric)"
    guard FileManager.default.fileExists(atPath: path), let old = try? DatabaseQueue(path: path) else { return nil }
    defer { try? old.close() }
    guard let before = try? old.read({ try Int.fetchOne($0, sql: sql) }) else { return nil }
    let now = try store.reading { try Int.fetchOne($0, sql: sql) } ?? 0
    guard now < before else { return nil }
    let first = "\(path).before-rebuild"
    let backup = fileKind(first) == nil ? first : "\(first)-\(randomDigits())"
    let beside = try TemporaryCopy(in: directory)
    defer { beside.remove() }
    do { _ = try beside.fill(from: old) } catch { throw .notWritable(path: backup, reason: reason(error)) }
    try beside.keep(as: backup)
    return "the index had rows that no journal has any more; as it was, it is kept in \(backup)"
  }

  /// Copies a store's database over the one at a path; false if there is none that could be opened.
  private static func replaceContent(of path: String, by store: Store) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    do {
      let target = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? target.close() }
      try store.queue.backup(to: target)
      return try target.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") == ["ok"] }
    } catch let error as DatabaseError
      where [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_CANTOPEN].contains(error.resultCode)
    {
      return false
    }
  }
}
