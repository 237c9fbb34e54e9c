public import Networks
import Text

/// All that decides what a trial computes. ``ConfigurationTable`` says what can be written of it, and how.
public struct TrialConfiguration: Sendable, Hashable {
  /// Which images it trains on, and in which size.
  public var dataset = DatasetConfiguration()
  /// The network that is trained.
  public var network = NetworkConfiguration(.architecture(.vgg11))
  /// How it is trained.
  public var training = TrainingSettings()
  /// What is measured beside or instead of the training.
  public var measure = MeasureSettings()
  /// Values of keys that have no property of their own, by their dotted names.
  public var others: [String: ConfigurationValue] = [:]

  /// Every key at its default.
  public init() {}
}

/// Which images a trial trains on, and in which size.
public struct DatasetConfiguration: Sendable, Hashable {
  /// One of `fashion-mnist`, `idx-folder`, `image-folder`, `cifar-10` and `synthetic`.
  public var name = "fashion-mnist"
  /// The folder of the data set's files; nil for the usual ones.
  public var path: String?
  /// The side in pixels.
  public var resize = 224
  /// The first so many training images; nil for all.
  public var train: Int?
  /// The first so many test images; nil for all.
  public var test: Int?
  /// The SHA-256 over the files of one's own data; nil for the other data sets, whose names say what they are.
  public var data: String?

  /// The default data set.
  public init() {}
}

/// How a trial trains.
public struct TrainingSettings: Sendable, Hashable {
  /// 0 for a network that is described and not trained.
  public var epochs = 10
  /// The images of a step.
  public var batchSize = 128
  /// The step size of SGD.
  public var learningRate = 0.05
  /// As in PyTorch's SGD.
  public var momentum = 0.0
  /// As in PyTorch's SGD.
  public var weightDecay = 0.0
  /// Of weights, order and dropout.
  public var seed: UInt64 = 0
  /// Whether to shuffle the images in each epoch.
  public var shuffle = true
  /// Stop after this many steps in total; nil for no such limit.
  public var maxSteps: Int?

  /// The defaults.
  public init() {}
}

/// What a trial measures.
public struct MeasureSettings: Sendable, Hashable {
  /// Some training steps that are timed, each of their layers too, and nothing more; nil for a training.
  public var cost: CostSettings?
  /// How large activations, gradients and weights of each layer are at the start.
  public var signal: Bool
  /// The threads of its worker; nil for those of `--threads`.
  public var threads: Int?
  /// The number of the measurement, where the same is measured several times, from 1.
  public var `repeat`: Int

  /// A measurement; by default none.
  public init(cost: CostSettings? = nil, signal: Bool = false, threads: Int? = nil, repeat: Int = 1) {
    self.cost = cost
    self.signal = signal
    self.threads = threads
    self.`repeat` = `repeat`
  }
}

/// How long a cost is measured.
public struct CostSettings: Sendable, Hashable {
  /// Steps that are timed.
  public var steps: Int
  /// Steps before them that are not.
  public var warmup: Int

  /// So many steps behind so many others.
  public init(steps: Int = 3, warmup: Int = 1) {
    self.steps = steps
    self.warmup = warmup
  }
}
