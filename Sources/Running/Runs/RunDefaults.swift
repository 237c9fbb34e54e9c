import Configurations
public import Store

/// What a store knows of a run, with the values marked that are not its experiment's default: what the experiment's first
/// trial has without the changes of a profile or `--set`. Throws `StoreError`.
public func details(of run: RunSummary, in store: Store) throws(StoreError) -> RunDetails {
  var details = try store.details(of: run)
  guard let first = try store.firstConfiguration(experiment: run.experiment) else { return details }
  var defaults = configurationFields(first.configuration)
  for reduction in first.reductions { defaults[reduction.key] = reduction.full }
  let values = configurationFields(details.configuration)
  for key in Set(values.keys).union(defaults.keys).sorted() {
    let (value, original) = (values[key] ?? "none", defaults[key] ?? "none")
    if value != original {
      details.differences.append(RunDetails.Difference(key: key, value: value, default: original))
    }
  }
  return details
}
