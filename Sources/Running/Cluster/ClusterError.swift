public import Files

/// Why a cluster cannot be used as asked, as facts.
public enum ClusterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A program of Slurm is not on this machine.
  case noSlurm(program: String)
  /// No controller answers.
  case controllerDown(words: String)
  /// sbatch refused the jobs, in its own words.
  case refused(words: String)
  /// A program of Slurm failed otherwise.
  case failed(program: String, words: String)
  /// The configuration of Slurm cannot be understood.
  case unreadable(program: String, what: String)
  /// Files ask for different places of work.
  case differentExecutors(files: [String])
  /// An option of `run` that a cluster has another for.
  case otherOption(option: String, instead: String)
  /// A folder that jobs must find has a name that cannot be written into a batch script.
  case badPath(path: String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .noSlurm(let program):
      """
      there is no program \(program) on this machine, and --executor slurm needs it; use a machine of the cluster from which \
      jobs are submitted, or leave out --executor slurm
      """
    case .controllerDown(let words):
      "the controller of Slurm does not answer\(Self.quoted(words)); submitted jobs keep running; try again later"
    case .refused(let words):
      """
      Slurm refused the jobs\(Self.quoted(words)); change --partition, --time, --cpus-per-task or --memory (or the block \
      cluster) and run the same command again
      """
    case .failed(let program, let words): "\(program) failed\(Self.quoted(words))"
    case .unreadable(let program, let what): "what \(program) printed cannot be understood: \(what)"
    case .differentExecutors(let files):
      "\(files.joined(separator: " and ")) name different executors; choose one with --executor"
    case .otherOption(let option, let instead):
      "\(option) works only with the local executor; with --executor slurm use \(instead)"
    case .badPath(let path): "\(path): a path with a line end cannot be given to a job; use another folder"
    }
  }

  /// Without what to do.
  var short: String {
    switch self {
    case .noSlurm(let program): "there is no program \(program) on this machine"
    case .controllerDown: "the controller of Slurm does not answer"
    default: description
    }
  }

  private static func quoted(_ words: String) -> String { words.isEmpty ? "" : " (\"\(words)\")" }
}

extension ClusterError: Fault {
  public var kind: FaultKind {
    switch self {
    case .noSlurm: .missingInput
    case .controllerDown, .failed, .unreadable: .inputOutput
    case .refused, .differentExecutors, .otherOption, .badPath: .usage
    }
  }
}
