/// Where a training is between two steps: with parameters and velocities, all that is needed to go on.
struct TrainingPosition: Sendable, Hashable, Codable {
  /// Steps done in the whole training.
  var step = 0
  /// The current epoch, from 0, and the steps done in it.
  var epoch = 0
  var stepInEpoch = 0
  /// Sums over the epoch's steps so far.
  var lossSum = 0.0
  var correct = 0
  var examples = 0
  /// Over all steps so far.
  var trainingSeconds = 0.0
  var trainedExamples = 0

  /// Whether its counts can be those of a training.
  var isPossible: Bool {
    step >= 0 && epoch >= 0 && stepInEpoch >= 0 && stepInEpoch <= step && correct >= 0 && correct <= examples
      && lossSum.isFinite && trainingSeconds.isFinite && trainedExamples >= examples
  }

  /// Whether a training of so many examples and epochs can be there between two steps.
  func isPossible(examples count: Int, batchSize: Int, epochs: Int, maxSteps: Int?) -> Bool {
    let century = 100.0 * 365.25 * 86_400
    let stepsPerEpoch = (count + batchSize - 1) / batchSize
    let (steps, overflows) = stepsPerEpoch.multipliedReportingOverflow(by: epochs)
    guard isPossible, !overflows, epoch <= epochs, stepInEpoch <= stepsPerEpoch, step <= min(maxSteps ?? steps, steps)
    else { return false }
    return step == epoch * stepsPerEpoch + stepInEpoch || step == maxSteps
      ? examples == min(stepInEpoch * batchSize, count) && trainedExamples == epoch * count + examples
        && trainingSeconds >= 0 && trainingSeconds < century
      : false
  }

  mutating func beginEpoch() {
    epoch += 1
    stepInEpoch = 0
    lossSum = 0
    correct = 0
    examples = 0
  }
}

/// How a training ended.
public struct TrainingOutcome: Sendable, Hashable {
  /// All steps are done; otherwise it was asked to stop.
  public var completed: Bool
  /// Steps done.
  public var step: Int
  /// The training steps alone.
  public var trainingSeconds: Double
}
