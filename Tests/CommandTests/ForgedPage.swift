import Foundation

/// A page whose evidence somebody has changed and signed again, as everybody can who has the page.
struct ForgedPage {
  let program: Program
  /// The page's text.
  var page: String
  /// The evidence as JSON.
  var evidence: String

  /// Takes a page that was written into `folder` apart.
  init(_ program: Program, folder: String) throws {
    self.program = program
    page = try String(contentsOfFile: "\(program.directory)/\(folder)/index.html", encoding: .utf8)
    let place = "taken-\(UUID().uuidString)"
    _ = try program("extract", "\(folder)/index.html", "-o", place)
    evidence = try String(contentsOfFile: "\(program.directory)/\(place)/evidence.json", encoding: .utf8)
  }

  /// Writes it as a page of its own.
  func write(_ name: String) throws { try program.write(name, try signed(Self.stored(Data(evidence.utf8)))) }

  /// The page with these packed bytes as its evidence.
  func signed(_ packed: Data) throws -> String {
    let start = page.range(of: "<script type=\"application/vnd.vgglab.evidence+json\"")!.lowerBound
    let end = page.range(of: "</script>\n", range: start..<page.endIndex)!.upperBound
    let block =
      "<script type=\"application/vnd.vgglab.evidence+json\" id=\"evidence\" data-sha256=\"\(try digest(packed))\">"
      + packed.base64EncodedString() + "</script>\n"
    return page.replacingCharacters(in: start..<end, with: block)
  }

  /// SHA-256 in hexadecimal.
  func digest(_ data: Data) throws -> String {
    let path = "\(program.directory)/digested-\(UUID().uuidString)"
    try data.write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sha256sum", path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return String(text.prefix(64))
  }

  /// Bytes as a zlib stream that stores them as they are.
  static func stored(_ data: Data) -> Data {
    var packed = Data([0x78, 0x01])
    var rest = data[...]
    repeat {
      let piece = rest.prefix(65_535)
      rest = rest.dropFirst(piece.count)
      packed.append(rest.isEmpty ? 1 : 0)
      let count = UInt16(piece.count)
      for word in [count, ~count] { withUnsafeBytes(of: word.littleEndian) { packed.append(contentsOf: $0) } }
      packed.append(piece)
    } while !rest.isEmpty
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in data {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    withUnsafeBytes(of: (b << 16 | a).bigEndian) { packed.append(contentsOf: $0) }
    return packed
  }
}
