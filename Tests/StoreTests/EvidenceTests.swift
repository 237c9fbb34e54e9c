import ExactJSON
import Files
import Foundation
import Journals
import Store
import Testing

/// What is taken out of a store to answer queries without it.
@Suite struct EvidenceTests {
  /// Two experiments: in the first an older and a newer run of one trial, a run of another trial, one that failed; in the
  /// second a run that nobody asks for.
  static func fill(_ folder: TemporaryStore) throws -> (store: Store, runs: [String]) {
    var runs: [String] = []
    func add(_ experiment: String, _ trial: String, _ digit: String, day: Int, accuracy: Double, failed: Bool = false)
      throws
    {
      let run = try RunFolder.create(store: folder.path, trialID: String(repeating: digit, count: 32))
      var record = Samples.run(run.run, trial, String(repeating: digit, count: 32), "2026-01-0\(day)T00:00:00.000Z")
      record.experiment = experiment
      let end: JournalRecord =
        failed
        ? .end(
          EndRecord(
            outcome: .failed, cause: "no memory", at: "t", trainingSeconds: 1, seconds: 2, peakResidentBytes: 3))
        : Samples.completed
      try JournalWriter(folder: run).append([
        .run(record), Samples.attempt(), Samples.network, Samples.metrics(1, epoch: 0.5),
        Samples.metrics(2, epoch: 1, testAccuracy: accuracy), end,
      ])
      runs.append(run.run)
    }
    try add("resize", "small", "a", day: 1, accuracy: 0.5)
    try add("resize", "small", "a", day: 2, accuracy: 0.625)
    try add("resize", "large", "b", day: 3, accuracy: 0.75)
    try add("resize", "other", "c", day: 4, accuracy: 0.9, failed: true)
    try add("depth", "deep", "d", day: 5, accuracy: 0.8)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    return (store, runs)
  }

  static let summary = EvidenceQuery(
    sql: "SELECT trial, test_accuracy, threads, parameters FROM trial_summary WHERE experiment = :e ORDER BY trial",
    parameters: ["e": .text("resize")])
  static let curve = EvidenceQuery(
    sql: """
      SELECT m.step, m.value FROM trial_summary AS s JOIN latest_metric AS m ON m.run = s.run
      WHERE s.trial = 'small' AND m.name = 'train_loss' ORDER BY m.step
      """)
  static let allAbove = EvidenceQuery(
    sql: "SELECT min(test_accuracy) > 0.1 AS holds FROM trial_summary WHERE experiment = 'resize'")
  static let constant = EvidenceQuery(sql: "SELECT 1 AS one")

  static func gather(_ store: Store, _ queries: [EvidenceQuery]) throws -> StoreEvidence {
    try store.gatherEvidence(
      for: queries, answers: try queries.map { try store.query($0.sql, $0.parameters) })
  }

  @Test func evidenceAnswersTheQueriesAndHoldsNoMore() throws {
    let folder = TemporaryStore()
    let (store, runs) = try Self.fill(folder)
    let queries = [Self.summary, Self.curve, Self.allAbove, Self.constant]
    let evidence = try Self.gather(store, queries)
    let database = try EvidenceDatabase(evidence)
    for query in queries {
      #expect(try database.query(query.sql, query.parameters) == store.query(query.sql, query.parameters))
    }
    // All runs of the experiment that was asked for, none of the other; of values only the loss of the run that is drawn.
    #expect(evidence.runs.map(\.run) == Array(runs[..<4]))
    #expect(evidence.runs.map(\.state) == [.completed, .completed, .completed, .failed])
    #expect(evidence.runs.allSatisfy { $0.testEvaluations == 1 && $0.journal?.count == 64 && $0.journalBytes > 100 })
    #expect(evidence.table("metric")?.rows.map { $0[0] } == [.text(runs[1]), .text(runs[1])])
    #expect(Set(evidence.table("metric")!.rows.map { $0[1] }) == [.text("train_loss")])
    #expect(evidence.table("event") == nil && evidence.table("note") == nil)
    #expect(try Self.gather(store, [Self.constant]).runs.isEmpty)
  }

  @Test func aQueryBringsOnlyItsOwnValuesAlong() throws {
    let folder = TemporaryStore()
    let (store, runs) = try Self.fill(folder)
    let other = EvidenceQuery(
      sql: Self.curve.sql.replacing("'small'", with: "'large'").replacing("train_loss", with: "train_accuracy"))
    let rows = try Self.gather(store, [Self.curve, other]).table("metric")!.rows
    #expect(
      Set(rows.map { [$0[0], $0[1]] })
        == [[.text(runs[1]), .text("train_loss")], [.text(runs[2]), .text("train_accuracy")]])
  }

  @Test func influenceFindsTheRunsThatMatter() throws {
    let folder = TemporaryStore()
    let (store, runs) = try Self.fill(folder)
    let queries = [Self.summary, Self.curve, Self.allAbove, Self.constant]
    let evidence = try Self.gather(store, queries)
    let influence = try EvidenceDatabase(evidence).influence(of: queries, whole: evidence.whole)
    #expect(influence.whole.isEmpty && influence.bounded.isEmpty)
    // The older run of the trial, the failed one and the other experiment's change nothing.
    #expect(influence.runs == [[runs[1], runs[2]].sorted(), [runs[1]], [runs[1], runs[2]].sorted(), []])
    // Judged as a whole, all runs of the experiment count, and may be fewer.
    let whole = try EvidenceDatabase(evidence).influence(of: queries, whole: ["resize"])
    #expect(whole.runs[0] == runs[..<4].sorted() && whole.whole == ["resize"])
    #expect(whole.bounded == [0, 1, 2])
  }

  @Test func onlyTogetherMeansAll() throws {
    let folder = TemporaryStore()
    let (store, runs) = try Self.fill(folder)
    let query = EvidenceQuery(sql: "SELECT count(*) > 1 FROM run WHERE experiment = 'resize'")
    let evidence = try Self.gather(store, [query])
    #expect(try EvidenceDatabase(evidence).influence(of: [query], whole: []).runs == [runs[..<4].sorted()])
  }

  @Test func theSameStoreGivesTheSameJSONAndItComesBack() throws {
    let folder = TemporaryStore()
    let (store, _) = try Self.fill(folder)
    let evidence = try Self.gather(store, [Self.summary, Self.curve])
    let text = evidence.json.json
    #expect(try Self.gather(store, [Self.summary, Self.curve]).json.json == text)
    #expect(try StoreEvidence(json: readJSON(Data(text.utf8), limit: 1 << 20)) == evidence)
    for value: SQLValue in [
      .null, .integer(.min), .real(.infinity), .real(-.infinity), .text("é\u{0}"), .blob([0, 255]),
    ] {
      #expect(SQLValue(evidence: value.evidence) == value)
    }
    // A database file that anybody's SQLite reads.
    let bytes = try EvidenceDatabase(evidence).serialized()
    #expect(bytes.starts(with: Data("SQLite format 3\0".utf8)))
  }

  @Test func evidenceAgreesWithItsStoreUntilSomethingIsChanged() throws {
    let folder = TemporaryStore()
    let (store, runs) = try Self.fill(folder)
    var evidence = try Self.gather(store, [Self.summary, Self.curve])
    #expect(try store.differences(from: evidence).isEmpty)
    // Tags and notes that come later change nothing.
    try RunFolder(store: folder.path, existing: runs[1]).annotate([AnnotationRecord(kind: .tag, text: "good", at: "t")])
    #expect(try store.ingest().isEmpty)
    #expect(try store.differences(from: evidence).isEmpty)
    let place = try #require(evidence.tables.firstIndex { $0.name == "metric" })
    evidence.tables[place].rows[0][5] = .real(0.001)
    #expect(try store.differences(from: evidence) == [.row(table: "metric", run: runs[1])])
    evidence.runs[0].journal = String(repeating: "0", count: 64)
    evidence.runs[3].run = "none"
    #expect(
      try store.differences(from: evidence)
        == [.journal(run: runs[0]), .noSuchRun("none"), .row(table: "metric", run: runs[1])])
  }

  @Test func hostileEvidenceIsRefused() throws {
    let folder = TemporaryStore()
    let (store, _) = try Self.fill(folder)
    let good = try Self.gather(store, [Self.summary, Self.curve])
    func problem(_ change: (inout StoreEvidence) -> Void) -> EvidenceProblem? {
      var evidence = good
      change(&evidence)
      do {
        _ = try EvidenceDatabase(evidence)
        return nil
      } catch StoreError.evidence(let problem) { return problem } catch {
        Issue.record("\(error)")
        return nil
      }
    }
    func place(_ name: String) -> Int { good.tables.firstIndex { $0.name == name }! }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.schema = 1000 } == .newer(found: 1000, known: good.schema))
    #expect(problem { $0.tables[0].name = "sqlite_master" } == .unknownTable("sqlite_master"))
    #expect(problem { $0.tables[0].name = "run; DROP TABLE run" } == .unknownTable("run; DROP TABLE run"))
    #expect(problem { $0.tables[0].columns[0] = "nme" } == .unknownColumn("nme", table: "experiment"))
    #expect(problem { $0.tables.append($0.tables[0]) } == .doubled("experiment"))
    #expect(
      problem { $0.tables[0].rows[0].append(.null) }
        == .badRow(0, table: "experiment", reason: "it has 3 values for 2 columns"))
    guard case .badRow(0, "metric", _) = problem({ $0.tables[place("metric")].rows[0][2] = .text("two") }) else {
      Issue.record("a text in the place of a step")
      return
    }
    guard
      case .badRow(1, "metric", _) = problem({ $0.tables[place("metric")].rows[1] = $0.tables[place("metric")].rows[0] }
      )
    else {
      Issue.record("a row twice")
      return
    }
    guard
      case .badRow(0, "run", _) = problem({
        $0.tables[place("run")].rows[0][$0.tables[place("run")].columns.firstIndex(of: "outcome")!] = .text("splendid")
      })
    else {
      Issue.record("an outcome that there is not")
      return
    }
    #expect(problem { $0.tables[place("experiment")].rows = [] } == .dangling(table: "trial"))
    func json(_ change: (String) -> String) -> EvidenceProblem? {
      do {
        _ = try StoreEvidence(json: readJSON(Data(change(good.json.json).utf8), limit: 1 << 20))
        return nil
      } catch StoreError.evidence(let problem) { return problem } catch {
        Issue.record("\(error)")
        return nil
      }
    }
    #expect(json { $0 } == nil)
    #expect(json { $0.replacing("\"whole\":[]", with: "\"hole\":[]") } == .unknown("store.hole"))
    #expect(json { $0.replacing("\"whole\":[],", with: "") } == .missing("store.whole"))
    #expect(
      json { $0.replacing("\"completed\",\"cause\"", with: "\"done\",\"cause\"") }
        == .wrongType("state", expected: "a run's state"))
    #expect(
      json { $0.replacing("\"schema\":", with: "\"schema\":99") }
        == .newer(found: Int("99\(good.schema)")!, known: good.schema))
    #expect(
      json { $0.replacing("{\"columns\":[\"name\"", with: "{\"columns\":[[\"name\"]") }
        == .wrongType("columns", expected: "a list of names"))
  }

  @Test func queriesOnEvidenceAreRestricted() throws {
    let folder = TemporaryStore()
    let (store, _) = try Self.fill(folder)
    let database = try EvidenceDatabase(try Self.gather(store, [Self.summary]))
    for sql in ["DELETE FROM run", "ATTACH 'x' AS y", "PRAGMA user_version = 1", "SELECT load_extension('x')"] {
      #expect(throws: StoreError.self) { try database.query(sql) }
    }
    // All queries together have an end as well.
    #expect(throws: StoreError.self) {
      try database.query("WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT max(i) FROM c")
    }
  }

  @Test func whatIsNeverTheSameIsNoEvidence() throws {
    let folder = TemporaryStore()
    let (store, _) = try Self.fill(folder)
    for function in ["random()", "hex(randomblob(4))", "current_timestamp", "date()", "unixepoch('now')"] {
      let query = EvidenceQuery(sql: "SELECT \(function) AS r FROM run")
      let error = #expect(throws: StoreError.self) { try Self.gather(store, [query]) }
      #expect(error?.description.contains("time") == true, "\(function): \(error?.description ?? "")")
    }
  }
}
