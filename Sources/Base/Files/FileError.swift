/// What can go wrong with a file, as facts.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(path: String)
  case isDirectory(path: String)
  case notDirectory(path: String)
  case unreadable(path: String, reason: String)
  case tooLarge(path: String, bytes: Int, limit: Int)
  case notUTF8(path: String, byteOffset: Int)
  case unwritable(path: String, reason: String)
  /// A link, FIFO, socket or device in a regular file's place.
  case notPlain(path: String, kind: FileKind)
  /// Its bytes are not those that were recorded of it.
  case changed(path: String)
  /// A new file was to be made, and there is something of its name.
  case exists(path: String)
  /// What is there is not to be replaced: `reason` says why.
  case occupied(path: String, reason: String)
  /// The folder for temporary files, `TMPDIR` or `/tmp`, cannot be written.
  case noTemporaryFolder(path: String, reason: String)

  public var path: String {
    switch self {
    case .missing(let path), .isDirectory(let path), .notDirectory(let path), .unreadable(let path, _),
      .tooLarge(let path, _, _), .notUTF8(let path, _), .unwritable(let path, _), .notPlain(let path, _),
      .changed(let path), .exists(let path), .occupied(let path, _), .noTemporaryFolder(let path, _):
      path
    }
  }

  public var description: String {
    switch self {
    case .missing(let path): "\(path): there is no such file; check the path"
    case .isDirectory(let path): "\(path): is a folder, and a file was expected; name a file inside it"
    case .notDirectory(let path): "\(path): is a file, and a folder was expected; name another path"
    case .unreadable(let path, let reason): "\(path): cannot be read (\(reason)); check its permissions"
    case .tooLarge(let path, let bytes, let limit):
      "\(path): has \(bytes) bytes, more than the \(limit) that such a file may have; is it the right file?"
    case .notUTF8(let path, let offset): "\(path): is not UTF-8 text (byte \(offset)); save it as UTF-8"
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); check permissions and free space, or name another folder"
    case .notPlain(let path, let kind):
      "\(path): is \(kind.phrase), and a regular file or folder was expected; name one, or - for standard input"
    case .changed(let path):
      "\(path): is not what the run has recorded (its SHA-256 differs); the file was changed or damaged"
    case .exists(let path): "\(path): already exists and was not changed; choose another name, or remove it"
    case .occupied(let path, let reason): "\(path): \(reason), and was not changed; name another file"
    case .noTemporaryFolder(let path, let reason):
      "\(path): temporary files cannot be written there (\(reason)); set TMPDIR to a folder that can be written"
    }
  }
}
