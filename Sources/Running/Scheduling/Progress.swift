import Foundation
import Text

/// The progress of one running trial.
package struct TrialProgress: Sendable {
  package var trial: String
  package var epochs: Int
  package var totalSteps: Int
  package var batchSize: Int
  package var step = 0
  package var epoch = 0.0
  package var stepLoss: Double?
  /// Running over the epoch, as the accuracies are.
  package var loss: Double?
  package var trainAccuracy: Double?
  package var testAccuracy: Double?

  /// Moments and the steps done by then, of the last half minute; the first is the beginning or its successor.
  private var moments: [(time: Double, step: Int)]
  private static let span = 30.0
  /// Whether the first of them is the start and no step.
  private var isFromStart = true

  package init(trial: String, epochs: Int, totalSteps: Int, batchSize: Int, startedAt: Double) {
    self.trial = trial
    self.epochs = epochs
    self.totalSteps = totalSteps
    self.batchSize = batchSize
    moments = [(startedAt, 0)]
  }

  /// A step is done.
  package mutating func reach(step: Int, epoch: Double, now: Double) {
    // The first that is heard of may be the one behind a checkpoint.
    if self.step == 0, step > 1 { moments = [(moments[0].time, step - 1)] }
    self.step = step
    self.epoch = epoch
    if moments.count > 1, moments[moments.count - 1].time == now {
      moments[moments.count - 1].step = step
    } else {
      moments.append((now, step))
    }
    // Before the first step lies what is loaded and built once.
    if isFromStart, moments.count > 2 {
      moments.removeFirst()
      isFromStart = false
    }
    while moments.count > 2, now - moments[1].time > Self.span { moments.removeFirst() }
  }

  /// Over the last half minute, evaluation included; nil before the second step.
  private var stepsPerSecond: Double? {
    guard !isFromStart, let first = moments.first, let last = moments.last, last.step > first.step,
      last.time > first.time
    else {
      return nil
    }
    return Double(last.step - first.step) / (last.time - first.time)
  }

  package var imagesPerSecond: Double? { stepsPerSecond.map { $0 * Double(batchSize) } }

  /// Seconds left at the recent rate; nil before the second step.
  package var remaining: Double? { stepsPerSecond.map { Double(max(0, totalSteps - step)) / $0 } }

  package var line: String { line(columns: .max) }

  /// In so many columns: what is least missed is left out, before the rest is cut off.
  package func line(columns: Int) -> String {
    var parts = [trial, String(format: "epoch %.2f/%d", epoch, epochs), "step \(step)/\(totalSteps)"]
    if let loss = loss ?? stepLoss { parts.append("loss \(Quantity.fixed(loss, 3))") }
    if let trainAccuracy { parts.append(String(format: "train acc %.3f", trainAccuracy)) }
    if let testAccuracy { parts.append(String(format: "test acc %.3f", testAccuracy)) }
    if let imagesPerSecond { parts.append(String(format: "%.0f images/s", imagesPerSecond)) }
    if let remaining, step < totalSteps { parts.append("about \(Quantity.duration(remaining)) left") }
    for dispensable in ["train acc", "epoch", "test acc"] {
      if parts.joined(separator: "  ").count <= columns { break }
      // The first is the trial's name, whatever it begins with.
      if let place = parts.dropFirst().firstIndex(where: { $0.hasPrefix(dispensable) }) { parts.remove(at: place) }
    }
    return String(parts.joined(separator: "  ").prefix(columns))
  }
}

/// The progress of all trials together.
package struct TotalProgress: Sendable {
  package var done: Int
  package var working: Int
  package var waiting: Int
  /// Forecast of the waiting; nil if it is not known of all.
  package var secondsWaiting: Double?

  package init(done: Int, working: Int, waiting: Int, secondsWaiting: Double? = nil) {
    self.done = done
    self.working = working
    self.waiting = waiting
    self.secondsWaiting = secondsWaiting
  }

  package func line(_ running: [TrialProgress]) -> String {
    var text = "\(done) of \(done + working + waiting) trials done, \(working) running, \(waiting) queued"
    let remaining = running.compactMap(\.remaining)
    if let secondsWaiting, !running.isEmpty, remaining.count == running.count {
      text += "  about \(Quantity.duration((remaining.max() ?? 0) + secondsWaiting)) left"
    }
    return text
  }
}

/// Where the scheduler reports to, for people.
package protocol ProgressReporter: AnyObject {
  /// A line that stays.
  func printLine(_ line: String)
  /// Where the running trials are now.
  func draw(_ running: [TrialProgress], total: TotalProgress, now: Double)
  /// A curve point was reached.
  func reached(_ progress: TrialProgress, now: Double)
  /// Takes away what was drawn.
  func finish()
}
