import Foundation

/// The folder that a path's last component is in: `.` for a name alone, `/` for one in the root.
public func parentPath(_ path: String) -> String {
  var bytes = path.utf8[...]
  while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
  guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  bytes = bytes[..<slash]
  while let last = bytes.last, last == UInt8(ascii: "/") { bytes.removeLast() }
  return bytes.isEmpty ? "/" : String(decoding: bytes, as: UTF8.self)
}

/// A path from the root on; a relative one is taken from the working folder, and stays relative where that folder's name is not
/// UTF-8.
public func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
  defer { free(here) }
  return String(validatingCString: here).map { "\($0)/\(path)" } ?? path
}

/// A path from the root on, without links and dots; nil where nothing is there or it cannot be reached. Bytes that are not
/// UTF-8 are replaced.
public func realPath(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}

/// A path's last component; empty for the root.
public func lastPathComponent(_ path: String) -> String {
  var bytes = path.utf8[...]
  while let last = bytes.last, last == UInt8(ascii: "/") { bytes.removeLast() }
  let start = bytes.lastIndex(of: UInt8(ascii: "/")).map(bytes.index(after:)) ?? bytes.startIndex
  return String(decoding: bytes[start...], as: UTF8.self)
}

/// What follows the last dot of a path's last component, without the dot; empty where there is none.
public func pathExtension(_ path: String) -> String {
  let name = lastPathComponent(path)
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
  return String(name[name.index(after: dot)...])
}
