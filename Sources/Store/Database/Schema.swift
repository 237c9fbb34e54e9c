/// The database's schema: append-only steps, the number of them kept in `PRAGMA user_version`.
enum Schema {
  /// The version that this vgglab writes.
  static var version: Int { steps.count }

  /// Never change one that was released; add the next.
  static let steps = [
    """
    CREATE TABLE experiment (
      name TEXT NOT NULL PRIMARY KEY,
      question TEXT NOT NULL
    ) STRICT;

    CREATE TABLE trial (
      experiment TEXT NOT NULL REFERENCES experiment (name),
      name TEXT NOT NULL,
      trial_id TEXT NOT NULL,
      profile TEXT,
      configuration TEXT NOT NULL CHECK (json_valid(configuration)),
      PRIMARY KEY (experiment, name, trial_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE network (
      digest TEXT NOT NULL PRIMARY KEY,
      arch TEXT NOT NULL,
      ratio INTEGER NOT NULL,
      input TEXT NOT NULL,
      classes INTEGER NOT NULL,
      parameters INTEGER NOT NULL,
      multiply_adds INTEGER NOT NULL,
      activation_floats INTEGER NOT NULL,
      printed TEXT NOT NULL,
      shape_walk TEXT NOT NULL
    ) STRICT;

    CREATE TABLE layer (
      network TEXT NOT NULL REFERENCES network (digest),
      position INTEGER NOT NULL,
      path TEXT NOT NULL,
      child INTEGER NOT NULL,
      type TEXT NOT NULL,
      printed TEXT NOT NULL,
      output_shape TEXT NOT NULL,
      parameters INTEGER NOT NULL,
      multiply_adds INTEGER NOT NULL,
      activation_floats INTEGER NOT NULL,
      PRIMARY KEY (network, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run (
      id TEXT NOT NULL PRIMARY KEY,
      experiment TEXT NOT NULL,
      trial TEXT NOT NULL,
      trial_id TEXT NOT NULL,
      profile TEXT,
      configuration TEXT NOT NULL CHECK (json_valid(configuration)),
      seed TEXT NOT NULL,
      epochs INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      network TEXT REFERENCES network (digest),
      outcome TEXT CHECK (outcome IN ('completed', 'failed')),
      cause TEXT,
      ended_at TEXT,
      training_seconds REAL,
      seconds REAL,
      peak_rss_bytes INTEGER,
      FOREIGN KEY (experiment, trial, trial_id) REFERENCES trial (experiment, name, trial_id)
    ) STRICT;
    CREATE INDEX run_by_trial ON run (experiment, trial, created_at);
    CREATE INDEX run_by_trial_id ON run (trial_id, created_at);

    CREATE TABLE environment (
      digest TEXT NOT NULL PRIMARY KEY,
      vgglab_version TEXT NOT NULL,
      binary_digest TEXT NOT NULL,
      git_commit TEXT,
      git_dirty INTEGER,
      host TEXT NOT NULL,
      operating_system TEXT NOT NULL,
      cpu TEXT NOT NULL,
      cores INTEGER NOT NULL,
      threads INTEGER NOT NULL,
      kernels TEXT NOT NULL,
      instruction_set TEXT NOT NULL,
      blas TEXT NOT NULL,
      blas_core TEXT NOT NULL,
      data_digests TEXT NOT NULL CHECK (json_valid(data_digests))
    ) STRICT;

    CREATE TABLE attempt (
      run TEXT NOT NULL REFERENCES run (id),
      attempt INTEGER NOT NULL,
      started_at TEXT NOT NULL,
      environment TEXT NOT NULL REFERENCES environment (digest),
      boot_id TEXT,
      process_id INTEGER NOT NULL,
      process_start INTEGER,
      PRIMARY KEY (run, attempt)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE metric (
      run TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      epoch REAL NOT NULL,
      value REAL,
      PRIMARY KEY (run, name, step, attempt)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
      run TEXT NOT NULL REFERENCES run (id),
      attempt INTEGER NOT NULL,
      at TEXT NOT NULL,
      kind TEXT NOT NULL,
      message TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_by_run ON event (run);

    CREATE TABLE artifact (
      run TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL,
      path TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE reduction (
      run TEXT NOT NULL REFERENCES run (id),
      key TEXT NOT NULL,
      full_value TEXT NOT NULL,
      used_value TEXT NOT NULL,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE journal (
      run TEXT NOT NULL PRIMARY KEY,
      offset INTEGER NOT NULL
    ) STRICT;

    CREATE VIEW latest_metric AS
      SELECT run, attempt, name, step, epoch, value FROM metric AS m
      WHERE attempt = (
        SELECT max(attempt) FROM metric AS other
        WHERE other.run = m.run AND other.name = m.name AND other.step = m.step);

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
        (SELECT max(step) FROM metric WHERE run = r.id AND name = 'step_loss') AS steps,
        (SELECT value FROM metric WHERE run = r.id AND name = 'train_loss'
          ORDER BY step DESC, attempt DESC LIMIT 1) AS train_loss,
        (SELECT value FROM metric WHERE run = r.id AND name = 'train_accuracy'
          ORDER BY step DESC, attempt DESC LIMIT 1) AS train_accuracy,
        (SELECT value FROM metric WHERE run = r.id AND name = 'test_loss'
          ORDER BY step DESC, attempt DESC LIMIT 1) AS test_loss,
        (SELECT value FROM metric WHERE run = r.id AND name = 'test_accuracy'
          ORDER BY step DESC, attempt DESC LIMIT 1) AS test_accuracy,
        (SELECT value FROM metric WHERE run = r.id AND name = 'examples_per_second'
          ORDER BY step DESC, attempt DESC LIMIT 1) AS examples_per_second,
        r.seconds, r.training_seconds, r.peak_rss_bytes,
        n.parameters, n.multiply_adds, n.activation_floats,
        e.threads, e.cpu, e.blas, e.blas_core, e.kernels, e.instruction_set, e.vgglab_version, e.git_commit,
        e.git_dirty, e.host
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
          AND run.outcome = 'completed'
        ORDER BY run.created_at DESC, run.id DESC LIMIT 1);
    """,
    """
    CREATE VIEW final_metric AS
      SELECT run, attempt, name, step, epoch, value FROM latest_metric AS m
      WHERE step = (SELECT max(step) FROM metric AS other WHERE other.run = m.run AND other.name = m.name);
    """,
    """
    ALTER TABLE attempt ADD COLUMN resumed_from INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE attempt ADD COLUMN differences TEXT;

    CREATE TABLE checkpoint (
      run TEXT NOT NULL REFERENCES run (id),
      step INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      at TEXT NOT NULL,
      path TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (run, path, attempt)
    ) STRICT, WITHOUT ROWID;

    -- What a later attempt does again is no longer told of the earlier one: all steps behind the one it goes on from, and an
    -- evaluation that was still to come.
    DROP VIEW latest_metric;
    CREATE VIEW latest_metric AS
      SELECT run, attempt, name, step, epoch, value FROM metric AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM attempt AS later
        WHERE later.run = m.run AND later.attempt > m.attempt AND later.resumed_from < m.step)
      AND NOT EXISTS (
        SELECT 1 FROM metric AS again
        WHERE again.run = m.run AND again.name = m.name AND again.step = m.step AND again.attempt > m.attempt);

    DROP VIEW final_metric;
    CREATE VIEW final_metric AS
      SELECT run, attempt, name, step, epoch, value FROM latest_metric AS m
      WHERE step = (SELECT max(step) FROM latest_metric AS other WHERE other.run = m.run AND other.name = m.name);
    """,
    """
    ALTER TABLE attempt ADD COLUMN exit_at TEXT;
    ALTER TABLE attempt ADD COLUMN exit_code INTEGER;
    ALTER TABLE attempt ADD COLUMN exit_signal INTEGER;
    ALTER TABLE attempt ADD COLUMN exit_cause TEXT;

    CREATE TABLE forecast (
      run TEXT NOT NULL PRIMARY KEY REFERENCES run (id),
      at TEXT NOT NULL,
      steps INTEGER NOT NULL,
      seconds REAL,
      memory_bytes INTEGER NOT NULL,
      disk_bytes INTEGER NOT NULL,
      basis TEXT
    ) STRICT, WITHOUT ROWID;

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
    """,
    """
    DROP VIEW trial_summary;
    DROP VIEW run_summary;
    DROP VIEW final_metric;

    CREATE TABLE final_metric (
      run TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      epoch REAL NOT NULL,
      value REAL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO final_metric (run, name, step, attempt, epoch, value)
      SELECT run, name, max(step), attempt, epoch, value FROM latest_metric GROUP BY run, name;

    CREATE TABLE tag (
      run TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL,
      at TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE note (
      run TEXT NOT NULL REFERENCES run (id),
      position INTEGER NOT NULL,
      at TEXT NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE removal (
      run TEXT NOT NULL PRIMARY KEY REFERENCES run (id),
      at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE journal ADD COLUMN annotation_offset INTEGER NOT NULL DEFAULT 0;

    CREATE INDEX run_by_name ON run (trial, created_at);
    CREATE INDEX run_by_time ON run (created_at, id);

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
        (SELECT at FROM removal WHERE removal.run = r.id) AS removed_at
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
    """,
    """
    CREATE TABLE layer_metric (
      run TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL,
      position INTEGER NOT NULL,
      step INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (run, name, position, step, attempt)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW latest_layer_metric AS
      SELECT run, attempt, position, name, step, value FROM layer_metric AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM attempt AS later
        WHERE later.run = m.run AND later.attempt > m.attempt AND later.resumed_from < m.step)
      AND NOT EXISTS (
        SELECT 1 FROM layer_metric AS again
        WHERE again.run = m.run AND again.name = m.name AND again.position = m.position AND again.step = m.step
          AND again.attempt > m.attempt);

    DROP VIEW trial_summary;
    DROP VIEW run_summary;

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
    """,
    """
    CREATE TABLE prediction (
      run TEXT NOT NULL PRIMARY KEY REFERENCES run (id),
      examples INTEGER NOT NULL CHECK (examples > 0),
      correct TEXT NOT NULL CHECK (length(correct) = (examples + 7) / 8 * 2)
    ) STRICT, WITHOUT ROWID;
    """,
  ]
}
