/// An event that a training reports while it runs.
public enum TrainingEvent: Sendable, Hashable {
  case began(stepsPerEpoch: Int, totalSteps: Int)
  case step(StepMeasurement)
  /// The running averages of the epoch at d2l's curve points: every `stepsPerEpoch / 5` steps and at the last.
  case curvePoint(CurvePoint)
  case epoch(EpochMeasurement)
}

/// One step of training.
public struct StepMeasurement: Sendable, Hashable {
  /// From 1, over the whole training.
  public var step: Int
  /// The epochs done after it, fractional.
  public var epoch: Double
  /// The mean cross-entropy of the batch, before the update, with dropout on.
  public var loss: Double
  /// The share of the batch that was right.
  public var accuracy: Double
  public var examples: Int
  /// The step itself, without loading and resizing.
  public var seconds: Double
}

/// The running averages since the epoch began.
public struct CurvePoint: Sendable, Hashable {
  public var step: Int
  public var epoch: Double
  public var trainLoss: Double
  public var trainAccuracy: Double
}

/// What is known at the end of an epoch.
public struct EpochMeasurement: Sendable, Hashable {
  public var step: Int
  public var epoch: Double
  public var trainLoss: Double
  public var trainAccuracy: Double
  public var testLoss: Double
  public var testAccuracy: Double
  /// Over all training steps so far; neither loading nor evaluation counts.
  public var examplesPerSecond: Double
  /// The whole epoch with loading and evaluation.
  public var epochSeconds: Double
}
