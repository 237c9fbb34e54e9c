import GRDB
public import Journals

/// Everything that the store has of a run, with names as SQL and `--json` have them.
public struct RunDetails: Sendable, Hashable, Codable {
  /// One process that worked on the run.
  public struct Attempt: Sendable, Hashable, Codable {
    /// From 1.
    public var attempt: Int
    /// ISO 8601 in UTC.
    public var started_at: String
    /// The version of vgglab.
    public var vgglab_version: String
    /// SHA-256 of the program.
    public var binary_digest: String
    /// The commit of the source; nil where it is not known.
    public var git_commit: String?
    /// Whether the source had uncommitted changes.
    public var git_dirty: Bool?
    /// The machine's name.
    public var host: String
    /// Its name and version.
    public var operating_system: String
    /// The processor's name.
    public var cpu: String
    /// Processor cores that could be used.
    public var cores: Int
    /// Threads that were used.
    public var threads: Int
    /// The kernels that were used.
    public var kernels: String
    /// The instruction set that they were compiled for.
    public var instruction_set: String
    /// The BLAS library.
    public var blas: String
    /// The processor core that it was made for.
    public var blas_core: String
    /// Canonical JSON: SHA-256 by file name.
    public var data_digests: String
    /// How its process ended, where it left no end of the run behind.
    public var exit_at: String?
    /// nil where a signal killed it, or it recorded the run's end.
    public var exit_code: Int?
    /// The signal that killed it.
    public var exit_signal: Int?
    /// Why it ended, as far as that is known.
    public var exit_cause: String?
    /// The step that it goes on from; 0 from the beginning.
    public var resumed_from: Int
    /// What of program and machine was otherwise in the attempt before, a line each.
    public var differences: String?
    /// How long it worked: to its end, or as far as its last record says.
    public var seconds: Double
    /// Its training steps alone; 0 where an earlier version did not record them.
    public var training_seconds: Double
  }
  /// Something that happened.
  public struct Event: Sendable, Hashable, Codable {
    /// From 1.
    public var attempt: Int
    /// ISO 8601 in UTC.
    public var at: String
    /// One of `EventKind`, or another of another version.
    public var kind: String
    /// For people.
    public var message: String
  }
  /// A file that the run keeps.
  public struct Artifact: Sendable, Hashable, Codable {
    /// One of `ArtifactName`, or that of kept changes.
    public var name: String
    /// In the run's folder.
    public var path: String
    /// Its size.
    public var bytes: Int
    /// SHA-256.
    public var digest: String
  }
  /// What an attempt measured of the training's steps.
  public struct Steps: Sendable, Hashable, Codable {
    /// From 1.
    public var attempt: Int
    /// The first step.
    public var first: Int
    /// The last step.
    public var last: Int
    /// Of its steps those that a later attempt did again.
    public var superseded: Int

    /// All facts at once.
    public init(attempt: Int, first: Int, last: Int, superseded: Int) {
      self.attempt = attempt
      self.first = first
      self.last = last
      self.superseded = superseded
    }
  }
  /// The rate of an epoch, and what else the machine did meanwhile.
  public struct EpochRate: Sendable, Hashable, Codable {
    /// From 1.
    public var attempt: Int
    /// The epoch's last step.
    public var step: Int
    /// Epochs done then.
    public var epoch: Double
    /// Images a second, over the epoch's training steps.
    public var examples_per_second: Double
    /// Processor time of the run, as a share of all its threads' time.
    public var processor_share: Double
    /// How long its threads could have run and had no core, as a share of their time; nil where that is not known.
    public var wait_share: Double?
    /// Cores that everything else on the machine kept busy; nil where that is not known.
    public var other_cores: Double?
    /// The share of the time in which some process waited for a core; nil where that is not known.
    public var pressure_share: Double?
    /// How often a core was taken from one of its threads.
    public var involuntary_switches_per_second: Double
    /// What may have disturbed it; nil where nothing did.
    public var disturbed: String?
  }
  /// What somebody wrote of the run.
  public struct Note: Sendable, Hashable, Codable {
    /// ISO 8601 in UTC.
    public var at: String
    /// As it was written.
    public var text: String
  }
  /// A value that a profile or `--set` changed.
  public struct Reduction: Sendable, Hashable, Codable {
    /// The configuration's key.
    public var key: String
    /// The value of the experiment file.
    public var full: String
    /// The value that was used.
    public var used: String
  }

  /// The run's id.
  public var run: String
  /// The experiment that it was started for.
  public var experiment: String
  /// The trial that it was started for.
  public var trial: String
  /// The digest of its configuration.
  public var trial_id: String
  /// The profile of the experiment file; nil without one.
  public var profile: String?
  /// Derived from its journal and its lock.
  public var state: RunState
  /// Why it failed, or how its last worker ended, where that is known.
  public var cause: String?
  /// Who started it, by their own account; nil where nobody said so.
  public var author: String?
  /// ISO 8601 in UTC.
  public var created_at: String
  /// ISO 8601 in UTC.
  public var ended_at: String?
  /// Canonical JSON.
  public var configuration: String
  /// The network's architecture; nil before it is built.
  public var arch: String?
  /// The network's parameters.
  public var parameters: Int?
  /// The sum over the attempts; nil before the run's end.
  public var seconds: Double?
  /// The training steps of all attempts; nil before the run's end.
  public var training_seconds: Double?
  /// The last attempt alone; nil before the run's end.
  public var last_seconds: Double?
  /// The training steps of the last attempt alone; nil before the run's end.
  public var last_training_seconds: Double?
  /// Peak resident memory of the last attempt.
  public var peak_rss_bytes: Int?
  /// The last value of each metric, without those that are no numbers.
  public var metrics: [String: Double]
  /// From the first to the last.
  public var attempts: [Attempt]
  /// What a profile or `--set` changed.
  public var reductions: [Reduction]
  /// Files that the run keeps.
  public var artifacts: [Artifact]
  /// In the order in which they were recorded.
  public var events: [Event]
  /// The training steps of each attempt.
  public var steps: [Steps]
  /// The rates of epochs whose records say what else the machine did.
  public var epoch_rates: [EpochRate]
  /// Images a second over the training steps of undisturbed epochs; nil without any.
  public var undisturbed_examples_per_second: Double?
  /// Sorted.
  public var tags: [String]
  /// The oldest first.
  public var notes: [Note]
  /// When it was removed; nil for a run that is there.
  public var removed_at: String?
  /// Where the configuration is unlike that of its experiment's first trial in full.
  public var differences: [Difference]

  /// A value that is not the experiment's default: what its oldest run's trial has without a profile's changes.
  public struct Difference: Sendable, Hashable, Codable {
    /// The configuration's key.
    public var key: String
    /// The run's value.
    public var value: String
    /// The value of the experiment's first trial.
    public var `default`: String

    /// All facts at once.
    public init(key: String, value: String, default original: String) {
      self.key = key
      self.value = value
      self.default = original
    }
  }
}

extension Store {
  /// What ``RunDetails`` has of a run. Throws ``StoreError``.
  public func details(of run: RunSummary) throws(StoreError) -> RunDetails {
    try reading { database in
      func rows<T: Decodable>(_ sql: String) throws -> [T] { try Fetched<T>.all(database, sql, [run.id]) }
      let finals: [IndexRows.FinalMetric] = try rows("SELECT name, value FROM final_metric WHERE run = ?")
      return RunDetails(
        run: run.id, experiment: run.experiment, trial: run.trial, trial_id: run.trialID, profile: run.profile,
        state: run.state, cause: run.cause, author: run.author, created_at: run.createdAt, ended_at: run.endedAt,
        configuration: run.configuration ?? "{}", arch: run.arch, parameters: run.parameters, seconds: run.seconds,
        training_seconds: run.trainingSeconds, last_seconds: run.lastSeconds,
        last_training_seconds: run.lastTrainingSeconds, peak_rss_bytes: run.peakResidentBytes,
        metrics: Dictionary(finals.compactMap { row in row.value.map { (row.name, $0) } }) { first, _ in first },
        attempts: try rows(
          """
          SELECT a.attempt, a.started_at, a.exit_at, a.exit_code, a.exit_signal, a.exit_cause, a.resumed_from,
            a.differences, t.seconds, t.training_seconds, e.*
          FROM attempt AS a JOIN environment AS e ON e.digest = a.environment
          JOIN attempt_time AS t ON t.run = a.run AND t.attempt = a.attempt
          WHERE a.run = ? ORDER BY a.attempt
          """),
        reductions: try Self.reductions(of: run.id, database),
        artifacts: try rows("SELECT name, path, bytes, digest FROM artifact WHERE run = ? ORDER BY name"),
        events: try rows("SELECT attempt, at, kind, message FROM event WHERE run = ? ORDER BY rowid"),
        steps: try rows(
          """
          SELECT m.attempt, min(m.step) AS first, max(m.step) AS last, sum(l.attempt IS NULL) AS superseded
          FROM metric AS m LEFT JOIN latest_metric AS l
            ON l.run = m.run AND l.name = m.name AND l.step = m.step AND l.attempt = m.attempt
          WHERE m.run = ? AND m.name = '\(MetricName.stepLoss.rawValue)' GROUP BY m.attempt ORDER BY m.attempt
          """),
        epoch_rates: try rows(
          """
          SELECT attempt, step, epoch, examples_per_second, processor_share, wait_share, other_cores, pressure_share,
            involuntary_switches_per_second, disturbed
          FROM epoch_rate WHERE run = ? ORDER BY step
          """), undisturbed_examples_per_second: run.undisturbedExamplesPerSecond,
        tags: run.tags, notes: try rows("SELECT at, text FROM note WHERE run = ? ORDER BY position"),
        removed_at: run.removedAt, differences: [])
    }
  }

  private static func reductions(of run: String, _ database: Database) throws -> [RunDetails.Reduction] {
    try Fetched.all(
      database, "SELECT key, full_value AS full, used_value AS used FROM reduction WHERE run = ? ORDER BY key", [run])
  }
}

extension Store {
  /// What an experiment's oldest run was configured to, and what a profile or `--set` had changed of it; nil without runs.
  public func firstConfiguration(experiment: String) throws(StoreError) -> (
    configuration: String, reductions: [RunDetails.Reduction]
  )? {
    struct First: Decodable {
      var id, configuration: String
    }
    return try reading { database in
      let sql = """
        SELECT id, configuration FROM run WHERE experiment = ? ORDER BY \(Schema.oldestFirst("run")) LIMIT 1
        """
      guard let first = try Fetched<First>.first(database, sql, [experiment]) else { return nil }
      return (configuration: first.configuration, reductions: try Self.reductions(of: first.id, database))
    }
  }

  /// The question of an experiment, as its newest run has it; nil for one that the store does not have.
  public func question(experiment: String) throws(StoreError) -> String? {
    try reading {
      try String.fetchOne($0, sql: "SELECT question FROM experiment WHERE name = ?", arguments: [experiment])
    }
  }

  /// A run's values of a metric over the epochs, without those that a later attempt did again; NULL is not a number.
  public func curve(run: String, metric: String) throws(StoreError) -> [(epoch: Double, value: Double)] {
    struct Point: Decodable {
      var epoch: Double
      var value: Double?
    }
    return try reading { database in
      try Fetched<Point>.all(
        database, "SELECT epoch, value FROM latest_metric WHERE run = ? AND name = ? ORDER BY step", [run, metric]
      ).map { (epoch: $0.epoch, value: $0.value ?? .nan) }
    }
  }

  /// A run's last values by the metrics' names.
  public func finals(run: String) throws(StoreError) -> [String: Double] {
    try reading { database in
      let rows = try Fetched<IndexRows.FinalMetric>.all(
        database, "SELECT name, value FROM final_metric WHERE run = ?", [run])
      return Dictionary(rows.map { ($0.name, $0.value ?? .nan) }) { first, _ in first }
    }
  }

  /// The last training step that a run has recorded; nil before the first.
  public func lastStep(run: String) throws(StoreError) -> (step: Int, epoch: Double)? {
    struct Step: Decodable {
      var step: Int
      var epoch: Double
    }
    return try reading { database in
      try Fetched<Step>.first(
        database, "SELECT step, epoch FROM final_metric WHERE run = ? AND name = ?",
        [run, MetricName.stepLoss.rawValue]
      ).map { (step: $0.step, epoch: $0.epoch) }
    }
  }

  /// How far a run has to go and since when its present attempt works; nil before the first attempt.
  public func pace(of run: String) throws(StoreError) -> (totalSteps: Int?, startedAt: String, resumedFrom: Int)? {
    struct Pace: Decodable {
      var steps: Int?
      var startedAt: String
      var resumedFrom: Int
    }
    return try reading { database in
      try Fetched<Pace>.first(
        database,
        """
        SELECT (SELECT steps FROM forecast WHERE forecast.run = a.run) AS steps, a.started_at AS startedAt,
          a.resumed_from AS resumedFrom FROM attempt AS a WHERE a.run = ? ORDER BY a.attempt DESC LIMIT 1
        """, [run]
      ).map { (totalSteps: $0.steps, startedAt: $0.startedAt, resumedFrom: $0.resumedFrom) }
    }
  }

  /// A file that a run keeps, as it was recorded.
  public func artifact(run: String, name: String) throws(StoreError) -> RunDetails.Artifact? {
    try reading { database in
      try Fetched.first(
        database, "SELECT name, path, bytes, digest FROM artifact WHERE run = ? AND name = ?", [run, name])
    }
  }
}
