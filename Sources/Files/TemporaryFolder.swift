import Foundation

/// A folder of its own for temporary files, that nobody else may look into (`mkdtemp`); it is removed with the last reference
/// to it.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// Makes it in `TMPDIR` or `/tmp`; `name` begins its name. Throws ``FileError``.
  public init(_ name: PlainName) throws(FileError) {
    var parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    if parent.isEmpty { parent = "/tmp" }
    var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .unwritable(path: parent, reason: String(cString: strerror(errno)))
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { remove() }

  /// Removes it with all that is in it.
  public func remove() {
    guard let folder = try? Folder(parentPath(path)) else { return }
    try? folder.removeAll(lastPathComponent(path))
  }
}
