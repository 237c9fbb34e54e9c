import GRDB
import Journals

/// The last value of each metric, gathered while a piece of a journal is taken in, so that summaries need not look for it.
struct Finals {
  private var last: [String: (metric: MetricRecord, attempt: Int)] = [:]
  /// Whether an attempt after the first began: what it does again may make older values void.
  var hasResumed = false

  mutating func see(_ metrics: [MetricRecord], attempt: Int) {
    for metric in metrics {
      if let known = last[metric.name], (known.metric.step, known.attempt) > (metric.step, attempt) { continue }
      last[metric.name] = (metric, attempt)
    }
  }

  /// Brings `final_metric` up to date.
  func write(run: String, _ database: Database) throws {
    if hasResumed {
      try Self.gather(run: run, database)
      return
    }
    for (name, value) in last {
      try database.execute(
        sql: """
          INSERT INTO final_metric (run, name, step, attempt, epoch, value) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (run, name) DO UPDATE
          SET step = excluded.step, attempt = excluded.attempt, epoch = excluded.epoch, value = excluded.value
          WHERE (excluded.step, excluded.attempt) >= (final_metric.step, final_metric.attempt)
          """,
        arguments: [run, name, value.metric.step, value.attempt, value.metric.epoch, value.metric.value])
    }
  }

  /// Finds a run's last values among all that count.
  private static func gather(run: String, _ database: Database) throws {
    try database.execute(sql: "DELETE FROM final_metric WHERE run = ?", arguments: [run])
    // Beside max() SQLite takes the other columns from the row that has the maximum.
    try database.execute(
      sql: """
        INSERT INTO final_metric (run, name, step, attempt, epoch, value)
        SELECT run, name, max(step), attempt, epoch, value FROM latest_metric WHERE run = ? GROUP BY name
        """, arguments: [run])
  }
}
