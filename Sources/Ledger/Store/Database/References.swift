import GRDB
import Journals

extension Store {
  /// Whether a trial of that name and configuration is known, by a run of its own or by a reference.
  public func hasTrial(experiment: String, trial: String, trialID: String) throws(StoreError) -> Bool {
    try reading { database in
      try Bool.fetchOne(
        database, sql: "SELECT 1 FROM trial WHERE experiment = ? AND name = ? AND trial_id = ?",
        arguments: [experiment, trial, trialID]) ?? false
    }
  }

  /// The digests of the data set's files that a run's last attempt has read, by their names, as JSON; nil without an attempt.
  public func dataDigests(run: String) throws(StoreError) -> String? {
    try reading { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT e.data_digests FROM attempt AS a JOIN environment AS e ON e.digest = a.environment
          WHERE a.run = ? ORDER BY a.attempt DESC LIMIT 1
          """, arguments: [run])
    }
  }

  /// Takes in that a run's configuration has another name.
  func insert(_ reference: ReferenceRecord, run: String, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO experiment (name, question) VALUES (?, ?)",
      arguments: [reference.experiment, reference.question])
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO trial (experiment, name, trial_id, profile, configuration)
        SELECT ?, ?, trial_id, ?, configuration FROM run WHERE id = ?
        """, arguments: [reference.experiment, reference.trial, reference.profile, run])
  }
}
