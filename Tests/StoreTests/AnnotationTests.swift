import Foundation
import Journals
import Store
import Testing

/// Tags, notes and removals: appended to a file of their own, made into tables.
@Suite struct AnnotationTests {
  private func annotation(_ kind: AnnotationRecord.Kind, _ text: String = "") -> AnnotationRecord {
    AnnotationRecord(kind: kind, text: text, at: "2026-01-03T00:00:00.000Z")
  }

  @Test func theTablesAreWhatTheFileTellsAndRebuildingGivesTheSame() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let other = try folder.addRun(trial: "other", trialID: String(repeating: "cd", count: 31), Samples.whole)
    let store = try folder.open()
    try run.annotate([annotation(.tag, "good"), annotation(.tag, "paper"), annotation(.note, "'; DROP TABLE note; --")])
    #expect(try store.ingest().isEmpty)
    try run.annotate([annotation(.untag, "paper"), annotation(.tag, "图")])
    try other.annotate([annotation(.remove)])
    #expect(try store.ingest().isEmpty)
    #expect(try store.run(matching: run.run).tags == ["good", "图"])
    #expect(try store.details(of: store.run(matching: run.run)).notes.map(\.text) == ["'; DROP TABLE note; --"])
    #expect(try store.runs().map(\.id) == [run.run])
    #expect(try store.runs(RunSelection(includesRemoved: true)).count == 2)
    #expect(try store.query("SELECT run FROM trial_summary").rows == [[.text(run.run)]])
    // A removed run is found by its id and not by its trial.
    #expect(try store.run(matching: other.run).removedAt != nil)
    #expect(throws: StoreError.removedRun(trial: "other", run: other.run)) { try store.run(matching: "other") }
    let dump = try StoreTests.dump(store)
    #expect(try Store.rebuild(at: folder.path).isEmpty)
    #expect(try StoreTests.dump(store) == dump)
    try other.annotate([annotation(.restore)])
    #expect(try store.ingest().isEmpty)
    #expect(try store.run(matching: "other").id == other.run)
    #expect(try store.health().problems.isEmpty)
  }

  @Test func damagedLinesArePassedOverAndTornOnesCutOff() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let store = try folder.open()
    try run.annotate([annotation(.tag, "one")])
    let handle = try #require(FileHandle(forWritingAtPath: run.path + "/annotations.jsonl"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("0123456789abcdef {\"kind\":\"remove\"}\n0123456789abcdef {\"ki".utf8))
    try handle.close()
    let problems = try store.ingest()
    #expect(problems.count == 1 && problems[0].contains("is no annotation; it was skipped"))
    try run.annotate([annotation(.tag, "two")])
    _ = try store.ingest()
    #expect(try store.run(matching: run.run).tags == ["one", "two"])
    // A tag that cannot be, though its line is sound.
    try run.annotate([annotation(.tag, "a\u{1B}[31m")])
    _ = try store.ingest()
    #expect(try store.run(matching: run.run).tags == ["one", "two"])
  }

  @Test func severalProcessesWriteWholeLines() async throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for number in 0..<5 {
            try run.annotate([AnnotationRecord(kind: .tag, text: "t\(writer)-\(number)", at: "t")])
          }
        }
      }
      try await group.waitForAll()
    }
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.run(matching: run.run).tags.count == 40)
  }

  @Test(arguments: [
    ("good", true), ("a/b:c.d_e-1", true), ("图", true), ("", false), ("a b", false), ("a,b", false),
    ("a\n", false), ("\u{1B}[31m", false), ("a\u{202E}b", false), (String(repeating: "x", count: 65), false),
  ])
  func tagNames(name: String, isGood: Bool) {
    #expect(AnnotationRecord.isTagName(name) == isGood)
  }
}
