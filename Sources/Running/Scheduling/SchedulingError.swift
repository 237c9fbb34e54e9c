public import Files

/// Why trials cannot be scheduled as asked, as facts.
public enum SchedulingError: Error, Hashable, Sendable, CustomStringConvertible {
  case notPositive(option: String, value: Int)
  case tooManyThreads(jobs: Int, threads: Int, cores: Int)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .notPositive(let option, let value): "\(option) is \(value); it must be at least 1"
    case .tooManyThreads(let jobs, let threads, let cores):
      """
      \(jobs) jobs of \(threads) threads each want \(jobs * threads) cores, and there are \(cores); \
      lower --jobs or --threads until their product fits
      """
    }
  }
}

extension SchedulingError: Fault {
  public var kind: FaultKind { .usage }
}
