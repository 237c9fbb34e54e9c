package import Statistics
package import Store

/// What a claim's rows say, before it is judged beside the others of its page.
package struct ClaimMeasurement: Sendable, Hashable {
  /// What was measured: the mean, the proportion, the share of the first among those that one alone got right, or what
  /// the query calls `effect`.
  package var effect: Double?
  package var interval: Interval?
  /// Replicates, trials, or those that one alone got right.
  package var count: Int?
  /// Rows without a value.
  package var missing = 0
  /// How likely such rows are if the claim is not true.
  package var pValue: Double?
  /// How likely such rows are if its opposite is not true; nil where no opposite is tested.
  package var pValueOpposite: Double?
  /// What a query of `holds` decided; nil for undecided.
  package var holds: Bool?
  package var detail: String?

  /// Of the counts that a query gives.
  package static let countLimit = 1e9

  package init(_ cell: Cell, _ design: ClaimDesign, _ rows: QueryResult) throws(CellFault) {
    switch design.test {
    case .holds: try decide(cell, rows)
    case .mean: try measureMean(cell, design, rows)
    case .proportion:
      guard let (successes, trials) = try counts(["successes", "trials"], cell, rows) else { return }
      guard successes <= trials else {
        throw CellFault(problem: .wrongCounts("\(successes) successes in \(trials) trials"))
      }
      measure(successes, of: trials, design)
    case .mcnemar:
      guard let (first, second) = try counts(["only_first", "only_second"], cell, rows) else { return }
      var halves = design
      halves.margin = 0.5
      measure(first, of: first + second, halves)
    }
  }

  private mutating func decide(_ cell: Cell, _ rows: QueryResult) throws(CellFault) {
    guard let place = rows.columns.firstIndex(of: "holds") else {
      throw wrongColumns(cell, "holds (effect, low, high and detail are optional)", rows)
    }
    try cell.checkColumns(rows, needed: ["holds"], optional: ["effect", "low", "high", "detail"])
    guard rows.rows.count <= 1 else { throw CellFault(problem: .tooManyRows(id: cell.id, rows: rows.rows.count)) }
    guard let row = rows.rows.first else { return }
    func value(_ name: String) -> SQLValue { rows.columns.firstIndex(of: name).map { row[$0] } ?? .null }
    guard let truth = row[place].truth else {
      throw CellFault(problem: .notATruth(column: "holds", value: row[place].plainText))
    }
    holds = truth == .unknown ? nil : truth == .yes
    func number(_ name: String) throws(CellFault) -> Double? {
      let found = value(name)
      guard found != .null else { return nil }
      guard let number = found.number else {
        throw CellFault(problem: .notANumber(column: name, value: found.plainText))
      }
      return number
    }
    effect = try number("effect")
    let (low, high) = (try number("low"), try number("high"))
    if let low, let high {
      guard low <= high else {
        throw CellFault(problem: .wrongInterval(low: value("low").plainText, high: value("high").plainText))
      }
      interval = Interval(low: low, high: high)
    }
    detail = value("detail") == .null ? nil : value("detail").plainText
  }

  private mutating func measureMean(_ cell: Cell, _ design: ClaimDesign, _ rows: QueryResult) throws(CellFault) {
    guard let place = rows.columns.firstIndex(of: "value") else { throw wrongColumns(cell, "value", rows) }
    var values: [Double] = []
    for row in rows.rows where row[place] != .null {
      guard let number = row[place].number, number.isFinite else {
        throw CellFault(problem: .notANumber(column: "value", value: row[place].plainText))
      }
      values.append(number)
    }
    count = values.count
    missing = rows.rows.count - values.count
    guard let sample = Sample(values) else { return }
    effect = sample.mean
    // Student's t needs a spread.
    guard !sample.isConstant else { return }
    interval = sample.interval(level: design.level)
    guard let test = sample.test(margin: design.margin) else { return }
    switch design.alternative {
    case .greater: (pValue, pValueOpposite) = (test.pValueNotGreater, test.pValueNotLess)
    case .less: (pValue, pValueOpposite) = (test.pValueNotLess, test.pValueNotGreater)
    case .different: pValue = test.pValueTwoSided
    }
  }

  private mutating func measure(_ successes: Int, of trials: Int, _ design: ClaimDesign) {
    count = trials
    guard trials > 0 else { return }
    effect = Double(successes) / Double(trials)
    interval = wilsonInterval(successes: successes, trials: trials, level: design.level)
    let binomial = Binomial(trials: trials, probability: design.margin)
    switch design.alternative {
    case .greater: (pValue, pValueOpposite) = (binomial.atLeast(successes), binomial.atMost(successes))
    case .less: (pValue, pValueOpposite) = (binomial.atMost(successes), binomial.atLeast(successes))
    case .different: pValue = binomial.twoSided(successes)
    }
  }

  /// Two counts of one row; nil without rows or where one is NULL.
  private func counts(_ names: [String], _ cell: Cell, _ rows: QueryResult) throws(CellFault) -> (Int, Int)? {
    let places = names.compactMap { rows.columns.firstIndex(of: $0) }
    guard places.count == 2 else { throw wrongColumns(cell, names.joined(separator: ", "), rows) }
    guard rows.rows.count <= 1 else { throw CellFault(problem: .tooManyRows(id: cell.id, rows: rows.rows.count)) }
    guard let row = rows.rows.first else { return nil }
    var found: [Int] = []
    for (name, place) in zip(names, places) {
      if row[place] == .null { return nil }
      guard let number = row[place].number, number >= 0, number <= Self.countLimit, number == number.rounded() else {
        throw CellFault(problem: .notACount(column: name, value: row[place].plainText))
      }
      found.append(Int(number))
    }
    return (found[0], found[1])
  }

  private func wrongColumns(_ cell: Cell, _ expected: String, _ rows: QueryResult) -> CellFault {
    CellFault(problem: .wrongColumns(kind: "claim", expected: expected, found: rows.columns))
  }

  /// How many replicates or trials more would do at this level, if what was seen stays as it is; nil where none would.
  package func more(_ design: ClaimDesign, values: [Double], level: Double) -> Int? {
    let isTwoSided = design.alternative == .different
    switch design.test {
    case .holds: return nil
    case .mean:
      // One value has no spread: with two more there is one, and a first estimate of what is needed.
      guard let sample = Sample(values), values.count > 1 else { return 3 - values.count }
      guard !sample.isConstant,
        let needed = sample.countNeeded(margin: design.margin, level: level, isTwoSided: isTwoSided)
      else {
        return nil
      }
      return max(1, needed - values.count)
    case .proportion, .mcnemar:
      guard let effect, let count, count > 0 else { return nil }
      let margin = design.test == .mcnemar ? 0.5 : design.margin
      let distance = abs(effect - margin)
      let quantile = normalQuantile(isTwoSided ? 0.5 + level / 2 : level)
      let needed = margin * (1 - margin) * (quantile / distance) * (quantile / distance)
      guard distance > 0, needed.isFinite, needed < 1e12 else { return nil }
      return max(1, Int(needed.rounded(.up)) - count)
    }
  }
}
