import Foundation
import Processes
import Testing

/// What a process and the machine around it did, read from files as the kernel has them.
@Suite struct ProcessorUseTests {
  private static func use(_ files: [String: String]) throws -> ProcessorUse {
    let root = NSTemporaryDirectory() + "vgglab-use-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (path, text) in files {
      let file = root + path
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
    return ProcessorUse(root: root)
  }

  @Test func theKernelsFilesAreUnderstood() throws {
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    let use = try Self.use([
      "/proc/self/task/1/schedstat": "900 1500000000 3\n", "/proc/self/task/2/schedstat": "900 500000000 3\n",
      "/proc/stat": "cpu  100 20 3 5000 600 4 50 23 7 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n",
      "/proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\nfull avg10=0.00 total=9\n",
    ])
    #expect(use.waiting == 2)
    // User, nice, system, interrupts and what the hypervisor took; neither idle nor waiting for disks, guests once.
    #expect(use.machine == 200 / ticks)
    #expect(use.pressure == 2.5)
    #expect(use.own > 0 && use.at > 0)
  }

  @Test func theOwnControlGroupGoesBeforeTheMachine() throws {
    let use = try Self.use([
      "/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.pressure": "some avg10=0.00 total=1000000\n",
      "/proc/pressure/cpu": "some avg10=0.00 total=2500000\n",
    ])
    #expect(use.pressure == 1)
  }

  @Test(arguments: ["", "cpu\n", "cpu a b c\n", "intr 1 2 3 4 5 6 7 8 9\n"])
  func whatIsNotThereIsNotKnown(stat: String) throws {
    let use = try Self.use(["/proc/stat": stat, "/proc/pressure/cpu": "full total=3\n"])
    #expect(use.waiting == nil && use.machine == nil && use.pressure == nil)
  }

  @Test func computingCountsAsOwnTime() {
    let before = ProcessorUse()
    var sum = 0.0
    for index in 0..<3_000_000 { sum += Double(index).squareRoot() }
    let after = ProcessorUse()
    #expect(sum > 0 && after.own > before.own && after.at > before.at)
  }
}
