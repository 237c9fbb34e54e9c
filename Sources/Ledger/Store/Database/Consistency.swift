import Digests
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

  /// Where the index is not what the journals make, as sentences; none for a sound one. All journals are read again, or those of
  /// `runs`; runs that have gone on meanwhile are not compared.
  ///
  /// Throws ``StoreError``.
  public func indexProblems(of runs: Set<String>? = nil) throws(StoreError) -> [String] {
    let (fresh, _) = try Self.fromJournals(directory, only: runs)
    let escaped = databasePath.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? databasePath
    // In a folder that cannot be written to nobody else writes either. An index of this process alone lies elsewhere.
    let isWritable = isTemporary || access(directory, W_OK) == 0
    do {
      return try fresh.queue.writeWithoutTransaction { database in
        try database.execute(
          sql: "ATTACH ? AS indexed", arguments: ["file:\(escaped)?\(isWritable ? "mode=ro" : "immutable=1")"])
        defer { try? database.execute(sql: "DETACH indexed") }
        let moving = try runsInProgress(database)
        return try StoreTable.all.compactMap { table in
          let rows = try differingRows(of: table, besides: moving, of: runs, database)
          guard rows > 0 else { return nil }
          return """
            the index's table \(table.name) is not what the journals give (\(rows) rows differ); `vgglab doctor --rebuild` makes it \
            again
            """
        }
      }
    } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
  }

  /// Runs that a process works on, and whose journal is longer now than when it was read.
  private func runsInProgress(_ database: Database) throws -> [String] {
    let grown = try String.fetchAll(
      database,
      sql: """
        SELECT run FROM (SELECT * FROM main.journal EXCEPT SELECT * FROM indexed.journal)
        UNION SELECT id FROM main.run WHERE id NOT IN (SELECT id FROM indexed.run)
        """)
    return grown.filter { (try? RunFolder(store: directory, existing: $0))?.isLocked == true }
  }

  /// How many rows of a table are in one of the databases alone.
  private func differingRows(
    of table: StoreTable, besides moving: [String], of runs: Set<String>?, _ database: Database
  ) throws -> Int {
    let name = table.name
    let owner = table.runColumn
    func list(_ runs: some Sequence<String>) -> String { runs.map { "'\($0)'" }.joined(separator: ", ") }
    let chosen = runs.flatMap { runs in owner.map { " AND \($0) IN (\(list(runs)))" } } ?? ""
    let condition = owner.map { "WHERE \($0) NOT IN (\(list(moving)))\(chosen)" } ?? ""
    func rows(_ schema: String) -> String { "SELECT * FROM \(schema).\(name) \(condition)" }
    func count(_ query: String) throws -> Int {
      try Int.fetchOne(database, sql: "SELECT count(*) FROM (\(query))") ?? 0
    }
    // What runs share, the index has of other runs too.
    if owner == nil, runs != nil { return try count("\(rows("main")) EXCEPT \(rows("indexed"))") }
    let surplus = try count("\(rows("indexed")) EXCEPT \(rows("main"))")
    // What runs share may have more rows by now.
    if owner == nil, !moving.isEmpty { return surplus }
    let missing = try count("\(rows("main")) EXCEPT \(rows("indexed"))")
    return max(surplus + missing, abs(try count(rows("indexed")) - count(rows("main"))))
  }

  /// Up to this size a kept file's digest is compared, beyond it the size alone: weights take long to read.
  private static let digestLimit = 16 << 20

  /// Files that ended runs have kept, such as weights, and that are not what was recorded of them, as sentences. Those that are not
  /// there, as where `gc --weights` has removed them, are no fault. Throws ``StoreError``.
  public func damagedFiles() throws(StoreError) -> [String] {
    let files = try reading { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT a.run, a.path, a.bytes, a.digest FROM artifact AS a JOIN run AS r ON r.id = a.run
          WHERE r.outcome IS NOT NULL AND a.name <> ? ORDER BY a.run, a.path
          """, arguments: [ArtifactName.predictions.rawValue])
    }
    var found: [String] = []
    for file in files {
      guard let run = try? RunFolder(store: directory, existing: file["run"]), let name = PlainName(file["path"]),
        let size = run.size(of: name)
      else { continue }
      let bytes: Int = file["bytes"]
      var isRight = size == bytes
      if isRight, bytes <= Self.digestLimit {
        isRight = (try? run.open().read(name, limit: Self.digestLimit)).map(sha256Hex) == file["digest"]
      }
      if !isRight { found.append("\(FileError.changed(path: "\(run.path)/\(name)"))") }
    }
    return found
  }

  /// Where the journals of runs are damaged or contradict themselves, as sentences; of all runs where none are named. Throws ``StoreError``.
  public func contradictions(of runs: [String]? = nil) throws(StoreError) -> [String] {
    let folders = try allRuns().filter { runs?.contains($0.run) ?? true }
    var found: [String] = []
    for folder in folders {
      do throws(JournalError) {
        found += try folder.contradictions().map { "\(folder.path): \($0)" } + readJournal(folder).problems
      } catch { found.append("\(error)") }
    }
    return found
  }
}
