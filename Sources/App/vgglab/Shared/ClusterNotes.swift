import Cluster
import Store

/// What a cluster has to do with the unfinished ones of some runs, a sentence each: at most twenty.
func clusterNotes(_ runs: [RunSummary], in store: String) -> [String] {
  let jobs = ClusterJobs(store: store)
  let notes = runs.filter { $0.state.outcome == nil && $0.state != .gone }.compactMap { run in
    jobs.status(of: run.id).flatMap { $0.isLive ? "vgglab: run \(run.id) (\(run.trial)) is left to \($0.words)" : nil }
  }
  return notes.prefix(20) + (notes.count > 20 ? ["vgglab: and \(notes.count - 20) more jobs"] : [])
}
