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
