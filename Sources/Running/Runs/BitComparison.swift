import Journals
public import Store

/// Two runs that should have computed the same, compared bit for bit: all but clock times and rates. Names as `--json` has
/// them.
public struct BitComparison: Sendable, Codable, Hashable {
  /// Values that the first run measured.
  public var metric_rows: Int
  /// Rows that are missing, doubled or different.
  public var rows_different: Int
  /// The first of them, as `metric,step,epoch,value` of each run; nil where all are equal.
  public var first_difference: String?
  /// nil where neither run has weights.
  public var weights_identical: Bool?
  /// nil where neither run has predictions.
  public var predictions_identical: Bool?

  /// Whether there is something to compare, and all of it is equal.
  public var isIdentical: Bool {
    metric_rows > 0 && rows_different == 0 && weights_identical != false && predictions_identical != false
  }

  /// Compares a run with another, which may be of another store. Throws `StoreError`.
  public init(_ run: String, in store: Store, with other: String, in otherStore: Store) throws(StoreError) {
    let expected = try Self.rows(store, run)
    let found = try Self.rows(otherStore, other)
    metric_rows = expected.count
    let (missing, added) = Self.difference(expected, found)
    rows_different = missing.count + added.count
    if let row = missing.first {
      let key = row.split(separator: ",").prefix(2)
      let counterpart = added.first { $0.split(separator: ",").prefix(2) == key } ?? "nothing"
      first_difference = "\(row) and \(counterpart)"
    } else if let row = added.first {
      first_difference = "nothing and \(row)"
    }
    weights_identical = try Self.areEqual(.last, run, store, other, otherStore)
    predictions_identical = try Self.areEqual(.predictions, run, store, other, otherStore)
  }

  /// Whether a file that both runs made has one digest; nil where neither has it.
  private static func areEqual(
    _ name: ArtifactName, _ run: String, _ store: Store, _ other: String, _ otherStore: Store
  ) throws(StoreError) -> Bool? {
    let first = try store.artifact(run: run, name: name.rawValue)?.digest
    let second = try otherStore.artifact(run: other, name: name.rawValue)?.digest
    return first == nil && second == nil ? nil : first == second
  }

  /// Every row of a run's metrics with its bits, in the order of their steps.
  private static func rows(_ store: Store, _ run: String) throws(StoreError) -> [String] {
    let csv = try store.exportMetrics(run: run, format: .csv)
    return csv.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 6, MetricName(rawValue: String(cells[2]))?.isOfTheMachine != true else { return nil }
      // Without run and attempt.
      return cells[2...].joined(separator: ",")
    }
  }

  /// What one list has more than the other, with repetitions.
  private static func difference(_ expected: [String], _ found: [String]) -> (missing: [String], added: [String]) {
    func rest(_ list: [String], without other: [String]) -> [String] {
      var counts = other.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
      return list.filter { row in
        guard let count = counts[row], count > 0 else { return true }
        counts[row] = count - 1
        return false
      }
    }
    return (rest(expected, without: found), rest(found, without: expected))
  }
}
