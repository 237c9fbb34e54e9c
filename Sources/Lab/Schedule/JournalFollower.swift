import Store

/// Reads what a worker appends to its journal, for the progress that people see.
struct JournalFollower {
  private let path: String
  private var offset = 0
  private(set) var progress: TrialProgress

  init(path: String, trial: String, epochs: Int, totalSteps: Int) {
    self.path = path
    progress = TrialProgress(trial: trial, epochs: epochs, totalSteps: totalSteps, startedAt: monotonicSeconds())
  }

  /// Takes in what is new; gives the progress at each curve point that was reached.
  mutating func follow() -> [TrialProgress] {
    guard let piece = try? readJournal(path, from: offset) else { return [] }
    offset = piece.endOffset
    var reached: [TrialProgress] = []
    for case .metric(let metrics) in piece.records {
      for metric in metrics {
        switch metric.name {
        case "step_loss":
          progress.step = metric.step
          progress.epoch = metric.epoch
        case "train_loss": progress.loss = metric.value
        case "train_accuracy":
          progress.trainAccuracy = metric.value
          reached.append(progress)
        case "test_accuracy":
          progress.testAccuracy = metric.value
          reached.append(progress)
        default: break
        }
      }
    }
    return reached
  }
}
