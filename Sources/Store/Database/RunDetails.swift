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
        metrics[row["name"]] = row["value"]
      }
      return RunDetails(
        run: run.id, experiment: run.experiment, trial: run.trial, trial_id: run.trialID, profile: run.profile,
        state: run.state, cause: run.cause, created_at: run.createdAt, ended_at: run.endedAt,
        configuration: run.configuration ?? "{}", arch: run.arch, parameters: run.parameters, seconds: run.seconds,
        training_seconds: run.trainingSeconds, peak_rss_bytes: run.peakResidentBytes, metrics: metrics,
        attempts: try rows(
          """
          SELECT a.attempt, a.started_at, a.exit_at, a.exit_code, a.exit_signal, a.exit_cause, e.* FROM attempt AS a JOIN environment AS e ON e.digest = a.environment
          WHERE a.run = ? ORDER BY a.attempt
          """
        ).map { row in
          RunDetails.Attempt(
            attempt: row["attempt"], started_at: row["started_at"], vgglab_version: row["vgglab_version"],
            binary_digest: row["binary_digest"], git_commit: row["git_commit"], git_dirty: row["git_dirty"],
            host: row["host"], operating_system: row["operating_system"], cpu: row["cpu"], cores: row["cores"],
            threads: row["threads"], kernels: row["kernels"], instruction_set: row["instruction_set"],
            blas: row["blas"], blas_core: row["blas_core"], data_digests: row["data_digests"],
            exit_at: row["exit_at"], exit_code: row["exit_code"], exit_signal: row["exit_signal"],
            exit_cause: row["exit_cause"])
        },
        reductions: try rows("SELECT key, full_value, used_value FROM reduction WHERE run = ? ORDER BY key").map {
          RunDetails.Reduction(key: $0["key"], full: $0["full_value"], used: $0["used_value"])
        },
        artifacts: try rows("SELECT name, path, bytes, digest FROM artifact WHERE run = ? ORDER BY name").map {
          RunDetails.Artifact(name: $0["name"], path: $0["path"], bytes: $0["bytes"], digest: $0["digest"])
        },
        events: try rows("SELECT attempt, at, kind, message FROM event WHERE run = ? ORDER BY rowid").map {
          RunDetails.Event(attempt: $0["attempt"], at: $0["at"], kind: $0["kind"], message: $0["message"])
        })
    }
  }
}
