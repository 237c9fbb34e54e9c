import Foundation
import Journals
import Store
import Testing

/// What is newest follows the order in which runs were created, wherever clocks go.
@Suite struct OrderTests {
  /// A run with a sequence of its own, of the same trial as the others.
  private func addRun(
    _ folder: TemporaryStore, _ createdAt: String, _ sequence: Int?, trial: String = "t", _ records: [JournalRecord]
  ) throws -> String {
    let trialID = String(repeating: "ab", count: 31)
    let run = try RunFolder.create(store: folder.path, trialID: trialID)
    var record = Samples.run(run.run, trial, trialID, createdAt)
    record.sequence = sequence
    record.question = "question of \(createdAt)"
    try JournalWriter(folder: run).append([.run(record)] + records)
    return run.run
  }

  @Test func aClockThatGoesBackDoesNotMakeAnOlderRunTheNewest() throws {
    let folder = TemporaryStore()
    let first = try addRun(folder, "2026-01-02T00:00:00.000Z", 5, Samples.whole)
    let second = try addRun(folder, "2026-01-01T00:00:00.000Z", 6, Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.runs().map(\.id) == [first, second])
    #expect(try store.runs(RunSelection(limit: 1)).map(\.id) == [second])
    #expect(try store.run(matching: "t").id == second)
    #expect(try store.query("SELECT run FROM trial_summary").rows == [[.text(second)]])
    #expect(
      try store.query("SELECT question FROM experiment").rows == [[.text("question of 2026-01-01T00:00:00.000Z")]])
    #expect(try store.newestSequence() == 6)
    try store.forget(second)
    #expect(
      try store.query("SELECT question FROM experiment").rows == [[.text("question of 2026-01-02T00:00:00.000Z")]])
  }

  @Test func runsOfEarlierVersionsAreOrderedByTheirTime() throws {
    let folder = TemporaryStore()
    let middle = try addRun(folder, "2026-01-02T00:00:00.000Z", nil, Samples.whole)
    let first = try addRun(folder, "2026-01-01T00:00:00.000Z", nil, Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.newestSequence() == 1_767_312_000_000)
    // Created later by a clock that is a year behind.
    let last = try addRun(folder, "2025-01-01T00:00:00.000Z", 1_767_312_000_001, Samples.whole)
    #expect(try store.ingest().isEmpty)
    #expect(try store.runs().map(\.id) == [first, middle, last])
    #expect(try store.query("SELECT run FROM run_summary ORDER BY sequence").rows.last == [.text(last)])
  }

  @Test(arguments: ["now", "today", "", "2026", "99999999999", "2026-13-01T00:00:00.000Z", "12:00"])
  func aTimeThatIsNoneHasNoSequence(time: String) throws {
    let folder = TemporaryStore()
    _ = try addRun(folder, time, nil, [])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.query("SELECT sequence FROM run").rows == [[.integer(0)]])
  }

  @Test(arguments: [-1, RunRecord.lastSequence + 1, Int.max]) func aSequenceThatCannotBeIsRefused(sequence: Int) throws
  {
    let folder = TemporaryStore()
    _ = try addRun(folder, "2026-01-01T00:00:00.000Z", sequence, [])
    let store = try folder.open()
    #expect(try store.ingest().contains { $0.contains("sequence") })
    #expect(try store.runs().isEmpty)
  }
}
