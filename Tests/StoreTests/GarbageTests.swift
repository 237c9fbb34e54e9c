import Foundation
import Journals
import Store
import Testing

@Suite struct GarbageTests {
  private func remove(_ run: RunFolder) throws { try run.annotate([AnnotationRecord(kind: .remove, at: "t")]) }

  private func age(_ path: String) throws {
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: path)
  }

  @Test func removedRunsGoAndTheDatabaseIsWhatRebuildingMakes() throws {
    let folder = TemporaryStore()
    let kept = try folder.addRun(createdAt: "2026-01-01", Samples.whole)
    // The newest run of the experiment has another question.
    let gone = try RunFolder.create(store: folder.path, trialID: "ffffffff")
    var record = Samples.run(gone.run, "gone", "ffffffff", "2026-01-02")
    record.question = "Another?"
    try JournalWriter(folder: gone).append([.run(record)] + Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.query("SELECT question FROM experiment").rows == [[.text("Another?")]])
    #expect(try store.collectGarbage(dryRun: false) == Garbage())
    try remove(gone)
    #expect(try store.ingest().isEmpty)
    let dry = try store.collectGarbage(dryRun: true)
    #expect(dry.runs.map(\.path) == ["runs/\(gone.run)"] && dry.bytes > 1000)
    #expect(FileManager.default.fileExists(atPath: gone.path))
    #expect(try store.collectGarbage(dryRun: false) == dry)
    #expect(!FileManager.default.fileExists(atPath: gone.path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/runs") == [kept.run])
    #expect(try store.query("SELECT question FROM experiment").rows == [[.text("What does it change?")]])
    #expect(throws: StoreError.noSuchRun(gone.run)) { try store.run(matching: gone.run) }
    let dump = try StoreTests.dump(store)
    #expect(try Store.rebuild(at: folder.path).isEmpty)
    #expect(try StoreTests.dump(store) == dump)
    #expect(try store.health().problems.isEmpty)
  }

  @Test func aRunThatIsWorkedOnStays() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([Samples.attempt()])
    let store = try folder.open()
    try remove(run)
    #expect(try store.ingest().isEmpty)
    let lock = try #require(try run.acquireLock())
    #expect(try store.collectGarbage(dryRun: false).kept == [run.run])
    lock.release()
    #expect(try store.collectGarbage(dryRun: false).runs.count == 1)
    #expect(try store.query("SELECT count(*) FROM run").rows == [[.integer(0)]])
    #expect(try store.query("SELECT count(*) FROM environment").rows == [[.integer(0)]])
  }

  @Test func staleFilesGoAndFreshOnesStay() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    for name in ["old.tmp", "new.tmp"] { try Data("12345".utf8).write(to: URL(fileURLWithPath: "\(run.path)/\(name)")) }
    try age("\(run.path)/old.tmp")
    for name in ["rebuilt-1", "rebuilt-2", "runs/.trash-ab-1"] {
      try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
    }
    try age("\(folder.path)/rebuilt-1")
    let garbage = try store.collectGarbage(dryRun: false)
    #expect(
      garbage.files.map(\.path)
        == ["rebuilt-1", "runs/\(run.run)/old.tmp", "runs/.trash-ab-1"].sorted {
          ($0.hasPrefix("runs") ? 1 : 0, $0) < ($1.hasPrefix("runs") ? 1 : 0, $1)
        })
    #expect(FileManager.default.fileExists(atPath: "\(run.path)/new.tmp"))
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/rebuilt-2"))
    #expect(try store.collectGarbage(dryRun: false) == Garbage())
    #expect(try store.run(matching: run.run).state == .completed)
  }
}
