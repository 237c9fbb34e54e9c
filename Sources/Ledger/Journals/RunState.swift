/// What a run is doing or how it ended. It follows from the journal and the run's lock; it is stored nowhere.
public enum RunState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Created, and no process has begun with it.
  case queued
  /// A process holds its lock.
  case running
  /// Ended with everything that its configuration asks for.
  case completed
  /// Ended with an error.
  case failed
  /// Stopped in good order before its end.
  case interrupted
  /// No process works on it, and none has recorded why it ended.
  case lost
  /// The index has it, and its folder is not there any more.
  case gone

  /// As it is printed.
  public var name: String { rawValue }

  /// How a run is that has an end.
  public init(_ outcome: EndRecord.Outcome) {
    switch outcome {
    case .completed: self = .completed
    case .failed: self = .failed
    }
  }

  /// How a run without an end is: `attempts` processes have begun with it, and the last of them recorded that it was stopped
  /// where `isInterrupted` says so. `folder` is nil where the run's folder is gone.
  public init(withoutEnd folder: RunFolder?, attempts: Int, isInterrupted: Bool) {
    guard let folder else {
      self = .gone
      return
    }
    if folder.isLocked {
      self = .running
    } else if attempts == 0 {
      self = .queued
    } else {
      self = isInterrupted ? .interrupted : .lost
    }
  }

  /// The outcome that the state is; nil for the states of runs without an end.
  public var outcome: EndRecord.Outcome? {
    switch self {
    case .completed: .completed
    case .failed: .failed
    case .queued, .running, .interrupted, .lost, .gone: nil
    }
  }
}
