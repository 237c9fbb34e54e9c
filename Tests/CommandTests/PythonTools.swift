import Foundation
import Testing

/// Programs of others that read what vgglab exports, in virtual environments of Python outside of the project. They are made at
/// the first use and kept in `$XDG_CACHE_HOME/vgglab-tests`; tests that need one are skipped where pip cannot reach its registry.
enum PythonTools {
  /// TensorBoard's reader, ONNX with its runtime, pandas and DuckDB: the environment's folder of programs.
  static let readers = environment(
    "readers", ["tensorboard", "onnx", "onnxruntime", "pandas", "duckdb", "safetensors"])

  /// DuckDB with its extension for SQLite's files, which is made for one version of DuckDB.
  static let duckdb = environment(
    "duckdb", ["duckdb==1.5.5", "duckdb-extensions==1.5.5", "duckdb-extension-sqlite-scanner==1.5.5"])

  /// An MLflow server with its client.
  static let mlflow = environment("mlflow", ["mlflow"])

  /// axe, which looks for barriers on web pages, without the Python driver around it.
  static let axe = environment("axe", ["--no-deps", "axe-playwright-python"])

  /// PyTorch, where `VGGLAB_TEST_TORCH=1` asks for it: it is large, and takes minutes to install.
  static let torch: String? =
    ProcessInfo.processInfo.environment["VGGLAB_TEST_TORCH"] == "1"
    ? environment("torch", ["torch", "safetensors", "numpy"]) : nil

  /// Whether there is Python 3 at all, without packages.
  static let isInstalled = (try? run("/usr/bin/env", ["python3", "--version"], in: NSTemporaryDirectory()))?.code == 0

  static let missing: Comment =
    "pip cannot install what a test needs: there is no network, or no Python 3 with venv"

  private static func environment(_ name: String, _ packages: [String]) -> String? {
    let variables = ProcessInfo.processInfo.environment
    let home = variables["XDG_CACHE_HOME"] ?? "\(variables["HOME"] ?? NSTemporaryDirectory())/.cache"
    let folder = "\(home)/vgglab-tests/\(name)"
    let wanted = packages.joined(separator: " ")
    let mark = "\(folder)/complete"
    if (try? String(contentsOfFile: mark, encoding: .utf8)) == wanted { return "\(folder)/bin" }
    let script = """
      set -e
      mkdir -p "$1"
      exec 9> "$1.lock"
      flock 9
      [ "$(cat "$1/complete" 2>/dev/null)" != "$2" ] || exit 0
      python3 -m venv --clear "$1"
      timeout 600 "$1/bin/pip" install --quiet --disable-pip-version-check --retries 1 $2
      printf %s "$2" > "$1/complete"
      """
    let outcome = try? run("/bin/bash", ["-c", script, "bash", folder, wanted], in: NSTemporaryDirectory())
    return outcome?.code == 0 ? "\(folder)/bin" : nil
  }

  /// Runs a script of Python with arguments in a folder, and gives its output.
  static func python(
    _ programs: String, _ script: String, _ arguments: [String] = [], in directory: String
  ) throws -> Program.Outcome {
    try run("\(programs)/python3", ["-c", script] + arguments, in: directory)
  }

  /// Runs a program in a folder.
  static func run(
    _ program: String, _ arguments: [String], in directory: String, environment: [String: String] = [:]
  ) throws -> Program.Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let files = ["out", "err"].map { "\(directory)/.\($0)-\(UUID().uuidString)" }
    for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    try process.run()
    process.waitUntilExit()
    return Program.Outcome(
      code: process.terminationStatus, output: try String(contentsOfFile: files[0], encoding: .utf8),
      errors: try String(contentsOfFile: files[1], encoding: .utf8))
  }
}
