public import Files

/// What can go wrong with a run's folder, as facts.
public enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A text cannot be a run's id.
  case badRunID(String)
  /// The run has no folder.
  case noSuchRun(String)
  /// The journal's first line is not the record of its run.
  case noRunRecord(path: String)
  /// A journal or annotations cannot be written.
  case unwritable(path: String, reason: String)
  /// The file that says what a worker is to do cannot be used.
  case badJob(path: String, reason: String)
  /// A file cannot be read or written.
  case file(FileError)

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .badRunID(let text): "'\(text.prefix(40))' is not the id of a run"
    case .noSuchRun(let text):
      "there is no run '\(text.prefix(100))' in the store; `vgglab list` shows what there is"
    case .noRunRecord(let path): "\(path): its first line is not the record of its run; it is not a run's journal"
    case .unwritable(let path, let reason):
      "\(path): the journal cannot be written (\(reason)); check free space and permissions"
    case .badJob(let path, let reason):
      "\(path): is no job that a worker can do (\(reason)); start the run with `vgglab run`"
    case .file(let error): "\(error)"
    }
  }
}

extension JournalError: Fault {
  /// What the exit code follows from.
  public var kind: FaultKind {
    switch self {
    case .badRunID: .usage
    case .noSuchRun: .missingInput
    case .noRunRecord, .badJob: .badInput
    case .unwritable: .inputOutput
    case .file(let error): error.kind
    }
  }
}

/// Does something with files, their errors as a journal's.
func filing<T>(_ body: () throws(FileError) -> T) throws(JournalError) -> T {
  do { return try body() } catch { throw .file(error) }
}
