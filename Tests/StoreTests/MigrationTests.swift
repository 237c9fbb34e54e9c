import Foundation
import Journals
import Testing

import Store

/// Stores of earlier versions are brought up to date, and keep everything.
@Suite struct MigrationTests {
  private static let fixtures = ((#filePath as NSString).deletingLastPathComponent) + "/Fixtures"

  /// A copy of the committed store of version 8.
  private static func store() throws -> TemporaryStore {
    let folder = TemporaryStore()
    try FileManager.default.copyItem(atPath: "\(fixtures)/version-8", toPath: folder.path)
    return folder
  }

  /// An empty index of a version, as it was made then.
  private static func makeIndex(of version: Int, in folder: TemporaryStore) throws {
    try FileManager.default.createDirectory(atPath: "\(folder.path)/runs", withIntermediateDirectories: true)
    try sqlite(folder.path, Schema.steps[..<version].joined(separator: "\n") + "\nPRAGMA user_version = \(version);")
  }

  private static func sqlite(_ path: String, _ sql: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])",
      Store.databasePath(path), sql,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func aStoreOfVersion8KeepsEveryRow() throws {
    let folder = try Self.store()
    let store = try folder.open()
    let migration = try #require(store.migration)
    #expect(migration.from == 8 && migration.to == Schema.version)
    #expect(migration.backup == "\(folder.path)/lab.sqlite.version-8")
    #expect(migration.sentence.contains(migration.backup))
    #expect(try store.health().version == Schema.version && store.health().problems.isEmpty)
    #expect(try store.health().backups == [migration.backup])
    // Every row of the old tables is in the new ones.
    let old = QueryConnectionToFile(migration.backup)
    for table in StoreTable.all {
      let columns = try old.columns(table.name)
      // Only what is newer than version 8 was not there.
      let newer = ["epoch_timing", "class", "confusion", "calibration", "mistake", "first_filter"]
      #expect(columns.isEmpty == newer.contains(table.name), "\(table.name)")
      guard !columns.isEmpty else { continue }
      let list = columns.joined(separator: ", ")
      let order = columns.indices.map { "\($0 + 1)" }.joined(separator: ", ")
      let sql = "SELECT \(list) FROM \(table.name) ORDER BY \(order)"
      #expect(try store.query(sql).rows == old.rows(sql), "\(table.name)")
    }
    #expect(try store.runs().map(\.id) == ["aa-00000001", "aa-00000003", "aa-00000004", "aa-00000005"])
    #expect(try store.run(matching: "aa-00000005").state == .gone)
    let names = "SELECT trial, run FROM trial_summary WHERE trial IN ('alias', 'resumed') ORDER BY trial"
    #expect(try store.query(names).rows == ["alias", "resumed"].map { [.text($0), .text("aa-00000001")] })
  }

  @Test func whatIsMigratedIsWhatTheJournalsMake() throws {
    let folder = try Self.store()
    let store = try folder.open()
    #expect(try store.ingest().count == 1)
    try store.forget("aa-00000005")
    #expect(try store.indexProblems() == [])
  }

  @Test func itIsDoneOnceAndTheBackupIsTheOldIndex() throws {
    let folder = try Self.store()
    let before = try Data(contentsOf: URL(fileURLWithPath: "\(Self.fixtures)/version-8/lab.sqlite"))
    try folder.open().close()
    #expect(try folder.open().migration == nil)
    let backup = QueryConnectionToFile("\(folder.path)/lab.sqlite.version-8")
    #expect(try backup.rows("PRAGMA user_version") == [[.integer(8)]])
    let size = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/lab.sqlite.version-8")).count
    #expect(size == before.count)
    var status = stat()
    #expect(stat("\(folder.path)/lab.sqlite.version-8", &status) == 0 && status.st_mode & 0o777 == 0o600)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.contains { $0.hasPrefix("rebuilt-") })
  }

  @Test func backupsAreBounded() throws {
    let folder = try Self.store()
    for version in [2, 3, 5, 7] {
      try Data().write(to: URL(fileURLWithPath: "\(folder.path)/\(Store.backupName(version: version))"))
    }
    try Data().write(to: URL(fileURLWithPath: "\(folder.path)/lab.sqlite.version-x"))
    try folder.open().close()
    #expect(Store.backups(in: folder.path) == [5, 7, 8].map(Store.backupName))
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/lab.sqlite.version-x"))
  }

  @Test(arguments: 1...Schema.version - 1) func everyVersionIsBroughtUpToDate(version: Int) throws {
    let folder = TemporaryStore()
    try Self.makeIndex(of: version, in: folder)
    try Self.sqlite(
      folder.path,
      """
      INSERT INTO experiment VALUES ('e', 'q');
      INSERT INTO trial VALUES ('e', 't', 'ab', NULL, '{}');
      INSERT INTO run (id, experiment, trial, trial_id, configuration, seed, epochs, created_at, outcome)
        VALUES ('ab-1', 'e', 't', 'ab', '{}', '0', 2, '2026-01-01T00:00:01.500Z', 'completed');
      INSERT INTO metric VALUES ('ab-1', 'test_loss', 2, 1, 1.0, 0.5);
      """)
    let store = try folder.open()
    #expect(store.migration?.from == version)
    // From version 9 on the journal says it, and the row as it was inserted here has none.
    let sequence: Int64 = version < 9 ? 1_767_225_601_500 : 0
    #expect(try store.query("SELECT sequence FROM run").rows == [[.integer(sequence)]])
    #expect(try store.query("SELECT value FROM metric").rows == [[.real(0.5)]])
    #expect(try store.health().problems.isEmpty)
    store.close()
    guard case .ours(Schema.version) = try IndexFile(in: folder.path) else {
      Issue.record("the tables are not those of version \(Schema.version)")
      return
    }
  }

  @Test func anOlderIndexThatMayOnlyBeReadIsNotTouched() throws {
    let folder = try Self.store()
    #expect(throws: StoreError.older(path: Store.databasePath(folder.path), found: 8, known: Schema.version)) {
      try Store.open(at: folder.path, access: .readOnly)
    }
    #expect(Store.backups(in: folder.path).isEmpty)
    guard getuid() != 0 else { return }
    chmod(folder.path, 0o555)
    let store = try Store.openToRead(at: folder.path)
    #expect(store.isTemporary && store.migration == nil)
    #expect(try store.run(matching: "aa-00000001").state == .completed)
  }

  @Test func severalThatOpenAnOldIndexAtOnceMigrateItOnce() async throws {
    let folder = try Self.store()
    let path = folder.path
    let migrated = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask { try Store.open(at: path, access: .readWrite).migration != nil }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(migrated == 1)
    let backup = QueryConnectionToFile("\(folder.path)/lab.sqlite.version-8")
    #expect(try backup.rows("PRAGMA user_version") == [[.integer(8)]])
  }

  @Test func aChangedIndexOfAnEarlierVersionIsMadeAgain() throws {
    let folder = try Self.store()
    try Self.sqlite(folder.path, "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM metric; END;")
    let store = try folder.open()
    #expect(store.migration == nil)
    #expect(try store.runs().map(\.id) == ["aa-00000001", "aa-00000003", "aa-00000004"])
    #expect(try store.indexProblems() == [])
  }

  @Test func whatTheMigratorNotesDoesNotDecide() throws {
    let folder = TemporaryStore()
    try folder.addRun(Samples.whole)
    let store = try folder.open()
    _ = try store.ingest()
    store.close()
    try Self.sqlite(folder.path, "DELETE FROM grdb_migrations; INSERT INTO grdb_migrations VALUES ('version 77')")
    #expect(try folder.open().runs().count == 1)
  }

  /// Rows of a database file, read as they are.
  private struct QueryConnectionToFile {
    let path: String

    init(_ path: String) { self.path = path }

    func rows(_ sql: String) throws -> [[SQLValue]] {
      try QueryConnection(path: path).trustedRows(sql)
    }

    func columns(_ table: String) throws -> [String] { try QueryConnection(path: path).columnNames(table) }
  }
}
