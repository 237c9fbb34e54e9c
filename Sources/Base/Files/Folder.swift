public import Foundation

/// A folder that is open: what is in it is found below its descriptor, whatever happens to the path, and no link in it is
/// followed.
///
/// Stores, archives and reports may come from anybody. Their files are opened through this type alone, so that a link, a
/// FIFO or a device in a file's place is refused, without waiting and without a look at what is behind it.
public final class Folder: Sendable {
  /// What messages call it.
  public let path: String
  private let descriptor: Descriptor

  private init(_ descriptor: Descriptor) {
    self.descriptor = descriptor
    path = descriptor.path
  }

  /// Opens a folder that the user has named; links in its path are followed. Throws ``FileError``.
  public convenience init(_ path: String) throws(FileError) {
    let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw Self.openError(path) }
    self.init(Descriptor(number, path: path))
  }

  /// Opens a folder in this one that is no link. Throws ``FileError``.
  public func folder(_ name: PlainName) throws(FileError) -> Folder {
    let inner = "\(path)/\(name)"
    let number = openat(descriptor.number, name.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else {
      if errno == ENOTDIR || errno == ELOOP, let kind = kind(of: name.text), kind != .folder {
        throw .notPlain(path: inner, kind: kind)
      }
      throw Self.openError(inner)
    }
    return Folder(Descriptor(number, path: inner))
  }

  /// Opens a folder in this one by a name that ``names()`` gave, which may be any name but no path. Throws ``FileError``.
  public func folder(listed name: String) throws(FileError) -> Folder {
    guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.contains("\0") else {
      throw .missing(path: "\(path)/\(name)")
    }
    let number = openat(descriptor.number, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else { throw Self.openError("\(path)/\(name)") }
    return Folder(Descriptor(number, path: "\(path)/\(name)"))
  }

  /// Opens a folder in this one, and makes it where it is missing. Throws ``FileError``.
  public func folder(making name: PlainName, mode: mode_t) throws(FileError) -> Folder {
    if mkdirat(descriptor.number, name.text, mode) != 0, errno != EEXIST {
      throw .unwritable(path: "\(path)/\(name)", reason: errnoText())
    }
    return try folder(name)
  }

  /// Makes a folder that is not there yet; false if something of its name is. Throws ``FileError``.
  public func makeFolder(_ name: PlainName, mode: mode_t) throws(FileError) -> Bool {
    if mkdirat(descriptor.number, name.text, mode) == 0 { return true }
    guard errno == EEXIST else { throw .unwritable(path: "\(path)/\(name)", reason: errnoText()) }
    return false
  }

  /// How a file is opened.
  public enum Mode: Sendable {
    /// To read.
    case read
    /// To read and to write at the end; it is made where it is missing.
    case append
    /// To read and to write anywhere; it is made where it is missing.
    case update
  }

  /// Opens a regular file in this folder that is no link. Throws ``FileError``.
  public func file(_ name: PlainName, _ mode: Mode = .read) throws(FileError) -> Descriptor {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .append: O_RDWR | O_CREAT | O_APPEND
      case .update: O_RDWR | O_CREAT
      }
    let inner = "\(path)/\(name)"
    if let kind = kind(of: name.text), kind != .file {
      throw kind == .folder ? .isDirectory(path: inner) : .notPlain(path: inner, kind: kind)
    }
    let number = openat(
      descriptor.number, name.text, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0o666 as mode_t)
    guard number >= 0 else {
      if errno == ELOOP { throw .notPlain(path: inner, kind: .link) }
      throw mode == .read ? Self.openError(inner) : .unwritable(path: inner, reason: errnoText())
    }
    let file = Descriptor(number, path: inner)
    let kind = FileKind(try file.status())
    guard kind == .file else {
      throw kind == .folder ? .isDirectory(path: inner) : .notPlain(path: inner, kind: kind)
    }
    return file
  }

  /// Reads a whole regular file of at most `limit` bytes. Throws ``FileError``.
  public func read(_ name: PlainName, limit: Int = 64 << 20) throws(FileError) -> Data {
    let file = try file(name)
    let size = Int(try file.status().st_size)
    guard size <= limit else { throw .tooLarge(path: file.path, bytes: size, limit: limit) }
    return try file.readAll(limit: limit)
  }

  /// Writes a file so that it is wholly there or not at all: under a random name beside it, flushed, renamed. What was there
  /// under its name is replaced, a link itself and not what it leads to. Throws ``FileError``.
  public func write(_ name: PlainName, _ bytes: Data, mode: mode_t = 0o666) throws(FileError) {
    let finished = try stage(name, bytes, mode: mode)
    do throws(FileError) { try finished.keep() } catch {
      finished.discard()
      throw error
    }
    flush()
  }

  /// Begins to write a file under a random name. Throws ``FileError``.
  public func stage(_ name: PlainName, mode: mode_t = 0o666) throws(FileError) -> StagedFile {
    for _ in 0..<100 {
      let temporary = name.appending(".\(randomDigits()).tmp")
      let number = openat(
        descriptor.number, temporary.text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
      if number >= 0 {
        let file = Descriptor(number, path: "\(path)/\(name)")
        fchmod(number, mode & ~currentUmask)
        return StagedFile(folder: self, name: name, temporary: temporary, file: file)
      }
      guard errno == EEXIST else { throw .unwritable(path: "\(path)/\(name)", reason: errnoText()) }
    }
    throw .unwritable(path: "\(path)/\(name)", reason: "no free temporary name was found")
  }

  /// Writes a whole file under a random name, flushed and closed. Throws ``FileError``.
  public func stage(_ name: PlainName, _ bytes: Data, mode: mode_t = 0o666) throws(FileError) -> FinishedFile {
    let staged = try stage(name, mode: mode)
    do throws(FileError) {
      try staged.file.writeAll(bytes)
      try staged.file.flush()
    } catch {
      staged.discard()
      throw error
    }
    return FinishedFile(folder: self, name: name, temporary: staged.temporary)
  }

  /// Renames a file or folder of this folder. Throws ``FileError``.
  public func rename(_ name: PlainName, to other: PlainName) throws(FileError) {
    guard renameat(descriptor.number, name.text, descriptor.number, other.text) == 0 else {
      throw .unwritable(path: "\(path)/\(other)", reason: errnoText())
    }
  }

  /// Renames a file or folder of this folder to a hidden name: a dot and what can be a name. Throws ``FileError``.
  public func hide(_ name: PlainName, as hidden: String) throws(FileError) {
    try rename(name.text, checkedHidden(hidden))
  }

  /// Makes a folder with a hidden name. Throws ``FileError``.
  public func makeHidden(_ hidden: String, mode: mode_t) throws(FileError) -> Folder {
    let hidden = checkedHidden(hidden)
    guard mkdirat(descriptor.number, hidden, mode) == 0 else {
      throw .unwritable(path: "\(path)/\(hidden)", reason: errnoText())
    }
    let number = openat(descriptor.number, hidden, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else { throw Self.openError("\(path)/\(hidden)") }
    return Folder(Descriptor(number, path: "\(path)/\(hidden)"))
  }

  /// Gives what has a hidden name a plain one, if nothing has it yet. Throws ``FileError``.
  public func unhide(_ hidden: String, as name: PlainName) throws(FileError) {
    try rename(checkedHidden(hidden), name.text)
  }

  private func rename(_ name: String, _ other: String) throws(FileError) {
    guard renameat(descriptor.number, name, descriptor.number, other) == 0 else {
      throw .unwritable(path: "\(path)/\(other)", reason: errnoText())
    }
  }

  private func checkedHidden(_ name: String) -> String {
    precondition(
      name.hasPrefix(".") && name != "." && name != ".." && !name.contains("/") && name.utf8.count <= 255,
      "'\(name)' is no hidden name")
    return name
  }

  /// Removes a file or a link; one that is not there is fine. Throws ``FileError``.
  public func remove(_ name: PlainName) throws(FileError) {
    guard unlinkat(descriptor.number, name.text, 0) == 0 || errno == ENOENT else {
      throw .unwritable(path: "\(path)/\(name)", reason: errnoText())
    }
  }

  /// The names in the folder, sorted, hidden ones among them. Throws ``FileError``.
  public func names() throws(FileError) -> [String] {
    // A descriptor of its own: reading moves its position.
    let number = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0, let stream = fdopendir(number) else { throw Self.openError(path) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// What is there under a name, the link itself where it is one; nil for nothing.
  public func status(_ name: String) -> stat? {
    var status = stat()
    guard !name.contains("/"), fstatat(descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return status
  }

  /// What kind of file is there under a name; nil for nothing.
  public func kind(of name: String) -> FileKind? { status(name).map(FileKind.init) }

  /// Removes what is there under a name, with all that is in it if it is a folder. Links are removed and not followed.
  /// Throws ``FileError``.
  public func removeAll(_ name: String) throws(FileError) {
    precondition(!name.isEmpty && !name.contains("/") && name != "." && name != "..", "'\(name)' is not a name")
    guard kind(of: name) == .folder else {
      guard unlinkat(descriptor.number, name, 0) == 0 || errno == ENOENT else {
        throw .unwritable(path: "\(path)/\(name)", reason: errnoText())
      }
      return
    }
    let number = openat(descriptor.number, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else { throw .unwritable(path: "\(path)/\(name)", reason: errnoText()) }
    let inner = Folder(Descriptor(number, path: "\(path)/\(name)"))
    for name in try inner.names() { try inner.removeAll(name) }
    guard unlinkat(descriptor.number, name, AT_REMOVEDIR) == 0 else {
      throw .unwritable(path: "\(path)/\(name)", reason: errnoText())
    }
  }

  /// Removes a folder if there is one of this name with nothing in it.
  public func removeIfEmpty(_ name: String) {
    precondition(!name.isEmpty && !name.contains("/") && name != "." && name != "..", "'\(name)' is not a name")
    unlinkat(descriptor.number, name, AT_REMOVEDIR)
  }

  /// Bytes of a file, or of all regular files below a folder; links count nothing.
  public func bytes(_ name: String) -> Int {
    guard let status = status(name) else { return 0 }
    switch FileKind(status) {
    case .file: return Int(status.st_size)
    case .folder:
      let number = openat(descriptor.number, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard number >= 0 else { return 0 }
      let inner = Folder(Descriptor(number, path: "\(path)/\(name)"))
      return ((try? inner.names()) ?? []).reduce(0) { $0 + inner.bytes($1) }
    default: return 0
    }
  }

  /// Who may read, write and enter it, as the last nine bits of a mode; nil where that is not known.
  public var permissions: mode_t? { try? descriptor.status().st_mode & 0o777 }

  /// Whether something can be made in the folder.
  public var isWritable: Bool { faccessat(descriptor.number, ".", W_OK, 0) == 0 }

  /// Waits until names that were made, renamed or removed are on the disk, as far as the file system can.
  public func flush() { fsync(descriptor.number) }

  static func openError(_ path: String) -> FileError {
    switch errno {
    case ENOENT: .missing(path: path)
    case ENOTDIR: .notDirectory(path: path)
    case EISDIR: .isDirectory(path: path)
    default: .unreadable(path: path, reason: errnoText())
    }
  }
}

/// A file that is being written under a temporary name.
public struct StagedFile: Sendable {
  fileprivate let folder: Folder
  fileprivate let name: PlainName
  fileprivate let temporary: PlainName
  /// Where its bytes go.
  public let file: Descriptor

  /// Flushes the file and gives it its name. Throws ``FileError``.
  public func keep() throws(FileError) {
    try file.flush()
    try folder.rename(temporary, to: name)
    folder.flush()
  }

  /// Removes it.
  public func discard() { try? folder.remove(temporary) }
}

/// A whole file that has a temporary name as yet.
public struct FinishedFile: Sendable {
  fileprivate let folder: Folder
  fileprivate let name: PlainName
  fileprivate let temporary: PlainName

  /// Gives the file its name. Throws ``FileError``.
  public func keep() throws(FileError) { try folder.rename(temporary, to: name) }

  /// Removes it.
  public func discard() { try? folder.remove(temporary) }
}

/// What is there under a name.
public enum FileKind: String, Sendable, Hashable {
  case file, folder, link, fifo, socket, device

  /// What the kernel says of a file.
  public init(_ status: stat) {
    self =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      default: .device
      }
  }

  /// With its article, for messages.
  public var phrase: String {
    switch self {
    case .file: "a regular file"
    case .folder: "a folder"
    case .link: "a symbolic link"
    case .fifo: "a FIFO"
    case .socket: "a socket"
    case .device: "a device"
    }
  }
}

/// What kind of file is there at a path, no link followed at its end; nil for nothing.
public func fileKind(_ path: String) -> FileKind? {
  var status = stat()
  return lstat(path, &status) == 0 ? FileKind(status) : nil
}

/// Sixteen random hexadecimal digits.
public func randomDigits() -> String {
  let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// The process's mask of permissions, read once: reading it means to set it for a moment.
public let currentUmask: mode_t = {
  let mask = umask(0o077)
  umask(mask)
  return mask
}()

/// Reads a regular file of at most `limit` bytes that is inside a folder, by its path from there (`figures/a.png`): no link on
/// the way is followed, and no component is `..`.
///
/// Throws ``FileError``.
public func readFile(_ path: String, below folder: String, limit: Int = 64 << 20) throws(FileError) -> Data {
  let full = "\(folder)/\(path)"
  let components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  guard !components.isEmpty, components.allSatisfy({ !["", ".", ".."].contains($0) && !$0.utf8.contains(0) }) else {
    throw .missing(path: full)
  }
  var number = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard number >= 0 else { throw Folder.openError(folder) }
  var descriptor = Descriptor(number, path: folder)
  for (place, component) in components.enumerated() {
    let isLast = place == components.count - 1
    var status = stat()
    guard fstatat(descriptor.number, component, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Folder.openError(full) }
    let kind = FileKind(status)
    guard kind == (isLast ? .file : .folder) else {
      throw isLast && kind == .folder ? .isDirectory(path: full) : .notPlain(path: full, kind: kind)
    }
    let flags = isLast ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_RDONLY | O_DIRECTORY
    number = openat(descriptor.number, component, flags | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else { throw Folder.openError(full) }
    descriptor = Descriptor(number, path: full)
  }
  let status = try descriptor.status()
  guard FileKind(status) == .file else { throw .notPlain(path: full, kind: FileKind(status)) }
  guard status.st_size <= limit else { throw .tooLarge(path: full, bytes: Int(status.st_size), limit: limit) }
  return try descriptor.readAll(limit: limit)
}
