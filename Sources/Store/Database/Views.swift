extension Schema {
  /// The views of the newest version, each behind those that it reads.
  static let views = """
    -- What a later attempt does again is not told of the earlier one: all steps behind the one it goes on from, and an
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

    -- Facts of completed runs alone; the time only where one attempt did all of it.
    CREATE VIEW forecast_check AS
      SELECT
        r.experiment, r.trial, f.run, f.basis, f.steps,
        f.seconds AS forecast_seconds,
        CASE WHEN r.outcome = 'completed' AND (SELECT count(*) FROM attempt WHERE attempt.run = r.id) = 1
          THEN r.seconds END AS seconds,
        f.memory_bytes AS forecast_memory_bytes,
        CASE WHEN r.outcome = 'completed' THEN r.peak_rss_bytes END AS memory_bytes,
        f.disk_bytes AS forecast_disk_bytes,
        CASE WHEN r.outcome = 'completed' THEN
          (SELECT coalesce(sum(bytes), 0) FROM artifact WHERE artifact.run = r.id)
          + (SELECT offset FROM journal WHERE journal.run = r.id) END AS disk_bytes
      FROM forecast AS f JOIN run AS r ON r.id = f.run;

    CREATE VIEW run_summary AS
      SELECT
        r.experiment, r.trial, r.id AS run, r.trial_id, r.profile, r.outcome, r.cause, r.created_at, r.ended_at,
        (SELECT count(*) FROM attempt WHERE attempt.run = r.id) AS attempts,
        n.arch, n.ratio, n.input, n.digest AS network,
        json_extract(r.configuration, '$.dataset.name') AS dataset,
        json_extract(r.configuration, '$.dataset.resize') AS resize,
        json_extract(r.configuration, '$.dataset.train') AS train_examples,
        json_extract(r.configuration, '$.dataset.test') AS test_examples,
        json_extract(r.configuration, '$.network.init') AS init,
        r.seed, r.epochs,
        json_extract(r.configuration, '$.training.batch_size') AS batch_size,
        json_extract(r.configuration, '$.training.learning_rate') AS learning_rate,
        json_extract(r.configuration, '$.training.momentum') AS momentum,
        json_extract(r.configuration, '$.training.weight_decay') AS weight_decay,
        json_extract(r.configuration, '$.training.max_steps') AS max_steps,
        (SELECT step FROM final_metric WHERE run = r.id AND name = 'step_loss') AS steps,
        (SELECT value FROM final_metric WHERE run = r.id AND name = 'train_loss') AS train_loss,
        (SELECT value FROM final_metric WHERE run = r.id AND name = 'train_accuracy') AS train_accuracy,
        (SELECT value FROM final_metric WHERE run = r.id AND name = 'test_loss') AS test_loss,
        (SELECT value FROM final_metric WHERE run = r.id AND name = 'test_accuracy') AS test_accuracy,
        (SELECT value FROM final_metric WHERE run = r.id AND name = 'examples_per_second') AS examples_per_second,
        r.seconds, r.training_seconds, r.peak_rss_bytes,
        n.parameters, n.multiply_adds, n.activation_floats,
        e.threads, e.cpu, e.blas, e.blas_core, e.kernels, e.instruction_set, e.vgglab_version, e.git_commit,
        e.git_dirty, e.host,
        (SELECT at FROM removal WHERE removal.run = r.id) AS removed_at,
        CASE WHEN json_type(r.configuration, '$.measure.cost') = 'object' THEN 'cost'
          WHEN json_extract(r.configuration, '$.measure.signal') THEN 'signal' END AS measure,
        coalesce(json_extract(r.configuration, '$.measure.repeat'), 1) AS repeat
      FROM run AS r
      LEFT JOIN network AS n ON n.digest = r.network
      LEFT JOIN attempt AS a
        ON a.run = r.id AND a.attempt = (SELECT max(attempt) FROM attempt WHERE attempt.run = r.id)
      LEFT JOIN environment AS e ON e.digest = a.environment;

    CREATE VIEW trial_summary AS
      SELECT * FROM run_summary AS s
      WHERE s.run = (
        SELECT id FROM run
        WHERE run.experiment = s.experiment AND run.trial = s.trial AND run.trial_id = s.trial_id
          AND run.outcome = 'completed' AND NOT EXISTS (SELECT 1 FROM removal WHERE removal.run = run.id)
        ORDER BY run.created_at DESC, run.id DESC LIMIT 1);
    """
}
