import Foundation

/// A folder of its own for temporary files, that nobody else may look into (`mkdtemp`); it is removed with the last reference
/// to it.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// Makes it in `TMPDIR` or `/tmp`; `prefix` begins its name. Throws ``FileError``.
  public init(_ prefix: String = "vgglab") throws(FileError) {
    path = try makeTemporaryFolder(prefix: prefix)
  }

  deinit { remove() }

  /// Removes it with all that is in it.
  public func remove() {
    guard let folder = try? Folder(parentPath(path)) else { return }
    try? folder.removeAll(lastPathComponent(path))
  }
}

/// Makes a new folder where the system keeps temporary files, that only this user can read, under a random name.
///
/// `mkdtemp` fails if anything has the name already, so nobody can prepare the folder or put a link in its place. The
/// caller removes it. Throws ``FileError/unwritable(path:reason:)``.
public func makeTemporaryFolder(prefix: String = "vgglab") throws(FileError) -> String {
  try makeTemporaryFolder(in: NSTemporaryDirectory(), prefix: prefix)
}

/// The same in a folder of one's choice.
public func makeTemporaryFolder(in parent: String, prefix: String) throws(FileError) -> String {
  let base = parent.hasSuffix("/") ? parent : parent + "/"
  var template = Array("\(base)\(prefix)-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else {
    throw .unwritable(path: base, reason: String(cString: strerror(errno)))
  }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
