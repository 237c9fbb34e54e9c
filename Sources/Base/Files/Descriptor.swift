public import Foundation

/// An open file; it is closed with the last reference to it.
public final class Descriptor: Sendable {
  /// The kernel's number for it.
  public let number: Int32
  /// What messages call it.
  public let path: String

  /// Takes over an open descriptor.
  public init(_ number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  /// What the kernel knows of the file. Throws ``FileError``.
  public func status() throws(FileError) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .unreadable(path: path, reason: errnoText()) }
    return status
  }

  /// Reads what is left of the file, at most `limit` bytes. Throws ``FileError``.
  public func readAll(limit: Int) throws(FileError) -> Data {
    var data = Data()
    try readPieces { piece throws(FileError) in
      data.append(contentsOf: piece)
      guard data.count <= limit else { throw .tooLarge(path: path, bytes: data.count, limit: limit) }
    }
    return data
  }

  /// Reads what is left of the file, however large, and gives it to `take` in pieces. Throws ``FileError``.
  public func readPieces(_ take: (ArraySlice<UInt8>) throws(FileError) -> Void) throws(FileError) {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(number, &piece, piece.count)
      if count < 0 {
        if errno == EINTR { continue }
        guard errno == EAGAIN else { throw .unreadable(path: path, reason: errnoText()) }
        waitUntilReady(number, POLLIN)
        continue
      }
      if count == 0 { return }
      try take(piece[0..<count])
    }
  }

  /// Writes all of some bytes, however few the kernel takes at a time. Throws ``FileError``.
  public func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let failure = writeAllBytes(bytes, to: number) {
      throw .unwritable(path: path, reason: String(cString: strerror(failure)))
    }
  }

  /// Writes all of some bytes. Throws ``FileError``.
  public func writeAll(_ data: Data) throws(FileError) {
    let failure = data.withUnsafeBytes { writeAllBytes($0, to: number) }
    if let failure { throw .unwritable(path: path, reason: String(cString: strerror(failure))) }
  }

  /// Waits until what was written is on the disk. Throws ``FileError``.
  public func flush() throws(FileError) {
    guard fsync(number) == 0 else { throw .unwritable(path: path, reason: errnoText()) }
  }
}

/// Writes all of some bytes to a descriptor: short writes go on, and one that does not block is waited for. The error number
/// of what went wrong; nil if nothing did.
public func writeAllBytes(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
  var written = 0
  while written < bytes.count {
    let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
    if count >= 0 {
      written += count
      continue
    }
    switch errno {
    case EINTR: continue
    case EAGAIN: waitUntilReady(descriptor, POLLOUT)
    default: return errno
    }
  }
  return nil
}

/// Waits until a descriptor that does not block can be read or written.
func waitUntilReady(_ descriptor: Int32, _ event: Int32) {
  var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
  _ = poll(&wanted, 1, -1)
}

/// The kernel's words for the last error.
func errnoText() -> String { String(cString: strerror(errno)) }
