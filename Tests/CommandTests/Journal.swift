import Foundation
import Testing

/// A run's journal, changed as somebody would who knows the format.
enum Journal {
  /// Changes the JSON of each line and gives it a checksum that fits.
  static func change(_ program: Program, _ run: String, store: String = ".vgglab", _ change: (String) -> String) throws
  {
    let path = "\(program.directory)/\(store)/runs/\(run)/journal.jsonl"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var lines = ""
    for line in text.split(separator: "\n") {
      let json = change(String(line.dropFirst(17)))
      lines += "\(try sum(json).prefix(16)) \(json)\n"
    }
    try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// SHA-256 in hexadecimal.
  private static func sum(_ text: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sha256sum"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let writer = Thread {
      try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try? input.fileHandleForWriting.close()
    }
    writer.start()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data.prefix(64), as: UTF8.self)
  }
}
