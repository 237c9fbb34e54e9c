import GRDB
import Journals

extension Store {
  /// Leaves nothing of runs whose folders are gone but their names: what no journal says any more is not shown as measured.
  /// Gives a sentence for each. `present` are runs that were found a moment ago; another process may have made more since.
  package func clearMissing(_ present: Set<String>) throws(StoreError) -> [String] {
    let missing = try reading { try String.fetchAll($0, sql: "SELECT id FROM run ORDER BY id") }.filter {
      !present.contains($0) && ((try? RunFolder(store: directory, existing: $0))?.isWithoutJournal ?? true)
    }
    do {
      for run in missing where try reading({ try isKnown(run, $0) }) {
        try queue.writeWithoutTransaction { database in
          try database.inTransaction(.immediate) {
            for table in StoreTable.ofOneRun {
              try database.execute(sql: "DELETE FROM \(table.name) WHERE run = ?", arguments: [run])
            }
            try database.execute(
              sql: """
                UPDATE run SET network = NULL, outcome = NULL, cause = NULL, ended_at = NULL, training_seconds = NULL,
                  seconds = NULL, peak_rss_bytes = NULL WHERE id = ?
                """, arguments: [run])
            return .commit
          }
        }
      }
    } catch let error as StoreError { throw error } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
    return missing.map {
      "run \($0): its folder is missing from \(directory)/runs; restore it, or remove the entry with `vgglab rm \($0)`"
    }
  }

  /// Whether the index has more of a run than its name.
  private func isKnown(_ run: String, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM journal WHERE run = ?)", arguments: [run]) ?? false
  }

  /// Refuses the end of a run whose accuracy is not what its predictions give: it counts as failed. Gives a sentence if so.
  func failContradictoryRun(_ run: String, _ path: String, _ database: Database) throws -> [String] {
    struct Claim: Decodable {
      var examples: Int
      var correct: String
      var value: Double?
    }
    guard
      let claim = try Fetched<Claim>.first(
        database,
        """
        SELECT p.examples, p.correct, f.value FROM run AS r
        JOIN prediction AS p ON p.run = r.id
        JOIN final_metric AS f ON f.run = r.id AND f.name = '\(MetricName.testAccuracy.rawValue)'
        WHERE r.id = ? AND r.outcome = '\(EndRecord.Outcome.completed.rawValue)'
        """, [run])
    else { return [] }
    let record = PredictionsRecord(examples: claim.examples, correct: claim.correct)
    let value = claim.value
    let right = Double(record.correctCount) / Double(max(1, record.examples))
    guard record.examples > 0, abs((value ?? .nan) - right) > 1e-9 || value == nil else { return [] }
    let sentence = "\(MetricName.testAccuracy.rawValue) is \(value ?? .nan), and the predictions give \(right)"
    try database.execute(
      sql: "UPDATE run SET outcome = ?, cause = ? WHERE id = ?",
      arguments: [EndRecord.Outcome.failed.rawValue, "the journal contradicts itself: \(sentence)", run])
    return ["\(path): contradicts itself: \(sentence); the run counts as failed"]
  }
}
