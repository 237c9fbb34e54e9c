import Foundation
import Journals
import Store
import Testing

@Suite struct LockAndStateTests {
  @Test func theLockFallsWithItsProcess() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([Samples.attempt()])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["flock", "--no-fork", "\(run.path)/lock", "sh", "-c", "echo held; exec cat"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
    #expect(run.isLocked)
    #expect(try run.acquireLock() == nil)
    #expect(try store.run(matching: run.run).state == .running)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(!run.isLocked)
    #expect(try store.run(matching: run.run).state == .lost)
    #expect(try run.acquireLock() != nil)
    withExtendedLifetime(input) {}
  }

  @Test func aStateFollowsFromTheLastAttemptWhateverItsNumber() throws {
    let folder = TemporaryStore()
    let interrupted = JournalRecord.event(EventRecord(at: "t", kind: "interrupted", message: "m"))
    let note = JournalRecord.event(EventRecord(at: "t", kind: "note", message: "m"))
    // The first attempt's line is lost.
    let gap = try folder.addRun([Samples.attempt(2), interrupted, note])
    let older = try folder.addRun([Samples.attempt(1), interrupted, Samples.attempt(3), note])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.run(matching: gap.run).state == .interrupted)
    #expect(try store.run(matching: older.run).state == .lost)
  }

  @Test func aCompletedRunIsCompletedWhileItsLockIsHeld() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let lock = try #require(try run.acquireLock())
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.run(matching: run.run).state == .completed)
    lock.release()
  }

  /// The index was read while the worker still trained, and the lock when it had stopped.
  @Test func aWorkerThatHasJustStoppedIsNotLost() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([Samples.attempt()])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.run(matching: run.run).state == .lost)
    let journal = try JournalWriter(folder: run)
    try journal.append([
      .event(EventRecord(at: "2026-01-01T00:00:09.000Z", .interrupted, message: "stopped after step 3"))
    ])
    try journal.flush()
    #expect(try store.run(matching: run.run).state == .interrupted)
  }

  @Test func runsComeOldestFirst() throws {
    let folder = TemporaryStore()
    let ids = try ["2026-03", "2026-01", "2026-02"].map { try folder.addRun(createdAt: $0).run }
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.runs().map(\.id) == [ids[1], ids[2], ids[0]])
    // A trial's name means its newest run.
    #expect(try store.run(matching: "vgg11-small-96").id == ids[0])
    #expect(try store.runs().allSatisfy { $0.state == .queued })
    do {
      _ = try store.run(matching: "abab")
      Issue.record("three runs begin so")
    } catch {
      #expect(error == .ambiguousRun("abab", candidates: [ids[1], ids[2], ids[0]]))
    }
    #expect(throws: StoreError.noSuchRun("abc")) { try store.run(matching: "abc") }
  }
}
