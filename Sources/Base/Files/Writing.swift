public import Foundation

/// Writes to where the user wants output:
///
/// - `-` is standard output;
/// - a regular file is written beside, flushed and renamed, so that it is wholly there or as it was;
/// - a symbolic link is followed, and stays one;
/// - a device, FIFO or socket is written through, and never replaced.
///
/// Throws ``FileError``.
public func writeOutput(_ path: String, _ bytes: Data) throws(FileError) {
  if path == "-" { return try Descriptor(dup(1), path: "standard output").writeAll(bytes) }
  let target = try outputTarget(path)
  var status = stat()
  if stat(target, &status) == 0 {
    switch FileKind(status) {
    case .file: break
    case .folder: throw .unwritable(path: path, reason: "it is a folder")
    case .fifo, .device, .socket, .link:
      let number = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      guard number >= 0 else { throw .unwritable(path: path, reason: errnoText()) }
      return try Descriptor(number, path: path).writeAll(bytes)
    }
  }
  try writeFileAtomically(target, bytes)
}

/// Where a path leads to by symbolic links; the last of them may lead to nothing yet. Throws ``FileError``.
public func outputTarget(_ path: String) throws(FileError) -> String {
  var target = path
  for _ in 0..<40 {
    var status = stat()
    guard lstat(target, &status) == 0, FileKind(status) == .link else { return target }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = readlink(target, &bytes, bytes.count)
    guard count > 0 else { throw .unwritable(path: path, reason: errnoText()) }
    guard let next = String(validating: bytes[..<count], as: UTF8.self) else {
      throw .unwritable(path: path, reason: "it is a link to a name that is not UTF-8")
    }
    target = next.hasPrefix("/") ? next : "\(parentPath(target))/\(next)"
  }
  throw .unwritable(path: path, reason: "too many symbolic links")
}

/// Writes a file so that it is either wholly there or not at all: to a random name beside it, flushed, renamed, and the
/// folder flushed. What was there under its name is replaced, a link itself and not what it leads to.
///
/// Throws ``FileError``.
public func writeFileAtomically(_ path: String, _ bytes: Data) throws(FileError) {
  try writeFileAtomically(path) { (write: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) in
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

/// The same in pieces: `body` is given the function that writes the next piece. Throws ``FileError``.
public func writeFileAtomically(
  _ path: String, pieces body: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
) throws(FileError) {
  var temporary = ""
  var number: Int32 = -1
  for _ in 0..<100 {
    temporary = "\(path).\(randomDigits()).tmp"
    number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if number >= 0 || errno != EEXIST { break }
  }
  guard number >= 0 else { throw .unwritable(path: path, reason: errnoText()) }
  fchmod(number, 0o666 & ~currentUmask)
  do throws(FileError) {
    let descriptor = Descriptor(number, path: path)
    try body { (piece) throws(FileError) in try descriptor.writeAll(piece) }
    try descriptor.flush()
  } catch {
    unlink(temporary)
    throw error
  }
  guard rename(temporary, path) == 0 else {
    let reason = errnoText()
    unlink(temporary)
    throw .unwritable(path: path, reason: reason)
  }
  let parent = open(parentPath(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard parent >= 0 else { return }
  fsync(parent)
  close(parent)
}

/// Writes a UTF-8 text file as ``writeFileAtomically(_:_:)`` does.
public func writeTextAtomically(_ path: String, _ text: String) throws(FileError) {
  try writeFileAtomically(path, Data(text.utf8))
}

/// Makes a folder and those above it; one that is already there is fine. `mode` is what others may do in the new ones.
///
/// Throws ``FileError``.
public func makeDirectory(_ path: String, mode: mode_t = 0o777) throws(FileError) {
  var status = stat()
  if stat(path, &status) == 0 {
    guard FileKind(status) == .folder else { throw .unwritable(path: path, reason: "it is a file") }
    return
  }
  let parent = parentPath(path)
  if parent != path, parent != "." { try makeDirectory(parent) }
  guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .unwritable(path: path, reason: errnoText()) }
}

/// Writes a new file, wholly or not at all. Throws ``FileError/exists(path:)`` where there is anything of its name, and other
/// ``FileError``s.
public func writeNewFile(_ path: String, _ bytes: Data) throws(FileError) {
  let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
  guard number >= 0 else {
    if errno == EEXIST { throw .exists(path: path) }
    throw .unwritable(path: path, reason: errnoText())
  }
  let file = Descriptor(number, path: path)
  do throws(FileError) {
    try file.writeAll(bytes)
    guard fsync(file.number) == 0 else { throw .unwritable(path: path, reason: errnoText()) }
  } catch {
    unlink(path)
    throw error
  }
}
