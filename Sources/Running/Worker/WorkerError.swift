public import Files

/// Why a worker cannot do its job, as facts.
public enum WorkerError: Error, Hashable, Sendable, CustomStringConvertible {
  case alreadyRunning(run: String)
  case configurationUnreadable(run: String, reason: String)
  /// A file of the run is not what its journal says.
  case artifactChanged(path: String)
  case otherData(run: String, what: String)
  case unknownKernels(String)
  case noRunFolder(path: String)

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .alreadyRunning(let run): "another process already works on run \(run); wait for it or stop it"
    case .configurationUnreadable(let run, let reason):
      "the stored configuration of run \(run) cannot be read (\(reason)); was it written by a newer vgglab?"
    case .artifactChanged(let path):
      "\(path): is not what the run has recorded (its SHA-256 differs); the file was changed or damaged"
    case .otherData(let run, let what):
      "run \(run) began with other data (\(what) differ); restore the files, or start over with --rerun"
    case .unknownKernels(let name): "there are no kernels '\(name.prefix(40))'; write fast or blas"
    case .noRunFolder(let path): "\(path): is not a run's folder; write STORE/runs/RUN"
    }
  }
}

extension WorkerError: Fault {
  public var kind: FaultKind {
    switch self {
    case .alreadyRunning: .inputOutput
    case .unknownKernels, .noRunFolder: .usage
    case .configurationUnreadable, .artifactChanged, .otherData: .badInput
    }
  }
}
