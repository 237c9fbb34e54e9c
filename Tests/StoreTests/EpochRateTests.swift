import Foundation
import Journals
import Store
import Testing

/// Whether an epoch's rate can be trusted, from what its record says of the machine.
@Suite struct EpochRateTests {
  /// An undisturbed epoch of 100 images in ten seconds, by two threads of a machine of four cores.
  private static func quiet() -> EpochTimingRecord {
    EpochTimingRecord(
      examples: 100, trainingSeconds: 8, seconds: 10, processorSeconds: 19, involuntarySwitches: 20, waitSeconds: 0.1,
      otherProcessorSeconds: 1, pressureSeconds: 0.2)
  }

  private static func epoch(_ step: Int, _ timing: EpochTimingRecord) -> JournalRecord {
    var record = MetricRecord(.epochSeconds, step: step, epoch: Double(step), value: timing.seconds)
    record.timing = timing
    return .metric([MetricRecord(.testAccuracy, step: step, epoch: Double(step), value: 0.5), record])
  }

  private static func details(_ records: [JournalRecord]) throws -> RunDetails {
    let folder = TemporaryStore()
    let run = try folder.addRun(records)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(try store.indexProblems().isEmpty)
    return try store.details(of: store.run(matching: run.run))
  }

  private static func disturbed(_ change: (inout EpochTimingRecord) -> Void) throws -> String? {
    var timing = quiet()
    change(&timing)
    return try details([Samples.attempt(), epoch(1, timing)]).epoch_rates.first?.disturbed
  }

  @Test func eachRuleIsFoundAtItsBound() throws {
    #expect(try Self.disturbed { _ in } == nil)
    #expect(try Self.disturbed { $0.waitSeconds = 0.4 } == nil)
    #expect(try Self.disturbed { $0.waitSeconds = 0.41 } == "waited for cores")
    #expect(try Self.disturbed { $0.otherProcessorSeconds = 10 } == nil)
    #expect(try Self.disturbed { $0.otherProcessorSeconds = 10.1 } == "other programs were busy")
    #expect(try Self.disturbed { $0.pressureSeconds = 9 } == nil)
    #expect(
      try Self.disturbed {
        $0.waitSeconds = nil
        $0.pressureSeconds = 0.51
      } == "processes waited for cores")
    #expect(try Self.disturbed { $0.processorSeconds = 9.9 } == "mostly idle")
    #expect(
      try Self.disturbed { ($0.waitSeconds, $0.otherProcessorSeconds, $0.pressureSeconds) = (nil, nil, nil) } == nil)
  }

  @Test func theUndisturbedRateIsOfUndisturbedEpochsAlone() throws {
    var slow = Self.quiet()
    (slow.trainingSeconds, slow.waitSeconds) = (10, 5)
    var quick = Self.quiet()
    quick.trainingSeconds = 2
    let run = try Self.details([Samples.attempt(), Self.epoch(1, Self.quiet()), Self.epoch(2, slow)])
    #expect(run.epoch_rates.map(\.examples_per_second) == [12.5, 10])
    #expect(run.epoch_rates.map(\.disturbed) == [nil, "waited for cores"])
    #expect(run.undisturbed_examples_per_second == 12.5)
    // 200 images in ten seconds: not the mean of the two rates.
    let both = try Self.details([Samples.attempt(), Self.epoch(1, Self.quiet()), Self.epoch(2, quick)])
    #expect(both.undisturbed_examples_per_second == 20)
    #expect(try Self.details([Samples.attempt(), Self.epoch(1, slow)]).undisturbed_examples_per_second == nil)
  }

  @Test func whatALaterAttemptDidAgainIsLeftOut() throws {
    var slow = Self.quiet()
    slow.waitSeconds = 5
    let run = try Self.details([
      Samples.attempt(1), Self.epoch(1, Self.quiet()), Self.epoch(2, slow),
      .attempt(
        AttemptRecord(
          attempt: 2, startedAt: "2026-01-01T00:10:00.000Z", environment: Samples.environment(), resumedFrom: 1)),
      Self.epoch(2, Self.quiet()), Samples.completed,
    ])
    #expect(run.epoch_rates.map(\.attempt) == [1, 2] && run.epoch_rates.allSatisfy { $0.disturbed == nil })
  }

  @Test(arguments: [-1, .infinity, 0, 1e300])
  func aTimingThatCannotBeIsRefusedWithItsRecord(value: Double) throws {
    var timing = Self.quiet()
    timing.trainingSeconds = value
    let folder = TemporaryStore()
    let run = try folder.addRun([Samples.attempt(), Self.epoch(1, timing)])
    let store = try folder.open()
    #expect(try !store.ingest().isEmpty)
    #expect(try store.details(of: store.run(matching: run.run)).epoch_rates.isEmpty)
  }
}
