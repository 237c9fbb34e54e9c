/// The database's schema: append-only steps for its tables, the number of them kept in `PRAGMA user_version`, and ``views``,
/// which hold nothing and are made anew behind the last step.
package enum Schema {
  /// The version that this vgglab writes.
  package static var version: Int { steps.count }

  /// What brings the tables of a version up to date; views must have been dropped before.
  ///
  /// The views are those of the version that rows were made with, so that queries of evidence give what they gave.
  static func upgrade(from version: Int) -> [String] { steps[version...] + [earlierViews(version)] }

  /// The views of a version.
  static func earlierViews(_ version: Int) -> String { views(SummaryColumn.all(version: version), version: version) }

  /// Never change one that was released; add the next, empty where views alone are new.
  package static let steps = [
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
    """,
    // Views alone were new.
    "",
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
    """,
    """
    CREATE TABLE final_metric (
      run TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      epoch REAL NOT NULL,
      value REAL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;
    WITH latest_metric AS (
      SELECT run, attempt, name, step, epoch, value FROM metric AS m
      WHERE NOT EXISTS (
        SELECT 1 FROM attempt AS later
        WHERE later.run = m.run AND later.attempt > m.attempt AND later.resumed_from < m.step)
      AND NOT EXISTS (
        SELECT 1 FROM metric AS again
        WHERE again.run = m.run AND again.name = m.name AND again.step = m.step AND again.attempt > m.attempt))
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
    """,
    """
    CREATE TABLE prediction (
      run TEXT NOT NULL PRIMARY KEY REFERENCES run (id),
      examples INTEGER NOT NULL CHECK (examples > 0),
      correct TEXT NOT NULL CHECK (length(correct) = (examples + 7) / 8 * 2)
    ) STRICT, WITHOUT ROWID;
    """,
    // Views alone were new.
    "",
    """
    ALTER TABLE run ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
    UPDATE run SET sequence = \(sequence(ofTime: "created_at"));
    CREATE INDEX run_by_sequence ON run (sequence, created_at, id);
    CREATE INDEX run_by_configuration ON run (trial_id, sequence);
    DROP INDEX run_by_time;
    DROP INDEX run_by_trial_id;

    ALTER TABLE attempt ADD COLUMN last_at TEXT;
    ALTER TABLE attempt ADD COLUMN recorded_seconds REAL;
    ALTER TABLE attempt ADD COLUMN recorded_training_seconds REAL;
    UPDATE attempt SET last_at = (
      SELECT max(at) FROM (
        SELECT at FROM event WHERE event.run = attempt.run AND event.attempt = attempt.attempt
        UNION ALL
        SELECT at FROM checkpoint WHERE checkpoint.run = attempt.run AND checkpoint.attempt = attempt.attempt
        UNION ALL
        SELECT exit_at WHERE exit_at IS NOT NULL));
    """,
    """
    ALTER TABLE run ADD COLUMN author TEXT;

    CREATE TABLE epoch_timing (
      run TEXT NOT NULL REFERENCES run (id),
      attempt INTEGER NOT NULL,
      step INTEGER NOT NULL,
      epoch REAL NOT NULL,
      examples INTEGER NOT NULL CHECK (examples > 0),
      training_seconds REAL NOT NULL CHECK (training_seconds > 0),
      seconds REAL NOT NULL CHECK (seconds > 0),
      processor_seconds REAL NOT NULL,
      involuntary_switches INTEGER NOT NULL,
      wait_seconds REAL,
      other_processor_seconds REAL,
      pressure_seconds REAL,
      PRIMARY KEY (run, step, attempt)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE class (
      run TEXT NOT NULL REFERENCES run (id),
      label INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (run, label)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE confusion (
      run TEXT NOT NULL REFERENCES run (id),
      label INTEGER NOT NULL,
      predicted INTEGER NOT NULL,
      images INTEGER NOT NULL,
      PRIMARY KEY (run, label, predicted)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE calibration (
      run TEXT NOT NULL REFERENCES run (id),
      bin INTEGER NOT NULL,
      images INTEGER NOT NULL CHECK (images > 0),
      correct INTEGER NOT NULL CHECK (correct BETWEEN 0 AND images),
      confidence REAL NOT NULL,
      PRIMARY KEY (run, bin)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE mistake (
      run TEXT NOT NULL REFERENCES run (id),
      rank INTEGER NOT NULL,
      image INTEGER NOT NULL,
      label INTEGER NOT NULL,
      predicted INTEGER NOT NULL CHECK (predicted <> label),
      probability REAL NOT NULL,
      height INTEGER NOT NULL,
      width INTEGER NOT NULL,
      pixels TEXT NOT NULL,
      PRIMARY KEY (run, rank)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE first_filter (
      run TEXT NOT NULL REFERENCES run (id),
      position INTEGER NOT NULL,
      channels INTEGER NOT NULL,
      height INTEGER NOT NULL,
      width INTEGER NOT NULL,
      weights TEXT NOT NULL CHECK (json_valid(weights)),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;
    """,
  ]

  /// A time as a run's sequence, in SQL: milliseconds since 1970, for runs of journals without one; 0 where it is no time.
  static func sequence(ofTime time: String) -> String {
    """
    CASE WHEN \(time) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'
      THEN coalesce(max(0, CAST(round((julianday(\(time)) - 2440587.5) * 86400000.0) AS INTEGER)), 0) ELSE 0 END
    """
  }

  /// Columns that put runs in the order in which they were created, for the table or view of a name.
  private static func order(_ name: String, id: String, version: Int) -> [String] {
    ((version < SummaryColumn.firstWithSums ? [] : ["sequence"]) + ["created_at", id]).map { "\(name).\($0)" }
  }

  /// `ORDER BY` terms for the oldest runs first.
  static func oldestFirst(_ name: String, id: String = "id") -> String {
    order(name, id: id, version: version).joined(separator: ", ")
  }

  /// `ORDER BY` terms for the newest runs first.
  static func newestFirst(_ name: String, id: String = "id", version: Int = Schema.version) -> String {
    order(name, id: id, version: version).map { "\($0) DESC" }.joined(separator: ", ")
  }
}
