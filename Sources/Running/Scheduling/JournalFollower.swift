package import Journals

/// Reads what a worker appends to its journal, for the progress that people see.
package struct JournalFollower {
  private let run: RunFolder
  private var offset = 0
  private(set) var progress: TrialProgress
  /// Whether the worker has recorded that its attempt began.
  private(set) var hasBegun = false
  /// Whether the run's end is recorded.
  private(set) var hasEnded = false

  package init(_ run: RunFolder, _ progress: TrialProgress) {
    self.run = run
    self.progress = progress
    // What earlier attempts wrote is not this one's progress.
    if let past = try? readJournal(run) {
      offset = past.endOffset
      hasEnded = past.records.contains { if case .end = $0 { true } else { false } }
    }
  }

  /// Takes in what is new; gives the progress at each curve point that was reached.
  package mutating func follow(now: Double) -> [TrialProgress] {
    guard let piece = try? readJournal(run, from: offset) else { return [] }
    offset = piece.endOffset
    var reached: [TrialProgress] = []
    if piece.records.contains(where: { if case .attempt = $0 { true } else { false } }) { hasBegun = true }
    if piece.records.contains(where: { if case .end = $0 { true } else { false } }) { hasEnded = true }
    for case .metric(let metrics) in piece.records {
      for metric in metrics {
        switch metric.metric {
        case .stepLoss:
          progress.reach(step: metric.step, epoch: metric.epoch, now: now)
          progress.stepLoss = metric.value
        case .trainLoss: progress.loss = metric.value
        case .trainAccuracy:
          progress.trainAccuracy = metric.value
          reached.append(progress)
        case .testAccuracy:
          progress.testAccuracy = metric.value
          reached.append(progress)
        default: break
        }
      }
    }
    return reached
  }
}
