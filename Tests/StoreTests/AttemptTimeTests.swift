import Foundation
import Journals
import Store
import Testing

/// A run's time is the sum of its attempts.
@Suite struct AttemptTimeTests {
  private func attempt(_ number: Int, _ at: String) -> JournalRecord {
    .attempt(
      AttemptRecord(attempt: number, startedAt: "2026-01-01T00:\(at).000Z", environment: Samples.environment()))
  }

  private func metrics(_ step: Int, seconds: Double?, training: Double?) -> JournalRecord {
    var record = MetricRecord(.stepLoss, step: step, epoch: 0.5, value: 1)
    (record.seconds, record.trainingSeconds) = (seconds, training)
    return .metric([MetricRecord(.stepAccuracy, step: step, epoch: 0.5, value: 0.5), record])
  }

  private func details(_ records: [JournalRecord]) throws -> RunDetails {
    let folder = TemporaryStore()
    let run = try folder.addRun(records)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.indexProblems().isEmpty)
    return try store.details(of: store.run(matching: run.run))
  }

  @Test func whatAKilledAttemptRecordedCounts() throws {
    let run = try details([
      attempt(1, "00:00"), metrics(1, seconds: 5, training: 4), metrics(2, seconds: 8.5, training: 7),
      attempt(2, "30:00"), metrics(2, seconds: 598, training: 500), Samples.completed,
    ])
    #expect(run.attempts.map(\.seconds) == [8.5, 599])
    #expect(run.attempts.map(\.training_seconds) == [7, 500])
    #expect(run.seconds == 607.5 && run.training_seconds == 507)
    #expect(run.last_seconds == 599 && run.last_training_seconds == 500)
  }

  @Test func theTimeOfTheLastRecordIsTheEndOfAnAttemptOfAnEarlierVersion() throws {
    let run = try details([
      attempt(1, "00:00"), metrics(1, seconds: nil, training: nil),
      .checkpoint(
        CheckpointRecord(
          step: 1, at: "2026-01-01T00:00:40.000Z", path: "checkpoint-0-1.safetensors", bytes: 1, digest: "d")),
      attempt(2, "10:00"), .event(EventRecord(at: "2026-01-01T00:10:20.500Z", .interrupted, message: "m")),
      attempt(3, "20:00"),
      .exit(ExitRecord(attempt: 3, at: "2026-01-01T00:20:03.000Z", signal: 9)),
      attempt(4, "30:00"), Samples.completed,
    ])
    let seconds = run.attempts.map { ($0.seconds * 1000).rounded() / 1000 }
    #expect(seconds == [40, 20.5, 3, 599])
    #expect(abs((run.seconds ?? 0) - 662.5) < 1e-3)
    #expect(run.training_seconds == 500)
  }

  /// A worker that was killed before it had recorded its attempt left an exit, long after the attempt before.
  @Test func aLaterExitIsNotThatOfTheAttemptBefore() throws {
    let run = try details([
      attempt(1, "00:00"), .exit(ExitRecord(attempt: 1, at: "2026-01-01T00:00:10.000Z", signal: 9)),
      .exit(ExitRecord(attempt: 1, at: "2026-01-01T00:29:00.000Z", signal: 9)), attempt(2, "30:00"), Samples.completed,
    ])
    #expect(run.attempts.map { ($0.seconds * 1000).rounded() / 1000 } == [10, 599])
  }

  /// The end of an earlier version counts the steps of all attempts.
  @Test func theStepsOfEarlierAttemptsAreCountedOnce() throws {
    let run = try details([
      attempt(1, "00:00"), metrics(1, seconds: 60, training: 50), attempt(2, "30:00"),
      metrics(2, seconds: 598, training: 450), Samples.completed,
    ])
    #expect(run.training_seconds == 500 && run.last_training_seconds == 450)
  }

  @Test func aRunOfOneAttemptHasTheTimeOfItsEnd() throws {
    let run = try details([attempt(1, "00:00"), metrics(1, seconds: 900, training: 800), Samples.completed])
    #expect(run.seconds == 599 && run.last_seconds == 599 && run.training_seconds == 500)
  }

  @Test func withoutAnEndThereIsNoTimeOfTheRunYet() throws {
    let run = try details([attempt(1, "00:00"), metrics(1, seconds: 9, training: 8)])
    #expect(run.seconds == nil && run.last_seconds == nil)
    #expect(run.attempts.map(\.seconds) == [9])
  }

  @Test(arguments: ["now", "2020-01-01T00:00:00.000Z", "x"]) func aClockThatGoesBackTakesNothingAway(time: String)
    throws
  {
    let run = try details([
      attempt(1, "00:00"), .event(EventRecord(at: time, .interrupted, message: "m")), attempt(2, "10:00"),
      Samples.completed,
    ])
    #expect(run.attempts.map(\.seconds) == [0, 599])
    #expect(run.seconds == 599)
  }
}
