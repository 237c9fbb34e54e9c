import Configurations
import Foundation
public import Journals
import Statistics
public import Store
import Training

/// Runs side by side: what differs in their configurations, and what came out. Names as `--json` has them.
public struct RunComparison: Sendable, Codable {
  /// Runs whose configurations are equal but for the seed.
  public struct Group: Sendable, Codable {
    /// A run of a group.
    public struct Member: Sendable, Codable {
      public var run: String
      public var trial: String
      public var seed: String
      public var state: RunState
    }
    /// `A`, `B`, …
    public var letter: String
    public var name: String
    public var members: [Member]
    /// One seed only: a difference may be chance.
    public var is_single: Bool
    /// Epochs in which other work took the machine's cores, of all runs together.
    public var disturbed_epochs: Int
    public var parameters: Int?
    /// Of the forward pass of one image.
    public var multiply_adds: Int?
  }
  /// A parameter that is not the same in all groups.
  public struct Parameter: Sendable, Codable {
    public var key: String
    /// One a group; `none` where it has none.
    public var values: [String]
  }
  /// A mean with its 95 % interval.
  public struct Estimate: Sendable, Codable {
    /// Different seeds, or pairs of them; 0 for a difference of means that have no seeds in common.
    public var count: Int
    public var mean: Double
    public var standard_deviation: Double?
    /// The 95 % interval of the mean by Student's t.
    public var low: Double?
    public var high: Double?

    init(_ values: [Double], count: Int? = nil) {
      guard let sample = Sample(values) else { preconditionFailure("no values") }
      self.count = count ?? values.count
      mean = sample.mean
      standard_deviation = sample.deviation
      let interval = sample.interval()
      low = interval?.low
      high = interval?.high
    }
  }
  /// A metric in each group, and its differences from the first.
  public struct Metric: Sendable, Codable {
    public var name: String
    /// One a group; nil where it was not measured.
    public var values: [Estimate?]
    /// Each group's less the first's, paired by seed where seeds are common; nil for the first.
    public var differences: [Estimate?]
  }
  /// McNemar's exact test of two runs on the same test images.
  public struct Agreement: Sendable, Codable {
    public var first: String
    public var second: String
    public var examples: Int
    public var both_right: Int
    public var only_first_right: Int
    public var only_second_right: Int
    public var p: Double
  }

  public var question: String?
  public var groups: [Group]
  public var parameters: [Parameter]
  public var metrics: [Metric]
  public var agreements: [Agreement]
  /// What could not be compared, as sentences.
  public var remarks: [String]

  public var runs: [String] { groups.flatMap { $0.members.map(\.run) } }
}

/// Compares runs; the first one's group is what the others are measured against.
///
/// Throws ``RunsError/notComparable(_:)`` for fewer than two runs, and `StoreError`.
public func compare(_ runs: [RunSummary], in store: Store, question: String? = nil) throws -> RunComparison {
  var seen: Set<String> = []
  let runs = runs.filter { seen.insert($0.id).inserted }
  guard runs.count > 1 else {
    let one = runs.first.map {
      "only run \($0.id) is named (an experiment's name gives the newest complete run of each trial); "
    }
    throw RunsError.notComparable("\(one ?? "")name at least two different runs to compare")
  }
  var grouped: [(parameters: [String: String], runs: [RunSummary])] = []
  for run in runs {
    var parameters = configurationFields(run.configuration ?? "{}")
    parameters["training.seed"] = nil
    if let index = grouped.firstIndex(where: { $0.parameters == parameters }) {
      grouped[index].runs.append(run)
    } else {
      grouped.append((parameters, [run]))
    }
  }
  let keys = Set(grouped.flatMap(\.parameters.keys)).sorted()
  let parameters = keys.compactMap { key -> RunComparison.Parameter? in
    let values = grouped.map { $0.parameters[key] ?? "none" }
    return Set(values).count > 1 ? RunComparison.Parameter(key: key, values: values) : nil
  }
  let work = try store.values(of: [RunColumn("multiply_adds")], for: grouped.map { $0.runs[0] })
  let groups = grouped.enumerated().map { index, group in
    RunComparison.Group(
      letter: letter(index), name: commonName(group.runs),
      members: group.runs.map { .init(run: $0.id, trial: $0.trial, seed: $0.seed, state: $0.state) },
      is_single: Set(group.runs.map(\.seed)).count == 1,
      disturbed_epochs: group.runs.reduce(0) { $0 + $1.disturbedEpochs }, parameters: group.runs[0].parameters,
      multiply_adds: work[index].first?.number.map { Int($0) })
  }
  var comparison = RunComparison(
    question: question, groups: groups, parameters: parameters, metrics: try metrics(grouped.map(\.runs), store),
    agreements: [], remarks: [])
  for run in runs where run.state != .completed {
    comparison.remarks.append("\(run.id) is \(run.state.name): its figures are those of its last step")
  }
  for (group, members) in zip(groups, grouped.map(\.runs)) {
    let (timed, disturbed) = members.reduce((0, 0)) { ($0.0 + $1.timedEpochs, $0.1 + $1.disturbedEpochs) }
    if disturbed > 0 {
      comparison.remarks.append("images/s of \(group.letter): \(timingSentence(timed: timed, disturbed: disturbed))")
    }
  }
  try addEnvironmentRemarks(&comparison, store)
  try addAgreements(&comparison, grouped.map(\.runs), store)
  return comparison
}

/// What was measured in each group, and how far the others are from the first. Runs of the same seed are the same training again
/// and not a further sample.
private func metrics(_ groups: [[RunSummary]], _ store: Store) throws -> [RunComparison.Metric] {
  // By group, metric and seed.
  var finals: [[String: [String: [Double]]]] = []
  for runs in groups {
    var values: [String: [String: [Double]]] = [:]
    for run in runs {
      var finals = try store.finals(run: run.id)
      if let rate = run.undisturbedExamplesPerSecond { finals["undisturbed_examples_per_second"] = rate }
      for (name, value) in finals { values[name, default: [:]][run.seed, default: []].append(value) }
    }
    finals.append(values)
  }
  return Set(finals.flatMap(\.keys)).sorted().map { name in
    let bySeed = finals.map { ($0[name] ?? [:]).mapValues { $0.reduce(0, +) / Double($0.count) } }
    return RunComparison.Metric(
      name: name,
      values: bySeed.map { $0.isEmpty ? nil : RunComparison.Estimate(ordered($0)) },
      differences: bySeed.enumerated().map { $0 == 0 ? nil : difference(from: bySeed[0], to: $1) })
  }
}

/// From how many epochs, or measurements of cost, a rate can be taken.
public func timingSentence(timed: Int, disturbed: Int, unit: String = "epoch") -> String {
  let epochs = "\(timed) \(unit)\(timed == 1 ? "" : "s")"
  guard disturbed > 0 else { return "\(epochs), none disturbed" }
  guard disturbed < timed else { return "no undisturbed \(unit): other work on the machine disturbed all \(epochs)" }
  return "from \(timed - disturbed) of \(epochs); \(disturbed) disturbed by other work on the machine"
}

private func letter(_ index: Int) -> String {
  index < 26 ? String(UnicodeScalar(UInt8(65 + index))) : "G\(index + 1)"
}

/// The trial's name, without the seed that a sweep appends.
private func commonName(_ runs: [RunSummary]) -> String {
  let suffix = " seed=\(runs[0].seed)"
  let trial = runs[0].trial
  return trial.hasSuffix(suffix) ? String(trial.dropLast(suffix.count)) : trial
}

private func ordered(_ bySeed: [String: Double]) -> [Double] { bySeed.sorted { $0.key < $1.key }.map(\.value) }

private func difference(from first: [String: Double], to other: [String: Double]) -> RunComparison.Estimate? {
  guard !first.isEmpty, !other.isEmpty else { return nil }
  let common = Set(first.keys).intersection(other.keys).sorted()
  if !common.isEmpty { return RunComparison.Estimate(common.map { other[$0]! - first[$0]! }) }
  func mean(_ values: [String: Double]) -> Double { ordered(values).reduce(0, +) / Double(values.count) }
  return RunComparison.Estimate([mean(other) - mean(first)], count: 0)
}

/// Adds remarks where groups ran in different environments, which may change rates and last bits.
private func addEnvironmentRemarks(_ comparison: inout RunComparison, _ store: Store) throws(StoreError) {
  // Networks that were described alone have nothing that a machine could make differ.
  guard !comparison.metrics.isEmpty else { return }
  let columns = ["threads", "kernels", "cpu", "instruction_set", "blas_core", "vgglab_version"]
  var found: [[[SQLValue]]] = []
  for group in comparison.groups {
    // Ids hold nothing that SQL would take for more than text.
    let ids = group.members.map { "'\($0.run)'" }.joined(separator: ", ")
    found.append(
      try store.query("SELECT \(columns.joined(separator: ", ")) FROM run_summary WHERE run IN (\(ids))").rows)
  }
  for (index, column) in columns.enumerated() {
    let values = found.map { rows in
      Set(
        rows.map { row in
          let text = row[index] == .null ? "unknown" : row[index].plainText
          return column == "kernels" ? KernelPath.presentName(text) : text
        }
      ).sorted()
    }
    guard Set(values).count > 1 else { continue }
    let listed = zip(comparison.groups, values).map { "\($0.letter) \($1.joined(separator: " and "))" }
    comparison.remarks.append("\(column.replacing("_", with: " ")) differ: \(listed.joined(separator: ", "))")
  }
}

/// McNemar's test of each group with the first: of the runs of a common seed, or of the first runs.
private func addAgreements(_ comparison: inout RunComparison, _ groups: [[RunSummary]], _ store: Store) throws {
  for group in groups.dropFirst() {
    let pairs = groups[0].flatMap { one in group.filter { $0.seed == one.seed }.prefix(1).map { (one, $0) } }
    for (one, other) in pairs.isEmpty ? [(groups[0][0], group[0])] : pairs {
      do {
        guard let a = try Predictions(of: one, in: store), let b = try Predictions(of: other, in: store) else {
          continue
        }
        guard a.labels == b.labels else {
          comparison.remarks.append("\(one.id) and \(other.id) were tested on different images: no McNemar's test")
          continue
        }
        let (right, otherRight) = (a.isRight, b.isRight)
        let counts = zip(right, otherRight).reduce(into: [0, 0, 0]) { counts, pair in
          if pair.0 && pair.1 { counts[0] += 1 } else if pair.0 { counts[1] += 1 } else if pair.1 { counts[2] += 1 }
        }
        comparison.agreements.append(
          RunComparison.Agreement(
            first: one.id, second: other.id, examples: right.count, both_right: counts[0],
            only_first_right: counts[1], only_second_right: counts[2],
            p: McNemar(onlyFirst: counts[1], onlySecond: counts[2]).twoSided))
      } catch let error as RunsError {
        comparison.remarks.append("\(error)")
      }
    }
  }
}
