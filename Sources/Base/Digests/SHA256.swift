import Crypto
public import Foundation

/// The SHA-256 digest of some bytes, as 64 lower-case hexadecimal digits.
public func sha256Hex(_ bytes: some DataProtocol) -> String {
  hexadecimal(SHA256.hash(data: bytes))
}

/// The SHA-256 digest of a text's UTF-8 bytes, as 64 lower-case hexadecimal digits.
public func sha256Hex(_ text: String) -> String {
  hexadecimal(SHA256.hash(data: Data(text.utf8)))
}

/// The SHA-256 digest of a file, read in pieces so that its size does not matter; nil if it cannot be read.
public func sha256Hex(ofFile path: String) -> String? {
  guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
  defer { try? handle.close() }
  var hash = SHA256()
  do {
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
  } catch { return nil }
  return hexadecimal(hash.finalize())
}

/// A SHA-256 digest of bytes that come in pieces.
public struct RunningSHA256 {
  private var hash = SHA256()

  public init() {}

  /// Adds bytes to what is hashed.
  public mutating func update(_ piece: UnsafeRawBufferPointer) { hash.update(bufferPointer: piece) }

  /// The digest of all that came so far, as 64 lower-case hexadecimal digits.
  public var hexadecimal: String { Digests.hexadecimal(hash.finalize()) }
}

private func hexadecimal(_ digest: SHA256Digest) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(64)
  for byte in digest {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
