package import Journals
import Kernels
import Processes
package import Training

/// Turns what a training tells into journal records, several to a write.
package final class JournalObserver {
  private let journal: JournalWriter
  private var waiting: [MetricRecord] = []
  private var lastWrite = monotonicSeconds()
  /// The training steps so far, without loading and evaluation.
  private(set) var trainingSeconds = 0.0

  package init(journal: JournalWriter) { self.journal = journal }

  /// Takes one event; writes when half a second has passed, at each curve point and at each epoch, which is also flushed
  /// to the disk.
  package func observe(_ event: TrainingEvent) throws {
    switch event {
    case .began: break
    case .step(let step):
      trainingSeconds += step.seconds
      add("step_loss", step.step, step.epoch, step.loss)
      add("step_accuracy", step.step, step.epoch, step.accuracy)
      if monotonicSeconds() - lastWrite > 0.5 { try write() }
    case .curvePoint(let point):
      add("train_loss", point.step, point.epoch, point.trainLoss)
      add("train_accuracy", point.step, point.epoch, point.trainAccuracy)
      try write()
    case .epoch(let epoch):
      add("test_loss", epoch.step, epoch.epoch, epoch.testLoss)
      add("test_accuracy", epoch.step, epoch.epoch, epoch.testAccuracy)
      add("examples_per_second", epoch.step, epoch.epoch, epoch.examplesPerSecond)
      add("epoch_seconds", epoch.step, epoch.epoch, epoch.epochSeconds)
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
    try journal.append([.metric(waiting)])
    waiting.removeAll(keepingCapacity: true)
  }

  private func add(_ name: String, _ step: Int, _ epoch: Double, _ value: Double) {
    waiting.append(MetricRecord(name: name, step: step, epoch: epoch, value: value))
  }
}
