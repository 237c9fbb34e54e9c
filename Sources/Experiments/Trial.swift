public import Networks

/// A question, and the trials that answer it: one experiment file under one profile.
public struct Experiment: Sendable, Hashable {
  public var name: String
  public var question: String
  /// The profile's name; nil where none was chosen.
  public var profile: String?
  public var trials: [Trial]
}

/// One point of an experiment: a whole configuration, identified by its content.
public struct Trial: Sendable, Hashable {
  /// Unique in its experiment; a sweep appends its values (`vgg11-small-96 seed=1`).
  public var name: String
  public var experiment: String
  public var question: String
  public var profile: String?
  public var dataset: DatasetConfiguration
  public var network: NetworkConfiguration
  public var training: TrainingSettings
  /// What is measured beside or instead of a training; nil for a training alone.
  public var measure: MeasureSettings?
  /// What the chosen profile and `--set` changed, as facts for the report; empty without them.
  public var reductions: [Reduction]
  /// Trials of higher priority begin first. No part of the trial's identity, and neither is what follows.
  public var priority = 0
  /// The trials of the experiment, as their file names them, that must be complete before this one begins.
  public var after: [String] = []

  /// Whether it is what a file calls by a name: the trial itself, or one of its points in a sweep.
  public func isNamed(_ name: String) -> Bool { self.name == name || self.name.hasPrefix("\(name) ") }
}

/// A value that a profile or `--set` changed.
public struct Reduction: Sendable, Hashable {
  /// Dotted, as `--set` takes it: `dataset.train`.
  public var key: String
  /// The value without the profile; "all" where none was given.
  public var full: String
  public var used: String

  public init(key: String, full: String, used: String) {
    self.key = key
    self.full = full
    self.used = used
  }
}

/// Which pictures a trial trains on, and in which size.
public struct DatasetConfiguration: Sendable, Hashable {
  public var name: String
  public var path: String?
  /// The side in pixels.
  public var resize: Int
  /// The first so many training examples; nil for all.
  public var train: Int?
  /// The first so many test examples; nil for all.
  public var test: Int?
}

/// How a trial trains.
public struct TrainingSettings: Sendable, Hashable {
  /// 0 for a network that is described and not trained.
  public var epochs: Int
  public var batchSize: Int
  public var learningRate: Double
  public var momentum: Double
  public var weightDecay: Double
  public var seed: UInt64
  public var shuffle: Bool
  /// Stop after so many steps in all; nil for no such limit.
  public var maxSteps: Int?
}

/// What a trial measures.
public struct MeasureSettings: Sendable, Hashable {
  /// Some training steps that are timed, each of their layers too, and nothing more; nil for a training.
  public var cost: CostSettings?
  /// How large activations, gradients and weights of each layer are at the start.
  public var signal: Bool
  /// The threads of its worker; nil for those of `--threads`.
  public var threads: Int?
  /// Which of several measurements of the same it is, from 1.
  public var `repeat`: Int

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

  public init(steps: Int = 3, warmup: Int = 1) {
    self.steps = steps
    self.warmup = warmup
  }
}
