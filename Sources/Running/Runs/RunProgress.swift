package import Foundation
package import Store

/// How far a run is, and how long it still takes at the pace of its present attempt.
package struct RunProgress: Sendable, Hashable {
  /// The last training step that was recorded; 0 before the first.
  package let step: Int
  /// Epochs done.
  package let epoch: Double
  /// All steps; nil where no forecast was recorded.
  package let totalSteps: Int?
  /// nil before the present attempt's first step.
  package let secondsLeft: Double?
  private let epochs: Int

  /// Throws `StoreError`.
  package init(of run: RunSummary, in store: Store, now: Date = Date()) throws(StoreError) {
    let last = try store.lastStep(run: run.id)
    step = last?.step ?? 0
    epoch = last?.epoch ?? 0
    epochs = run.epochs
    let pace = try store.pace(of: run.id)
    totalSteps = pace?.totalSteps
    let began = pace.flatMap {
      try? Date($0.startedAt, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
    }
    if let pace, let totalSteps, let began, step > pace.resumedFrom {
      let seconds = max(0, now.timeIntervalSince(began))
      secondsLeft = seconds / Double(step - pace.resumedFrom) * Double(max(0, totalSteps - step))
    } else {
      secondsLeft = nil
    }
  }

  /// The part that is done, from 0 to 1.
  package var share: Double {
    totalSteps.map { $0 == 0 ? 0 : min(1, Double(step) / Double($0)) }
      ?? (epochs == 0 ? 0 : min(1, epoch / Double(epochs)))
  }
}
