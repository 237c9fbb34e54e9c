extension ScratchStore {
  /// How many times queries may be asked for one experiment, and how many steps that may take; beyond it the experiment's
  /// runs are judged together.
  static let askLimit = 20_000
  static let stepLimit = 2_000_000_000

  /// Which runs the rows of queries depend on.
  ///
  /// A query depends on a run if its rows are otherwise once the run is taken away, or once everything that was measured of
  /// it is very small or very large. Whole experiments are taken away first; where that changes a query, and none of the
  /// experiment's runs does alone, it depends on all of them. Experiments named in `whole`, and with `isBounded` those
  /// beyond ``askLimit`` or ``stepLimit``, are only taken away as a whole.
  func influence(
    of queries: [EvidenceQuery], whole named: Set<String>, isBounded: Bool
  ) throws(StoreError) -> Influence {
    let asked = try ask(queries)
    var found = queries.map { _ in Set<String>() }
    var whole: [String] = []
    for (experiment, runs) in try runsByExperiment() {
      let changed = try without(runs) { () throws(StoreError) in
        asked.indices.filter { connection.isOtherwise(asked[$0].query, than: asked[$0].rows) }
      }
      guard !changed.isEmpty else { continue }
      let steps = changed.reduce(0) { $0 + asked[$1].steps }
      let isTooMuch = runs.count * changed.count * 3 > Self.askLimit || steps * runs.count * 3 > Self.stepLimit
      if runs.count > 1, named.contains(experiment) || isBounded && isTooMuch {
        whole.append(experiment)
        for place in changed { found[place].formUnion(runs) }
        continue
      }
      var alone = changed.map { _ in Set<String>() }
      if runs.count == 1 { alone = changed.map { _ in Set(runs) } }
      for run in runs where runs.count > 1 {
        for value in [nil, -1e12, 1e12] {
          let left = changed.indices.filter { !alone[$0].contains(run) }
          guard !left.isEmpty else { break }
          func look() throws(StoreError) {
            for place in left {
              let query = asked[changed[place]]
              if connection.isOtherwise(query.query, than: query.rows) { alone[place].insert(run) }
            }
          }
          if let value { try bending(run, to: value, look) } else { try without([run], look) }
        }
      }
      for (place, found_) in zip(changed, alone) {
        found[place].formUnion(found_.isEmpty ? Set(runs) : found_)
      }
    }
    return Influence(runs: found.map { $0.sorted() }, whole: whole)
  }

  private struct Asked {
    var query: PreparedQuery
    var rows: [[SQLValue]]
    /// What asking once takes.
    var steps: Int
  }

  private func ask(_ queries: [EvidenceQuery]) throws(StoreError) -> [Asked] {
    try queries.map { query throws(StoreError) in
      let prepared = try connection.prepare(query.sql, query.parameters)
      let rows = try connection.rows(prepared).rows
      return Asked(query: prepared, rows: rows, steps: prepared.steps)
    }
  }

  /// The names of measured values without which a query's rows are otherwise.
  func names(neededBy queries: [EvidenceQuery]) throws(StoreError) -> [String] {
    guard !queries.isEmpty else { return [] }
    var names: Set<String> = []
    for table in measured {
      // The finals have every name, and are few.
      let source =
        table == "metric" && tables.contains("final_metric") ? "main.final_metric" : "source.\(table)"
      for row in try connection.trustedRows("SELECT DISTINCT name FROM \(source)") { names.insert(row[0].plainText) }
    }
    let asked = try ask(queries)
    var needed: [String] = []
    for name in names.sorted() {
      let isNeeded = try hiding(name) { () throws(StoreError) in
        asked.contains { connection.isOtherwise($0.query, than: $0.rows) }
      }
      if isNeeded { needed.append(name) }
    }
    return needed
  }
}
