public import Networks

/// Everything that decides what a training computes. `threads` decides only how fast; `kernels` how fast, and
/// the last bits.
public struct TrainingConfiguration: Sendable, Hashable {
  public var network: Network
  public var initialization: NetworkConfiguration.Initialization
  public var epochs: Int
  public var batchSize: Int
  public var learningRate: Double
  public var momentum: Double
  public var weightDecay: Double
  public var seed: UInt64
  public var shuffle: Bool
  /// Stop after this many steps in all, if not nil.
  public var maxSteps: Int?
  public var threads: Int
  public var kernels: KernelPath

  public init(
    network: Network, initialization: NetworkConfiguration.Initialization = .xavier, epochs: Int, batchSize: Int,
    learningRate: Double, momentum: Double = 0, weightDecay: Double = 0, seed: UInt64 = 0, shuffle: Bool = true,
    maxSteps: Int? = nil, threads: Int = 1, kernels: KernelPath = .fast
  ) {
    self.network = network
    self.initialization = initialization
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.seed = seed
    self.shuffle = shuffle
    self.maxSteps = maxSteps
    self.threads = threads
    self.kernels = kernels
  }
}
