import Files
import Foundation
import GRDB
import Journals
import Synchronization

/// What is there in place of a store's index, before anything trusts it.
package enum IndexFile {
  /// Nothing, or a database without tables.
  case none
  /// The index of a store, of an older or of this version, with the tables that this version made.
  case ours(version: Int)
  /// The index of a newer vgglab.
  case newer(version: Int)
  /// An index whose tables somebody has changed: it is made again from the journals.
  case changed
  /// A database of another program: it is left alone.
  case foreign(String)
  /// No database.
  case damaged(String)

  /// `VGGL`: what the header of an index has since version 8 of the schema.
  package static let applicationID = 0x5647_474c

  /// Looks at the file below its folder's descriptor, without changing anything. Throws ``StoreError`` for what is no regular
  /// file.
  package init(in directory: String) throws(StoreError) {
    let folder: Folder
    do throws(FileError) { folder = try Folder(directory) } catch {
      if case .missing = error {
        self = .none
        return
      }
      if case .notDirectory = error { throw .notWritable(path: directory, reason: "it is a file and no folder") }
      throw .file(error)
    }
    for name in ["lab.sqlite", "lab.sqlite-wal", "lab.sqlite-shm", "lab.sqlite-journal"] {
      if let kind = folder.kind(of: name), kind != .file {
        throw .file(.notPlain(path: "\(directory)/\(name)", kind: kind))
      }
    }
    if let kind = folder.kind(of: StoreFolder.runs.text), kind != .folder {
      throw .file(.notPlain(path: "\(directory)/runs", kind: kind))
    }
    guard let size = folder.status("lab.sqlite")?.st_size, size > 0 else {
      self = .none
      return
    }
    let isQuiet = (folder.status("lab.sqlite-wal")?.st_size ?? 0) == 0 && folder.kind(of: "lab.sqlite-journal") == nil
    let first = Self.judge(Store.databasePath(directory), isQuiet: isQuiet)
    if isQuiet {
      // Another process may have begun to write meanwhile.
      switch first {
      case .none, .ours, .newer: self = first
      default: self = Self.judge(Store.databasePath(directory), isQuiet: false)
      }
    } else {
      self = first
    }
  }

  private static func judge(_ path: String, isQuiet: Bool) -> IndexFile {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    do {
      let queue = try DatabaseQueue(
        path: isQuiet ? "file:\(escaped)?immutable=1" : path, configuration: configuration)
      defer { try? queue.close() }
      return try queue.read(judge)
    } catch let error as DatabaseError
      where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
    {
      return isQuiet ? .damaged(error.message ?? "damaged") : judge(path, isQuiet: true)
    } catch {
      return .damaged(Store.reason(error))
    }
  }

  private static func judge(_ database: Database) throws -> IndexFile {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let found = try objects(database)
    if found.isEmpty, version == 0 { return .none }
    if (1...Schema.version).contains(version), [0, applicationID].contains(application),
      found == (try expected(version))
    {
      return .ours(version: version)
    }
    let tables = Set(found.keys)
    let isOurs =
      application == applicationID || tables.isSuperset(of: StoreTable.all.filter(\.isDistinctive).map(\.name))
    guard isOurs, [0, applicationID].contains(application) else {
      return .foreign("it has other tables than a store's")
    }
    if version == 0 { return .foreign("it has no version of a store's tables") }
    return version > Schema.version ? .newer(version: version) : .changed
  }

  /// How tables, indices and triggers are made, by name; of views only those of the present version are compared, for older
  /// ones are made anew.
  private static func objects(_ database: Database) throws -> [String: String] {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    var found: [String: String] = [:]
    let rows = try Fetched<SchemaObject>.fetchCursor(
      database, sql: "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' LIMIT 1000")
    while let object = try rows.next()?.value {
      // The migrator's own notes: the version number and the tables decide.
      if object.name == Migrations.table, object.sql == Migrations.definition { continue }
      if object.type == "view", version < Schema.version { continue }
      found[object.name] = "\(object.type) \(object.sql ?? "")"
    }
    return found
  }

  private struct SchemaObject: Decodable {
    var type: String
    var name: String
    var sql: String?
  }

  private static let known = Mutex<[Int: [String: String]]>([:])

  /// The objects of a version's tables.
  private static func expected(_ version: Int) throws -> [String: String] {
    if let found = known.withLock({ $0[version] }) { return found }
    let queue = try DatabaseQueue()
    let found = try queue.write { database in
      for step in Schema.steps[..<version] { try database.execute(sql: step) }
      if version == Schema.version { try database.execute(sql: Schema.views) }
      try database.execute(sql: "PRAGMA user_version = \(version)")
      return try objects(database)
    }
    known.withLock { $0[version] = found }
    return found
  }
}
