/// The measured values that trainings and cost measurements record, by the names that journals and SQL have.
///
/// Journals of other versions may have others: ``MetricRecord/name`` is any text.
public enum MetricName: String, Sendable, Hashable, Codable, CaseIterable {
  /// Mean loss of a step's batch.
  case stepLoss = "step_loss"
  /// Accuracy of a step's batch.
  case stepAccuracy = "step_accuracy"
  /// Mean of the steps' losses since the epoch began.
  case trainLoss = "train_loss"
  /// Mean of the steps' accuracies since the epoch began.
  case trainAccuracy = "train_accuracy"
  /// Mean loss over the test set.
  case testLoss = "test_loss"
  /// Accuracy over the test set.
  case testAccuracy = "test_accuracy"
  /// Training images a second, over the training steps alone.
  case examplesPerSecond = "examples_per_second"
  /// Seconds of an epoch with loading and evaluation.
  case epochSeconds = "epoch_seconds"
  /// Seconds of a step of a cost measurement.
  case stepSeconds = "step_seconds"
  /// Peak resident bytes during the steps of a cost measurement.
  case stepPeakBytes = "step_peak_bytes"

  /// Whether it says how fast a training ran, and not what it computed: equal trainings have equal values of all others.
  public var isOfTheMachine: Bool {
    switch self {
    case .examplesPerSecond, .epochSeconds, .stepSeconds, .stepPeakBytes: true
    case .stepLoss, .stepAccuracy, .trainLoss, .trainAccuracy, .testLoss, .testAccuracy: false
    }
  }

  /// What values of the name can be; nil where any number can be: a training may diverge.
  var range: ClosedRange<Double>? {
    switch self {
    case .stepLoss, .trainLoss, .testLoss: nil
    case .stepAccuracy, .trainAccuracy, .testAccuracy: 0...1
    // An image a century, and a thousand million a second.
    case .examplesPerSecond: 1 / RecordLimits.seconds...1e9
    case .epochSeconds, .stepSeconds: 0...RecordLimits.seconds
    case .stepPeakBytes: 0...Double(RecordLimits.bytes)
    }
  }
}

/// The measured values of one layer, by the names that journals and SQL have.
public enum LayerMeasure: String, Sendable, Hashable, Codable, CaseIterable {
  /// Seconds of the layer's forward pass in a step.
  case forwardSeconds = "forward_seconds"
  /// Seconds of the layer's backward pass in a step.
  case backwardSeconds = "backward_seconds"
  /// Root mean square of the layer's output.
  case outputRMS = "output_rms"
  /// Standard deviation of the output's elements from image to image.
  case outputSpread = "output_spread"
  /// Root mean square of the loss's gradient with respect to the output.
  case gradientRMS = "gradient_rms"
  /// Root mean square of the weights.
  case weightRMS = "weight_rms"
  /// Root mean square of the loss's gradient with respect to the weights.
  case weightGradientRMS = "weight_gradient_rms"

  /// What values of the name can be; nil where any number can be.
  var range: ClosedRange<Double>? {
    switch self {
    case .forwardSeconds, .backwardSeconds: 0...RecordLimits.seconds
    case .outputRMS, .outputSpread, .gradientRMS, .weightRMS, .weightGradientRMS: nil
    }
  }
}

/// The kinds of events that a worker records.
///
/// Journals of other versions may have others: ``EventRecord/kind`` is any text.
public enum EventKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// The attempt was stopped in good order before the run's end.
  case interrupted
  /// The attempt goes on from a checkpoint.
  case resumed
  /// A checkpoint could not be used.
  case checkpoint
  /// What is known, or not known, of the source's commit.
  case git
}

/// The names of the files that a complete run keeps.
///
/// Journals of other versions may have others: ``ArtifactRecord/name`` is any text.
public enum ArtifactName: String, Sendable, Hashable, Codable, CaseIterable {
  /// Weights before the first step.
  case initial
  /// Weights after the last step.
  case last
  /// The predicted class and the label of every test image.
  case predictions

  /// Whether a file of a run's folder has weights that a training kept: its last, or those of a checkpoint.
  public static func isWeightsFile(_ name: String) -> Bool {
    name.hasSuffix(".safetensors")
  }
}
