import Foundation
import Store
import Testing

/// Evidence of a store with many runs.
@Suite struct ManyRunsTests {
  /// Twenty experiments with twenty runs each.
  private func store(_ folder: TemporaryStore) throws -> Store {
    try generateStore(at: folder.path, runs: 400, rows: 40_000)
  }

  @Test func runsOfManyExperimentsAreToldApart() throws {
    let folder = TemporaryStore()
    let store = try store(folder)
    let queries = [
      "SELECT run, seed, test_accuracy FROM trial_summary WHERE experiment = 'experiment-3' ORDER BY run",
      "SELECT avg(test_accuracy) AS mean FROM trial_summary WHERE trial = 'trial-3 seed=7'",
      """
      SELECT m.step, m.value FROM run AS r JOIN latest_metric AS m ON m.run = r.id
      WHERE r.trial = 'trial-3 seed=7' AND m.name = 'train_loss' ORDER BY m.step
      """,
      "SELECT count(*) AS n FROM run_summary WHERE outcome = 'completed'",
    ].map { EvidenceQuery(sql: $0) }
    let few = try EvidenceTests.gather(store, Array(queries[..<3]))
    #expect(few.runs.count == 20 && few.whole.isEmpty)
    #expect(Set(few.table("metric")!.rows.map { $0[0] }).count == 1)
    let all = try EvidenceTests.gather(store, queries)
    #expect(all.runs.count == 400 && all.whole.isEmpty)
    let influence = try EvidenceDatabase(all).influence(of: queries, whole: [])
    #expect(influence.runs.map(\.count) == [20, 1, 1, 392])
  }

  @Test func halvingFindsTheRunsThatLookingAtEachFinds() throws {
    let folder = TemporaryStore()
    let store = try generateStore(at: folder.path, runs: 120, rows: 12_000)
    // One that reads a single run, one that reads some, comparisons that losing a run would not change, one that reads all.
    let queries = [
      "SELECT test_accuracy FROM trial_summary WHERE trial = 'trial-3 seed=7'",
      "SELECT avg(test_accuracy) FROM trial_summary WHERE trial LIKE 'trial-% seed=3' AND experiment = 'experiment-2'",
      "SELECT min(test_accuracy) > 0 FROM trial_summary WHERE experiment = 'experiment-4'",
      """
      SELECT a.test_accuracy > b.test_accuracy FROM trial_summary AS a, trial_summary AS b
      WHERE a.trial = 'trial-3 seed=1' AND b.trial = 'trial-3 seed=2'
      """,
      "SELECT avg(test_accuracy) FROM trial_summary",
    ].map { EvidenceQuery(sql: $0) }
    let evidence = try EvidenceTests.gather(store, queries)
    let database = try EvidenceDatabase(evidence, seconds: 600)
    let exact = try database.influence(of: queries, whole: [])
    #expect(exact.grouped.isEmpty)
    let names = (0..<20).map { "experiment-\($0)" }
    func halved(_ asks: Int) throws -> Influence {
      try database.influence(
        of: queries, whole: [], grouped: Dictionary(uniqueKeysWithValues: names.map { ($0, asks) }))
    }
    let found = try halved(600)
    #expect(found.runs == exact.runs && !found.grouped.isEmpty && found.whole.isEmpty && found.bounded.isEmpty)
    // With less time nothing is lost: groups that were not divided count as a whole.
    for asks in [12, 60] {
      let halves = try halved(asks)
      for (place, (some, all)) in zip(halves.runs, exact.runs).enumerated() {
        #expect(Set(some).isSuperset(of: all) && (some.count == all.count || halves.bounded.contains(place)))
      }
    }
    #expect(try !halved(1).whole.isEmpty)
  }

  @Test func pagesOverThousandsOfRunsNameTheFewThatMatter() throws {
    let folder = TemporaryStore()
    let store = try generateStore(at: folder.path, runs: 720, rows: 72_000)
    let query = EvidenceQuery(
      sql:
        "SELECT count(*), max(test_accuracy) FILTER (WHERE trial = 'trial-3 seed=7') FROM trial_summary WHERE seed = 7")
    let evidence = try EvidenceTests.gather(store, [query])
    #expect(evidence.whole.isEmpty && !evidence.grouped.isEmpty)
    #expect(try StoreEvidence(json: evidence.json) == evidence)
    let influence = try EvidenceDatabase(evidence, seconds: 600).influence(
      of: [query], whole: [], grouped: evidence.grouped)
    #expect(influence.runs[0].count < 60 && influence.grouped == evidence.grouped)
    // Numbers that no page was made with are refused.
    #expect(throws: StoreError.evidence(.tooMuchWork)) {
      try EvidenceDatabase(evidence, seconds: 600).influence(
        of: [query], whole: [], grouped: evidence.grouped.mapValues { _ in 900_000 })
    }
  }

  @Test func whatWouldTakeTooLongIsJudgedTogether() throws {
    let folder = TemporaryStore()
    let store = try store(folder)
    let queries = (0..<400).map { EvidenceQuery(sql: "SELECT count(*) + \($0) FROM run") }
    let evidence = try EvidenceTests.gather(store, queries)
    #expect(evidence.whole.count == 20 && evidence.runs.count == 400)
    // The evidence names them, so that whoever checks judges them together as well.
    let influence = try EvidenceDatabase(evidence).influence(of: queries, whole: evidence.whole)
    #expect(influence.runs.allSatisfy { $0.count == 400 } && influence.whole == evidence.whole)
    // Evidence that does not, and so would take much longer than any that was made here, is refused.
    #expect(throws: StoreError.evidence(.tooMuchWork)) {
      try EvidenceDatabase(evidence).influence(of: queries, whole: [])
    }
  }
}
