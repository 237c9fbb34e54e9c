extension ScratchStore {
  /// How many times queries may be asked to find the runs that they depend on, and how many steps of SQLite's machine that may take, all
  /// experiments together. The cheapest come first; the runs of the others are judged together.
  static let askLimit = 20_000
  static let stepLimit = 300_000_000
  /// What taking a run away takes besides, in steps.
  private static let stepsToTakeAway = 5_000

  /// Which runs the rows of queries depend on.
  ///
  /// A query depends on a run if its rows are otherwise once the run is taken away, or once everything that was measured of
  /// it is very small or very large. Whole experiments are taken away first; where that changes a query, and none of the
  /// experiment's runs does alone, it depends on all of them. Experiments named in `whole`, and with `isBounded` those
  /// beyond ``askLimit`` or ``stepLimit``, are only taken away as a whole. Without `isBounded`, evidence that needs far more
  /// is refused: none was made so.
  func influence(
    of queries: [EvidenceQuery], whole named: Set<String>, isBounded: Bool
  ) throws(StoreError) -> Influence {
    let asked = try ask(queries)
    var found = queries.map { _ in Set<String>() }
    var whole: [String] = []
    let allowance = isBounded ? 1 : 4
    var left = (asks: Self.askLimit * allowance, steps: Self.stepLimit * allowance)
    for candidate in try candidates(asked) {
      let runs = candidate.runs
      let isTooMuch = runs.count > 1 && (candidate.asks > left.asks || candidate.steps > left.steps)
      if runs.count > 1, named.contains(candidate.experiment) || isTooMuch && isBounded {
        whole.append(candidate.experiment)
        for place in candidate.changed { found[place].formUnion(runs) }
        continue
      }
      guard !isTooMuch else { throw .evidence(.tooMuchWork) }
      left.asks -= candidate.asks
      left.steps -= candidate.steps
      let alone = runs.count == 1 ? candidate.changed.map { _ in Set(runs) } : try tellApart(candidate, asked)
      for (place, runsAlone) in zip(candidate.changed, alone) {
        found[place].formUnion(runsAlone.isEmpty ? Set(runs) : runsAlone)
      }
    }
    return Influence(runs: found.map { $0.sorted() }, whole: whole.sorted())
  }

  /// An experiment without which some queries are otherwise.
  private struct Candidate {
    var experiment: String
    var runs: [String]
    /// Places of queries.
    var changed: [Int]
    /// What telling its runs apart may take.
    var asks: Int
    var steps: Int
  }

  /// Experiments that matter, the cheapest first.
  private func candidates(_ asked: [Asked]) throws(StoreError) -> [Candidate] {
    var found: [Candidate] = []
    for (experiment, runs) in try runsByExperiment() {
      let changed = try without(runs) { () throws(StoreError) in
        var changed: [Int] = []
        for (place, query) in asked.enumerated() {
          if try connection.isOtherwise(query.query, than: query.rows) { changed.append(place) }
        }
        return changed
      }
      guard !changed.isEmpty else { continue }
      let steps = changed.reduce(0) { $0 + asked[$1].steps } + Self.stepsToTakeAway
      found.append(
        Candidate(
          experiment: experiment, runs: runs, changed: changed, asks: 3 * runs.count * changed.count,
          steps: 3 * runs.count * steps))
    }
    return found.sorted { ($0.steps, $0.experiment) < ($1.steps, $1.experiment) }
  }

  /// For each query that an experiment changes the runs that do it alone.
  private func tellApart(_ candidate: Candidate, _ asked: [Asked]) throws(StoreError) -> [Set<String>] {
    var alone = candidate.changed.map { _ in Set<String>() }
    for run in candidate.runs {
      for value in [nil, -1e12, 1e12] {
        let left = candidate.changed.indices.filter { !alone[$0].contains(run) }
        guard !left.isEmpty else { break }
        func look() throws(StoreError) {
          for place in left {
            let query = asked[candidate.changed[place]]
            if try connection.isOtherwise(query.query, than: query.rows) { alone[place].insert(run) }
          }
        }
        if let value { try bending(run, to: value, look) } else { try without([run], look) }
      }
    }
    return alone
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
      let source = table == "metric" ? "main.final_metric" : "source.\(table)"
      for row in try connection.trustedRows("SELECT DISTINCT name FROM \(source)") { names.insert(row[0].plainText) }
    }
    let asked = try ask(queries)
    var needed: [String] = []
    for name in names.sorted() {
      let isNeeded = try hiding(name) { () throws(StoreError) in
        for query in asked where try connection.isOtherwise(query.query, than: query.rows) { return true }
        return false
      }
      if isNeeded { needed.append(name) }
    }
    return needed
  }
}
