import Foundation
import Processes
import Scheduling
import Store
import Testing

/// The true scheduler in a fake world: workers that only write what workers write, and a clock that runs by sleeping.
@Suite struct SchedulerTests {
  private static func trials(_ lines: String...) -> String {
    FakeWorld.three.replacingOccurrences(
      of: FakeWorld.three[FakeWorld.three.range(of: "trials:")!.lowerBound...], with: "trials:\n")
      + lines.enumerated().map { "  - {\($1), training: {seed: \($0)}}\n" }.joined()
  }

  @Test func oneAfterTheOtherInTheFilesOrder() throws {
    let world = FakeWorld()
    let outcomes = try world.run()
    #expect(
      world.story == ["begin first", "end first", "begin second", "end second", "begin third", "end third"])
    #expect(outcomes.map(\.state) == ["completed", "completed", "completed"])
    #expect(world.mostAtWork == 1)
    // What is complete is not run again.
    #expect(try world.run().map(\.action) == [.skip, .skip, .skip])
    #expect(world.story.count == 6)
    #expect(try world.run(options: RunOptions(threads: 1, rerun: true)).allSatisfy { $0.action == .again })
    #expect(world.story.count == 12)
  }

  @Test(.enabled(if: Processor.cores >= 2)) func asManyAtOnceAsJobs() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.completed(after: 5)]]
    try world.run(options: RunOptions(jobs: 2, threads: 1))
    #expect(world.mostAtWork == 2)
    #expect(world.story.prefix(3) == ["begin first", "begin second", "end second"])
    #expect(world.story.last == "end first")
  }

  @Test func aWorkerThatDoesNotBeginIsKilledAndNamed() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.hanging]]
    let outcomes = try world.run()
    #expect(outcomes.map(\.state) == ["failed", "completed", "completed"])
    #expect(
      outcomes[0].cause?.hasPrefix("the worker (process 4711) had not begun after 5 min 0 s and was killed") == true,
      "\(outcomes[0].cause ?? "")")
    #expect((300..<301).contains(world.beganAt[1]))
  }

  @Test func higherPrioritiesBeginFirst() throws {
    let world = FakeWorld()
    try world.run(Self.trials("name: a", "name: b, priority: 2", "name: c, priority: -1", "name: d, priority: 2"))
    #expect(world.story.filter { $0.hasPrefix("begin") } == ["begin b", "begin d", "begin a", "begin c"])
  }

  @Test func aTrialWaitsForThoseItComesAfter() throws {
    let world = FakeWorld()
    try world.run(Self.trials("name: a, after: [c]", "name: b, priority: 9, after: [a]", "name: c"))
    #expect(world.story.filter { $0.hasPrefix("begin") } == ["begin c", "begin a", "begin b"])
    // What was left out is not waited for.
    let other = FakeWorld()
    let outcomes = try other.run(Self.trials("name: a, after: [c]", "name: c"), only: ["a"])
    #expect(outcomes.map(\.state) == ["completed"])
  }

  @Test func whatComesAfterAFailureIsNotRunAndSaysSo() throws {
    let world = FakeWorld()
    world.outcomes = ["a": [.failed(cause: "the loss of step 3 is nan", after: 1)]]
    let outcomes = try world.run(Self.trials("name: a", "name: b, after: [a]", "name: c, after: [b]", "name: d"))
    #expect(outcomes.map(\.state) == ["failed", "not run", "not run", "completed"])
    #expect(outcomes[1].cause == "it comes after a, which is failed")
    #expect(outcomes[2].cause == "it comes after b, which was not run")
    #expect(outcomes.map(\.isFailure) == [true, true, true, false])
    #expect(world.said.contains("b: not run: it comes after a, which is failed"))
  }

  @Test func oneFailureDoesNotStopTheRestUnlessAsked() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.failed(cause: "x", after: 1)]]
    #expect(try world.run().map(\.state) == ["failed", "completed", "completed"])
    let fast = FakeWorld()
    fast.outcomes = ["first": [.failed(cause: "x", after: 1)]]
    #expect(
      try fast.run(options: RunOptions(threads: 1, failFast: true)).map(\.state) == ["failed", "not run", "not run"])
    // Only the failed.
    fast.outcomes = [:]
    let failed = try fast.run(options: RunOptions(threads: 1, failed: true))
    #expect(failed.map(\.state) == ["completed", "not run", "not run"])
    #expect(failed.allSatisfy { !$0.isFailure })
  }

  @Test(.enabled(if: Processor.cores >= 2)) func failFastStopsTheOthersInGoodOrder() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.endless], "second": [.killed(signal: SIGSEGV, after: 1)]]
    let outcomes = try world.run(options: RunOptions(jobs: 2, threads: 1, failFast: true))
    #expect(outcomes.map(\.state) == ["interrupted", "lost", "not run"])
    #expect(outcomes[0].cause == "stopped because another trial failed (--fail-fast)")
    #expect(outcomes[1].cause == "the worker crashed by signal 11 (SIGSEGV); see its log")
  }

  @Test func whatCanPassIsTriedAgainWithGrowingDelays() throws {
    let world = FakeWorld()
    world.outcomes = [
      "first": [
        .killed(signal: SIGKILL, after: 1), .exited(74, log: "x: No space left on device", after: 1),
        .killed(signal: SIGHUP, after: 1), .killed(signal: SIGKILL, after: 1), .killed(signal: SIGKILL, after: 1),
        .completed(after: 1),
      ]
    ]
    let outcomes = try world.run(only: ["first"], options: RunOptions(threads: 1, retries: 5))
    #expect(outcomes.map(\.state) == ["completed"])
    let pauses = zip(world.beganAt, world.beganAt.dropFirst()).map { ($1 - $0 - 1).rounded() }
    #expect(pauses == [1, 4, 16, 60, 60])
    // All are attempts of one run, and each tells how it ended.
    let store = try Store.open(at: world.directory, access: .readOnly)
    let rows = try store.query("SELECT attempt, exit_code, exit_signal, exit_cause FROM attempt ORDER BY attempt").rows
    #expect(rows.count == 6)
    #expect(
      rows[0] == [.integer(1), .null, .integer(9), .text("the worker was killed by signal 9 (SIGKILL)")])
    #expect(rows[1] == [.integer(2), .integer(74), .null, .text("the disk is full")])
    #expect(rows[5] == [.integer(6), .null, .null, .null])
    #expect(try store.query("SELECT count(*) FROM run").rows == [[.integer(1)]])
  }

  @Test func theOthersGoOnWhileOneWaitsToBeTriedAgain() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.killed(signal: SIGKILL, after: 1)]]
    #expect(
      try world.run(options: RunOptions(threads: 1, retries: 1)).map(\.state) == [
        "completed", "completed", "completed",
      ])
    #expect(world.story.filter { $0.hasPrefix("begin") }.first == "begin first")
    #expect(world.story.filter { $0.hasPrefix("begin") }[1] == "begin second")
    #expect(world.story.count == 8)
  }

  @Test func whatCannotPassIsNotTriedAgain() throws {
    let world = FakeWorld()
    world.outcomes = [
      "first": [.failed(cause: "the loss of step 3 is nan; the training has diverged", after: 1)],
      "second": [.killed(signal: SIGILL, after: 1)], "third": [.exited(70, log: "", after: 1)],
    ]
    let outcomes = try world.run(options: RunOptions(threads: 1, retries: 3))
    #expect(outcomes.map(\.state) == ["failed", "lost", "lost"])
    #expect(world.story.count == 6)
    #expect(outcomes[2].cause == "the worker ended with code 70; see its log")
  }

  @Test func aFullDiskThatFailedARunCanPass() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.failed(cause: "/x: cannot be written (No space left on device)", after: 1)]]
    let outcomes = try world.run(only: ["first"], options: RunOptions(threads: 1, retries: 1))
    #expect(outcomes.map(\.state) == ["completed"])
    #expect(world.story.count == 4)
  }

  @Test func outOfMemoryIsOnlySaidWhereTheKernelCountsIt() throws {
    let world = FakeWorld()
    world.outcomes = [
      "first": [.killed(signal: SIGKILL, after: 2)], "second": [.killed(signal: SIGKILL, after: 2)],
      "third": [.killed(signal: SIGKILL, after: 2)],
    ]
    world.atMoments = [(1, { world.kills.group = 1 }), (3.5, { world.kills.machine = 1 })]
    let causes = try world.run().map { $0.cause ?? "" }
    #expect(causes[0].hasPrefix("out of memory: killed by SIGKILL"))
    #expect(causes[1].hasPrefix("probably out of memory"))
    #expect(causes[2] == "the worker was killed by signal 9 (SIGKILL)")
  }

  @Test func aTimeLimitInterruptsAndTheRestGoesOn() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.endless]]
    let outcomes = try world.run(options: RunOptions(threads: 1, retries: 2, timeLimit: 90))
    #expect(outcomes.map(\.state) == ["interrupted", "completed", "completed"])
    #expect(outcomes[0].cause == "time limit of 1 min 30 s" && outcomes[0].isInterrupted)
    #expect(world.story.count == 6)
    // It goes on as the next attempt.
    let plan = try world.runner.plan([world.experiment()], options: RunOptions(threads: 1))
    #expect(plan[0].action == .resume && plan[0].why.contains("is interrupted (time limit of 1 min 30 s)"))
    #expect(try world.run().map(\.state) == ["completed", "completed", "completed"])
  }

  @Test func ctrlCTouchesNothingThatHadNotBegun() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.endless]]
    world.atMoments = [(2, { world.stop = StopRequest(number: SIGINT, interrupts: 1) })]
    let outcomes = try world.run()
    #expect(outcomes.map(\.state) == ["interrupted", "not run", "not run"])
    #expect(outcomes.map(\.cause) == ["Ctrl-C", nil, nil])
    #expect(world.story == ["begin first", "end first"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(world.directory)/runs").count == 1)
  }

  @Test func aSecondCtrlCKillsAndIsTold() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.endless]]
    world.atMoments = [(2, { world.stop = StopRequest(number: SIGINT, interrupts: 2) })]
    let outcomes = try world.run()
    #expect(outcomes.map(\.state) == ["lost", "not run", "not run"])
    #expect(outcomes[0].cause == "Ctrl-C, pressed twice: the worker was killed")
  }

  @Test func nobodyIsTriedAgainAfterASignal() throws {
    let world = FakeWorld()
    world.outcomes = ["first": [.killed(signal: SIGKILL, after: 1), .endless]]
    world.atMoments = [(5, { world.stop = StopRequest(number: SIGTERM) })]
    let outcomes = try world.run(only: ["first"], options: RunOptions(threads: 1, retries: 9))
    #expect(outcomes.map(\.cause) == ["stopped by SIGTERM"])
  }
}
