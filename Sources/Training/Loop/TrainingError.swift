/// Why a training cannot start or go on, as facts.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The loss is NaN or infinite.
  case lossNotFinite(step: Int, loss: String)
  case impossible(what: String)

  public var description: String {
    switch self {
    case .lossNotFinite(let step, let loss):
      "the loss of step \(step) is \(loss); the training has diverged: try a smaller learning_rate"
    case .impossible(let what): what
    }
  }
}
