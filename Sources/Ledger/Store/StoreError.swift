public import Files
public import Journals

/// What can go wrong with a store, as facts.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no store in the folder.
  case missing(path: String)
  /// There are other files in the folder, and a store was to be made in it.
  case occupied(path: String)
  /// The folder or a file in it cannot be written.
  case notWritable(path: String, reason: String)
  /// The index is of a version that this vgglab does not know.
  case newer(path: String, found: Int, known: Int)
  /// The index is of an earlier version, and may only be read.
  case older(path: String, found: Int, known: Int)
  /// The index's file is no database, or not that of a store.
  case notADatabase(path: String, reason: String)
  /// A file of the store cannot be read or written.
  case file(FileError)
  /// A journal cannot be read or written.
  case journal(JournalError)
  /// A database of another program in the index's place.
  case foreignDatabase(path: String, reason: String)
  /// No run or trial has the name.
  /// With the trials that were probably meant.
  case noSuchRun(String, near: [String] = [])
  /// All runs of a trial are removed; the newest of them.
  case removedRun(trial: String, run: String)
  /// No experiment has the name; with those that were probably meant.
  case noSuchExperiment(String, near: [String])
  /// Several runs have ids that begin so.
  case ambiguousRun(String, candidates: [String])
  /// A condition or an order of runs makes no sense.
  case badFilter(String, reason: String)
  /// A comparison cannot have the name.
  case badComparisonName(String)
  /// A comparison has the name already.
  case comparisonExists(String)
  /// No saved comparison has the name.
  case noSuchComparison(String, known: [String])
  /// A query is wrong, or asks for more than it may.
  case badQuery(sql: String, reason: String)
  /// The index is not what the journals give; `what` is the first difference and its remedy, as a sentence.
  case indexDiffers(what: String)
  /// The answer has more rows or bytes than are given.
  case answerTooLarge(sql: String, reason: String)
  /// Other processes work with the index for longer than is waited for.
  case busy(path: String)
  /// SQLite reports an error of the index.
  case database(path: String, reason: String)
  /// Evidence is not sound.
  case evidence(EvidenceProblem)
  /// A row of the index with a value that no journal gives.
  case badIndexValue(row: String)
  /// A run that is to be imported is in the store with another content.
  case runIsOther(String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): there is no store; `vgglab run FILE` makes one, --store names another folder"
    case .occupied(let path):
      "\(path): has other files than a store's and was not changed; name an empty folder, or one that is not there yet"
    case .notWritable(let path, let reason):
      "\(path): cannot be written (\(reason)); check its permissions, or name another folder with --store"
    case .newer(let path, let found, let known):
      "\(path): has version \(found), written by a newer vgglab; this one reads up to version \(known): update vgglab"
    case .older(let path, let found, let known):
      "\(path): has version \(found); a command that writes to the store upgrades it to version \(known)"
    case .notADatabase(let path, let reason):
      "\(path): is not a store's database (\(reason)); `vgglab doctor --rebuild` makes it again from the journals"
    case .file(let error): "\(error)"
    case .journal(let error): "\(error)"
    case .foreignDatabase(let path, let reason):
      "\(path): is a database of another program (\(reason)); it was left alone: move it away, or name another store with --store"
    case .removedRun(let trial, let run):
      "the run of '\(trial)' is removed; `vgglab restore \(run)` brings it back"
    case .noSuchRun(let text, let near):
      "there is no run or trial '\(text.prefix(100))' in the store; "
        + (near.isEmpty
          ? "`vgglab list` shows what there is"
          : "did you mean \(near.prefix(3).map { "'\($0)'" }.joined(separator: " or "))?")
    case .noSuchExperiment(let text, let near):
      "there is no experiment '\(text.prefix(100))' in the store; "
        + (near.isEmpty
          ? "`vgglab list` shows what there is"
          : "did you mean \(near.prefix(3).map { "'\($0)'" }.joined(separator: " or "))?")
    case .ambiguousRun(let text, let candidates):
      "'\(text)' is ambiguous (\(candidates.prefix(8).joined(separator: ", "))); write more of it"
    case .badComparisonName(let name):
      "a comparison cannot be called '\(name.prefix(64))'; use up to 64 letters, digits, dashes and underscores"
    case .comparisonExists(let name): "there is a comparison '\(name)' already; choose another name"
    case .noSuchComparison(let name, let known):
      "there is no comparison '\(name)' in the store; "
        + (known.isEmpty ? "none was saved" : "there are \(known.prefix(20).joined(separator: ", "))")
    case .badFilter(let text, let reason): "'\(text.prefix(100))': \(reason)"
    case .indexDiffers(let what): "\(what); nothing was written"
    case .badQuery(let sql, let reason), .answerTooLarge(let sql, let reason):
      "the query cannot be answered: \(reason)\n  \(oneLine(sql))"
    case .busy(let path): "\(path): is in use by other processes; run the same command again when they have ended"
    case .database(let path, let reason): "\(path): \(reason)"
    case .runIsOther(let run):
      "run \(run) is already in the store with a different journal; nothing was imported"
    case .badIndexValue(let row):
      "the store's index has an invalid value (in a row of \(row)); `vgglab doctor --rebuild` makes it again from the journals"
    case .evidence(let problem): "the evidence is invalid: \(problem)"
    }
  }
}

private func oneLine(_ sql: String) -> String {
  let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  return line.count <= 200 ? line : "\(line.prefix(199))…"
}

extension StoreError: Fault {
  /// What the exit code follows from.
  public var kind: FaultKind {
    switch self {
    case .missing, .noSuchRun, .removedRun, .noSuchExperiment, .noSuchComparison: .missingInput
    case .occupied, .notWritable, .busy, .database: .inputOutput
    case .journal(let error): error.kind
    case .newer, .older, .notADatabase, .foreignDatabase, .badIndexValue, .indexDiffers, .badQuery, .answerTooLarge,
      .evidence,
      .runIsOther:
      .badInput
    case .ambiguousRun, .badFilter, .badComparisonName, .comparisonExists: .usage
    case .file(let error): error.kind
    }
  }
}
