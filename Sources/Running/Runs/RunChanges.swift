import Configurations
public import Store

/// What `--set` or a profile changed in runs, as short as a list needs it: with it two runs of one name that were configured
/// differently do not look alike.
public struct RunChanges: Sendable {
  /// A profile's changes that all its runs in the list have: `training.epochs=2`.
  public struct Profile: Sendable, Hashable {
    /// The experiment's name.
    public var experiment: String
    /// The profile's name.
    public var name: String
    /// As `--set` takes them.
    public var changes: [String]
  }

  /// In the order of their first runs.
  public var profiles: [Profile] = []
  /// The further changes of each run, by its id: `learning_rate=0.02`.
  public var ofRun: [String: [String]] = [:]

  /// No changes.
  public init() {}
}

/// What distinguishes the configurations of runs from those of their experiment file, and from each other under one name.
/// Throws `StoreError`.
public func changes(of runs: [RunSummary], in store: Store) throws(StoreError) -> RunChanges {
  let reductions = try store.reductions()
  var read: [String: [String: String]] = [:]
  func values(_ run: RunSummary) -> [String: String] {
    if let known = read[run.trialID] { return known }
    let fields = configurationFields(run.configuration ?? "{}")
    read[run.trialID] = fields
    return fields
  }
  var result = RunChanges()
  /// By the run's id: the keys in which it differs from the trial of its name.
  var keys: [String: Set<String>] = [:]
  for run in runs { keys[run.id] = Set((reductions[run.id] ?? []).map(\.key)) }
  for namesakes in grouped(runs, by: { [$0.experiment, $0.trial, $0.profile ?? ""] })
  where Set(namesakes.map(\.trialID)).count > 1 {
    let all = namesakes.map(values)
    let differing = Set(all.flatMap(\.keys)).filter { key in Set(all.map { $0[key] ?? "none" }).count > 1 }
    for run in namesakes { keys[run.id]?.formUnion(differing) }
  }
  for sharers in grouped(runs.filter { $0.profile != nil }, by: { [$0.experiment, $0.profile ?? ""] }) {
    let changed = Set(sharers.flatMap { (reductions[$0.id] ?? []).map(\.key) })
    let common = changed.filter { key in Set(sharers.map { values($0)[key] ?? "none" }).count == 1 }
    guard !common.isEmpty else { continue }
    let first = values(sharers[0])
    result.profiles.append(
      .init(
        experiment: sharers[0].experiment, name: sharers[0].profile ?? "",
        changes: inOrder(common).map { "\($0)=\(first[$0] ?? "none")" }))
    for run in sharers { keys[run.id]?.subtract(common) }
  }
  for run in runs {
    guard let own = keys[run.id], !own.isEmpty else { continue }
    result.ofRun[run.id] = inOrder(own).map { key in
      let value = values(run)[key] ?? "none"
      return key == "dataset.data" ? "data=\(value.prefix(12))" : "\(shortKey(key))=\(value)"
    }
  }
  return result
}

/// The last part of a key, unless another key ends so as well.
private func shortKey(_ key: String) -> String {
  let short = String(key.split(separator: ".").last ?? "")
  return ConfigurationTable.standard.keys.count { $0.name.hasSuffix(".\(short)") } == 1 ? short : key
}

/// Keys in the documentation's order.
private func inOrder(_ keys: Set<String>) -> [String] {
  let names = ConfigurationTable.standard.keys.map(\.name)
  return names.filter(keys.contains) + keys.subtracting(names).sorted()
}

/// Runs that agree, in the order of the first ones.
private func grouped(_ runs: [RunSummary], by names: (RunSummary) -> [String]) -> [[RunSummary]] {
  var order: [[String]] = []
  var members: [[String]: [RunSummary]] = [:]
  for run in runs {
    let name = names(run)
    if members[name] == nil { order.append(name) }
    members[name, default: []].append(run)
  }
  return order.map { members[$0]! }
}
