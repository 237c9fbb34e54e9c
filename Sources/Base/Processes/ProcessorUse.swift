import Foundation

/// How much processor time this process and all others have had up to a moment; two of them say what was going on between.
package struct ProcessorUse: Sendable {
  /// By ``monotonicSeconds()``.
  package var at: Double
  /// Of all threads of this process, also of those that have ended.
  package var own: Double
  /// How often a core was taken from one of its threads.
  package var involuntarySwitches: Int
  /// How long its present threads were ready and had no core; nil where the kernel does not count that.
  package var waiting: Double?
  /// What the whole machine's cores were busy with, and what a hypervisor took from them; nil where that is not known.
  package var machine: Double?
  /// How long some process of the control group, or else of the machine, had to wait for a core; nil where the kernel does
  /// not count that.
  package var pressure: Double?

  /// All facts at once, in seconds.
  package init(
    at: Double, own: Double, involuntarySwitches: Int, waiting: Double?, machine: Double?, pressure: Double?
  ) {
    self.at = at
    self.own = own
    self.involuntarySwitches = involuntarySwitches
    self.waiting = waiting
    self.machine = machine
    self.pressure = pressure
  }

  /// Now. `root` is before `/proc` and `/sys`.
  package init(root: String = "") {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    at = monotonicSeconds()
    own = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    involuntarySwitches = usage.ru_nivcsw
    waiting = Self.waiting(root)
    machine = Self.machine(root)
    pressure = Self.pressure(root)
  }

  /// The second number of a thread's `schedstat`: nanoseconds in which it could run and had no core.
  private static func waiting(_ root: String) -> Double? {
    let tasks = "\(root)/proc/self/task"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: tasks) else { return nil }
    var total: Double?
    for name in names {
      guard let text = contents("\(tasks)/\(name)/schedstat") else { continue }
      let fields = text.split(whereSeparator: \.isWhitespace)
      guard fields.count == 3, let nanoseconds = Double(fields[1]) else { continue }
      total = (total ?? 0) + nanoseconds * 1e-9
    }
    return total
  }

  /// All but idling and waiting for disks, in the first line of `/proc/stat`.
  private static func machine(_ root: String) -> Double? {
    guard let line = contents("\(root)/proc/stat")?.split(separator: "\n").first else { return nil }
    let fields = line.split(separator: " ")
    let ticks = fields.dropFirst().compactMap { Double($0) }
    guard fields.first == "cpu", ticks.count >= 8 else { return nil }
    // user, nice, system, idle, iowait, irq, softirq, steal; the time of guests is in user and nice already.
    let busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]
    return busy / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func pressure(_ root: String) -> Double? {
    let own = ControlGroup.folders(root: root).lazy.map { "\($0)/cpu.pressure" }
    for path in Array(own) + ["\(root)/proc/pressure/cpu"] {
      guard let text = contents(path), let line = text.split(separator: "\n").first(where: { $0.hasPrefix("some ") }),
        let total = line.split(separator: " ").last, total.hasPrefix("total="),
        let microseconds = Double(total.dropFirst(6))
      else { continue }
      return microseconds * 1e-6
    }
    return nil
  }

  private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
