import Foundation
import Testing

/// Git in the folder of a program under test.
enum Git {
  /// Runs it and gives what it prints.
  @discardableResult
  static func run(_ program: Program, _ arguments: String...) throws -> String { try run(program.directory, arguments) }

  @discardableResult
  static func run(_ directory: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", directory, "-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "git \(arguments)")
    return String(decoding: data, as: UTF8.self)
  }

  /// A program in a repository with one commit: an experiment, and a store that git ignores.
  static func program() throws -> Program {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    try program.write("notes.txt", "as committed\n")
    try program.write(".gitignore", ".vgglab\n.std*\n")
    try run(program, "init", "-q")
    try run(program, "add", ".")
    try run(program, "commit", "-q", "-m", "Begin")
    return program
  }

  /// The changes that the newest run keeps.
  static func keptPatch(_ program: Program) throws -> Data {
    let rows = try RunTests.rows(
      program,
      """
      SELECT a.run, a.path FROM artifact AS a JOIN run AS r ON r.id = a.run WHERE a.name LIKE 'uncommitted%'
      ORDER BY r.created_at DESC LIMIT 1
      """)
    let run = try #require(rows.first?["run"] as? String)
    let path = try #require(rows.first?["path"] as? String)
    return try Data(contentsOf: URL(fileURLWithPath: "\(program.directory)/.vgglab/runs/\(run)/\(path)"))
  }

  /// Applies changes to a clone of the commit, and gives its folder.
  @discardableResult
  static func apply(_ patch: Data, _ program: Program) throws -> String {
    let clone = "\(program.directory)/.vgglab/clone-\(UUID().uuidString)"
    try run(program.directory, ["clone", "-q", program.directory, clone])
    try patch.write(to: URL(fileURLWithPath: "\(clone).patch"))
    try run(clone, ["apply", "--whitespace=nowarn", "\(clone).patch"])
    return clone
  }
}
