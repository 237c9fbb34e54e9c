import Foundation

/// A real Slurm of two nodes on this machine, started once for the tests that need it; it ends with their process.
struct TestCluster {
  /// Whether Debian's packages slurm-wlm and munge are there.
  static let isInstalled = ["sbatch", "slurmctld", "slurmd", "munged"].allSatisfy { name in
    ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"].contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  let directory: String
  var configuration: String { "\(directory)/slurm.conf" }

  static let shared = Result { try TestCluster() }

  private init() throws {
    directory = "/tmp/vgglab-slurm-\(UUID().uuidString.prefix(8))"
    try script("up", directory, "2", "--until", "\(getpid())", variables: ["TEST_CLUSTER_MAX_ARRAY": "9"])
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Brings back what has died.
  func restore() throws { try script("up", directory) }

  /// A node dies with all that runs on it.
  func kill(_ node: String) throws { try script("kill", directory, node) }

  private func script(_ arguments: String..., variables: [String: String] = [:]) throws {
    let (code, output) = try Self.run("\(Program.root)/scripts/test-cluster", arguments, variables)
    guard code == 0 else { throw Failure(description: "test-cluster \(arguments): \(output)") }
  }

  /// What one of Slurm's programs prints.
  @discardableResult
  func slurm(_ program: String, _ arguments: String...) throws -> String {
    var (code, output) = try Self.run("/usr/bin/env", [program] + arguments, ["SLURM_CONF": configuration])
    // A job that is just started or requeued cannot be changed for a moment.
    for _ in 0..<30 where code != 0 && output.contains("try again later") {
      sleep(1)
      (code, output) = try Self.run("/usr/bin/env", [program] + arguments, ["SLURM_CONF": configuration])
    }
    guard code == 0 else { throw Failure(description: "\(program) \(arguments): \(output)") }
    return output
  }

  private static func run(_ path: String, _ arguments: [String], _ variables: [String: String]) throws -> (
    Int32, String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.standardInput = FileHandle.nullDevice
    // A file and no pipe: daemons that are started keep their output open.
    let file = NSTemporaryDirectory() + "vgglab-output-\(UUID().uuidString)"
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    defer { try? FileManager.default.removeItem(atPath: file) }
    process.standardOutput = FileHandle(forWritingAtPath: file)
    process.standardError = process.standardOutput
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: file, encoding: .utf8))
  }

  /// The tasks of this user's jobs that are not over: `1_0 RUNNING node1`.
  func tasks() throws -> [(job: String, state: String, node: String)] {
    try slurm("squeue", "-h", "-r", "-o", "%i %T %N").split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      return (words[0], words[1], words.count > 2 ? words[2] : "")
    }
  }

  /// Ends all jobs.
  func clear() throws {
    for task in try tasks() { try slurm("scancel", task.job) }
    try wait("no jobs") { try tasks().isEmpty }
  }

  /// Waits for a state; ten minutes without it are an error.
  func wait(_ what: String, until condition: () throws -> Bool) throws {
    let end = Date(timeIntervalSinceNow: 600)
    while try !condition() {
      guard Date() < end else {
        throw Failure(description: "\(what) did not come; \(try slurm("squeue", "-r", "-t", "all"))")
      }
      usleep(50_000)
    }
  }

  /// A program whose commands use this cluster.
  func program() throws -> Program {
    var program = try Program()
    program.environment = [
      "SLURM_CONF": configuration, "XDG_CONFIG_HOME": "\(program.directory)/config", "OPENBLAS_NUM_THREADS": "1",
    ]
    return program
  }
}
