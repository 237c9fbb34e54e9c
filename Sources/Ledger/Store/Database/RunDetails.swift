import GRDB

/// Everything that the store knows of a run, with names as SQL and `--json` have them.
public struct RunDetails: Sendable, Hashable, Codable {
  public struct Attempt: Sendable, Hashable, Codable {
    public var attempt: Int
    public var started_at: String
    public var vgglab_version: String
    public var binary_digest: String
    public var git_commit: String?
    public var git_dirty: Bool?
    public var host: String
    public var operating_system: String
    public var cpu: String
    public var cores: Int
    public var threads: Int
    public var kernels: String
    public var instruction_set: String
    public var blas: String
    public var blas_core: String
    /// Canonical JSON: SHA-256 by file name.
    public var data_digests: String
    /// How its process ended, where it left no end of the run behind.
    public var exit_at: String?
    public var exit_code: Int?
    public var exit_signal: Int?
    public var exit_cause: String?
    /// The step that it goes on from; 0 from the beginning.
    public var resumed_from: Int
    /// What of program and machine was otherwise in the attempt before, a line each.
    public var differences: String?
  }
  public struct Event: Sendable, Hashable, Codable {
    public var attempt: Int
    public var at: String
    public var kind: String
    public var message: String
  }
  public struct Artifact: Sendable, Hashable, Codable {
    public var name: String
    public var path: String
    public var bytes: Int
    public var digest: String
  }
  /// What an attempt measured of the training's steps.
  public struct Steps: Sendable, Hashable, Codable {
    public var attempt: Int
    public var first: Int
    public var last: Int
    /// Of its steps those that a later attempt did again.
    public var superseded: Int

    public init(attempt: Int, first: Int, last: Int, superseded: Int) {
      self.attempt = attempt
      self.first = first
      self.last = last
      self.superseded = superseded
    }
  }
  public struct Note: Sendable, Hashable, Codable {
    public var at: String
    public var text: String
  }
  public struct Reduction: Sendable, Hashable, Codable {
    public var key: String
    public var full: String
    public var used: String
  }

  public var run: String
  public var experiment: String
  public var trial: String
  public var trial_id: String
  public var profile: String?
  public var state: RunState
  public var cause: String?
  public var created_at: String
  public var ended_at: String?
  /// Canonical JSON.
  public var configuration: String
  public var arch: String?
  public var parameters: Int?
  public var seconds: Double?
  public var training_seconds: Double?
  public var peak_rss_bytes: Int?
  public var metrics: [String: Double]
  public var attempts: [Attempt]
  public var reductions: [Reduction]
  public var artifacts: [Artifact]
  public var events: [Event]
  public var steps: [Steps]
  public var tags: [String]
  public var notes: [Note]
  public var removed_at: String?
  /// Where the configuration is unlike that of its experiment's first trial in full.
  public var differences: [Difference]

  /// A value that is not the experiment's default: what its oldest run's trial has without a profile's changes.
  public struct Difference: Sendable, Hashable, Codable {
    public var key: String
    public var value: String
    public var `default`: String

    public init(key: String, value: String, default original: String) {
      self.key = key
      self.value = value
      self.default = original
    }
  }
}

extension Store {
  /// What ``RunDetails`` tells of a run. Throws ``StoreError``.
  public func details(of run: RunSummary) throws(StoreError) -> RunDetails {
    try reading { database in
      func rows(_ sql: String) throws -> [Row] { try Row.fetchAll(database, sql: sql, arguments: [run.id]) }
      var metrics: [String: Double] = [:]
      for row in try rows(
        """
        SELECT name, value FROM final_metric WHERE run = ? AND value IS NOT NULL
        """)
      {
        metrics[try row.value("name")] = try row.optional("value")
      }
      return RunDetails(
        run: run.id, experiment: run.experiment, trial: run.trial, trial_id: run.trialID, profile: run.profile,
        state: run.state, cause: run.cause, created_at: run.createdAt, ended_at: run.endedAt,
        configuration: run.configuration ?? "{}", arch: run.arch, parameters: run.parameters, seconds: run.seconds,
        training_seconds: run.trainingSeconds, peak_rss_bytes: run.peakResidentBytes, metrics: metrics,
        attempts: try rows(
          """
          SELECT a.attempt, a.started_at, a.exit_at, a.exit_code, a.exit_signal, a.exit_cause, a.resumed_from,
            a.differences, e.*
          FROM attempt AS a JOIN environment AS e ON e.digest = a.environment
          WHERE a.run = ? ORDER BY a.attempt
          """
        ).map { row in
          RunDetails.Attempt(
            attempt: try row.value("attempt"), started_at: try row.value("started_at"),
            vgglab_version: try row.value("vgglab_version"),
            binary_digest: try row.value("binary_digest"), git_commit: try row.optional("git_commit"),
            git_dirty: try row.optional("git_dirty"),
            host: try row.value("host"), operating_system: try row.value("operating_system"), cpu: try row.value("cpu"),
            cores: try row.value("cores"),
            threads: try row.value("threads"), kernels: try row.value("kernels"),
            instruction_set: try row.value("instruction_set"),
            blas: try row.value("blas"), blas_core: try row.value("blas_core"),
            data_digests: try row.value("data_digests"),
            exit_at: try row.optional("exit_at"), exit_code: try row.optional("exit_code"),
            exit_signal: try row.optional("exit_signal"),
            exit_cause: try row.optional("exit_cause"), resumed_from: try row.value("resumed_from"),
            differences: try row.optional("differences"))
        },
        reductions: try rows("SELECT key, full_value, used_value FROM reduction WHERE run = ? ORDER BY key").map {
          RunDetails.Reduction(
            key: try $0.value("key"), full: try $0.value("full_value"), used: try $0.value("used_value"))
        },
        artifacts: try rows("SELECT name, path, bytes, digest FROM artifact WHERE run = ? ORDER BY name").map {
          RunDetails.Artifact(
            name: try $0.value("name"), path: try $0.value("path"), bytes: try $0.value("bytes"),
            digest: try $0.value("digest"))
        },
        events: try rows("SELECT attempt, at, kind, message FROM event WHERE run = ? ORDER BY rowid").map {
          RunDetails.Event(
            attempt: try $0.value("attempt"), at: try $0.value("at"), kind: try $0.value("kind"),
            message: try $0.value("message"))
        },
        steps: try rows(
          """
          SELECT m.attempt, min(m.step), max(m.step), sum(l.attempt IS NULL)
          FROM metric AS m LEFT JOIN latest_metric AS l
            ON l.run = m.run AND l.name = m.name AND l.step = m.step AND l.attempt = m.attempt
          WHERE m.run = ? AND m.name = 'step_loss' GROUP BY m.attempt ORDER BY m.attempt
          """
        ).map { RunDetails.Steps(attempt: $0[0], first: $0[1], last: $0[2], superseded: $0[3]) },
        tags: run.tags,
        notes: try database.tableExists("note")
          ? rows("SELECT at, text FROM note WHERE run = ? ORDER BY position").map {
            RunDetails.Note(at: try $0.value("at"), text: try $0.value("text"))
          } : [],
        removed_at: run.removedAt, differences: [])
    }
  }
}

extension Store {
  /// What an experiment's oldest run was configured to, and what a profile or `--set` had changed of it; nil without runs.
  public func firstConfiguration(experiment: String) throws(StoreError) -> (
    configuration: String, reductions: [RunDetails.Reduction]
  )? {
    try reading { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT id, configuration FROM run WHERE experiment = ? ORDER BY created_at, id LIMIT 1",
          arguments: [experiment])
      else { return nil }
      let reductions = try Row.fetchAll(
        database, sql: "SELECT key, full_value, used_value FROM reduction WHERE run = ? ORDER BY key",
        arguments: [try row.value("id") as String])
      return (
        configuration: try row.value("configuration"),
        reductions: reductions.map { RunDetails.Reduction(key: $0[0], full: $0[1], used: $0[2]) }
      )
    }
  }

  /// A run's values of a metric over the epochs, without those that a later attempt did again; NULL is not a number.
  public func curve(run: String, metric: String) throws(StoreError) -> [(epoch: Double, value: Double)] {
    try reading { database in
      try Row.fetchAll(
        database, sql: "SELECT epoch, value FROM latest_metric WHERE run = ? AND name = ? ORDER BY step",
        arguments: [run, metric]
      ).map { (epoch: $0[0], value: $0[1] ?? .nan) }
    }
  }

  /// A run's last values by the metrics' names.
  public func finals(run: String) throws(StoreError) -> [String: Double] {
    try reading { database in
      var finals: [String: Double] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT name, value FROM final_metric WHERE run = ?", arguments: [run])
      {
        finals[try row.value(0)] = try row.optional(1) ?? .nan
      }
      return finals
    }
  }

  /// The last training step that a run has told; nil before the first.
  public func lastStep(run: String) throws(StoreError) -> (step: Int, epoch: Double)? {
    try reading { database in
      try Row.fetchOne(
        database, sql: "SELECT step, epoch FROM final_metric WHERE run = ? AND name = 'step_loss'", arguments: [run]
      ).map { (step: $0[0], epoch: $0[1]) }
    }
  }

  /// A file that a run keeps, as it was recorded.
  public func artifact(run: String, name: String) throws(StoreError) -> RunDetails.Artifact? {
    try reading { database in
      try Row.fetchOne(
        database, sql: "SELECT name, path, bytes, digest FROM artifact WHERE run = ? AND name = ?",
        arguments: [run, name]
      ).map { RunDetails.Artifact(name: $0[0], path: $0[1], bytes: $0[2], digest: $0[3]) }
    }
  }
}
