import Foundation

/// The memory of this machine and of the control group that this process is in, read from /proc and /sys.
package struct Memory: Sendable {
  /// The prefix of `/proc` and `/sys`.
  package var root: String

  package init(root: String = "") { self.root = root }

  /// The bytes that can be had now without anybody being killed.
  package var available: Int {
    var least = meminfo("MemAvailable") ?? Int.max
    for group in groups {
      guard let limit = group.limit, let used = group.used else { continue }
      least = min(least, max(0, limit - used))
    }
    return least
  }

  /// The most that could ever be had.
  package var total: Int { groups.compactMap(\.limit).reduce(meminfo("MemTotal") ?? Int.max) { min($0, $1) } }

  /// How often the kernel has killed a process for want of memory.
  package struct Kills: Sendable, Hashable {
    /// In this process's own control group; nil where that is not told.
    package var group: Int?
    package var machine: Int?

    package init(group: Int? = nil, machine: Int? = nil) {
      self.group = group
      self.machine = machine
    }
  }

  package var kills: Kills {
    Kills(group: groups.first?.kills, machine: number(in: "\(root)/proc/vmstat", after: "oom_kill "))
  }

  private func meminfo(_ name: String) -> Int? {
    number(in: "\(root)/proc/meminfo", after: "\(name):").map { $0 * 1024 }
  }

  /// A control group's memory, by either version of the kernel's interface.
  private struct Group {
    var limit: Int?
    /// Without what the kernel gives back when asked.
    var used: Int?
    var kills: Int?
  }

  /// This process's own control group and those above it.
  private var groups: [Group] {
    guard let text = try? String(contentsOfFile: "\(root)/proc/self/cgroup", encoding: .utf8) else { return [] }
    var own: (folder: String, path: String, isUnified: Bool)?
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { continue }
      if parts[1].split(separator: ",").contains("memory") {
        own = ("\(root)/sys/fs/cgroup/memory", parts[2], false)
      } else if parts[1].isEmpty, own == nil {
        own = ("\(root)/sys/fs/cgroup", parts[2], true)
      }
    }
    guard let own else { return [] }
    var names = own.path.split(separator: "/").map(String.init)
    // In a container the group may stand at the root of what can be seen.
    if !FileManager.default.fileExists(atPath: "\(own.folder)/\(names.joined(separator: "/"))") { names = [] }
    var found: [Group] = []
    while true {
      let folder = ([own.folder] + names).joined(separator: "/")
      found.append(own.isUnified ? unified(folder) : separate(folder))
      if names.isEmpty { return found }
      names.removeLast()
    }
  }

  private func unified(_ folder: String) -> Group {
    let reclaimable = number(in: "\(folder)/memory.stat", after: "inactive_file ") ?? 0
    return Group(
      limit: number(in: "\(folder)/memory.max", after: ""),
      used: number(in: "\(folder)/memory.current", after: "").map { $0 - reclaimable },
      kills: number(in: "\(folder)/memory.events", after: "oom_kill "))
  }

  private func separate(_ folder: String) -> Group {
    let reclaimable = number(in: "\(folder)/memory.stat", after: "total_inactive_file ") ?? 0
    return Group(
      limit: number(in: "\(folder)/memory.limit_in_bytes", after: ""),
      used: number(in: "\(folder)/memory.usage_in_bytes", after: "").map { $0 - reclaimable },
      kills: number(in: "\(folder)/memory.oom_control", after: "oom_kill "))
  }

  /// The number in the first line that begins with a text.
  private func number(in path: String, after beginning: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(beginning) })
    else { return nil }
    return line.dropFirst(beginning.count).split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }
}
