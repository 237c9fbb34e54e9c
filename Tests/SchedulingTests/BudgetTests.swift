import Foundation
import Journals
import Processes
import Scheduling
import Store
import Testing
import Text

/// Memory, smoke steps, locks and forecasts, in a fake world.
@Suite struct BudgetTests {
  /// Hours of work at any rate, never done.
  private static let long = FakeWorld.three.replacingOccurrences(of: "epochs: 1", with: "epochs: 90000")

  private static func need() throws -> Int {
    let world = FakeWorld()
    return try world.runner.plan([world.experiment()], options: RunOptions(threads: 1))[0].forecast.memoryBytes
  }

  @Test(.enabled(if: Processor.cores >= 2)) func whatDoesNotFitWaits() throws {
    let need = try Self.need()
    #expect(need > 1_000_000)
    let world = FakeWorld()
    world.available = need * 3 / 2
    let outcomes = try world.run(options: RunOptions(jobs: 2, threads: 1))
    #expect(outcomes.map(\.state) == ["completed", "completed", "completed"])
    #expect(world.mostAtWork == 1)
    #expect(world.said.contains("second: waits for memory: it needs"))
    let given = FakeWorld()
    try given.run(options: RunOptions(jobs: 2, threads: 1, memory: need * 2))
    #expect(given.mostAtWork == 2)
  }

  @Test func itWaitsForTheMemoryOfOthersToo() throws {
    let need = try Self.need()
    let world = FakeWorld()
    world.available = need - 1
    world.atMoments = [(50, { world.available = need })]
    #expect(try world.run(only: ["first"]).map(\.state) == ["completed"])
    #expect(world.beganAt[0] >= 50)
  }

  @Test func whatCanNeverFitIsRefusedWithASentence() throws {
    let world = FakeWorld()
    world.total = try Self.need() - 1
    let outcomes = try world.run()
    #expect(outcomes.map(\.state) == ["not run", "not run", "not run"])
    #expect(outcomes[0].cause?.contains("can become available") == true && outcomes[0].isFailure)
    #expect(world.story.isEmpty)
    let plan = try world.runner.plan([world.experiment()], options: RunOptions(threads: 1))
    #expect(plan[0].why.contains("it will be refused"))
    #expect(
      try world.run(options: RunOptions(threads: 1, memory: 1000))[0].cause?.contains("raise --memory") == true)
  }

  @Test func longTrialsTakeAFirstStepBeforeTheWorkBegins() throws {
    let world = FakeWorld()
    world.smokeFailure = { $0.contains("\"ratio\":64") ? "the loss of step 1 is nan" : nil }
    let text = Self.long.replacingOccurrences(of: "name: third", with: "name: third, network: {ratio: 64}")
    let outcomes = try world.run(text)
    // Seeds alone make no difference to it.
    #expect(world.story.prefix(3) == ["smoke", "smoke", "begin first"])
    #expect(outcomes.map(\.state) == ["completed", "completed", "failed"])
    #expect(outcomes[2].cause == "one-step test: the loss of step 1 is nan")
    let without = FakeWorld()
    try without.run(Self.long, options: RunOptions(threads: 1, smoke: false))
    #expect(!without.story.contains("smoke"))
    // Neither short trials nor one alone.
    let short = FakeWorld()
    try short.run()
    try short.run(Self.long, only: ["first"])
    #expect(!short.story.contains("smoke"))
  }

  @Test func whatAnotherWorksOnIsLeftToIt() throws {
    let world = FakeWorld()
    let trial = try world.experiment().trials[0]
    guard
      case .taken(let lock) = try TrialLock.take(
        store: world.directory, trialID: trial.id)
    else {
      Issue.record("the lock was not free")
      return
    }
    // Held by this very process, as if the trial stood in the list twice: it waits until the lock is free.
    world.atMoments = [(9, { lock.release() })]
    #expect(try world.run().map(\.state) == ["completed", "completed", "completed"])
    #expect(world.story.last == "end first" && world.beganAt[2] >= 9)
  }

  @Test func theSameTrialTwiceIsRunOnce() throws {
    let world = FakeWorld()
    let experiment = try world.experiment()
    let outcomes = try world.runner.run([experiment, experiment], options: RunOptions(threads: 1))
    #expect(outcomes.map(\.state) == [String](repeating: "completed", count: 6))
    #expect(world.story.count == 6)
  }

  @Test func aWorkerThatOutlivedItsParentIsWaitedFor() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.killed(signal: SIGKILL, after: 1)]]
    let run = try #require(try world.run(only: ["first"])[0].run)
    let lock = try #require(try RunFolder(store: world.directory, existing: run).acquireLock())
    world.atMoments = [(20, { lock.release() })]
    let outcomes = try world.run()
    #expect(outcomes.map(\.state) == ["completed", "completed", "completed"])
    #expect(outcomes[0].run == run)
    #expect(world.said.contains("first: waits for the worker of run \(run) to stop"))
    #expect(world.story.last == "end first")
  }

  @Test func theForecastIsKeptBesideTheFact() throws {
    let world = FakeWorld()
    try world.run(only: ["first"])
    let store = try Store.open(at: world.directory, access: .readOnly)
    let rows = try store.query(
      """
      SELECT trial, steps, forecast_seconds, seconds, forecast_memory_bytes > 1000000, memory_bytes,
        forecast_disk_bytes > 1000000, disk_bytes > 100 FROM forecast_check
      """
    ).rows
    #expect(
      rows == [
        [
          .text("first"), .integer(4), .null, .real(1), .integer(1), .integer(1), .integer(1), .integer(1),
        ]
      ])
  }

  @Test func memoryIsReadFromBothKindsOfControlGroups() throws {
    let root = NSTemporaryDirectory() + "vgglab-memory-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    func write(_ path: String, _ text: String) throws {
      let path = root + path
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let memory = Memory(root: root)
    try write("/proc/meminfo", "MemTotal:       1000 kB\nMemAvailable:    800 kB\n")
    try write("/proc/vmstat", "nr_free 1\noom_kill 5\n")
    #expect(memory.available == 819_200 && memory.total == 1_024_000)
    #expect(memory.kills == Memory.Kills(group: nil, machine: 5))
    // Version 2, with a limit at the group above.
    try write("/proc/self/cgroup", "0::/a/b\n")
    try write("/sys/fs/cgroup/a/b/memory.max", "max\n")
    try write("/sys/fs/cgroup/a/b/memory.events", "oom 3\noom_kill 2\n")
    try write("/sys/fs/cgroup/a/memory.max", "500000\n")
    try write("/sys/fs/cgroup/a/memory.current", "300000\n")
    try write("/sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 100000\n")
    #expect(memory.available == 300_000 && memory.total == 500_000)
    #expect(memory.kills == Memory.Kills(group: 2, machine: 5))
    // Version 1.
    try write("/proc/self/cgroup", "4:memory:/c\n0::/a/b\n")
    try write("/sys/fs/cgroup/memory/c/memory.limit_in_bytes", "400000\n")
    try write("/sys/fs/cgroup/memory/c/memory.usage_in_bytes", "390000\n")
    try write("/sys/fs/cgroup/memory/c/memory.oom_control", "under_oom 0\noom_kill 7\n")
    #expect(memory.available == 10_000 && memory.total == 400_000 && memory.kills.group == 7)
  }

  @Test(arguments: [
    ("90m", 5400.0), ("1h30m", 5400), ("45s", 45), ("1.5h", 5400), ("90", nil), ("", nil), ("-1m", nil), ("1x", nil),
    ("0s", nil), ("m", nil),
  ])
  func times(text: String, seconds: Double?) { #expect(Quantity.parseSeconds(text) == seconds) }

  @Test(arguments: [("6GB", 6_000_000_000), ("800mb", 800_000_000), ("1GiB", 1 << 30), ("5", nil), ("GB", nil)])
  func sizes(text: String, bytes: Int?) { #expect(Quantity.parseBytes(text) == bytes) }
}
