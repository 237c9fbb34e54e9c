public import Files

/// Why something cannot be done with recorded runs, as facts.
public enum RunsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence about the runs that a comparison was asked for.
  case notComparable(String)
  case runIsWorkedOn(run: String)
  case runIsPinned(run: String, comparison: String)
  /// By a report or an archive, which is named.
  case runIsUsed(run: String, by: String)
  case badTag(String)
  case badNote(bytes: Int, limit: Int)
  /// A note has U+0000.
  case zeroInNote
  /// The kept predictions are not what the journal says.
  case predictionsChanged(path: String)

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .notComparable(let sentence): sentence
    case .runIsWorkedOn(let run): "run \(run) is in progress; stop it before you remove it"
    case .runIsUsed(let run, let user): "run \(run) is used by the \(user); --force removes it anyway"
    case .runIsPinned(let run, let comparison):
      "run \(run) belongs to the saved comparison '\(comparison)'; `vgglab compare --delete \(comparison)` deletes that one, --force removes the run anyway"
    case .badTag(let name):
      "'\(name.prefix(64))' cannot be a tag; use up to 64 visible characters without spaces and commas"
    case .zeroInNote: "the note has a zero character (U+0000); leave it out"
    case .badNote(bytes: 0, _): "the note is empty; write what is to be noted"
    case .badNote(let bytes, let limit): "the note has \(bytes) bytes; it must have from 1 to \(limit)"
    case .predictionsChanged(let path):
      "\(path): is not what the run has recorded (its SHA-256 differs); the file was changed or damaged"
    }
  }
}

extension RunsError: Fault {
  public var kind: FaultKind {
    switch self {
    case .notComparable, .runIsPinned, .runIsUsed, .badTag, .badNote, .zeroInNote: .usage
    case .runIsWorkedOn: .inputOutput
    case .predictionsChanged: .badInput
    }
  }
}
