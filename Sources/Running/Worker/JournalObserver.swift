package import Journals
import Kernels
import Processes
package import Training

/// Turns the events of a training into journal records, several to a write.
package final class JournalObserver {
  private let journal: JournalWriter
  /// When the attempt began, by ``monotonicSeconds()``.
  private let began: Double
  private var waiting: [MetricRecord] = []
  private var lastWrite = monotonicSeconds()
  /// The training steps so far, without loading and evaluation.
  private(set) var trainingSeconds = 0.0
  private var epoch = EpochUse()

  package init(journal: JournalWriter, began: Double = monotonicSeconds()) {
    self.journal = journal
    self.began = began
  }

  /// Takes one event; writes when half a second has passed, at each curve point and at each epoch, which is also flushed
  /// to the disk.
  package func observe(_ event: TrainingEvent) throws {
    switch event {
    case .began: break
    case .step(let step):
      trainingSeconds += step.seconds
      epoch.add(step)
      add(.stepLoss, step.step, step.epoch, step.loss)
      add(.stepAccuracy, step.step, step.epoch, step.accuracy)
      if monotonicSeconds() - lastWrite > 0.5 { try write() }
    case .curvePoint(let point):
      add(.trainLoss, point.step, point.epoch, point.trainLoss)
      add(.trainAccuracy, point.step, point.epoch, point.trainAccuracy)
      try write()
    case .epoch(let epoch):
      let timing = self.epoch.end()
      add(.testLoss, epoch.step, epoch.epoch, epoch.testLoss)
      add(.testAccuracy, epoch.step, epoch.epoch, epoch.testAccuracy)
      add(.examplesPerSecond, epoch.step, epoch.epoch, epoch.examplesPerSecond)
      add(.epochSeconds, epoch.step, epoch.epoch, epoch.epochSeconds)
      waiting[waiting.count - 1].timing = timing
      try finish()
    }
  }

  /// Writes what waits, to the disk.
  package func finish() throws {
    try write()
    try journal.flush()
  }

  private func write() throws {
    lastWrite = monotonicSeconds()
    guard !waiting.isEmpty else { return }
    // How long the attempt has worked, in case that it does not come to its end.
    waiting[waiting.count - 1].seconds = lastWrite - began
    waiting[waiting.count - 1].trainingSeconds = trainingSeconds
    try journal.append([.metric(waiting)])
    waiting.removeAll(keepingCapacity: true)
  }

  private func add(_ metric: MetricName, _ step: Int, _ epoch: Double, _ value: Double) {
    waiting.append(MetricRecord(metric, step: step, epoch: epoch, value: value))
  }
}

/// What an attempt's part of an epoch takes, and what else the machine does meanwhile.
private struct EpochUse {
  /// At the end of the epoch before, or when the attempt began: the first step is timed when it is over.
  private var first = ProcessorUse()
  private var examples = 0
  private var seconds = 0.0

  mutating func add(_ step: StepMeasurement) {
    examples += step.examples
    seconds += step.seconds
  }

  /// What the epoch took; nil where the attempt had no step of it. The next epoch begins.
  mutating func end() -> EpochTimingRecord? {
    let last = ProcessorUse()
    defer { (first, examples, seconds) = (last, 0, 0) }
    guard examples > 0, seconds > 0 else { return nil }
    func increase(_ value: (ProcessorUse) -> Double?) -> Double? {
      guard let from = value(first), let to = value(last) else { return nil }
      return max(0, to - from)
    }
    let own = last.own - first.own
    return EpochTimingRecord(
      examples: examples, trainingSeconds: seconds, seconds: max(seconds, last.at - first.at), processorSeconds: own,
      involuntarySwitches: max(0, last.involuntarySwitches - first.involuntarySwitches),
      waitSeconds: increase(\.waiting), otherProcessorSeconds: increase(\.machine).map { max(0, $0 - own) },
      pressureSeconds: increase(\.pressure))
  }
}
