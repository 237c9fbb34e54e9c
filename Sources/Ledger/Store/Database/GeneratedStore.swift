import Configurations
import Files
import Foundation
import Journals
import GRDB

/// Fills a new store with made-up runs, always the same, to measure how the store scales.
///
/// Every run has a folder and the first line of a journal; its figures are put into the database directly. Throws
/// ``StoreError``.
public func generateStore(at directory: String, runs: Int, rows: Int) throws(StoreError) -> Store {
  precondition(runs > 0 && rows >= 0, "\(runs) runs, \(rows) rows")
  let store = try Store.open(at: directory, access: .readWrite, create: true)
  let steps = max(10, (rows / runs - 60) / 2)
  do {
    try store.queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          PRAGMA synchronous = OFF;
          CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
          WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < \(steps)) INSERT INTO n SELECT i FROM c;
          """)
      try IndexRows.Network(
        digest: "n", arch: "vgg11", ratio: 4, input: "1x96x96", classes: 10, parameters: 22_121_802,
        multiplyAdds: 107_798_528, activationFloats: 776_842, printed: "Sequential()", shapeWalk: "walk"
      ).insert(database)
      try IndexRows.Environment(
        digest: "e", vgglabVersion: "0", binaryDigest: "b", host: "host", operatingSystem: "Linux", cpu: "CPU",
        cores: 2,
        threads: 2, kernels: "fast", instructionSet: "x86-64-v3", blas: "OpenBLAS", blasCore: "Haswell",
        dataDigests: "{}"
      ).insert(database)
    }
    for first in stride(from: 0, to: runs, by: 100) {
      let records = try (first..<min(runs, first + 100)).map { index in
        let record = generatedRun(index)
        try makeFolder(of: record, in: directory)
        return record
      }
      try store.queue.write { database in
        for (offset, record) in records.enumerated() {
          try insert(record, number: first + offset, steps: steps, directory, database)
        }
      }
    }
    try store.queue.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE temp.n; PRAGMA synchronous = FULL") }
  } catch let error as StoreError { throw error } catch {
    throw .database(path: Store.databasePath(directory), reason: Store.reason(error))
  }
  return store
}

/// Twenty experiments of trials with twenty seeds each.
private func generatedRun(_ index: Int) -> RunRecord {
  func digits(_ value: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 8 - text.count)) + text
  }
  let (trial, seed) = (index / 20, index % 20)
  let hour = String(index % 24 + 100).suffix(2)
  let day = String(index / 24 % 28 + 101).suffix(2)
  var configuration = TrialConfiguration()
  configuration.dataset.resize = 96 + 32 * (trial % 5)
  configuration.network.ratio = 4
  configuration.training.epochs = 5
  configuration.training.learningRate = Double(trial % 9 + 1) / 100
  configuration.training.seed = UInt64(seed)
  return RunRecord(
    run: "\(digits(trial * 20 + seed))-\(digits(seed))", experiment: "experiment-\(trial % 20)",
    question: "How does the store scale?", trial: "trial-\(trial) seed=\(seed)", trialID: digits(index),
    configuration: configuration.canonicalText(), reductions: [], seed: UInt64(seed), epochs: 5,
    createdAt: "2026-01-\(day)T\(hour):00:00.000Z", sequence: index)
}

private func makeFolder(of record: RunRecord, in directory: String) throws {
  try makeDirectory("\(directory)/runs/\(record.run)")
  try JournalWriter(folder: try RunFolder(store: directory, existing: record.run)).append([.run(record)])
}

private func insert(
  _ record: RunRecord, number: Int, steps: Int, _ directory: String, _ database: Database
) throws {
  let run = record.run
  let size = try RunFolder(store: directory, existing: run).size(of: RunFiles.journal) ?? 0
  func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }
  try execute("INSERT OR IGNORE INTO experiment (name, question) VALUES (?, ?)", [record.experiment, record.question])
  try execute(
    "INSERT OR IGNORE INTO trial (experiment, name, trial_id, configuration) VALUES (?, ?, ?, ?)",
    [record.experiment, record.trial, record.trialID, record.configuration])
  try execute(
    """
    INSERT INTO run (id, experiment, trial, trial_id, configuration, seed, epochs, created_at, sequence, network, outcome,
      ended_at, training_seconds, seconds, peak_rss_bytes)
    VALUES (?, ?, ?, ?, ?, ?, 5, ?, ?, 'n', ?, ?, 500, 600, 1000000000)
    """,
    [
      run, record.experiment, record.trial, record.trialID, record.configuration, "\(record.seed)", record.createdAt,
      number,
      (number % 50 == 49 ? EndRecord.Outcome.failed : .completed).rawValue, record.createdAt,
    ])
  try execute(
    "INSERT INTO attempt (run, attempt, started_at, environment, process_id) VALUES (?, 1, ?, 'e', 1)",
    [run, record.createdAt])
  // In the order of the table's key, each with its number of values; they fall or rise with the steps.
  let names: [(MetricName, Int)] = [
    (.epochSeconds, 5), (.examplesPerSecond, 5), (.stepAccuracy, steps), (.stepLoss, steps), (.testAccuracy, 5),
    (.testLoss, 5), (.trainAccuracy, 20), (.trainLoss, 20),
  ]
  for (name, count) in names.map({ ($0.rawValue, $1) }) {
    let isLoss = name.hasSuffix("loss")
    try execute(
      """
      INSERT INTO metric (run, name, step, attempt, epoch, value)
      SELECT ?1, ?2, i * ?3 / ?4, 1, 5.0 * i / ?4, ?5 + ?6 * i / ?4 + ?7 FROM n WHERE i <= ?4
      """, [run, name, steps, count, isLoss ? 2.3 : 0.1, isLoss ? -2.0 : 0.8, Double(number % 97) / 1000])
    try execute(
      """
      INSERT INTO final_metric (run, name, step, attempt, epoch, value)
      SELECT run, name, step, attempt, epoch, value FROM metric WHERE run = ? AND name = ? ORDER BY step DESC LIMIT 1
      """, [run, name])
  }
  try execute("INSERT INTO journal (run, offset) VALUES (?, ?)", [run, size])
}
