package import Notebooks
package import Store

/// What a provenance cell shows of runs: how each came to be.
package enum Provenance {
  /// The facts of the runs that a query names in its column `run`.
  package static func sql(choosing query: String) -> String {
    "WITH chosen AS (\n\(query.trimmed)\n)\n\(facts) WHERE s.run IN (SELECT chosen.run FROM chosen) \(order)"
  }

  /// The facts of these runs.
  package static func sql(runs: [String]) -> String {
    let ids = runs.map { "'\($0.replacing("'", with: "''"))'" }
    return "\(facts) WHERE s.run IN (\(ids.joined(separator: ", "))) \(order)"
  }

  private static var facts: String {
    """
    SELECT s.run, s.trial, s.profile, s.created_at AS begun, \(ofAttempts("e.vgglab_version")) AS vgglab_version,
      \(ofAttempts("substr(e.git_commit, 1, 12)")) AS git_commit,
      (SELECT max(e.git_dirty) \(attempts)) AS git_dirty, \(ofAttempts("e.kernels")) AS kernels,
      \(ofAttempts("e.instruction_set")) AS instruction_set, \(ofAttempts("e.threads")) AS threads, \(ofAttempts("e.cpu")) AS cpu
    FROM run_summary AS s
    """
  }

  private static let attempts =
    "FROM attempt AS a JOIN environment AS e ON e.digest = a.environment WHERE a.run = s.run"

  /// What a run's attempts have in a column of their environments: each value once, in the order of its first attempt.
  private static func ofAttempts(_ expression: String) -> String {
    """
    (SELECT group_concat(value, ', ') FROM (
      SELECT \(expression) AS value, min(a.attempt) AS first \(attempts) GROUP BY value ORDER BY first))
    """
  }

  private static let order = "ORDER BY s.created_at, s.run"

  /// The rows as a table shows them, with the journals' digests, and its columns.
  package static func table(_ rows: QueryResult, _ runs: [UsedRun], _ words: Words) -> (
    rows: QueryResult, columns: [TableColumn]
  ) {
    let digests = Dictionary(runs.map { ($0.id, $0.digest) }, uniquingKeysWith: { $1 })
    let names = [
      "run", "trial", "profile", "begun", "vgglab", "commit", "kernels", "instruction_set", "threads", "processor",
      "journal",
    ]
    func place(_ name: String) -> Int? { rows.columns.firstIndex(of: name) }
    let shown = rows.rows.map { row -> [SQLValue] in
      func value(_ name: String) -> SQLValue { place(name).map { row[$0] } ?? .null }
      var commit = value("git_commit")
      if case .text(let digest) = commit {
        commit = .text(digest + (value("git_dirty").truth == .yes ? " (\(words.dirty))" : ""))
      }
      let journal = digests[value("run").plainText].map { SQLValue.text(String($0.prefix(12))) } ?? .null
      return [
        value("run"), value("trial"), value("profile"), value("begun"), value("vgglab_version"), commit,
        value("kernels"), value("instruction_set"), value("threads"), value("cpu"), journal,
      ]
    }
    let columns = names.enumerated().map { TableColumn(source: $0, heading: words.provenance($1), format: .text) }
    return (QueryResult(columns: names, rows: shown), columns)
  }
}
