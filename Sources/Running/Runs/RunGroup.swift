public import Statistics
public import Store

/// Runs with the same values of some columns, and the means of those that are complete.
public struct RunGroup: Sendable {
  /// Of the columns.
  public let values: [SQLValue]
  /// How many they are.
  public let runs: Int
  /// How many of them are complete.
  public let completed: Int
  /// The last train losses of the complete ones.
  public let trainLoss: Sample?
  /// The last train accuracies.
  public let trainAccuracy: Sample?
  /// The last test accuracies.
  public let testAccuracy: Sample?
  /// Images a second, of epochs that nothing disturbed where a run has any.
  public let examplesPerSecond: Sample?
  /// Whether other programs disturbed all epochs of some of the runs.
  public let isDisturbed: Bool

  init(values: [SQLValue], _ runs: [RunSummary]) {
    self.values = values
    self.runs = runs.count
    let done = runs.filter { $0.state == .completed }
    completed = done.count
    trainLoss = Sample(done.compactMap(\.trainLoss))
    trainAccuracy = Sample(done.compactMap(\.trainAccuracy))
    testAccuracy = Sample(done.compactMap(\.testAccuracy))
    examplesPerSecond = Sample(done.compactMap { $0.undisturbedExamplesPerSecond ?? $0.examplesPerSecond })
    isDisturbed = done.contains { $0.undisturbedExamplesPerSecond == nil && $0.disturbedEpochs > 0 }
  }

  /// The groups of some runs, in the order of their first runs. Throws `StoreError`.
  public static func groups(of runs: [RunSummary], by columns: [RunColumn], in store: Store) throws -> [RunGroup] {
    var order: [[SQLValue]] = []
    var members: [[SQLValue]: [RunSummary]] = [:]
    for (run, key) in zip(runs, try store.values(of: columns, for: runs)) {
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(run)
    }
    return order.map { RunGroup(values: $0, members[$0]!) }
  }

  /// The groups as a table: the columns, the numbers of runs, and of each measure its mean and half its 95 % interval.
  public static func table(_ groups: [RunGroup], by columns: [RunColumn]) -> QueryResult {
    let measures: [(String, KeyPath<RunGroup, Sample?>)] = [
      ("train_loss", \.trainLoss), ("train_accuracy", \.trainAccuracy), ("test_accuracy", \.testAccuracy),
      ("examples_per_second", \.examplesPerSecond),
    ]
    func value(_ number: Double?) -> SQLValue { number.map { .real($0) } ?? .null }
    return QueryResult(
      columns: columns.map(\.name) + ["runs", "completed"]
        + measures.flatMap { ["mean_\($0.0)", "half_interval_\($0.0)"] } + ["disturbed"],
      rows: groups.map { group in
        group.values + [.integer(Int64(group.runs)), .integer(Int64(group.completed))]
          + measures.flatMap { _, path in
            let sample = group[keyPath: path]
            return [value(sample?.mean), value(sample?.interval().map { ($0.high - $0.low) / 2 })]
          } + [.integer(group.isDisturbed ? 1 : 0)]
      })
  }
}
