extension ForeignCurves {
  /// Whether a text can name the views.
  package static func isName(_ text: String) -> Bool {
    let letters = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    return letters && (1...31).contains(text.utf8.count) && (97...122).contains(text.utf8.first ?? 0)
  }

  /// A file of cells for notebooks with two views over these points: `<name>_run` and `<name>_curve`.
  ///
  /// They are rows of the notebook and not of the store, so that no query over runs can take them for measured ones. Throws
  /// ``ExchangeError``.
  package func cells() throws(ExchangeError) -> String {
    guard Self.isName(name) else { throw .badName(name) }
    guard points.count <= Self.cellLimit else {
      throw .tooMany(
        what: "points", count: points.count, limit: Self.cellLimit,
        remedy: "choose with --metric NAME,… or thin the curves with --every N")
    }
    var runs = Numbers()
    var metrics = Numbers()
    for point in points {
      runs.add(point.run.isEmpty ? name : point.run)
      metrics.add(point.metric)
    }
    guard runs.names.count <= Self.runLimit else {
      throw .tooMany(
        what: "runs", count: runs.names.count, limit: Self.runLimit, remedy: "import fewer of them at once")
    }
    let rows = points.map { point in
      let run = runs.places[point.run.isEmpty ? name : point.run] ?? 0
      let step = point.step.map { "\($0)" } ?? "NULL"
      return "  (\(run), \(metrics.places[point.metric] ?? 0), \(step), \(Self.literal(point.epoch)), \(Self.literal(point.value)))"
    }
    return """
      Curves of another program, imported from \(Self.prose(source)) (\(format)). vgglab has measured and verified none of them.

      ```{query \(name)_run}
      --| view: true
      SELECT column1 AS run, 'imported' AS origin, \(Self.literal(format)) AS format, \(Self.literal(source)) AS source,
        '\(digest)' AS digest
      FROM (VALUES
      \(runs.names.map { "  (\(Self.literal($0)))" }.joined(separator: ",\n")))
      ```

      ```{query \(name)_curve}
      --| view: true
      WITH run_name (id, name) AS (VALUES
      \(runs.rows)),
      metric_name (id, name) AS (VALUES
      \(metrics.rows)),
      point (run, metric, step, epoch, value) AS (VALUES
      \(rows.joined(separator: ",\n")))
      SELECT r.name AS run, 'imported' AS origin, m.name AS metric, p.step, p.epoch, p.value
      FROM point AS p JOIN run_name AS r ON r.id = p.run JOIN metric_name AS m ON m.id = p.metric
      ```

      """
  }

  /// Names in the order in which they come, with numbers.
  private struct Numbers {
    var names: [String] = []
    var places: [String: Int] = [:]

    mutating func add(_ name: String) {
      guard places[name] == nil else { return }
      places[name] = names.count
      names.append(name)
    }

    var rows: String {
      names.enumerated().map { "  (\($0), \(ForeignCurves.literal($1)))" }.joined(separator: ",\n")
    }
  }

  private static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

  private static func literal(_ number: Double?) -> String {
    guard let number, !number.isNaN else { return "NULL" }
    return number.isFinite ? "\(number)" : number < 0 ? "-9e999" : "9e999"
  }

  /// A source's name as a line of Markdown.
  private static func prose(_ text: String) -> String {
    "`" + String(text.map { $0 == "`" || $0.isNewline ? "_" : $0 }) + "`"
  }
}
