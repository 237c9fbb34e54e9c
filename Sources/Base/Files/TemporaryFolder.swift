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

/// Makes a new folder in `TMPDIR` or `/tmp`, that only this user can read, under a random name; its path begins at the root.
///
/// `mkdtemp` fails if anything has the name already, so nobody can prepare the folder or put a link in its place. The
/// caller removes it. Throws ``FileError/noTemporaryFolder(path:reason:)``.
public func makeTemporaryFolder(prefix: String = "vgglab") throws(FileError) -> String {
  let named = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
  do throws(FileError) {
    return try makeTemporaryFolder(in: absolutePath(named.isEmpty ? "/tmp" : named), prefix: prefix)
  } catch {
    guard case .unwritable(_, let reason) = error else { throw error }
    throw .noTemporaryFolder(path: named.isEmpty ? "/tmp" : named, reason: reason)
  }
}

/// The same for small files that somebody waits for: where `TMPDIR` cannot be written, in a folder that usually can.
public func makeSmallTemporaryFolder(prefix: String) throws(FileError) -> String {
  do throws(FileError) { return try makeTemporaryFolder(prefix: prefix) } catch {
    for folder in ["/tmp", "/var/tmp"] {
      if let made = try? makeTemporaryFolder(in: folder, prefix: prefix) { return made }
    }
    throw error
  }
}

/// The same in a folder of one's choice. Throws ``FileError/unwritable(path:reason:)``.
public func makeTemporaryFolder(in parent: String, prefix: String) throws(FileError) -> String {
  let base = parent.hasSuffix("/") ? parent : parent + "/"
  var template = Array("\(base)\(prefix)-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else {
    throw .unwritable(path: base, reason: String(cString: strerror(errno)))
  }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
