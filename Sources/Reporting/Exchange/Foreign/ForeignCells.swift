import Text

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
      let step = point.step.map { "\($0)" } ?? "null"
      return "[\(run),\(metrics.places[point.metric] ?? 0),\(step),\(Self.json(point.epoch)),\(Self.json(point.value))]"
    }
    // JSON and not VALUES: SQLite compiles a view anew wherever it is named, and a text costs it nothing.
    return """
      Curves of another program, imported from \(Self.prose(source)) (\(format)). vgglab has measured and verified none of them.

      ```{query \(name)_run}
      --| view: true
      SELECT value AS run, 'imported' AS origin, \(Self.literal(format)) AS format, \(Self.literal(source)) AS source,
        '\(digest)' AS digest
      FROM json_each(\(runs.literal))
      ```

      ```{query \(name)_curve}
      --| view: true
      SELECT json_extract(\(runs.literal), '$[' || (value ->> 0) || ']') AS run, 'imported' AS origin,
        json_extract(\(metrics.literal), '$[' || (value ->> 1) || ']') AS metric,
        value ->> 2 AS step, value ->> 3 AS epoch, value ->> 4 AS value
      FROM json_each('[
      \(rows.joined(separator: ",\n"))
      ]')
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

    /// A list in JSON as SQL has a text.
    var literal: String { ForeignCurves.literal("[\(names.map { jsonQuoted($0) }.joined(separator: ","))]") }
  }

  private static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

  /// A number as SQLite's JSON has it; what is none is null.
  private static func json(_ number: Double?) -> String {
    guard let number, !number.isNaN else { return "null" }
    return number.isFinite ? "\(number)" : number < 0 ? "-9e999" : "9e999"
  }

  /// A source's name as a line of Markdown.
  private static func prose(_ text: String) -> String {
    "`" + String(text.map { $0 == "`" || $0.isNewline ? "_" : $0 }) + "`"
  }
}
