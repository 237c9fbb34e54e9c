public import Files
public import Journals
import Text

/// Why trials cannot be scheduled as asked, as facts.
public enum SchedulingError: Error, Hashable, Sendable, CustomStringConvertible {
  case notPositive(option: String, value: Int)
  case tooManyThreads(jobs: Int, threads: Int, cores: Int)
  /// The run's state does not allow it.
  case wrongState(run: String, state: RunState, wanted: String, remedy: String)
  /// Its configuration or kernels are none that this version knows.
  case notRepeatable(run: String, reason: String)
  /// The store that is to keep the repetition has the run itself.
  case repetitionHasRun(run: String, store: String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .notPositive(let option, let value): "\(option) is \(value); it must be at least 1"
    case .tooManyThreads(let jobs, let threads, let cores):
      """
      \(Quantity.count(jobs, "job")) of \(Quantity.count(threads, "thread")) each do not fit on \(Quantity.count(cores, "core")); \
      lower --jobs or --threads until their product fits
      """
    case .wrongState(let run, let state, let wanted, let remedy):
      "run \(run) is \(state.name), not \(wanted); \(remedy)"
    case .repetitionHasRun(let run, let store):
      "\(store): has run \(run) itself, or a copy of it; keep the repetition in another folder"
    case .notRepeatable(let run, let reason): "run \(run) cannot be trained by this vgglab: \(reason)"
    }
  }
}

extension SchedulingError: Fault {
  public var kind: FaultKind {
    switch self {
    case .notPositive, .tooManyThreads, .repetitionHasRun: .usage
    case .wrongState, .notRepeatable: .badInput
    }
  }
}
