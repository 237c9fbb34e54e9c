public import Configurations
import Digests
import Files
public import Networks

/// A question, and the trials that answer it: one experiment file under one profile.
public struct Experiment: Sendable, Hashable {
  /// Its name, which pages and commands use.
  public var name: String
  /// The question in words; may be empty.
  public var question: String
  /// The profile's name; nil where none was chosen.
  public var profile: String?
  /// In the order in which they are begun.
  public var trials: [Trial]
  /// What its file asks of a cluster; nothing without a block `cluster`.
  public var cluster: ClusterSettings
  /// The file that it was read from.
  public var file: String
  let text: String
}

/// One point of an experiment: a whole configuration, identified by its content.
public struct Trial: Sendable, Hashable {
  /// Unique in its experiment; a sweep appends its values (`vgg11-small-96 seed=1`).
  public var name: String
  /// The name of its experiment.
  public var experiment: String
  /// The question in words; may be empty.
  public var question: String
  /// The chosen profile; nil without one.
  public var profile: String?
  /// All that decides what it computes.
  public var configuration: TrialConfiguration
  /// What the chosen profile and `--set` changed, as facts for the report; empty without them.
  public var reductions: [Reduction]
  /// Trials of higher priority begin first. No part of the trial's identity, and neither is what follows.
  public var priority = 0
  /// The trials of the experiment, as their file names them, that must be complete before this one begins.
  public var after: [String] = []
  /// What its data set has; nil where that is not known before it is read.
  public var available: AvailableData?
  /// Where its values were written, by their dotted keys.
  let places: [String: ValuePlace]

  /// The trial of a run, from what its journal has. Throws `ConfigurationTextError`.
  public init(
    recorded name: String, experiment: String, question: String, profile: String?, canonicalText: String,
    reductions: [Reduction]
  ) throws(ConfigurationTextError) {
    self.init(
      name: name, experiment: experiment, question: question, profile: profile,
      configuration: try TrialConfiguration(canonicalText: canonicalText), reductions: reductions, places: [:])
  }

  init(
    name: String, experiment: String, question: String, profile: String?, configuration: TrialConfiguration,
    reductions: [Reduction], priority: Int = 0, after: [String] = [], places: [String: ValuePlace]
  ) {
    self.name = name
    self.experiment = experiment
    self.question = question
    self.profile = profile
    self.configuration = configuration
    self.reductions = reductions
    self.priority = priority
    self.after = after
    self.places = places
  }

  /// Whether it is what a file calls by a name: the trial itself, or one of its points in a sweep.
  public func isNamed(_ name: String) -> Bool { self.name == name || self.name.hasPrefix("\(name) ") }

  /// The SHA-256 (hexadecimal) of ``canonicalText``.
  public var id: String { sha256Hex(canonicalText) }

  /// The configuration as `TrialConfiguration/canonicalText(_:)` has it.
  public var canonicalText: String { configuration.canonicalText() }

  /// Its images.
  public var dataset: DatasetConfiguration {
    get { configuration.dataset }
    set { configuration.dataset = newValue }
  }

  /// Its network.
  public var network: NetworkConfiguration {
    get { configuration.network }
    set { configuration.network = newValue }
  }

  /// How it trains.
  public var training: TrainingSettings {
    get { configuration.training }
    set { configuration.training = newValue }
  }

  /// What is measured beside or instead of a training; nil for a training alone.
  ///
  /// The first of several trainings is a training as any other.
  public var measure: MeasureSettings? { configuration.measure == MeasureSettings() ? nil : configuration.measure }

  /// The training images that it uses; nil where that is not known.
  public var trainingCount: Int? { dataset.train ?? available?.train }

  /// The test images that it uses; nil where that is not known.
  public var testCount: Int? { dataset.test ?? available?.test }
}

/// A value that a profile or `--set` changed.
public struct Reduction: Sendable, Hashable {
  /// Dotted, as `--set` takes it: `dataset.train`.
  public var key: String
  /// The value without the profile; "all" where none was given.
  public var full: String
  /// The value with it.
  public var used: String

  /// A change of one key.
  public init(key: String, full: String, used: String) {
    self.key = key
    self.full = full
    self.used = used
  }
}
