import Foundation
import Processes

/// Who starts runs, by their own account.
package enum Author {
  /// `VGGLAB_AUTHOR`, or else git's `user.name` for the working directory; nil where nobody said so, and where the variable is
  /// empty.
  package static let name: String? = find(
    ProcessInfo.processInfo.environment, directory: FileManager.default.currentDirectoryPath)

  static func find(_ variables: [String: String], directory: String) -> String? {
    guard let chosen = variables["VGGLAB_AUTHOR"] ?? gitName(variables, directory) else { return nil }
    let name = chosen.trimmingCharacters(in: .whitespacesAndNewlines)
    return name.isEmpty ? nil : String(name.prefix(200))
  }

  private static func gitName(_ variables: [String: String], _ directory: String) -> String? {
    guard let program = BoundedProcess.find("git") else { return nil }
    var environment = ["PATH": variables["PATH"] ?? "", "LC_ALL": "C"]
    for name in ["HOME", "XDG_CONFIG_HOME", "GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
      environment[name] = variables[name]
    }
    let process = BoundedProcess(program: program, environment: environment, deadline: monotonicSeconds() + 2)
    // Reading a configuration runs none of the programs that it can name.
    guard let found = process.run(["config", "--get", "user.name"], in: directory, limit: 1 << 12), found.status == 0
    else { return nil }
    return String(decoding: found.output, as: UTF8.self)
  }
}
