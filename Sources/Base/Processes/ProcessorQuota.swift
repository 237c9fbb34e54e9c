import Foundation

/// The quota of processor time that control groups give this process, by either version of the kernel's interface.
package struct ProcessorQuota: Sendable {
  /// What stands before `/proc` and `/sys`.
  package var root: String

  package init(root: String = "") { self.root = root }

  /// The cores' worth of time that this process's own group and all above it allow; nil without a quota.
  package var cores: Double? {
    var least: Double?
    for folder in folders {
      guard let quota = quota(folder) else { continue }
      least = min(least ?? quota, quota)
    }
    return least
  }

  /// This process's own control groups and those above them.
  private var folders: [String] {
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

  private func quota(_ folder: String) -> Double? {
    let (time, period): (Double?, Double?)
    if let text = try? String(contentsOfFile: "\(folder)/cpu.max", encoding: .utf8) {
      let words = text.split(whereSeparator: \.isWhitespace)
      (time, period) = (words.first.flatMap { Double($0) }, words.dropFirst().first.flatMap { Double($0) } ?? 100_000)
    } else {
      func number(_ name: String) -> Double? {
        (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
          .flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      }
      (time, period) = (number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
    }
    guard let time, let period, time > 0, period > 0, time.isFinite else { return nil }
    return time / period
  }
}
