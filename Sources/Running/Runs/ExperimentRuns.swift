public import Store

/// The runs that names given to `compare` mean: of a run's id, the beginning of one or a trial's name that run; of an
/// experiment's name the newest complete run of each of its trials.
///
/// A trial's name goes before an experiment's, unless it is the only name: one run cannot be compared. `profile` keeps the runs
/// of one profile of an experiment (`none` for those without); one that would select nothing is an error. Throws `StoreError` and
/// ``RunsError``.
public func runsToCompare(_ names: [String], profile: String? = nil, in store: Store) throws -> [RunSummary] {
  var namesExperiment = false
  let chosen = try names.flatMap { name -> [RunSummary] in
    let trials = names.count == 1 ? try newestCompleteRuns(experiment: name, profile: profile, in: store) : []
    if trials.count > 1 {
      namesExperiment = true
      return trials
    }
    do {
      return [try store.run(matching: name)]
    } catch let error as StoreError {
      switch error {
      case .noSuchRun, .removedRun: namesExperiment = true
      default: throw error
      }
      let found = try newestCompleteRuns(experiment: name, profile: profile, in: store)
      guard found.isEmpty else { return found }
      guard try !store.runs(RunSelection(filters: [RunFilter(experiment: name)])).isEmpty else {
        throw error
      }
      throw RunsError.notComparable(
        "the experiment '\(name)' has no complete run\(profile.map { " of the profile '\($0)'" } ?? "") yet")
    }
  }
  if profile != nil, !namesExperiment {
    throw RunsError.notComparable(
      "--profile selects among an experiment's runs, and only runs are named; name an experiment, or leave it out")
  }
  return chosen
}

/// The newest complete run of each trial, in the order in which the trials were first run.
private func newestCompleteRuns(experiment: String, profile: String?, in store: Store) throws -> [RunSummary] {
  let runs = try store.runs(RunSelection(filters: [RunFilter(experiment: experiment)])).filter {
    $0.state == .completed && (profile == nil || ($0.profile ?? "none") == profile)
  }
  var order: [String] = []
  var newest: [String: RunSummary] = [:]
  for run in runs {
    if newest[run.trial] == nil { order.append(run.trial) }
    newest[run.trial] = run
  }
  return order.map { newest[$0]! }
}
