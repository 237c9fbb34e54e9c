import Foundation
import Processes
import Testing

/// Quotas of control groups, read from files as the kernel has them.
@Suite struct ProcessorQuotaTests {
  private static func cores(_ files: [String: String]) throws -> Double? {
    let root = NSTemporaryDirectory() + "vgglab-quota-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (path, text) in files {
      let file = root + path
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
    return ProcessorQuota(root: root).cores
  }

  @Test func theLeastOfOwnGroupAndThoseAboveCounts() throws {
    let group = ["/proc/self/cgroup": "0::/a/b\n"]
    func with(_ files: [String: String]) -> [String: String] { group.merging(files) { $1 } }
    #expect(try Self.cores([:]) == nil)
    #expect(try Self.cores(with(["/sys/fs/cgroup/a/b/cpu.max": "max 100000\n"])) == nil)
    #expect(try Self.cores(with(["/sys/fs/cgroup/a/b/cpu.max": "50000 100000\n"])) == 0.5)
    #expect(
      try Self.cores(
        with(["/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n"])) == 1.5)
    // In a container the own group is the root of what can be seen.
    #expect(try Self.cores(with(["/sys/fs/cgroup/cpu.max": "200000 100000\n"])) == 2)
    #expect(try Self.cores(with(["/sys/fs/cgroup/a/b/cpu.max": "nonsense"])) == nil)
    let old = ["/proc/self/cgroup": "4:cpu,cpuacct:/a\n1:memory:/x\n"]
    #expect(
      try Self.cores(
        old.merging([
          "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "300000\n",
          "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
          "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
          "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]) { $1 }) == 3)
  }
}
