public import Foundation

/// Reads a whole file, refusing folders and files of more than `limit` bytes before anything is allocated.
public func readFile(_ path: String, limit: Int = 64 << 20) throws(FileError) -> Data {
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw errno == ENOENT || errno == ENOTDIR
      ? .missing(path: path) : .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
  guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }
  guard status.st_size <= limit else { throw .tooLarge(path: path, bytes: Int(status.st_size), limit: limit) }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
  defer { close(descriptor) }
  var data = Data()
  var piece = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    if count == 0 { return data }
    data.append(contentsOf: piece[0..<count])
    guard data.count <= limit else { throw .tooLarge(path: path, bytes: data.count, limit: limit) }
  }
}

/// Reads a whole UTF-8 text file of at most `limit` bytes.
public func readText(_ path: String, limit: Int = 4 << 20) throws(FileError) -> String {
  let data = try readFile(path, limit: limit)
  guard let text = String(validating: data, as: UTF8.self) else {
    throw .notUTF8(path: path, byteOffset: firstInvalidOffset(data))
  }
  return text
}

/// Writes a file so that it is either wholly there or not at all: to a temporary name beside it, flushed, renamed,
/// and the folder flushed.
public func writeFileAtomically(_ path: String, _ bytes: Data) throws(FileError) {
  try writeFileAtomically(path) { (write: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) in
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

/// The same in pieces: `body` is given the function that writes the next piece.
public func writeFileAtomically(
  _ path: String, pieces body: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
) throws(FileError) {
  let temporary = "\(path).\(getpid()).tmp"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
  do throws(FileError) {
    defer { close(descriptor) }
    try body { (piece) throws(FileError) in
      var written = 0
      while written < piece.count {
        let count = write(descriptor, piece.baseAddress! + written, piece.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        written += count
      }
    }
    guard fsync(descriptor) == 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
  } catch {
    unlink(temporary)
    throw error
  }
  guard rename(temporary, path) == 0 else {
    let reason = String(cString: strerror(errno))
    unlink(temporary)
    throw .unwritable(path: path, reason: reason)
  }
  flushDirectory(of: path)
}

/// Writes a UTF-8 text file as ``writeFileAtomically(_:_:)`` does.
public func writeTextAtomically(_ path: String, _ text: String) throws(FileError) {
  try writeFileAtomically(path, Data(text.utf8))
}

/// Makes a folder and those above it; one that is already there is fine.
public func makeDirectory(_ path: String) throws(FileError) {
  var status = stat()
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notDirectory(path: path) }
    return
  }
  let parent = (path as NSString).deletingLastPathComponent
  if !parent.isEmpty, parent != path { try makeDirectory(parent) }
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
    throw .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}

private func flushDirectory(of path: String) {
  let parent = (path as NSString).deletingLastPathComponent
  let descriptor = open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}

private func firstInvalidOffset(_ data: Data) -> Int {
  var decoder = UTF8()
  var iterator = data.makeIterator()
  var offset = 0
  while true {
    switch decoder.decode(&iterator) {
    case .scalarValue(let scalar): offset += UTF8.width(scalar)
    case .emptyInput: return offset
    case .error: return offset
    }
  }
}
