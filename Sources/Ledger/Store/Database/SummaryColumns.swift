package import Configurations
package import Journals

/// A column of `run_summary`, which `list --filter` and `--sort` take as a field too.
package struct SummaryColumn: Sendable, Hashable {
  /// What a column's values are.
  package enum Kind: Sendable, Hashable {
    /// Text, a whole number, and a number.
    case text, whole, number
    /// 0 or 1 in SQL.
    case truth
    /// Decimal digits of 64 bits without a sign, kept as text.
    case seed
  }

  var name: String
  var kind: Kind
  /// The version of the schema that had it first.
  var since = 1
  /// Over `r` (the run), `n` (its network), `a` (its last attempt) and `e` (that one's environment).
  var sql: String

  /// Whether it is part of a run's name, of which a run may have several.
  var isOfName: Bool { Self.ofName.contains(name) }

  /// The columns of a run's name.
  static let ofName = ["experiment", "trial", "profile"]

  init(_ name: String, _ kind: Kind, _ sql: String, since: Int = 1) {
    (self.name, self.kind, self.sql, self.since) = (name, kind, sql, since)
  }

  /// All columns in their order: the run's own, the configuration's as the table of keys has them, figures, environment.
  ///
  /// Pages are built again from the evidence in them: an earlier `version` of the schema has the columns that it had.
  package static func all(
    _ table: ConfigurationTable = .standard, version: Int = Schema.version
  ) -> [SummaryColumn] {
    let configuration = table.keys.compactMap(SummaryColumn.init)
    let times = version < firstWithSums ? lastTimes : sums
    return (identity + configuration + figures + times + facts).filter { $0.since <= version }
  }

  /// The version of the schema from which on times are sums over attempts, and runs have a sequence.
  static let firstWithSums = 9

  /// The version from which on an epoch's record says what else the machine did.
  static let firstWithTiming = 10

  /// The column of a configuration's key; nil for a key without one.
  init?(_ key: ConfigurationKey) {
    guard let column = key.column else { return nil }
    name = column.name
    switch key.kind {
    case .whole: kind = .whole
    case .number: kind = .number
    case .unsigned: kind = .seed
    case .truth: kind = .truth
    case .path, .choice, .blocks, .group: kind = .text
    }
    if let own = column.sql {
      sql = own
      return
    }
    let value = "json_extract(r.configuration, '$.\(key.name)')"
    // What the canonical text leaves out is the default.
    guard key.canonical != .always, let standard = key.defaultValue else {
      sql = value
      return
    }
    switch standard {
    case .truth(let truth): sql = "coalesce(\(value), \(truth ? 1 : 0))"
    case .text(let text): sql = "coalesce(\(value), '\(text.replacing("'", with: "''"))')"
    default: sql = "coalesce(\(value), \(standard.description))"
    }
  }

  private static let identity: [SummaryColumn] =
    ["experiment", "trial"].map { SummaryColumn($0, .text, "r.\($0)") } + [SummaryColumn("run", .text, "r.id")]
    + ["trial_id", "profile", "outcome", "cause", "created_at"].map { SummaryColumn($0, .text, "r.\($0)") } + [
      SummaryColumn("sequence", .whole, "r.sequence", since: firstWithSums),
      SummaryColumn("author", .text, "r.author", since: firstWithTiming),
      SummaryColumn("ended_at", .text, "r.ended_at"),
      SummaryColumn("attempts", .whole, "(SELECT count(*) FROM attempt WHERE attempt.run = r.id)"),
      SummaryColumn("input", .text, "n.input"), SummaryColumn("network", .text, "n.digest"),
    ]

  /// The metrics whose last values are columns.
  package static let finals: [MetricName] = [.trainLoss, .trainAccuracy, .testLoss, .testAccuracy, .examplesPerSecond]

  /// The sum over the attempts of a run that has an end.
  private static func sum(_ column: String) -> String {
    """
    CASE WHEN r.seconds IS NULL OR (SELECT count(*) FROM attempt WHERE attempt.run = r.id) < 2 THEN r.\(column)
      ELSE (SELECT sum(\(column)) FROM attempt_time WHERE attempt_time.run = r.id) END
    """
  }

  private static let figures: [SummaryColumn] =
    [
      SummaryColumn(
        "steps", .whole,
        "(SELECT step FROM final_metric WHERE run = r.id AND name = '\(MetricName.stepLoss.rawValue)')")
    ]
    + SummaryColumn.finals.map { metric in
      SummaryColumn(
        metric.rawValue, .number, "(SELECT value FROM final_metric WHERE run = r.id AND name = '\(metric.rawValue)')")
    }

  private static let sums: [SummaryColumn] =
    ["seconds", "training_seconds"].map { SummaryColumn($0, .number, sum($0)) } + [
      SummaryColumn("last_seconds", .number, "r.seconds"),
      SummaryColumn(
        "last_training_seconds", .number,
        """
        CASE WHEN r.seconds IS NULL OR (SELECT count(*) FROM attempt WHERE attempt.run = r.id) < 2 THEN r.training_seconds
          ELSE (SELECT training_seconds FROM attempt_time WHERE attempt_time.run = r.id ORDER BY attempt DESC LIMIT 1) END
        """),
      SummaryColumn(
        "timed_epochs", .whole, "(SELECT count(*) FROM epoch_rate WHERE epoch_rate.run = r.id)",
        since: firstWithTiming),
      SummaryColumn(
        "disturbed_epochs", .whole, "(SELECT count(disturbed) FROM epoch_rate WHERE epoch_rate.run = r.id)",
        since: firstWithTiming),
      SummaryColumn(
        "undisturbed_examples_per_second", .number,
        """
        (SELECT sum(examples) / sum(training_seconds) FROM epoch_rate
            WHERE epoch_rate.run = r.id AND disturbed IS NULL)
        """, since: firstWithTiming),
    ]

  private static let lastTimes = ["seconds", "training_seconds"].map { SummaryColumn($0, .number, "r.\($0)") }

  private static let facts: [SummaryColumn] =
    [SummaryColumn("peak_rss_bytes", .whole, "r.peak_rss_bytes")]
    + ["parameters", "multiply_adds", "activation_floats"].map { SummaryColumn($0, .whole, "n.\($0)") }
    + [SummaryColumn("threads", .whole, "e.threads")]
    + ["cpu", "blas", "blas_core", "kernels", "instruction_set", "vgglab_version", "git_commit"].map {
      SummaryColumn($0, .text, "e.\($0)")
    }
    + [
      SummaryColumn("git_dirty", .truth, "e.git_dirty"), SummaryColumn("host", .text, "e.host"),
      SummaryColumn("removed_at", .text, "(SELECT at FROM removal WHERE removal.run = r.id)"),
    ]
}
