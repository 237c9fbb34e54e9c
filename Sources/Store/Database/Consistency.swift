import Files
import Foundation
import GRDB
import Journals

extension Store {
  /// An index of what journals say now, in a temporary folder; of some runs alone where they are named. Throws ``StoreError``.
  static func fromJournals(_ directory: String, only runs: Set<String>? = nil) throws(StoreError) -> (Store, [String]) {
    let store = try makeTemporary(of: directory)
    return (store, try store.ingest(only: runs))
  }

  /// Where the index is not what the journals make, as sentences; none for a sound one. All journals are read again.
  ///
  /// Throws ``StoreError``.
  public func indexProblems() throws(StoreError) -> [String] {
    let (fresh, _) = try Self.fromJournals(directory)
    let escaped = databasePath.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? databasePath
    do {
      return try fresh.queue.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH ? AS indexed", arguments: ["file:\(escaped)?mode=ro"])
        defer { try? database.execute(sql: "DETACH indexed") }
        let tables = try String.fetchAll(
          database,
          sql: "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
        var problems: [String] = []
        for table in tables {
          let name = table.quotedDatabaseIdentifier
          let others =
            try Int.fetchOne(
              database,
              sql: """
                SELECT (SELECT count(*) FROM (SELECT * FROM main.\(name) EXCEPT SELECT * FROM indexed.\(name)))
                  + (SELECT count(*) FROM (SELECT * FROM indexed.\(name) EXCEPT SELECT * FROM main.\(name)))
                """) ?? 0
          let surplus =
            try Int.fetchOne(
              database,
              sql: "SELECT (SELECT count(*) FROM indexed.\(name)) - (SELECT count(*) FROM main.\(name))") ?? 0
          if others > 0 || surplus != 0 {
            problems.append(
              "the index's table \(table) is not what the journals give (\(max(others, abs(surplus))) rows differ); `vgglab doctor --rebuild` makes it again"
            )
          }
        }
        return problems
      }
    } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
  }

  /// Where the journals of runs contradict themselves, as sentences; of all runs where none are named. Throws ``StoreError``.
  public func contradictions(of runs: [String]? = nil) throws(StoreError) -> [String] {
    let folders = try allRuns().filter { runs?.contains($0.run) ?? true }
    var found: [String] = []
    for folder in folders {
      do throws(JournalError) {
        found += try folder.contradictions().map { "\(folder.path): \($0)" }
      } catch { found.append("\(error)") }
    }
    return found
  }
}
