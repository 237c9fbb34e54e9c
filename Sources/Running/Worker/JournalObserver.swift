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
  private var epoch = TimingInterval()

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
      epoch.add(examples: step.examples, seconds: step.seconds)
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
