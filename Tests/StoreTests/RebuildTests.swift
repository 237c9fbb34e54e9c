import Foundation
import Journals
import Store
import Testing

/// The database is made from the journals, in whatever order and by however many processes they are read.
@Suite struct RebuildTests {
  /// A run of a trial whose folder's name begins as told, with a question and a profile of its own.
  private func addRun(_ folder: TemporaryStore, _ prefix: String, question: String, createdAt: String) throws {
    let run = try RunFolder.create(store: folder.path, trialID: String(repeating: prefix, count: 8))
    var record = Samples.run(run.run, "trial", "same", createdAt)
    record.question = question
    record.profile = question
    try JournalWriter(folder: run).append([.run(record)] + Samples.whole)
  }

  @Test func theOrderOfReadingDoesNotMatter() throws {
    let folder = TemporaryStore()
    let store = try folder.open()
    // As they happen the older comes first; by their folders' names the newer does.
    try addRun(folder, "f", question: "older", createdAt: "2026-01-01")
    #expect(try store.ingest().isEmpty)
    try addRun(folder, "0", question: "newer", createdAt: "2026-01-02")
    #expect(try store.ingest().isEmpty)
    let asTheyHappened = try StoreTests.dump(store)
    #expect(try store.query("SELECT question FROM experiment").rows == [[.text("newer")]])
    #expect(try store.query("SELECT profile FROM trial").rows == [[.text("newer")]])
    #expect(try Store.rebuild(at: folder.path).isEmpty)
    #expect(try StoreTests.dump(Store.open(at: folder.path, access: .readOnly)) == asTheyHappened)
  }

  @Test func whoHasTheDatabaseOpenGoesOn() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([Samples.attempt()])
    let writer = try folder.open()
    #expect(try writer.ingest().isEmpty)
    let reader = try Store.open(at: folder.path, access: .readOnly)
    try JournalWriter(folder: run).append([Samples.network, Samples.completed])
    #expect(try reader.run(matching: run.run).state == .lost)
    #expect(try Store.rebuild(at: folder.path).isEmpty)
    #expect(try reader.run(matching: run.run).state == .completed)
    #expect(try writer.run(matching: run.run).state == .completed)
    let later = try folder.addRun(trial: "later", Samples.whole)
    #expect(try writer.ingest().isEmpty)
    #expect(try reader.run(matching: later.run).state == .completed)
    #expect(try reader.health().problems.isEmpty)
  }

  @Test func severalAtOnceTakeEachRecordInOnce() async throws {
    let folder = TemporaryStore()
    let runs = try (0..<6).map { try folder.addRun(trial: "trial-\($0)") }
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for record in Samples.whole {
          for run in runs { try JournalWriter(folder: run).append([record]) }
        }
      }
      for _ in 0..<3 {
        group.addTask {
          for _ in 0..<5 {
            let store = try Store.open(at: path, access: .readWrite, create: true)
            #expect(try store.ingest().isEmpty)
            store.close()
          }
        }
      }
      try await group.waitForAll()
    }
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.query("SELECT count(*) FROM event").rows == [[.integer(6)]])
    #expect(try store.query("SELECT count(*) FROM metric").rows == [[.integer(48)]])
    #expect(try store.runs().allSatisfy { $0.state == .completed })
  }

  @Test func aStoreOfTheFirstVersionIsBroughtUpToDate() throws {
    let folder = TemporaryStore()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/runs", withIntermediateDirectories: true)
    let fixture = ((#filePath as NSString).deletingLastPathComponent) + "/Fixtures/version-1.sqlite"
    try FileManager.default.copyItem(atPath: fixture, toPath: Store.databasePath(folder.path))
    let store = try folder.open()
    #expect(store.migration?.from == 1)
    #expect(try store.run(matching: "ab-1").testAccuracy == 0.75)
    #expect(try store.health().problems.isEmpty)
    #expect(
      try store.query("SELECT name, step, value FROM final_metric").rows == [
        [.text("test_accuracy"), .integer(2), .real(0.75)]
      ])
    #expect(try store.details(of: store.run(matching: "ab-1")).metrics == ["test_accuracy": 0.75])
  }

  @Test func aDatabaseOfSomebodyElseIsLeftAlone() throws {
    let folder = TemporaryStore()
    try folder.open().close()
    // Version 0 with tables in it, as other programs leave it: the version is the header's bytes 60 to 63.
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Store.databasePath(folder.path)))
    bytes.replaceSubrange(60..<64, with: [0, 0, 0, 0])
    try bytes.write(to: URL(fileURLWithPath: Store.databasePath(folder.path)))
    for access in [Store.Access.readOnly, .readWrite] {
      do {
        _ = try Store.open(at: folder.path, access: access)
        Issue.record("a database of version 0 was opened")
      } catch {
        guard case .foreignDatabase = error else { throw error }
      }
    }
  }
}
