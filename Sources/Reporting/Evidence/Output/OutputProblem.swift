public import Files

/// Why nothing is written into an output folder, as facts.
public enum OutputProblem: Hashable, Sendable, CustomStringConvertible {
  /// Something other than a folder has its name.
  case notAFolder(String)
  /// It has files, and no mark says that vgglab made it.
  case notMade(String, names: [String])
  /// It has the output of something else.
  case other(String, found: OutputSubject, wanted: OutputSubject)
  /// Files in the way that vgglab did not write, or that were changed since.
  case changed(String, names: [String])
  /// The notebook itself would be replaced.
  case source(String)
  case badMark(String, reason: String)
  case file(FileError)

  /// Names that a message lists.
  static let listed = 5

  public var description: String {
    switch self {
    case .notAFolder(let path): "\(path): is not a folder; nothing was written: name another one"
    case .notMade(let path, let names):
      "\(path): vgglab did not make this folder (it has \(Self.list(names))); nothing was written: "
        + "name a new or empty folder"
    case .other(let path, let found, let wanted):
      "\(path): has \(found.phrase), not \(wanted.phrase); nothing was written: remove the folder or name another one"
    case .changed(let path, let names):
      "\(path): \(Self.list(names)) "
        + (names.count == 1
          ? "was changed since vgglab wrote it, or is not vgglab's"
          : "were changed since vgglab wrote them, or are not vgglab's")
        + "; nothing was written: move \(names.count == 1 ? "it" : "them") away or name another folder"
    case .source(let path): "\(path): is the notebook itself; nothing was written: name another folder"
    case .badMark(let path, let reason):
      "\(path): cannot be read as the list of the files that vgglab wrote (\(reason)); nothing was written: "
        + "name another folder"
    case .file(let error): "\(error)"
    }
  }

  private static func list(_ names: [String]) -> String {
    // Hidden files say the least.
    let names = names.filter { !$0.hasPrefix(".") } + names.filter { $0.hasPrefix(".") }
    let more = names.count > listed ? " and \(names.count - listed) more" : ""
    return names.prefix(listed).joined(separator: ", ") + more
  }
}
