import Foundation

/// The control groups of this process, by either version of the kernel's interface.
enum ControlGroup {
  /// This process's own control groups and those above them.
  static func folders(root: String) -> [String] {
    guard let text = try? String(contentsOfFile: "\(root)/proc/self/cgroup", encoding: .utf8) else { return [] }
    var found: [String] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      guard controllers.isEmpty || controllers.contains("cpu") else { continue }
      // The first version has a folder for each set of controllers, and links with their single names.
      let candidates = controllers.isEmpty ? ["", "/unified"] : ["/cpu", "/\(parts[1])"]
      for top in candidates.map({ "\(root)/sys/fs/cgroup\($0)" }) {
        var names = parts[2].split(separator: "/").map(String.init)
        // In a container the group may be the root of what can be seen.
        if !FileManager.default.fileExists(atPath: ([top] + names).joined(separator: "/")) { names = [] }
        for count in stride(from: names.count, through: 0, by: -1) {
          found.append(([top] + names.prefix(count)).joined(separator: "/"))
        }
      }
    }
    return found
  }
}
