public import Files

/// Why a process cannot do what it is asked for, as facts.
public enum ProcessError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A process could not be started.
  case notStarted(reason: String)
  /// Fewer files may be open at once than the program needs.
  case tooFewFiles(limit: Int, needed: Int)
  /// Less address space may be used than the program needs.
  case tooLittleAddressSpace(limit: Int, needed: Int)
  /// Threads could not be started.
  case tooFewThreads(wanted: Int, reason: String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .notStarted(let reason):
      """
      the worker's process could not be started (\(reason)); check the limits on processes and memory (`ulimit -a`) \
      and run the same command again
      """
    case .tooFewFiles(let limit, let needed):
      """
      only \(limit) files may be open at once, and \(needed) are needed; raise the limit: \
      `ulimit -n \(max(1024, needed))`
      """
    case .tooLittleAddressSpace(let limit, let needed):
      """
      only \(limit / 1024) kB of address space may be used, and \(needed / 1024) are needed beside the networks; raise the \
      limit: `ulimit -v unlimited`
      """
    case .tooFewThreads(let wanted, let reason):
      """
      \(wanted) thread\(wanted == 1 ? "" : "s") could not be started (\(reason)); lower --threads, or raise the limits \
      on processes and memory (`ulimit -u`, `ulimit -v`)
      """
    }
  }
}

extension ProcessError: Fault {
  public var kind: FaultKind { .inputOutput }
}
