import Foundation

/// The quota of processor time that control groups give this process, by either version of the kernel's interface.
package struct ProcessorQuota: Sendable {
  /// The prefix of `/proc` and `/sys`.
  package var root: String

  package init(root: String = "") { self.root = root }

  /// The cores' worth of time that this process's own group and all above it allow; nil without a quota.
  package var cores: Double? {
    var least: Double?
    for folder in ControlGroup.folders(root: root) {
      guard let quota = quota(folder) else { continue }
      least = min(least ?? quota, quota)
    }
    return least
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
