import Foundation

/// The built program, run as a user would run it.
struct Program {
  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  /// The program that was built together with these tests.
  static let path: String = {
    let tests =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return (tests as NSString).deletingLastPathComponent + "/vgglab"
  }()

  /// The project's root folder.
  static let root = ((#filePath as NSString).deletingLastPathComponent as NSString)
    .appendingPathComponent("../..")

  var directory: String
  var environment: [String: String] = [:]

  /// A program that works in a new, empty folder.
  init() throws {
    directory = NSTemporaryDirectory() + "vgglab-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: directory) }

  /// Writes a file into the working folder.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let path = "\(directory)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(directory)/\(name)") }

  @discardableResult
  func callAsFunction(_ arguments: String...) throws -> Outcome { try run(arguments) }

  func run(_ arguments: [String]) throws -> Outcome {
    let process = start(arguments)
    let output = "\(directory)/.stdout-\(UUID().uuidString)"
    let errors = "\(directory)/.stderr-\(UUID().uuidString)"
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    defer { for file in [output, errors] { try? FileManager.default.removeItem(atPath: file) } }
    return Outcome(
      code: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  /// The program, not yet started.
  func start(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var variables = ProcessInfo.processInfo.environment
    for name in ["VGGLAB_STORE", "VGGLAB_DATA", "XDG_DATA_HOME"] { variables[name] = nil }
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }
}
