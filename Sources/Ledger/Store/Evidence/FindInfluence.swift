extension ScratchStore {
  /// How many times queries may be asked to find the runs that they depend on, and how many steps of SQLite's machine that may take, all
  /// experiments together. The cheapest come first; beyond it runs are halved, or judged together.
  static let askLimit = 20_000
  static let stepLimit = 300_000_000
  /// Runs of an experiment that are looked at each alone, whatever the others take.
  private static let fewRuns = 16
  /// How often runs are changed, each alone, in all experiments together; beyond that many of them are halved.
  private static let changeLimit = 2_000
  /// What changing a group of runs takes besides, in steps.
  private static let stepsOfOneTry = 60_000
  /// What taking a run away takes besides, in steps.
  private static let stepsToTakeAway = 5_000

  /// Which runs the rows of queries depend on.
  ///
  /// A query depends on a run if its rows are otherwise once the run is taken away, or once everything that was measured of
  /// it is very small or very large. Whole experiments are taken away first; where that changes a query, and none of the
  /// experiment's runs does alone, it depends on all of them. With `isBounded` experiments beyond ``askLimit`` or ``stepLimit``
  /// are found by halving, as far as there is time; see ``GroupedInfluence``. Without it those named in `grouped` are, with
  /// as many queries as is said there, and those named in `whole` are only taken away as a whole; evidence that needs far
  /// more is refused: none was made so.
  func influence(
    of queries: [EvidenceQuery], whole named: Set<String>, grouped: [String: Int] = [:], isBounded: Bool
  ) throws(StoreError) -> Influence {
    let asked = try ask(queries)
    var found = queries.map { _ in Set<String>() }
    var whole: [String] = []
    let allowance = isBounded ? 1 : 4
    var left = (asks: Self.askLimit * allowance, steps: Self.stepLimit * allowance)
    let candidates = try candidates(asked)
    var groupedBy: [String: Int] = [:]
    var bounded: Set<Int> = []
    // Where there is not time for each run of all, it is shared by all experiments that have many.
    let isCrowded =
      isBounded
      && (candidates.reduce(0) { $0 + GroupedInfluence.probes * $1.runs.count } > Self.changeLimit
        || candidates.reduce(0) { $0 + $1.asks } > left.asks
        || candidates.reduce(0) { $0 + $1.steps } > left.steps / 3)
    // Changing runs takes time of its own, and whoever checks the page has less of it.
    if isBounded { left = (left.asks, left.steps / 3) }
    for (index, candidate) in candidates.enumerated() {
      let runs = candidate.runs
      let isTooMuch = runs.count > 1 && (candidate.asks > left.asks || candidate.steps > left.steps)
      var asks = grouped[candidate.experiment]
      if isCrowded, runs.count > Self.fewRuns || isTooMuch {
        // All that are left are as expensive or more, and each has its share of what the cheaper ones did not take.
        let share = candidates.count - index
        asks = min(left.asks, left.steps / (candidate.stepsOfOneAsk + Self.stepsOfOneTry)) / share
      }
      if runs.count > 1, named.contains(candidate.experiment) || asks.map({ $0 < candidate.leastAsks }) ?? false {
        whole.append(candidate.experiment)
        for place in candidate.changed { found[place].formUnion(runs) }
        bounded.formUnion(candidate.changed)
        continue
      }
      guard asks != nil || !isTooMuch else { throw .evidence(.tooMuchWork) }
      let used: [Int: Set<String>]
      if let asks, runs.count > 1 {
        guard asks <= left.asks, asks <= left.steps / max(1, candidate.stepsOfOneAsk) else {
          throw .evidence(.tooMuchWork)
        }
        groupedBy[candidate.experiment] = asks
        let halved = try findUsedRunsByBisection(candidate, asked, asks: asks)
        used = halved.runs
        bounded.formUnion(halved.bounded)
        left.asks -= asks - halved.left
        left.steps -= (asks - halved.left) * (candidate.stepsOfOneAsk + (isBounded ? Self.stepsOfOneTry : 0))
      } else {
        left.asks -= candidate.asks
        left.steps -= candidate.steps
        let alone = runs.count == 1 ? candidate.changed.map { _ in Set(runs) } : try findUsedRuns(candidate, asked)
        used = Dictionary(uniqueKeysWithValues: zip(candidate.changed, alone))
      }
      for place in candidate.changed {
        let alone = used[place] ?? []
        found[place].formUnion(alone.isEmpty ? Set(runs) : alone)
      }
    }
    return Influence(
      runs: found.map { $0.sorted() }, whole: whole.sorted(), grouped: groupedBy, bounded: bounded)
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

    /// What one query takes on average.
    var stepsOfOneAsk: Int { steps / max(1, asks) }
    /// Fewer queries do not even divide the experiment once.
    var leastAsks: Int { 2 * GroupedInfluence.probes * changed.count }
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
  private func findUsedRuns(_ candidate: Candidate, _ asked: [Asked]) throws(StoreError) -> [Set<String>] {
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
        if let value { try perturbing([run], to: value, look) } else { try without([run], look) }
      }
    }
    return alone
  }

  /// The same by halving, as far as `asks` tries suffice, which the queries share; with the places of queries for which a group
  /// counts as a whole, and how many tries are left.
  private func findUsedRunsByBisection(
    _ candidate: Candidate, _ asked: [Asked], asks: Int
  ) throws(StoreError) -> (runs: [Int: Set<String>], bounded: Set<Int>, left: Int) {
    var left = asks
    var bounded: Set<Int> = []
    var found: [Int: Set<String>] = [:]
    for (index, place) in candidate.changed.enumerated() {
      let share = left / (candidate.changed.count - index)
      var groups = GroupedInfluence(runs: candidate.runs, asks: share)
      found[place] = try groups.find { runs throws(StoreError) in
        func look() throws(StoreError) -> Bool {
          try connection.isOtherwise(asked[place].query, than: asked[place].rows)
        }
        if try without(runs, look) { return (true, 1) }
        if try perturbing(runs, to: -1e12, look) { return (true, 2) }
        return (try perturbing(runs, to: 1e12, look), 3)
      }
      left -= share - groups.left
      if groups.countsGroups { bounded.insert(place) }
    }
    return (found, bounded, left)
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

  /// Of each query the names of measured values without which its rows are otherwise.
  func names(neededBy queries: [EvidenceQuery]) throws(StoreError) -> [[String]] {
    guard !queries.isEmpty else { return [] }
    var names: Set<String> = []
    for table in measured {
      // The finals have every name, and are few.
      let source = table == "metric" ? "main.final_metric" : "source.\(table)"
      for row in try connection.trustedRows("SELECT DISTINCT name FROM \(source)") { names.insert(row[0].plainText) }
    }
    let asked = try ask(queries)
    var needed: [[String]] = asked.map { _ in [] }
    for name in names.sorted() {
      try hiding(name) { () throws(StoreError) in
        for (index, query) in asked.enumerated() where try connection.isOtherwise(query.query, than: query.rows) {
          needed[index].append(name)
        }
      }
    }
    return needed
  }
}
