import Files
package import Foundation
import Journals
import Processes

/// The jobs of a store's runs, as Slurm knows them. It is asked at most once a ``interval``, for all of them together.
package final class ClusterJobs {
  /// How the job of a run is.
  package enum Status: Sendable, Hashable {
    /// Another process is submitting it.
    case submitting
    /// Slurm lists it.
    case listed(Slurm.Task)
    /// Slurm does not list it any more. It was submitted at this time; nil where that is not known.
    case forgotten(job: String, submitted: Date?)
    /// It was never submitted: who wanted to was stopped before.
    case neverSubmitted
    /// It cannot be known.
    case unknown(job: String, why: String)

    /// Whether the job works on its run or will.
    package var isLive: Bool {
      switch self {
      case .submitting, .unknown: true
      case .listed(let task): task.state.meaning.phase != .over
      case .forgotten, .neverSubmitted: false
      }
    }

    /// For sentences: `Slurm job 12_3 (runs on node1)`.
    package var words: String {
      switch self {
      case .submitting: "a job that is being submitted"
      case .listed(let task):
        "Slurm job \(task.job) (\(task.state.meaning.words)\(task.node.map { " on \($0)" } ?? ""))"
      case .forgotten(let job, _): "Slurm job \(job), which has ended"
      case .neverSubmitted: "a job that was never submitted"
      case .unknown(let job, let why): "Slurm job \(job), whose state is unknown: \(why)"
      }
    }
  }

  private let store: String
  private let find: () throws(ClusterError) -> Slurm
  /// What was asked last: by submission and task.
  private var tasks: [String: [Int: Slurm.Task]] = [:]
  private var records: [String: SubmissionRecord] = [:]
  private var unasked: Set<String> = []
  private var askedAt = -Double.infinity
  private var problem: ClusterError?
  /// Seconds for which an answer is good.
  package var interval = 2.0

  /// The jobs of a store's runs.
  package init(store: String) {
    self.store = store
    find = { () throws(ClusterError) in try Slurm() }
  }

  /// Why Slurm could not be asked the last time; nil where it answered.
  package var complaint: ClusterError? { problem }

  /// The job of a run; nil where it has none.
  package func status(of run: String) -> Status? {
    guard let folder = try? RunFolder(store: store, existing: run), let record = try? RunJobRecord.read(folder) else {
      return nil
    }
    return status(record, run)
  }

  /// Asks Slurm again when it is asked the next time.
  package func renew() { askedAt = -.infinity }

  private func status(_ record: RunJobRecord, _ run: String) -> Status {
    let name = record.submission
    if records[name] == nil {
      switch SubmissionState(name, store: store) {
      case .underway: return .submitting
      case .recorded(let found):
        records[name] = found
        unasked.insert(name)
      case .unrecorded:
        if tasks[name] == nil { unasked.insert(name) }
      case .gone: return .neverSubmitted
      }
    }
    ask(for: name)
    let job = records[name].map { "\($0.job)_\(record.task)" } ?? name
    if let task = tasks[name]?[record.task] { return .listed(task) }
    let file = "\(store)/runs/\(run)/\(RunFiles.cluster)"
    if let problem { return .unknown(job: job, why: "\(problem.short); if the job is over, remove \(file)") }
    guard let known = records[name] else { return .neverSubmitted }
    guard known.user == Submission.user else {
      return .unknown(job: job, why: "user \(known.user) submitted it; if it is over, remove \(file)")
    }
    return .forgotten(job: job, submitted: date(ofTimestamp: known.at))
  }

  /// Asks Slurm about all submissions that were ever asked for, where the last answer is too old or has nothing of this one.
  private func ask(for name: String) {
    let isNew = unasked.contains(name)
    guard isNew || monotonicSeconds() - askedAt >= interval else { return }
    if isNew, tasks[name] == nil { tasks[name] = [:] }
    unasked.removeAll()
    askedAt = monotonicSeconds()
    do throws(ClusterError) {
      let users = Set(records.values.map(\.user) + [Submission.user]).sorted()
      let found = try find().tasks(of: tasks.keys.sorted(), users: users)
      problem = nil
      for name in tasks.keys { tasks[name] = [:] }
      for task in found { tasks[task.submission, default: [:]][task.index] = task }
    } catch { problem = error }
  }
}
