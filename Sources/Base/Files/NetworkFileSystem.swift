import Foundation

/// File systems that other machines may write to as well. SQLite's write-ahead log needs memory that all its users share, so
/// that it cannot be used there.
public enum NetworkFileSystem {
  /// The type of the network file system that a path lies on, or else the nearest folder above it; nil for a local one.
  public static func name(at path: String) -> String? {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
    var place = path.isEmpty ? "." : path
    while true {
      if let real = realPath(place) { return name(at: real, mounts: mounts) }
      guard place != ".", place != "/" else { return nil }
      place = parentPath(place)
    }
  }

  /// By the text of `/proc/self/mountinfo`, for an absolute path without links.
  public static func name(at path: String, mounts: String) -> String? {
    guard let type = mount(at: path, mounts: mounts)?.type, isNetwork(type) else { return nil }
    return String(type)
  }

  /// The file system that a path lies on, and the options of the mount and of the file system.
  private static func mount(at path: String, mounts: String) -> (type: Substring, options: String)? {
    var found: (length: Int, type: Substring, options: String)?
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.endIndex else { continue }
      let mount = unescaped(fields[4])
      guard mount == "/" || path == mount || path.hasPrefix(mount + "/") else { continue }
      // Of several at one place the last lies on top.
      if mount.utf8.count >= found?.length ?? 0 {
        found = (
          mount.utf8.count, fields[dash + 1],
          "\(fields[5]),\(fields.indices.contains(dash + 3) ? fields[dash + 3] : "")"
        )
      }
    }
    return found.map { ($0.type, $0.options) }
  }

  /// Whether a lock that `flock` gives on a file there is one for all machines that see the file. What is not known counts as
  /// no. `VGGLAB_SHARED_LOCKS=no` says that it is not, whatever the mount's options say.
  public static func sharesLocks(at path: String) -> Bool {
    if ProcessInfo.processInfo.environment["VGGLAB_SHARED_LOCKS"]?.lowercased() == "no" { return false }
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8),
      let real = realPath(path)
    else { return true }
    return sharesLocks(at: real, mounts: mounts)
  }

  /// By the text of `/proc/self/mountinfo`, for an absolute path without links.
  public static func sharesLocks(at path: String, mounts: String) -> Bool {
    guard let mount = mount(at: path, mounts: mounts), isNetwork(mount.type) else { return true }
    let options = Set(mount.options.split(separator: ",").map(String.init))
    switch mount.type {
    case "nfs", "nfs4":
      return options.isDisjoint(with: ["nolock", "local_lock=all", "local_lock=flock"])
    case "lustre": return options.contains("flock")
    case "ceph", "gfs2", "gpfs", "ocfs2": return !options.contains("localflocks")
    default: return false
    }
  }

  private static func isNetwork(_ type: Substring) -> Bool {
    // `fuseblk` is a local disk; what hides behind another FUSE file system cannot be known.
    type == "fuse" || type.hasPrefix("fuse.") || networkTypes.contains(String(type))
  }

  private static let networkTypes: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "9p", "afs", "ceph", "coda", "gfs2", "glusterfs", "gpfs",
    "beegfs",
    "ncpfs", "ocfs2", "panfs", "pvfs2", "vboxsf", "vmhgfs", "virtiofs", "wekafs",
  ]

  /// Spaces and the like stand as three octal digits behind a backslash.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// For people.
  public static func sentence(_ name: String, path: String) -> String {
    "\(path) is on a network file system (\(name)): the database goes without a write-ahead log there, and readers may wait a moment for a writer"
  }
}
