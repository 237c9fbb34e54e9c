import Configurations
import Journals

extension Schema {
  /// The views of the newest version, each behind those that it reads.
  static let views = views(SummaryColumn.all())

  /// The views over a configuration's keys.
  ///
  /// Those of an earlier `version` of the schema are, to the letter, what pages of that version have of them.
  package static func views(_ columns: [SummaryColumn], version: Int = Schema.version) -> String {
    metricViews + (version < SummaryColumn.firstWithSums ? "" : attemptViews)
      + (version < SummaryColumn.firstWithTiming ? "" : timingViews) + forecastViews
      + summaryViews(columns, newestFirst: newestFirst("run", version: version))
  }

  private static let metricViews = """
    -- What a later attempt does again is left out of the earlier one: all steps behind the one it goes on from, and an
    -- evaluation that was still to come.
    CREATE VIEW latest_metric AS
      SELECT run, attempt, name, step, epoch, value FROM metric AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM attempt AS later
        WHERE later.run = m.run AND later.attempt > m.attempt AND later.resumed_from < m.step)
      AND NOT EXISTS (
        SELECT 1 FROM metric AS again
        WHERE again.run = m.run AND again.name = m.name AND again.step = m.step AND again.attempt > m.attempt);

    CREATE VIEW latest_layer_metric AS
      SELECT run, attempt, position, name, step, value FROM layer_metric AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM attempt AS later
        WHERE later.run = m.run AND later.attempt > m.attempt AND later.resumed_from < m.step)
      AND NOT EXISTS (
        SELECT 1 FROM layer_metric AS again
        WHERE again.run = m.run AND again.name = m.name AND again.position = m.position AND again.step = m.step
          AND again.attempt > m.attempt);


    """

  private static let attemptViews = """
    -- How long each attempt worked: as its run's end says, or else its last records.
    CREATE VIEW attempt_time AS
      SELECT a.run, a.attempt,
        CASE WHEN r.seconds IS NOT NULL AND a.attempt = (SELECT max(attempt) FROM attempt WHERE attempt.run = a.run)
          THEN r.seconds
          ELSE max(
            coalesce(a.recorded_seconds, 0),
            coalesce((CASE WHEN a.last_at GLOB '[0-9]*' THEN julianday(a.last_at) END
              - CASE WHEN a.started_at GLOB '[0-9]*' THEN julianday(a.started_at) END) * 86400.0, 0)) END AS seconds,
        CASE WHEN r.seconds IS NOT NULL AND a.attempt = (SELECT max(attempt) FROM attempt WHERE attempt.run = a.run)
          -- Ends of earlier versions count the steps of all attempts; the last records have the attempt's own.
          THEN coalesce(a.recorded_training_seconds, r.training_seconds)
          ELSE coalesce(a.recorded_training_seconds, 0) END AS training_seconds
      FROM attempt AS a JOIN run AS r ON r.id = a.run;


    """

  /// When an epoch's rate is that of a machine that did something else as well: its threads waited for a core for more than a
  /// fiftieth of the time, other programs used more than a quarter of the cores, or, where the kernel does not count waiting,
  /// some process waited for a twentieth of the time; or the process was idle for half of it.
  private static let timingViews = """
    -- The rate of each epoch, and what may have disturbed it: NULL where nothing did.
    CREATE VIEW epoch_rate AS
      SELECT t.run, t.attempt, t.step, t.epoch, t.examples, t.training_seconds, t.examples / t.training_seconds AS examples_per_second,
        t.processor_seconds / (t.seconds * e.threads) AS processor_share,
        t.wait_seconds / (t.seconds * e.threads) AS wait_share,
        t.other_processor_seconds / t.seconds AS other_cores,
        t.pressure_seconds / t.seconds AS pressure_share,
        t.involuntary_switches / t.seconds AS involuntary_switches_per_second,
        CASE
          WHEN t.wait_seconds / (t.seconds * e.threads) > 0.02 THEN 'waited for cores'
          WHEN t.other_processor_seconds / t.seconds > 0.25 * e.cores THEN 'other programs were busy'
          WHEN t.wait_seconds IS NULL AND t.pressure_seconds / t.seconds > 0.05 THEN 'processes waited for cores'
          WHEN t.processor_seconds / (t.seconds * e.threads) < 0.5 THEN 'mostly idle'
        END AS disturbed
      FROM epoch_timing AS t
      JOIN attempt AS a ON a.run = t.run AND a.attempt = t.attempt
      JOIN environment AS e ON e.digest = a.environment
      WHERE NOT EXISTS (
        SELECT 1 FROM attempt AS later
        WHERE later.run = t.run AND later.attempt > t.attempt AND later.resumed_from < t.step)
      AND NOT EXISTS (
        SELECT 1 FROM epoch_timing AS again WHERE again.run = t.run AND again.step = t.step AND again.attempt > t.attempt);


    """

  private static let forecastViews = """
    -- Facts of completed runs alone; the time only where one attempt did all of it.
    CREATE VIEW forecast_check AS
      SELECT
        r.experiment, r.trial, f.run, f.basis, f.steps,
        f.seconds AS forecast_seconds,
        CASE WHEN r.outcome = '\(EndRecord.Outcome.completed.rawValue)' AND (SELECT count(*) FROM attempt WHERE attempt.run = r.id) = 1
          THEN r.seconds END AS seconds,
        f.memory_bytes AS forecast_memory_bytes,
        CASE WHEN r.outcome = '\(EndRecord.Outcome.completed.rawValue)' THEN r.peak_rss_bytes END AS memory_bytes,
        f.disk_bytes AS forecast_disk_bytes,
        CASE WHEN r.outcome = '\(EndRecord.Outcome.completed.rawValue)' THEN
          (SELECT coalesce(sum(bytes), 0) FROM artifact WHERE artifact.run = r.id)
          + (SELECT offset FROM journal WHERE journal.run = r.id) END AS disk_bytes
      FROM forecast AS f JOIN run AS r ON r.id = f.run;

    """

  private static func summaryViews(_ columns: [SummaryColumn], newestFirst: String) -> String {
    // Under the name that is asked for.
    func column(_ column: SummaryColumn) -> String {
      guard column.isOfName else { return "s.\(column.name)" }
      return column.name == "trial" ? "t.name AS trial" : "t.\(column.name)"
    }
    return """
      CREATE VIEW run_summary AS
        SELECT
          \(columns.map { "\($0.sql) AS \($0.name)" }.joined(separator: ",\n    "))
        FROM run AS r
        LEFT JOIN network AS n ON n.digest = r.network
        LEFT JOIN attempt AS a
          ON a.run = r.id AND a.attempt = (SELECT max(attempt) FROM attempt WHERE attempt.run = r.id)
        LEFT JOIN environment AS e ON e.digest = a.environment;

      -- A run belongs to a configuration. It has the name that it was started for, and those of trials of the same
      -- configuration that have no run of their own.
      CREATE VIEW run_name AS
        SELECT id AS run, experiment, trial, profile, trial_id, 1 AS is_own FROM run
        UNION ALL
        SELECT r.id, t.experiment, t.name, t.profile, t.trial_id, 0
        FROM trial AS t JOIN run AS r ON r.trial_id = t.trial_id
        WHERE NOT EXISTS (
          SELECT 1 FROM run AS own
          WHERE own.trial_id = t.trial_id AND own.experiment = t.experiment AND own.trial = t.name);

      CREATE VIEW trial_summary AS
        SELECT \(columns.map(column).joined(separator: ", "))
        FROM trial AS t JOIN run_summary AS s ON s.run = coalesce(
          (SELECT id FROM run
            WHERE run.trial_id = t.trial_id AND run.outcome = '\(EndRecord.Outcome.completed.rawValue)'
              AND run.experiment = t.experiment AND run.trial = t.name
              AND NOT EXISTS (SELECT 1 FROM removal WHERE removal.run = run.id)
            ORDER BY \(newestFirst) LIMIT 1),
          (SELECT id FROM run
            WHERE run.trial_id = t.trial_id AND run.outcome = '\(EndRecord.Outcome.completed.rawValue)'
              AND NOT EXISTS (SELECT 1 FROM removal WHERE removal.run = run.id)
            ORDER BY \(newestFirst) LIMIT 1));
      """
  }
}
