import Digests
import Files
import Foundation
public import Journals

extension Store {
  /// Bytes of evidence, as JSON, that a page may carry.
  public static let evidenceLimit = 64 << 20

  /// The rows that queries need to be answered alike without the store: of the small tables that they read, all rows of
  /// every experiment of which a run is used; of what was measured step by step, the values of used runs that make a
  /// difference.
  ///
  /// `answers` are what `snapshot` gave. All queries are asked again on the evidence alone; where one is answered otherwise,
  /// more rows are taken, in the end all. Throws ``StoreError/evidence(_:)``.
  public func gatherEvidence(
    for queries: [EvidenceQuery], answers: [QueryResult], from snapshot: StoreSnapshot
  ) throws(StoreError) -> StoreEvidence {
    precondition(queries.count == answers.count, "\(queries.count) queries and \(answers.count) answers")
    return try snapshot.withScratch { scratch throws(StoreError) in
      scratch.connection.limitTime(to: StoreSnapshot.gatheringSeconds)
      return try gatherEvidence(for: queries, answers: answers, scratch)
    }
  }

  /// The same in one step, for queries that were asked of the store itself.
  public func gatherEvidence(
    for queries: [EvidenceQuery], answers: [QueryResult]
  ) throws(StoreError) -> StoreEvidence {
    try gatherEvidence(for: queries, answers: answers, from: try snapshot())
  }

  private func gatherEvidence(
    for queries: [EvidenceQuery], answers: [QueryResult], _ scratch: ScratchStore
  ) throws(StoreError) -> StoreEvidence {
    let influence = try scratch.influence(of: queries, whole: [], isBounded: true)
    let reads = try queries.map { query throws(StoreError) in
      try scratch.connection.tables(readBy: query.sql, query.parameters)
    }
    let experiments = try scratch.runsByExperiment()
    for extent in EvidenceExtent.allCases {
      let isMeasured = reads.map { !$0.isDisjoint(with: scratch.measured) }
      var choice = EvidenceChoice(tables: reads.reduce(into: Set(EvidenceChoice.always)) { $0.formUnion($1) })
      // What was classified correctly comes along wherever an accuracy is read, so that the two can be compared.
      if !choice.tables.contains("prediction"), !choice.tables.isDisjoint(with: ["final_metric", "metric"]) {
        choice.tables.insert("prediction")
        choice.predictionRuns = Array(influence.all.sorted().prefix(EvidenceChoice.predictionLimit))
      }
      choice.runs = experiments.filter { extent == .everything || !influence.all.isDisjoint(with: $0.runs) }
        .flatMap(\.runs)
      switch extent {
      case .needed:
        let used = queries.indices.filter { isMeasured[$0] && !influence.runs[$0].isEmpty }
        var runs: [String: Set<String>] = [:]
        for (index, names) in zip(used, try scratch.names(neededBy: used.map { queries[$0] })) {
          for name in names { runs[name, default: []].formUnion(influence.runs[index]) }
        }
        choice.measured = .byName(runs)
      case .matching, .everything:
        choice.measured = .all(ofRuns: isMeasured.contains(true) ? choice.runs : [])
      }
      var evidence = StoreEvidence(
        schema: scratch.schema, tables: try scratch.rows(choice), runs: [],
        whole: influence.whole.filter { name in experiments.contains { $0.experiment == name } },
        grouped: influence.grouped)
      let database = try EvidenceDatabase(evidence, seconds: StoreSnapshot.gatheringSeconds)
      let found = try queries.map { query throws(StoreError) in try database.query(query.sql, query.parameters) }
      guard try isSame(found, answers, queries, scratch) else { continue }
      evidence.runs = try facts(of: choice.runs, scratch)
      return evidence
    }
    throw .evidence(.notRepeatable(sql: try unlike(queries, answers)))
  }

  /// Whether evidence answers as the store did, but for what evidence is made without: see ``LocalFacts``.
  private func isSame(
    _ found: [QueryResult], _ answers: [QueryResult], _ queries: [EvidenceQuery], _ scratch: ScratchStore
  ) throws(StoreError) -> Bool {
    for (place, query) in queries.enumerated() where found[place] != answers[place] {
      guard try scratch.connection.rows(query.sql, query.parameters) == found[place] else { return false }
    }
    return true
  }

  /// The first query that the store itself answers otherwise now.
  private func unlike(_ queries: [EvidenceQuery], _ answers: [QueryResult]) throws(StoreError) -> String {
    for (query, answer) in zip(queries, answers) where try self.query(query.sql, query.parameters) != answer {
      return query.sql
    }
    return queries.first?.sql ?? ""
  }

  /// What is known of runs besides their rows, the oldest first.
  func facts(of chosen: [String], _ scratch: ScratchStore) throws(StoreError) -> [EvidenceRun] {
    let wanted = Set(chosen)
    let states = try runs(RunSelection(includesRemoved: true))
    var offsets: [String: Int] = [:]
    for row in try scratch.connection.trustedRows("SELECT run, offset FROM main.journal") {
      if case .integer(let offset) = row[1] { offsets[row[0].plainText] = Int(offset) }
    }
    var evaluations: [String: Int] = [:]
    for run in wanted {
      let found = try scratch.connection.trustedRows(
        "SELECT count(*) FROM source.metric WHERE run = :run AND name = :name",
        ["run": .text(run), "name": .text(MetricName.testAccuracy.rawValue)])
      if case .integer(let count)? = found.first?.first { evaluations[run] = Int(count) }
    }
    return states.filter { wanted.contains($0.id) }.map { run in
      let bytes = offsets[run.id] ?? 0
      return EvidenceRun(
        run: run.id, state: run.state, cause: run.cause,
        journal: (try? RunFolder(store: directory, existing: run.id)).flatMap { journalDigest($0, bytes: bytes) },
        journalBytes: bytes,
        testEvaluations: evaluations[run.id] ?? 0)
    }
  }

  /// What of some evidence is not as this store has it: journals by their digests, and every row against the database that
  /// was made from the journals. A run that has gone on since is fine, and so is a note made later.
  public func differences(from evidence: StoreEvidence) throws(StoreError) -> [EvidenceDifference] {
    var differences: [EvidenceDifference] = []
    var known: Set<String> = []
    for run in evidence.runs {
      guard let folder = try? RunFolder(store: directory, existing: run.run) else {
        differences.append(.noSuchRun(run.run))
        continue
      }
      known.insert(run.run)
      if let digest = run.journal, journalDigest(folder, bytes: run.journalBytes) != digest {
        differences.append(.journal(run: run.run))
      }
    }
    // The journals are asked, not the index that was made from them.
    var named = known
    for table in evidence.tables where table.name == "run" {
      guard let place = table.columns.firstIndex(of: "id") else { continue }
      for row in table.rows where row.indices.contains(place) { named.insert(row[place].plainText) }
    }
    let (fresh, problems) = try Self.fromJournals(directory, only: named)
    differences += problems.map { .journalProblem($0) }
    differences += try contradictions(of: known.sorted()).map { .journalProblem($0) }
    let scratch = try ScratchStore(path: fresh.databasePath)
    let unfinished = Set(evidence.runs.filter { $0.state.outcome == nil }.map(\.run))
    for table in evidence.withoutLocalFacts.tables {
      if let difference = try scratch.difference(of: table, known: known, unfinished: unfinished) {
        differences.append(difference)
      }
    }
    return differences
  }
}

extension Store {
  /// Compares what the index has of some runs with their journals: what was altered in it, or damaged, does not get into a report.
  ///
  /// Throws ``StoreError/indexDiffers(what:)``.
  public func checkIndex(of runs: [String]) throws(StoreError) {
    let known = Set(runs.filter { (try? RunFolder(store: directory, existing: $0)) != nil })
    guard !known.isEmpty, let first = try indexProblems(of: known).first else { return }
    throw .indexDiffers(what: first)
  }
}

extension ScratchStore {
  /// The first row of some evidence that the store has not; nil where it has all that can be compared.
  ///
  /// `known` are the runs that the store has, `unfinished` those that had no end when the evidence was taken: what ends a run,
  /// and how far its journal was read, is recorded later.
  fileprivate func difference(
    of table: EvidenceTable, known: Set<String>, unfinished: Set<String>
  ) throws(StoreError) -> EvidenceDifference? {
    guard let kind = StoreTable.named(table.name) else { return .table(table.name) }
    let columns = try connection.columnNames(table.name)
    guard table.columns.allSatisfy(columns.contains) else { return .table(table.name) }
    guard kind.isFromJournals else { return nil }
    let runColumn = kind.runColumn.flatMap(table.columns.firstIndex)
    let condition = table.columns.map { "\($0) IS :\($0)" }.joined(separator: " AND ")
    let query = try connection.trustedQuery(
      "SELECT 1 FROM \(kind.isMeasured ? "source" : "main").\(table.name) WHERE \(condition) LIMIT 1",
      Dictionary(uniqueKeysWithValues: table.columns.map { ($0, SQLValue.null) }))
    for row in table.rows {
      let run = runColumn.map { row[$0].plainText }
      if let run, !known.contains(run) || kind.isOpenUntilEnd && unfinished.contains(run) { continue }
      let values = Dictionary(uniqueKeysWithValues: zip(table.columns, row))
      guard try connection.isFound(query, values) else { return .row(table: table.name, run: run) }
    }
    return nil
  }
}

/// Where evidence and a store disagree.
public enum EvidenceDifference: Hashable, Sendable, CustomStringConvertible {
  /// A run of the evidence is not in the store.
  case noSuchRun(String)
  /// A run's journal is another one.
  case journal(run: String)
  /// A table or column that the store has not.
  case table(String)
  /// What is wrong with a journal, as a sentence.
  case journalProblem(String)
  /// A row that the journals do not give.
  case row(table: String, run: String?)

  /// For people.
  public var description: String {
    switch self {
    case .noSuchRun(let run): "run \(run) is not in the store"
    case .journal(let run): "the journal of run \(run) is not the one that the evidence was taken from"
    case .journalProblem(let sentence): sentence
    case .table(let table): "the store has no such table as \(table.prefix(40))"
    case .row(let table, let run):
      "a row of \(table)\(run.map { " of run \($0.prefix(64))" } ?? "") differs from the journals"
    }
  }
}

/// How many rows are taken.
private enum EvidenceExtent: CaseIterable {
  case needed, matching, everything
}

/// Which rows are taken.
struct EvidenceChoice {
  var tables: Set<String>
  var runs: [String] = []
  var measured = Measured.all(ofRuns: [])
  /// Runs whose predictions are taken; nil for all.
  var predictionRuns: [String]?
  /// Which measured values are taken.
  enum Measured {
    case all(ofRuns: [String])
    /// Those of some names, each of its own runs.
    case byName([String: Set<String>])
  }

  /// Runs whose predictions come along unasked: each takes about 1.5 KB of a page.
  static let predictionLimit = 256

  /// Tables that a report's ledger reads.
  static let always = StoreTable.all.filter(\.isInEveryReport).map(\.name)
}

extension ScratchStore {
  /// The rows of a choice, in the order that the store keeps them in.
  func rows(_ choice: EvidenceChoice) throws(StoreError) -> [EvidenceTable] {
    try connection.execute("SAVEPOINT choice")
    defer { try? connection.execute("ROLLBACK TO choice; RELEASE choice") }
    func choose(_ table: String, _ run: String, _ name: String? = nil) throws(StoreError) {
      var row: [String: SQLValue] = ["run": .text(run)]
      if let name { row["name"] = .text(name) }
      try connection.change("INSERT INTO \(table) VALUES (:run\(name == nil ? "" : ", :name"))", row)
    }
    for run in choice.runs { try choose("chosen", run) }
    switch choice.measured {
    case .all(let runs): for run in runs { try choose("chosen_measured", run) }
    case .byName(let runs):
      for (name, runs) in runs { for run in runs { try choose("chosen_value", run, name) } }
    }
    var found: [EvidenceTable] = []
    var bytes = 0
    for table in StoreTable.all where choice.tables.contains(table.name) {
      let columns = try connection.columnNames(table.name)
      let rows = try rows(of: table, columns, choice)
      bytes += rows.reduce(0) { sum, row in
        sum + row.reduce(0) { if case .text(let text) = $1 { $0 + text.utf8.count + 3 } else { $0 + 12 } }
      }
      guard bytes <= Store.evidenceLimit else {
        throw .evidence(.tooLarge(bytes: bytes, limit: Store.evidenceLimit))
      }
      found.append(EvidenceTable(name: table.name, columns: columns, rows: rows))
    }
    return found
  }

  private func rows(
    of table: StoreTable, _ columns: [String], _ choice: EvidenceChoice
  ) throws(StoreError) -> [[SQLValue]] {
    var parameters: [String: SQLValue] = [:]
    func isOneOf(_ column: String, _ values: [String]) -> String {
      for (index, value) in values.enumerated() { parameters["n\(index)"] = .text(value) }
      return " AND \(column) IN (\(values.indices.map { ":n\($0)" }.joined(separator: ", ")))"
    }
    var condition =
      switch choice.measured {
      case .byName where table.isMeasured: "(run, name) IN (SELECT run, name FROM chosen_value)"
      case .all where table.isMeasured: table.condition(runs: "(SELECT run FROM chosen_measured)")
      default: table.condition(runs: "(SELECT run FROM chosen)")
      }
    if table.name == IndexRows.Prediction.databaseTableName, let wanted = choice.predictionRuns {
      condition += isOneOf("run", wanted)
    }
    do throws(StoreError) {
      return try connection.trustedRows(
        """
        SELECT \(columns.joined(separator: ", ")) FROM \(table.isMeasured ? "source" : "main").\(table.name)
        WHERE \(condition) ORDER BY \(try storedOrder(table.name))
        """, parameters)
    } catch {
      guard case .answerTooLarge = error else { throw error }
      throw .evidence(.tooLarge(bytes: QueryConnection.trustedAnswerBytes, limit: Store.evidenceLimit))
    }
  }

  /// `ORDER BY` terms for the order that a table keeps its rows in.
  private func storedOrder(_ table: String) throws(StoreError) -> String {
    let hasRowID = try connection.trustedRows(
      "SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = :t AND wr = 0", ["t": .text(table)])
    guard hasRowID.isEmpty else { return "rowid" }
    let keys = try connection.trustedRows(
      "SELECT name FROM pragma_table_info(:t, 'main') WHERE pk > 0 ORDER BY pk", ["t": .text(table)])
    return keys.map { $0[0].plainText }.joined(separator: ", ")
  }
}

/// SHA-256 of the first bytes of a run's journal; nil if it is gone or shorter.
public func journalDigest(_ run: RunFolder, bytes: Int) -> String? {
  guard let file = try? run.open().file(RunFiles.journal) else { return nil }
  var hash = RunningSHA256()
  var left = bytes
  var piece = [UInt8](repeating: 0, count: 1 << 16)
  while left > 0 {
    let count = read(file.number, &piece, min(piece.count, left))
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return nil }
    piece.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    left -= count
  }
  return hash.hexadecimal
}
