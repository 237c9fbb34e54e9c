public import Foundation

/// Reads a whole file that the user has named, or standard input where the path is `-`. Folders, FIFOs, devices, sockets
/// and files of more than `limit` bytes are refused before anything is read or waited for.
///
/// Throws ``FileError``.
public func readFile(_ path: String, limit: Int = 64 << 20) throws(FileError) -> Data {
  if path == "-" { return try Descriptor(dup(0), path: "standard input").readAll(limit: limit) }
  let descriptor = try openToRead(path)
  let size = Int(try descriptor.status().st_size)
  guard size <= limit else { throw .tooLarge(path: path, bytes: size, limit: limit) }
  return try descriptor.readAll(limit: limit)
}

/// Opens a regular file that the user has named; links in its path are followed. Throws ``FileError``.
public func openToRead(_ path: String) throws(FileError) -> Descriptor {
  var status = stat()
  guard stat(path, &status) == 0 else {
    throw errno == ENOENT || errno == ENOTDIR
      ? .missing(path: path) : .unreadable(path: path, reason: errnoText())
  }
  try expectFile(FileKind(status), path)
  let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
  guard number >= 0 else { throw .unreadable(path: path, reason: errnoText()) }
  let descriptor = Descriptor(number, path: path)
  try expectFile(FileKind(try descriptor.status()), path)
  return descriptor
}

private func expectFile(_ kind: FileKind, _ path: String) throws(FileError) {
  switch kind {
  case .file: return
  case .folder: throw .isDirectory(path: path)
  default: throw .notPlain(path: path, kind: kind)
  }
}

/// Reads a whole UTF-8 text file of at most `limit` bytes, or standard input where the path is `-`. Throws ``FileError``.
public func readText(_ path: String, limit: Int = 4 << 20) throws(FileError) -> String {
  let data = try readFile(path, limit: limit)
  guard let text = String(validating: data, as: UTF8.self) else {
    throw .notUTF8(path: path, byteOffset: firstInvalidOffset(data))
  }
  return text
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
