import Foundation

/// What can be known of the machine.
public enum Processor {
  /// The model's name, as the kernel tells it.
  public static var name: String { field("model name") ?? field("Model") ?? "unknown" }

  /// The cores that this process may use: affinity, the control group's processor set and its quota of time respected. A
  /// quota of less than a core counts as one.
  public static var cores: Int {
    guard let quota = ProcessorQuota().cores else { return allowed }
    return max(1, min(allowed, Int(quota)))
  }

  /// The cores that affinity and processor set allow.
  private static var allowed: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
    else { return ProcessInfo.processInfo.activeProcessorCount }
    let mask = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
    return max(1, mask.reduce(0) { $0 + $1.nonzeroBitCount })
  }

  /// What the processor can do, by the kernel's names; empty where they are not known.
  package static var features: Set<String> {
    Set((field("flags") ?? "").split(separator: " ").map(String.init))
  }

  private static func field(_ name: String) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
      return parts[1].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
