public import Files

/// Why something cannot be run, as facts.
public enum LabError: Error, Hashable, Sendable, CustomStringConvertible {
  case notPositive(option: String, value: Int)
  case tooManyThreads(jobs: Int, threads: Int, cores: Int)
  case alreadyRunning(run: String)
  case runHasNoArtifact(run: String, name: String, state: String)
  case configurationUnreadable(run: String, reason: String)
  case artifactChanged(path: String)
  case otherData(run: String, what: String)
  case notVerifiable(trial: String, reason: String)
  case optionConflict(String)
  case runIsWorkedOn(run: String)
  case runIsPinned(run: String, comparison: String)
  /// By a report or an archive, which is named.
  case runIsUsed(run: String, by: String)
  case badTag(String)
  case badNote(bytes: Int, limit: Int)
  case noTerminal(command: String)
  /// A worker's process could not be started.
  case notStarted(reason: String)
  /// Fewer files may be open at once than the program needs.
  case tooFewFiles(limit: Int, needed: Int)
  /// Threads could not be started.
  case tooFewThreads(wanted: Int, reason: String)

  public var description: String {
    switch self {
    case .notPositive(let option, let value): "\(option) is \(value); it must be at least 1"
    case .tooManyThreads(let jobs, let threads, let cores):
      """
      \(jobs) jobs of \(threads) threads each want \(jobs * threads) cores, and there are \(cores); \
      lower --jobs or --threads until their product fits
      """
    case .alreadyRunning(let run): "run \(run) is already being worked on by another process; wait for it or stop it"
    case .runHasNoArtifact(let run, let name, let state):
      "run \(run) is \(state) and keeps no '\(name)' weights; `vgglab show \(run)` lists what it keeps"
    case .configurationUnreadable(let run, let reason):
      "the stored configuration of run \(run) cannot be read (\(reason)); was it written by a newer vgglab?"
    case .artifactChanged(let path):
      "\(path): is not what the run has recorded (its SHA-256 differs); the file was changed or damaged"
    case .otherData(let run, let what):
      "run \(run) began with other data (\(what) differ); bring back the files, or start anew with --rerun"
    case .notVerifiable(let trial, let reason): "\(trial): cannot be verified: \(reason)"
    case .optionConflict(let sentence): sentence
    case .runIsWorkedOn(let run): "run \(run) is being worked on; stop it first, and remove it then"
    case .runIsUsed(let run, let user):
      "run \(run) is used by the \(user); --force removes it all the same"
    case .runIsPinned(let run, let comparison):
      "run \(run) belongs to the saved comparison '\(comparison)'; --force removes it all the same"
    case .badTag(let name):
      "'\(name.prefix(64))' cannot be a tag; use up to 64 visible characters without spaces and commas"
    case .badNote(let bytes, let limit): "the note has \(bytes) bytes; it must have from 1 to \(limit)"
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
    case .tooFewThreads(let wanted, let reason):
      """
      \(wanted) thread\(wanted == 1 ? "" : "s") could not be started (\(reason)); lower --threads, or raise the limits \
      on processes and memory (`ulimit -u`, `ulimit -v`)
      """
    case .noTerminal(let command): "`vgglab \(command)` draws on a terminal, and there is none; try `vgglab list`"
    }
  }
}

extension LabError: Fault {
  public var kind: FaultKind {
    switch self {
    case .notPositive, .tooManyThreads, .optionConflict, .runIsPinned, .runIsUsed, .badTag, .badNote, .noTerminal:
      .usage
    case .alreadyRunning, .runIsWorkedOn, .notStarted, .tooFewFiles, .tooFewThreads:
      .inputOutput
    case .runHasNoArtifact: .missingInput
    case .configurationUnreadable, .artifactChanged, .otherData, .notVerifiable: .badInput
    }
  }
}
