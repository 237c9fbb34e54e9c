import Journals
import Store
import Testing

/// Further names of a run's configuration.
@Suite struct ReferenceTests {
  private func reference(_ experiment: String, _ trial: String) -> AnnotationRecord {
    ReferenceRecord(experiment: experiment, question: "Why?", trial: trial, profile: "quick").annotation(at: "t")
  }

  private func rows(_ store: Store, _ sql: String) throws -> [String] {
    try store.query(sql).rows.map {
      $0.map { if case .text(let text) = $0 { text } else { "\($0)" } }.joined(separator: " ")
    }
  }

  @Test func aRunIsShownUnderEachOfItsNames() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(trial: "own", Samples.whole)
    let store = try folder.open()
    try run.annotate([reference("depth", "other"), reference("depth", "other"), reference("resize", "third")])
    #expect(try store.ingest().isEmpty)
    let names = ["depth other", "resize own", "resize third"]
    #expect(try rows(store, "SELECT experiment, trial FROM trial_summary ORDER BY 1, 2") == names)
    #expect(try rows(store, "SELECT experiment, trial FROM run_name ORDER BY 1, 2") == names)
    #expect(try rows(store, "SELECT trial FROM run_summary") == ["own"])
    #expect(try store.runs().map(\.trial) == ["own"])
    #expect(try store.runs(RunSelection(filters: [RunFilter("experiment=depth")])).map(\.trial) == ["other"])
    #expect(try store.runs(RunSelection(filters: [RunFilter("experiment=resize")])).map(\.trial) == ["own"])
    #expect(try store.run(matching: "third").id == run.run)
    #expect(try store.hasTrial(experiment: "depth", trial: "other", trialID: String(repeating: "ab", count: 31)))
    #expect(try !store.hasTrial(experiment: "depth", trial: "own", trialID: String(repeating: "ab", count: 31)))
    // It is gone under each name, and comes back.
    try run.annotate([AnnotationRecord(kind: .remove, at: "t")])
    #expect(try store.ingest().isEmpty)
    #expect(try rows(store, "SELECT trial FROM trial_summary").isEmpty)
    try run.annotate([AnnotationRecord(kind: .restore, at: "t")])
    #expect(try store.ingest().isEmpty)
    // The folders alone say all of it.
    #expect(try Store.rebuild(at: folder.path).isEmpty)
    #expect(try rows(store, "SELECT experiment, trial FROM trial_summary ORDER BY 1, 2") == names)
  }

  @Test func aRunOfTheNamesOwnGoesBeforeAnother() throws {
    let folder = TemporaryStore()
    let first = try folder.addRun(trial: "a", createdAt: "2026-01-01", Samples.whole)
    let second = try folder.addRun(trial: "b", createdAt: "2026-01-02", Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(
      try rows(store, "SELECT trial, run FROM trial_summary ORDER BY trial") == ["a \(first.run)", "b \(second.run)"])
  }

  @Test func aReferenceWithoutSenseIsPassedOver() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(trial: "a", Samples.whole)
    try run.annotate([AnnotationRecord(kind: .reference, text: "{}", at: "t")])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try rows(store, "SELECT trial FROM trial_summary") == ["a"])
  }
}
